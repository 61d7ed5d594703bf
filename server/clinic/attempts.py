"""Attempts: each try at a follow-up, append-only, and what its outcome changes."""

from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.customers import customer_of
from server.clinic.fields import Flag, Id, Moment, one_of, text
from server.clinic.followups import (
    CHANNELS,
    CLOSED,
    CORRECT_PHONE,
    ESCALATION,
    Followup,
    followup_of,
    open_followup,
)
from server.clinic.notices import about_to_withdraw, tell, withdraw
from server.clinic.planning import call_windows, next_window
from server.clinic.settings import clinic_of
from server.instants import later, parsed
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction

OUTCOMES = (
    "reached", "texted", "recorded", "no_answer", "asked_callback", "wrong_number", "refused",
)  # fmt: skip
UNREACHABLE_AFTER = 3
UNREACHABLE_DAYS = 2


class Attempt(Synced):
    """One try, never changed. `after_close`: the follow-up had been closed by then."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "clinic_id", "followup_id"), Index(None, "clinic_id", "at"))
    facet = "care"

    followup_id: Mapped[str]
    customer_id: Mapped[str]
    channel: Mapped[str]
    outcome: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str | None]
    callback_at: Mapped[str | None]
    started_at: Mapped[str | None]
    by: Mapped[str | None]
    at: Mapped[str]
    after_close: Mapped[bool]


class Content(Schema):
    """What was heard; every part may be left out."""

    reaction = one_of("none", "mild", "severe", allow_none=True)
    reaction_note = text(2000, allow_none=True)
    adherence = one_of("yes", "partly", "no", allow_none=True)
    recovery = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 5))
    mood = one_of("calm", "anxious", "upset", allow_none=True)
    questions_answered = Flag(allow_none=True)
    next_revisit = one_of("booked", "reminded", "not_needed", allow_none=True)


class AttemptArgs(Schema):
    id = Id(required=True)
    followup_id = Id(required=True)
    channel = one_of(*CHANNELS, required=True)
    outcome = one_of(*OUTCOMES, required=True)
    content = fields.Nested(Content, load_default=dict)
    note = text(4000, load_default=None, allow_none=True)
    callback_at = Moment(load_default=None, allow_none=True)
    started_at = Moment(load_default=None, allow_none=True)

    @validates_schema
    def callback_has_a_time(self, data: Args, **_: Any) -> None:
        if data["outcome"] == "asked_callback" and not data.get("callback_at"):
            raise ValidationError("When do they want to be called?", "callback_at")


def _ahead(tx: Transaction, named: dict[str, set[str]]) -> None:
    """Most attempts close their follow-up."""
    about_to_withdraw(tx, sorted(f"/followups/{id}" for id in named.get("followup_id", ())))


@mutation("followup.attempt", AttemptArgs, _ahead, id=Attempt, followup_id=Followup)
def attempt(tx: Transaction, args: Args) -> None:
    """Record a try; accepted whatever the follow-up's status: nothing that was done is lost."""
    followup = followup_of(tx, args["followup_id"])
    if tx.get(Attempt, args["id"]):
        raise Rejected("conflict", "This attempt is on file already.")
    attempt_id, closed = args.pop("id"), followup["status"] in CLOSED
    tx.insert(
        Attempt, attempt_id, customer_id=followup["customer_id"], by=tx.actor.staff_id,
        at=tx.at, after_close=closed, **args,
    )  # fmt: skip
    changes: Row = {"attempts": followup["attempts"] + 1}
    if args["outcome"] == "wrong_number":
        _ask_for_the_number(tx, followup, attempt_id)
    elif not closed:
        changes |= _consequence(tx, followup, args)
    tx.update(Followup, followup["id"], **changes)
    if changes.get("status") in CLOSED:
        withdraw(tx, f"/followups/{followup['id']}")
    if changes.get("status") == "done":
        _close_escalated(tx, followup["parent_id"] if followup["rule"] == ESCALATION else None)


def _consequence(tx: Transaction, followup: Row, args: Args) -> Row:
    """What the outcome changes on a follow-up that is not closed."""
    match args["outcome"]:
        case "no_answer":
            return _unanswered(tx, followup)
        case "asked_callback":
            return {"planned_at": args["callback_at"], "due_at": args["callback_at"]}
        case "reached" | "texted" | "recorded" if _closes(tx, followup, args["outcome"]):
            return {"status": "done", "closed_by": tx.actor.staff_id, "closed_at": tx.at}
    return {}


def _closes(tx: Transaction, followup: Row, outcome: str) -> bool:
    """`reached` closes; text and record where the channels allow; an escalation, a doctor only."""
    if followup["status"] == "escalated":
        return False
    if followup["rule"] == ESCALATION and "doctor" not in tx.actor.roles:
        return False
    needed = {"texted": "text", "recorded": "record"}.get(outcome)
    return needed is None or needed in followup["channels"]


def _unanswered(tx: Transaction, followup: Row) -> Row:
    """It comes back in the next window; the third time, on two different days, ends it."""
    clinic, customer = clinic_of(tx), customer_of(tx, followup["customer_id"])
    day = parsed(tx.at).astimezone(ZoneInfo(clinic["timezone"])).date().isoformat()
    days = followup["unanswered_days"]
    days = days if day in days else sorted([*days, day])
    changes: Row = {"unanswered": followup["unanswered"] + 1, "unanswered_days": days}
    if (
        followup["status"] == "open"
        and changes["unanswered"] >= UNREACHABLE_AFTER
        and len(days) >= UNREACHABLE_DAYS
    ):
        tell(tx, customer["owner_id"], "unreachable", customer["id"], f"/customers/{customer['id']}")
        return changes | {
            "status": "unreachable", "closed_by": tx.actor.staff_id, "closed_at": tx.at,
        }  # fmt: skip
    windows = call_windows(clinic["call_windows"], customer["preferences"])
    planned_at = next_window(tx.at, windows, clinic["timezone"], clinic["holidays"] or ())
    return changes | {"planned_at": planned_at}


def _ask_for_the_number(tx: Transaction, followup: Row, attempt_id: str) -> None:
    """The owner is asked to correct the file."""
    customer = customer_of(tx, followup["customer_id"])
    id = str(uuid5(UUID(attempt_id), CORRECT_PHONE))
    open_followup(
        tx, id, customer_id=customer["id"], treatment_id=None, rule=CORRECT_PHONE,
        role="consultant", assignee_id=customer["owner_id"], channels=["record"],
        due_from=tx.at, due_at=later(tx.at, hours=24), planned_at=tx.at, purpose="核对电话号码",
        parent_id=None,
    )  # fmt: skip


def _close_escalated(tx: Transaction, id: str | None) -> None:
    """A doctor has closed an escalation: so are the originals it came from."""
    while parent := tx.get(Followup, id):
        if parent["status"] != "escalated":
            return
        tx.update(Followup, parent["id"], status="done", closed_by=tx.actor.staff_id, closed_at=tx.at)
        withdraw(tx, f"/followups/{parent['id']}")
        id = parent["parent_id"]
