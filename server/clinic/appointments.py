"""Appointments: who comes when, for what."""

from marshmallow import Schema
from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id, Moment, text
from server.clinic.permissions import require
from server.clinic.staff import Staff
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction


class Appointment(Synced):
    __tablename__ = "appointment"
    __table_args__ = (Index(None, "clinic_id", "at"), Index(None, "clinic_id", "customer_id"))
    facet = "schedule"

    customer_id: Mapped[str]
    at: Mapped[str]
    kind: Mapped[str]
    staff_id: Mapped[str | None]
    status: Mapped[str]


class BookArgs(Schema):
    id = Id(required=True)
    customer_id = Id(required=True)
    at = Moment(required=True)
    kind = text(60, shortest=1, required=True)
    staff_id = Id(load_default=None, allow_none=True)


class MoveArgs(Schema):
    id = Id(required=True)
    at = Moment(required=True)
    reason = text(500, load_default=None, allow_none=True)


class CancelArgs(Schema):
    id = Id(required=True)
    reason = text(500, shortest=1, required=True)


@mutation("appointment.book", BookArgs, id=Appointment, customer_id=Customer)
def book(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["customer_id"])
    require(tx, "appointment.write", args["customer_id"])
    if tx.get(Appointment, args["id"]):
        raise Rejected("conflict", "This appointment is booked already.")
    if args["staff_id"] and not tx.get(Staff, args["staff_id"]):
        raise Rejected("validation", "There is no such person.", staff_id=["unknown"])
    tx.insert(Appointment, args.pop("id"), status="booked", **args)


@mutation("appointment.move", MoveArgs, id=Appointment)
def move(tx: Transaction, args: Args) -> None:
    _booked(tx, args["id"])
    tx.update(Appointment, args["id"], at=args["at"])


@mutation("appointment.cancel", CancelArgs, id=Appointment)
def cancel(tx: Transaction, args: Args) -> None:
    _booked(tx, args["id"])
    tx.update(Appointment, args["id"], status="cancelled")


def _booked(tx: Transaction, id: str) -> Row:
    appointment = tx.get(Appointment, id)
    if appointment is None:
        raise Rejected("not_found", "There is no such appointment.")
    require(tx, "appointment.write", appointment["customer_id"])
    if appointment["status"] != "booked":
        raise Rejected("conflict", "This appointment is over or has been cancelled.")
    return appointment
