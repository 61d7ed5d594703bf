"""Customers beyond the working set."""

from typing import Any

from flask import Response, current_app, jsonify
from marshmallow import Schema, fields

from server.api.bodies import Blueprint
from server.api.files import BYTES, attachment
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.api.throttle import SEARCHES, WHOLE_FILES
from server.clinic.fields import text
from server.clinic.search import search_customers
from server.clinic.whole_file import whole_file

blueprint = Blueprint("customers", __name__, url_prefix="/api/customers", description="Customers")


class SearchArgs(Schema):
    q = text(100, required=True)


class SearchAnswer(Schema):
    customers = fields.List(fields.Dict(), required=True)


@blueprint.get("/search")
@may_answer(blueprint, 401, 403, 429, 503)
@blueprint.arguments(SearchArgs, location="query")
@blueprint.response(200, SearchAnswer)
@session_required(costs=SEARCHES)
def search(args: dict[str, Any]) -> Response:
    """Customers by part of name, pinyin, initials or phone, as far as the caller may read them."""
    return jsonify(customers=search_customers(caller(), args["q"]))


@blueprint.post("/<uuid:customer_id>/export")
@may_answer(blueprint, 401, 403, 404, 413, 422, 429, 503)
@blueprint.response(200, BYTES, description="file.json and pictures/", content_type="application/zip")
@session_required(changes=True, costs=WHOLE_FILES)
def export(customer_id: Any) -> Response:
    """A customer's whole file as a ZIP, for the customer who asks for it; the administrator's to make."""
    store = current_app.extensions["meidang"].store
    return attachment(whole_file(store, caller(), str(customer_id)), "customer-file.zip", "application/zip")
