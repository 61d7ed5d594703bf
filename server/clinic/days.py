"""Today closes today: who has signed off which day, and why what is left was left."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema, fields
from sqlalchemy import Connection, Index, select
from sqlalchemy.orm import Mapped

from server.clinic.fields import Day, Id, list_of, text
from server.clinic.followups import CLOSED, Followup
from server.clinic.permissions import may, require
from server.clinic.planning import day_of
from server.clinic.settings import clinic_of
from server.clinic.staff import Staff
from server.instants import instant
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction

KEPT_DAYS = 120


class DaySignOff(Synced):
    """Somebody's day is closed, by them or by a lead for them; the newest of a day counts."""

    __tablename__ = "day_sign_off"
    facet = "board"
    subject_column = "clinic_id"

    date: Mapped[str]
    staff_id: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]


class Excuse(Synced):
    """Why a follow-up was left on a day. It opens the next day as overdue all the same."""

    __tablename__ = "excuse"
    __table_args__ = (Index(None, "clinic_id", "followup_id"),)
    facet = "care"

    followup_id: Mapped[str]
    customer_id: Mapped[str]
    date: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]


class Left(Schema):
    followup_id = Id(required=True)
    reason = text(500, shortest=1, required=True)


class SignOffArgs(Schema):
    id = Id(required=True)
    date = Day(required=True)
    staff_id = Id(load_default=None, allow_none=True)
    left = list_of(fields.Nested(Left), most=500, load_default=list)


@mutation("day.sign_off", SignOffArgs, id=DaySignOff, staff_id=Staff)
def sign_off(tx: Transaction, args: Args) -> None:
    """`left`: what stays open, with the reason; what others have closed meanwhile needs none."""
    whose = args["staff_id"] or tx.actor.staff_id
    require(tx, "day.sign_off" if whose == tx.actor.staff_id else "followup.assign")
    if not whose or not tx.get(Staff, whose):
        raise Rejected("not_found", "There is no such person.")
    if tx.get(DaySignOff, args["id"]):
        raise Rejected("conflict", "This day has been signed off already.")
    if args["date"] > day_of(tx.at, clinic_of(tx)["timezone"]):
        raise Rejected("validation", "This day has not come yet.", date=["early"])
    tx.preload(Followup, [left["followup_id"] for left in args["left"]])
    followups = [_followup(tx, left["followup_id"]) for left in args["left"]]
    done: dict[str, Any] = {"date": args["date"], "by": tx.actor.staff_id or whose, "at": tx.at}
    tx.insert(DaySignOff, args["id"], staff_id=whose, **done)
    for followup, left in zip(followups, args["left"], strict=True):
        if followup["status"] not in CLOSED:
            tx.insert(
                Excuse, str(uuid5(UUID(args["id"]), followup["id"])), followup_id=followup["id"],
                customer_id=followup["customer_id"], reason=left["reason"], **done,
            )  # fmt: skip


def forget_old(connection: Connection, clinic_id: str, now: datetime) -> None:
    """Sign-offs that nobody will look for leave the phones; the log has them."""
    tx = Transaction(connection, clinic_id, instant(now))
    before = (now - timedelta(days=KEPT_DAYS)).date().isoformat()
    old = connection.scalars(
        select(DaySignOff.id).where(DaySignOff.clinic_id == clinic_id, DaySignOff.date < before)
    ).all()
    tx.preload(DaySignOff, old)
    for id in old:
        tx.delete(DaySignOff, id)
    tx.flush()


def _followup(tx: Transaction, id: str) -> Row:
    followup = tx.get(Followup, id)
    if followup is None:
        raise Rejected("not_found", "There is no such follow-up.")
    if not may(tx, "followup.assign"):
        require(tx, "followup.write", followup["customer_id"], followup)
    return followup
