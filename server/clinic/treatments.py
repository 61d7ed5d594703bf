"""Treatments: planned, performed, and the follow-ups that a performed one owes."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema, fields, validate
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id, Moment, list_of, one_of, text
from server.clinic.followups import Followup, open_followup
from server.clinic.permissions import require
from server.clinic.planning import plan_treatment
from server.clinic.settings import clinic_of, rules
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Document, Row, Synced
from server.sync.transaction import Transaction

CATEGORIES = ("surgery", "laser_skin", "injectable", "dental")
TEAM = ("consultant_id", "doctor_id", "nurse_id")


class Treatment(Synced):
    """One procedure on one day (facet treatment), and its `treatment_brief` (facet schedule)."""

    __tablename__ = "treatment"
    __table_args__ = (Index(None, "clinic_id", "customer_id"),)
    facet = "treatment"

    customer_id: Mapped[str]
    category: Mapped[str]
    name: Mapped[str]
    sites: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    planned_at: Mapped[str | None]
    performed_at: Mapped[str | None]
    consultant_id: Mapped[str | None]
    doctor_id: Mapped[str | None]
    nurse_id: Mapped[str | None]
    products: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})
    rules_version: Mapped[int | None]
    status: Mapped[str]

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        yield from super().publish(row)
        brief = {
            "id": row["id"], "customer_id": row["customer_id"], "name": row["name"],
            "at": row["performed_at"] or row["planned_at"], "status": row["status"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
            "updated_by": row["updated_by"],
        }  # fmt: skip
        yield Document("treatment_brief", row["id"], "schedule", row["customer_id"], brief)


class Product(Schema):
    name = text(200, shortest=1, required=True)
    lot = text(100, required=True)


class PlanArgs(Schema):
    id = Id(required=True)
    customer_id = Id(required=True)
    category = one_of(*CATEGORIES, required=True)
    name = text(200, shortest=1, required=True)
    sites = list_of(text(100, shortest=1), required=True)
    planned_at = Moment(required=True)
    consultant_id = Id(load_default=None, allow_none=True)
    doctor_id = Id(load_default=None, allow_none=True)


class CompleteArgs(PlanArgs):
    class Meta:
        exclude = ("planned_at",)

    performed_at = Moment(required=True)
    rules_version = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 2**31 - 1)
    )
    nurse_id = Id(load_default=None, allow_none=True)
    products = list_of(fields.Nested(Product), load_default=list)


class VoidArgs(Schema):
    id = Id(required=True)
    reason = text(500, shortest=1, required=True)


@mutation("treatment.plan", PlanArgs, id=Treatment, customer_id=Customer)
def plan(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["customer_id"])
    require(tx, "treatment.write", args["customer_id"])
    if tx.get(Treatment, args["id"]):
        raise Rejected("conflict", "This treatment is on file already.")
    row = tx.insert(
        Treatment, args["id"], status="planned", products=[],
        **{name: value for name, value in args.items() if name != "id"},
    )  # fmt: skip
    _join_team(tx, row)


@mutation("treatment.complete", CompleteArgs, id=Treatment, customer_id=Customer)
def complete(tx: Transaction, args: Args) -> None:
    """The treatment was performed; it now owes the follow-ups of its rule table."""
    customer = customer_of(tx, args["customer_id"])
    require(tx, "treatment.write", args["customer_id"])
    clinic = clinic_of(tx)
    args["rules_version"] = args["rules_version"] or clinic["rules_version"]
    owed = plan_treatment(
        rules(tx, args["rules_version"]), args["performed_at"], clinic["timezone"],
        clinic["call_windows"], customer["preferences"], clinic["holidays"] or (),
    )  # fmt: skip
    row = _completed(tx, args)
    _join_team(tx, row)
    for followup in owed:
        owner = customer["owner_id"] or row["consultant_id"]
        open_followup(
            tx, str(uuid5(UUID(row["id"]), followup["code"])), customer_id=customer["id"],
            treatment_id=row["id"], rule=followup["code"], role=followup["role"],
            assignee_id=owner if followup["assign"] == "owner" else None,
            channels=followup["channels"], due_from=followup["due_from"],
            due_at=followup["due_at"], planned_at=followup["planned_at"],
            purpose=followup["purpose"]["zh"],
        )  # fmt: skip


def _completed(tx: Transaction, args: Args) -> Row:
    before = tx.get(Treatment, args["id"])
    values = {name: value for name, value in args.items() if name != "id"}
    if before is None:
        return tx.insert(Treatment, args["id"], status="complete", **values)
    if before["status"] != "planned" or before["customer_id"] != args["customer_id"]:
        raise Rejected("conflict", "This treatment has been completed or voided already.")
    for member in TEAM:
        values[member] = values[member] or before[member]
        tx.revoke(before[member], before["customer_id"], f"treatment:{before['id']}")
    return tx.update(Treatment, args["id"], status="complete", **values)


def _join_team(tx: Transaction, row: Row) -> None:
    for member in TEAM:
        tx.grant(row[member], row["customer_id"], f"treatment:{row['id']}")


@mutation("treatment.void", VoidArgs, id=Treatment)
def void(tx: Transaction, args: Args) -> None:
    """Entered by mistake: what nobody has worked on yet is cancelled. The reason is in the log."""
    treatment = tx.get(Treatment, args["id"])
    if treatment is None:
        raise Rejected("not_found", "There is no such treatment.")
    require(tx, "treatment.void", treatment["customer_id"])
    if treatment["status"] == "voided":
        raise Rejected("conflict", "This treatment has been voided already.")
    tx.update(Treatment, args["id"], status="voided")
    for member in TEAM:
        tx.revoke(treatment[member], treatment["customer_id"], f"treatment:{treatment['id']}")
    for followup in tx.find(Followup, treatment_id=args["id"], status="open"):
        if followup["attempts"] == 0:
            tx.update(Followup, followup["id"], status="cancelled")
