"""The steps of a case: each a line of events, from which its state follows (server/clinic/vip/history.py)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.notices import about_to_withdraw, withdraw
from server.clinic.settings import clinic_of
from server.clinic.vip import template
from server.clinic.vip.cases import VipCase, case_of
from server.clinic.vip.history import OVER, in_order, outcome, over_since, schedule
from server.clinic.vip.lead_times import due
from server.clinic.vip.templates import of_version
from server.sync.synced import Document, Row, Synced
from server.sync.transaction import Transaction

TOLD_TO_PARTNERS = ("state", "by", "at")


class VipStep(Synced):
    """A step of a case (facet vip); the early ones also as `vip_step_early`, without what was noted."""

    __tablename__ = "vip_step"
    __table_args__ = (Index(None, "clinic_id", "case_id"), Index(None, "due_at"))
    facet = "vip"
    subject_column = "case_id"

    case_id: Mapped[str]
    customer_id: Mapped[str]
    stage: Mapped[str]
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner_role: Mapped[str]
    assignee_id: Mapped[str | None]
    mandatory: Mapped[bool]
    gate: Mapped[str | None]
    lead: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    due_at: Mapped[str | None]
    state: Mapped[str]
    done_by: Mapped[str | None]
    done_at: Mapped[str | None]
    contested: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    history: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        yield from super().publish(row)
        if template.shown_to_partners(row):
            told = [{name: event[name] for name in TOLD_TO_PARTNERS} for event in row["history"]]
            early = {**cls.document_of(row), "history": told}
            yield Document("vip_step_early", row["id"], "vip_early", row["case_id"], early)


def step_target(step: Row) -> str:
    """Where a reminder of the step leads."""
    return f"/vip/{step['case_id']}?step={step['id']}"


def step_id(case_id: str, code: str) -> str:
    return str(uuid5(UUID(case_id), code))


def begin(tx: Transaction, case: Row, screening: bool) -> None:
    """Copy steps of the template into the case: those of the screening, or all the others."""
    zone = clinic_of(tx)["timezone"]
    for position, step in enumerate(of_version(tx, case["template_version"])["steps"]):
        if (step["stage"] == template.SCREENING) is screening:
            tx.insert(
                VipStep, step_id(case["id"], step["code"]), case_id=case["id"],
                customer_id=case["customer_id"], position=position,
                assignee_id=case["team"].get(step["owner_role"]),
                due_at=due(step["lead"], case["arrival_at"], zone), state="todo", history=[], **step,
            )  # fmt: skip


def follow(tx: Transaction, case_id: str, code: str, state: str, reason: str | None = None) -> None:
    """A decision of the case has set this step, where the case has it already and it is not so yet."""
    step = tx.get(VipStep, step_id(case_id, code))
    if step is None or step["state"] == state:
        return
    event = {
        "id": str(uuid5(UUID(step["id"]), tx.context.mutation_id)), "state": state,
        "seen_state": step["state"], "reason": reason, "note": None, "photo_id": None,
    }  # fmt: skip
    record(tx, case_of(tx, case_id), step, event)


def replan(tx: Transaction, case: Row) -> list[Row]:
    """The schedule has changed: every open lead time moves. Returns the open steps."""
    zone = clinic_of(tx)["timezone"]
    steps = tx.find(VipStep, case_id=case["id"])
    about_to_withdraw(tx, map(step_target, steps))
    planned = [_planned(tx, case, step, zone) for step in steps]
    return [step for step in planned if step["state"] not in OVER]


def take_reminders_back(tx: Transaction, case_id: str) -> None:
    """The case is over: nobody need do what is still open."""
    targets = [step_target(step) for step in tx.find(VipStep, case_id=case_id)]
    about_to_withdraw(tx, targets)
    for target in targets:
        withdraw(tx, target)


def open_mandatory(tx: Transaction, case_id: str) -> list[Row]:
    """Mandatory steps that are neither done nor skipped, in the order of the journey."""
    return [step for step in _journey(tx, case_id) if _waits(step)]


def _waits(step: Row) -> bool:
    return step["mandatory"] and step["state"] not in OVER


def _journey(tx: Transaction, case_id: str) -> list[Row]:
    return sorted(tx.find(VipStep, case_id=case_id), key=lambda step: step["position"])


def record(tx: Transaction, case: Row, step: Row, event: Row) -> Row:
    """Add the event to the step; its state, due time and the stage of the case follow. Returns the step."""
    said = {**event, "by": tx.actor.staff_id, "at": tx.at, "mutation_id": tx.context.mutation_id}
    history = in_order([*step["history"], said])
    step = tx.update(VipStep, step["id"], history=history, **outcome(history))
    step = _planned(tx, case, step, clinic_of(tx)["timezone"])
    if step["state"] in OVER:
        withdraw(tx, step_target(step))
    _advance(tx, case)
    return step


def _planned(tx: Transaction, case: Row, step: Row, zone: str) -> Row:
    """An open step follows the schedule as it is; one that is over keeps the one it was done under."""
    arrival_at = schedule(case["moves"], until=over_since(step["history"]))["arrival_at"]
    due_at = due(step["lead"], arrival_at, zone)
    if due_at == step["due_at"]:
        return step
    withdraw(tx, step_target(step))
    return tx.update(VipStep, step["id"], due_at=due_at)


def _advance(tx: Transaction, case: Row) -> None:
    """The case stands at its first stage with a mandatory step open: no gate is walked round."""
    journey = _journey(tx, case["id"])
    stage = next(filter(_waits, journey), journey[-1])["stage"]
    if stage != case["stage"]:
        tx.update(VipCase, case["id"], stage=stage)
