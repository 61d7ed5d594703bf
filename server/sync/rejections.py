"""A refused mutation, shown to its author on every device until dealt with."""

from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema, fields
from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from server.sync.mutations import Args, Rejected, mutation, readable
from server.sync.synced import Synced
from server.sync.transaction import Transaction


class Rejection(Synced):
    """Facet personal: the content of the refused mutation and the reason."""

    __tablename__ = "rejection"
    facet = "personal"
    subject_column = "staff_id"
    hidden = frozenset({"staff_id"})

    staff_id: Mapped[str]
    device_id: Mapped[str]
    seq: Mapped[int]
    name: Mapped[str]
    args: Mapped[Any] = mapped_column(JSON)
    code: Mapped[str]
    message: Mapped[str]
    at: Mapped[str]


def publish_rejection(
    tx: Transaction, mutation_id: str, device_id: str, seq: int, name: str, args: Any, error: Args
) -> None:
    """Put a refused mutation before its author. The log keeps it whole in any case."""
    id = str(uuid5(UUID(mutation_id), "rejection"))
    if tx.actor.staff_id is None or tx.get(Rejection, id):
        return
    tx.insert(
        Rejection, id, staff_id=tx.actor.staff_id, device_id=device_id, seq=seq,
        name=readable(name), args=readable(args), code=error["code"],
        message=error["message"], at=tx.at,
    )  # fmt: skip


class DismissArgs(Schema):
    id = fields.UUID(required=True)


@mutation("rejection.dismiss", DismissArgs, id=Rejection)
def dismiss(tx: Transaction, args: Args) -> None:
    rejection = tx.get(Rejection, str(args["id"]))
    if rejection is None or rejection["staff_id"] != tx.actor.staff_id:
        raise Rejected("not_found", "This rejection has been dealt with already.")
    tx.delete(Rejection, rejection["id"])
