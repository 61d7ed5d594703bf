"""Plans A, B and C of a case: written, approved by the surgeon, released to the partner salon, answered."""

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import JSON, BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.fields import Id, list_of, one_of, text
from server.clinic.permissions import require
from server.clinic.vip import template
from server.clinic.vip.cases import VipCase, running_case
from server.clinic.vip.steps import follow
from server.clinic.vip.team import tell_role
from server.sync.mutations import LARGEST_NUMBER, Args, Rejected, mutation
from server.sync.synced import Document, Row, Synced
from server.sync.transaction import Transaction

RELEASED = ("released", "accepted", "declined")


class VipPlan(Synced):
    """A plan (facet vip); once released also `vip_plan_released` (facet vip_early). `price`: fen.
    `answers`: [{by, at, answer, note}]."""

    __tablename__ = "vip_plan"
    __table_args__ = (Index(None, "clinic_id", "case_id"),)
    facet = "vip"
    subject_column = "case_id"

    case_id: Mapped[str]
    customer_id: Mapped[str]
    label: Mapped[str]
    procedures: Mapped[list[Any]] = mapped_column(JSON, info={"items": "any"})
    price: Mapped[int] = mapped_column(BigInteger)
    risks: Mapped[str]
    status: Mapped[str]
    approved_by: Mapped[str | None]
    approved_at: Mapped[str | None]
    answers: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        yield from super().publish(row)
        if row["status"] in RELEASED:
            yield Document("vip_plan_released", row["id"], "vip_early", row["case_id"], cls.document_of(row))


def _a_procedure(value: Any) -> None:
    if not value or not isinstance(value, str | dict):
        raise ValidationError("Not a procedure.")


class WriteArgs(Schema):
    id = Id(required=True)
    case_id = Id(required=True)
    label = one_of("A", "B", "C", required=True)
    procedures = list_of(fields.Raw(validate=_a_procedure), least=1, required=True)
    price = fields.Integer(strict=True, required=True, validate=validate.Range(0, LARGEST_NUMBER))
    risks = text(4000, required=True)


class ApproveArgs(Schema):
    id = Id(required=True)


class ReleaseArgs(ApproveArgs):
    pass


class AnswerArgs(ApproveArgs):
    answer = one_of("accepted", "declined", "question", required=True)
    note = text(2000, load_default=None, allow_none=True)


@mutation("vip.plan.write", WriteArgs, id=VipPlan, case_id=VipCase)
def write(tx: Transaction, args: Args) -> None:
    """Write a plan, or write it anew as long as it has not been released; then the surgeon looks again."""
    case = running_case(tx, args["case_id"])
    require(tx, "vip.plan.write", case["id"])
    id = args.pop("id")
    values = {**args, "status": "draft", "approved_by": None, "approved_at": None}
    before = tx.get(VipPlan, id)
    if before is None:
        tx.insert(VipPlan, id, customer_id=case["customer_id"], answers=[], **values)
    elif before["case_id"] != case["id"] or before["status"] in RELEASED:
        raise Rejected("conflict", "This plan has been released already.")
    else:
        tx.update(VipPlan, id, **values)
    follow(tx, case["id"], "write_plans", "done")
    tell_role(tx, case, "doctor", "vip_asked")


@mutation("vip.plan.approve", ApproveArgs, id=VipPlan)
def approve(tx: Transaction, args: Args) -> None:
    plan, case = _plan_in(tx, args["id"], "vip.plan.approve", "draft")
    tx.update(VipPlan, plan["id"], status="approved", approved_by=tx.actor.staff_id, approved_at=tx.at)
    follow(tx, case["id"], "approve_plans", "done")
    tell_role(tx, case, "customer_service", "vip_asked")


@mutation("vip.plan.release", ReleaseArgs, id=VipPlan)
def release(tx: Transaction, args: Args) -> None:
    """To the partner consultant, who sees it from now on; only what the surgeon has approved."""
    plan, case = _plan_in(tx, args["id"], "vip.plan.release", "draft", "approved")
    if plan["status"] != "approved":
        raise Rejected("gate", "The surgeon has not approved this plan.")
    tx.update(VipPlan, plan["id"], status="released")
    follow(tx, case["id"], "release_plans", "done")
    tell_role(tx, case, "partner_consultant", "vip_asked")


@mutation("vip.plan.answer", AnswerArgs, id=VipPlan)
def answer(tx: Transaction, args: Args) -> None:
    """What the salon's owner and the customer say. A plan that is accepted opens the gate."""
    plan, case = _plan_in(tx, args["id"], "vip.plan.answer", "released", "declined")
    said = {"by": tx.actor.staff_id, "at": tx.at, "answer": args["answer"], "note": args["note"]}
    status = plan["status"] if args["answer"] == "question" else args["answer"]
    tx.update(VipPlan, plan["id"], status=status, answers=[*plan["answers"], said])
    if status == "accepted":
        follow(tx, case["id"], template.ANSWER, "done")
    for role in ("customer_service", "consultant"):
        tell_role(tx, case, role, "vip_decided")


def _plan_in(tx: Transaction, id: str, act: str, *statuses: str) -> tuple[Row, Row]:
    """The plan and its running case; raises Rejected where the plan is in none of these."""
    plan = tx.get(VipPlan, id)
    if plan is None:
        raise Rejected("not_found", "There is no such plan.")
    require(tx, act, plan["case_id"])
    case = running_case(tx, plan["case_id"])
    if plan["status"] not in statuses:
        raise Rejected("conflict", "This plan does not wait for this.")
    return plan, case
