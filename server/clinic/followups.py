"""Follow-ups: the contacts owed, and how they are moved, handed on and escalated."""

from typing import Any

from marshmallow import Schema, ValidationError, validates_schema
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id, Moment, list_of, one_of, text
from server.clinic.notices import tell
from server.clinic.permissions import ROLES, require
from server.clinic.planning import end_of_day
from server.clinic.planning import plan as plan_contact
from server.clinic.settings import clinic_of
from server.clinic.staff import Staff, people_with
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction

ESCALATION = "doctor_escalation"
HAND_ON = "hand_on"
CORRECT_PHONE = "correct_phone"
CHANNELS = ("call", "text", "record")
CLOSED = ("done", "unreachable", "cancelled")


class Followup(Synced):
    """An owed contact. `unanswered`, `unanswered_days`: calls nobody took, and on which days."""

    __tablename__ = "followup"
    __table_args__ = (
        Index(None, "clinic_id", "treatment_id"),
        Index(None, "clinic_id", "customer_id"),
        Index(None, "clinic_id", "status", "due_at"),
        Index(None, "status", "due_at"),
    )
    facet = "care"

    customer_id: Mapped[str]
    treatment_id: Mapped[str | None]
    rule: Mapped[str]
    role: Mapped[str]
    assignee_id: Mapped[str | None]
    channels: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    due_from: Mapped[str]
    due_at: Mapped[str]
    planned_at: Mapped[str]
    purpose: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int]
    unanswered: Mapped[int]
    unanswered_days: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    parent_id: Mapped[str | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[str | None]
    by: Mapped[str | None]
    """Who asked for it; null: a rule did."""


def open_followup(tx: Transaction, id: str, **values: Any) -> None:
    """Create one, unless it is there already: derived ids make creating twice harmless."""
    if tx.get(Followup, id):
        return
    row = tx.insert(Followup, id, status="open", attempts=0, unanswered=0, unanswered_days=[], **values)
    tx.grant(row["assignee_id"], row["customer_id"], f"followup:{id}")


def pass_to_owner(tx: Transaction, customer_id: str, before: str | None, after: str | None) -> None:
    """A customer has a new owner: so have the follow-ups that waited for the old one, or for any."""
    for followup in tx.find(Followup, customer_id=customer_id, assignee_id=before):
        reason = f"followup:{followup['id']}"
        tx.revoke(before, customer_id, reason)
        if followup["status"] not in CLOSED and (before or followup["role"] == "consultant"):
            tx.update(Followup, followup["id"], assignee_id=after)
            tx.grant(after, customer_id, reason)


def followup_of(tx: Transaction, id: str) -> Row:
    """The follow-up, if the acting person may work on it."""
    followup = tx.get(Followup, id)
    if followup is None:
        raise Rejected("not_found", "There is no such follow-up.")
    require(tx, "followup.write", followup["customer_id"], followup)
    return followup


class _Receiver(Schema):
    role = one_of(*ROLES, load_default=None, allow_none=True)
    assignee_id = Id(load_default=None, allow_none=True)

    @validates_schema
    def somebody(self, data: Args, **_: Any) -> None:
        if not data.get("role") and not data.get("assignee_id"):
            raise ValidationError("Name a role or a person.", "role")


class CreateArgs(_Receiver):
    id = Id(required=True)
    customer_id = Id(required=True)
    kind = text(40, shortest=1, required=True)
    channels = list_of(one_of(*CHANNELS), least=1, most=3, required=True)
    due_from = Moment(required=True)
    due_at = Moment(required=True)
    purpose = text(1000, required=True)


class RescheduleArgs(Schema):
    id = Id(required=True)
    planned_at = Moment(required=True)
    reason = text(500, required=True)


class AssignArgs(Schema):
    id = Id(required=True)
    assignee_id = Id(required=True)


class EscalateArgs(Schema):
    id = Id(required=True)
    followup_id = Id(required=True)
    reason = text(2000, required=True)
    doctor_id = Id(load_default=None, allow_none=True)


class HandOnArgs(_Receiver):
    id = Id(required=True)
    followup_id = Id(required=True)
    question = text(2000, shortest=1, required=True)


@mutation("followup.create", CreateArgs, id=Followup, customer_id=Customer)
def create(tx: Transaction, args: Args) -> None:
    """A contact that somebody decides is owed."""
    customer = customer_of(tx, args["customer_id"])
    receiver = _receiver(tx, args)
    require(tx, "followup.write", customer["id"], receiver)
    _must_be_new(tx, args["id"])
    if args["due_at"] < args["due_from"]:
        raise Rejected("validation", "It cannot be due before it begins.", due_at=["early"])
    if args["kind"] in (ESCALATION, HAND_ON, CORRECT_PHONE):
        raise Rejected("validation", "This kind is made by its own act.", kind=["reserved"])
    _open_planned(
        tx, args["id"], customer, args["channels"], args["due_from"], args["due_at"],
        rule=args["kind"], purpose=args["purpose"], treatment_id=None, parent_id=None, **receiver,
    )  # fmt: skip


@mutation("followup.reschedule", RescheduleArgs, id=Followup)
def reschedule(tx: Transaction, args: Args) -> None:
    """Plan it for another time; when it is due does not change."""
    _still_open(followup_of(tx, args["id"]))
    tx.update(Followup, args["id"], planned_at=args["planned_at"])


@mutation("followup.assign", AssignArgs, id=Followup)
def assign(tx: Transaction, args: Args) -> None:
    followup = tx.get(Followup, args["id"])
    if followup is None:
        raise Rejected("not_found", "There is no such follow-up.")
    require(tx, "followup.assign", followup["customer_id"])
    _still_open(followup)
    assignee = _person(tx, args["assignee_id"])
    roles = assignee["roles"]
    role = followup["role"] if followup["role"] in roles else roles[0]
    tx.revoke(followup["assignee_id"], followup["customer_id"], f"followup:{followup['id']}")
    tx.update(Followup, followup["id"], assignee_id=assignee["id"], role=role)
    tx.grant(assignee["id"], followup["customer_id"], f"followup:{followup['id']}")


@mutation("followup.escalate", EscalateArgs, id=Followup, followup_id=Followup)
def escalate(tx: Transaction, args: Args) -> None:
    """Hand a problem to the doctor: due the same day, the original stays open as escalated."""
    original = followup_of(tx, args["followup_id"])
    _must_be_new(tx, args["id"])
    doctor_id = args["doctor_id"] or _treating_doctor(tx, original)
    if doctor_id and "doctor" not in _person(tx, doctor_id)["roles"]:
        raise Rejected("validation", "This person is not a doctor.", doctor_id=["role"])
    open_followup(
        tx, args["id"], customer_id=original["customer_id"],
        treatment_id=original["treatment_id"], rule=ESCALATION, role="doctor",
        assignee_id=doctor_id, channels=["call"], due_from=tx.at, planned_at=tx.at,
        due_at=end_of_day(tx.at, clinic_of(tx)["timezone"]), purpose=args["reason"],
        parent_id=original["id"], by=tx.actor.staff_id,
    )  # fmt: skip
    if original["status"] != "cancelled":
        tx.update(Followup, original["id"], status="escalated")
    for doctor in [doctor_id] if doctor_id else people_with(tx, "doctor"):
        tell(tx, doctor, "escalation", original["customer_id"], f"/followups/{args['id']}")


@mutation("followup.hand_on", HandOnArgs, id=Followup, followup_id=Followup)
def hand_on(tx: Transaction, args: Args) -> None:
    """A question outside the caller's field: a new follow-up for whoever can answer it, today."""
    original = followup_of(tx, args["followup_id"])
    _must_be_new(tx, args["id"])
    receiver = _receiver(tx, args)
    customer = customer_of(tx, original["customer_id"])
    _open_planned(
        tx, args["id"], customer, ["call", "text"], tx.at,
        end_of_day(tx.at, clinic_of(tx)["timezone"]), rule=HAND_ON, purpose=args["question"],
        treatment_id=original["treatment_id"], parent_id=original["id"], **receiver,
    )  # fmt: skip
    one = receiver["assignee_id"]
    for person in [one] if one else people_with(tx, receiver["role"]):
        tell(tx, person, HAND_ON, customer["id"], f"/followups/{args['id']}")


def _open_planned(
    tx: Transaction, id: str, customer: Row, channels: list[str], due_from: str, due_at: str,
    **values: Any,
) -> None:  # fmt: skip
    clinic = clinic_of(tx)
    planned = plan_contact(
        channels, due_from, due_at, clinic["timezone"], clinic["call_windows"],
        customer["preferences"], holidays=clinic["holidays"] or (),
    )  # fmt: skip
    open_followup(
        tx, id, customer_id=customer["id"], channels=channels, due_from=due_from, due_at=due_at,
        planned_at=planned["planned_at"], by=tx.actor.staff_id, **values,
    )  # fmt: skip


def _receiver(tx: Transaction, args: Args) -> Row:
    """{"role", "assignee_id"}: a person alone receives it in their first role."""
    role = args["role"]
    if args["assignee_id"]:
        person = _person(tx, args["assignee_id"])
        role = role or person["roles"][0]
    return {"role": role, "assignee_id": args["assignee_id"]}


def _person(tx: Transaction, id: str) -> Row:
    person = tx.get(Staff, id)
    if person is None or not person["active"]:
        raise Rejected("validation", "There is no such person here.", assignee_id=["unknown"])
    return person


def _treating_doctor(tx: Transaction, followup: Row) -> str | None:
    from server.clinic.treatments import Treatment  # treatments create follow-ups

    treatment = tx.get(Treatment, followup["treatment_id"])
    doctor = tx.get(Staff, treatment["doctor_id"]) if treatment else None
    on_staff = doctor and doctor["active"] and "doctor" in doctor["roles"]
    return doctor["id"] if doctor and on_staff else None


def _must_be_new(tx: Transaction, id: str) -> None:
    if tx.get(Followup, id):
        raise Rejected("conflict", "This follow-up exists already.")


def _still_open(followup: Row) -> None:
    if followup["status"] in CLOSED:
        raise Rejected("conflict", "This follow-up has been closed meanwhile.")
