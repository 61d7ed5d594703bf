"""Messages to customers, as sent from the phone."""

from marshmallow import Schema
from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from server.clinic import fields as f
from server.clinic.customers import Customer, customer_of
from server.clinic.followups import Followup
from server.clinic.permissions import require
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Synced
from server.sync.transaction import Transaction


class Message(Synced):
    """One text. `delivery`: what is known of it ("handed_to_phone": the phone's own SMS app)."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "clinic_id", "customer_id"),)
    facet = "care"

    customer_id: Mapped[str]
    followup_id: Mapped[str | None]
    template: Mapped[str | None]
    body: Mapped[str]
    channel: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[str]
    delivery: Mapped[str]


class SentArgs(Schema):
    id = f.Id(required=True)
    customer_id = f.Id(required=True)
    followup_id = f.Id(load_default=None, allow_none=True)
    template = f.text(60, required=True, allow_none=True)
    body = f.text(2000, required=True)
    channel = f.text(20, shortest=1, required=True)


@mutation("message.sent", SentArgs, id=Message, customer_id=Customer, followup_id=Followup)
def sent(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["customer_id"])
    followup = tx.get(Followup, args["followup_id"])
    if args["followup_id"] and (followup is None or followup["customer_id"] != args["customer_id"]):
        raise Rejected("not_found", "There is no such follow-up of this customer.")
    require(tx, "message.write", args["customer_id"], followup)
    if tx.get(Message, args["id"]):
        raise Rejected("conflict", "This message is on file already.")
    tx.insert(Message, args.pop("id"), by=tx.actor.staff_id, at=tx.at, delivery="handed_to_phone", **args)
