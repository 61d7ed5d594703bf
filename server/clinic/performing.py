"""Acts that a request asks for outside of a push: performed at once, and a refusal is the answer."""

from sqlalchemy import Connection

from server.errors import Conflict, Forbidden, Gated, NotFound, Validation
from server.sync.acts import Act, perform_all
from server.sync.mutations import Rejected

ANSWERS = {
    "forbidden": Forbidden, "gate": Gated, "not_found": NotFound, "conflict": Conflict,
    "validation": Validation,
}  # fmt: skip


def perform_now(connection: Connection, clinic_id: str, *acts: Act) -> None:
    """Perform all or nothing. Raises Forbidden, Gated, NotFound, Conflict or Validation."""
    try:
        perform_all(connection, clinic_id, acts)
    except Rejected as refusal:
        raise ANSWERS[refusal.code](refusal.message, **refusal.fields) from None
