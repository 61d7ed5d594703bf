"""Whether the process lives, and whether it can serve."""

from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Response, current_app, jsonify
from marshmallow import Schema, fields
from sqlalchemy.exc import SQLAlchemyError

from photos.stores import Store, StoreUnavailable
from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.database import MIGRATIONS, read
from server.errors import Unavailable

blueprint = Blueprint("health", __name__, url_prefix="/api", description="Health")


class HealthAnswer(Schema):
    status = fields.String(required=True)


@cache
def _newest_revision() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


@blueprint.get("/health")
@blueprint.response(200, HealthAnswer)
def health() -> Response:
    """The process is alive."""
    return jsonify(status="alive")


@blueprint.get("/ready")
@may_answer(blueprint, 503)
@blueprint.response(200, HealthAnswer)
def ready() -> Response:
    """The database answers and its migrations are those of this version; pictures can be kept."""
    try:
        with read() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise Unavailable("The database does not answer.") from error
    if revision != _newest_revision():
        raise Unavailable("The database's migrations are not those of this version.")
    store: Store = current_app.extensions["meidang"].store
    try:
        store.check()
    except StoreUnavailable as error:
        raise Unavailable("The store of pictures cannot be used.") from error
    return jsonify(status="ready")
