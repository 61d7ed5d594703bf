"""The medical part of the file, and the short safety flags that everyone in contact sees."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic import fields as f
from server.clinic.conflicts import MERGED, Merged, merge
from server.clinic.customers import Customer, customer_of
from server.clinic.permissions import require
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Synced
from server.sync.transaction import Transaction


class CustomerMedical(Merged):
    """One row a customer, under the customer's id, made by the first entry."""

    __tablename__ = "customer_medical"
    facet = "medical"
    write_act = "medical.write"

    customer_id: Mapped[str]
    history: Mapped[str]
    allergies: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    medication: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    previous_procedures: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    notes: Mapped[str]


MERGED["customer_medical"] = CustomerMedical


class CustomerAlert(Synced):
    __tablename__ = "customer_alert"
    __table_args__ = (Index(None, "clinic_id", "customer_id"),)
    facet = "alert"

    customer_id: Mapped[str]
    text: Mapped[str]
    severity: Mapped[str]


class MedicalPart(Schema):
    history = f.text(8000)
    allergies = f.list_of(f.text(200, shortest=1))
    medication = f.list_of(f.text(200, shortest=1))
    previous_procedures = f.list_of(f.text(200, shortest=1))
    notes = f.text(8000)


class UpdateMedicalArgs(Schema):
    id = f.Id(required=True)
    set = fields.Nested(MedicalPart, required=True)
    seen = fields.Dict(keys=fields.String(), load_default=dict)


class RaiseArgs(Schema):
    id = f.Id(required=True)
    customer_id = f.Id(required=True)
    text = f.text(200, shortest=1, required=True)
    severity = f.text(40, shortest=1, required=True)


class ClearArgs(Schema):
    id = f.Id(required=True)
    reason = f.text(500, shortest=1, required=True)


@mutation("customer.update_medical", UpdateMedicalArgs, id=CustomerMedical)
def update_medical(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["id"])
    require(tx, "medical.write", args["id"])
    empty: Args = {
        "history": "", "allergies": [], "medication": [], "previous_procedures": [], "notes": "",
    }  # fmt: skip
    row = tx.get(CustomerMedical, args["id"])
    if row is None:
        mine = [tx.at, tx.context.mutation_id, tx.actor.staff_id]
        tx.insert(
            CustomerMedical, args["id"], customer_id=args["id"],
            field_times=dict.fromkeys(args["set"], mine), **(empty | args["set"]),
        )  # fmt: skip
    else:
        # Who saw no medical part yet saw an empty one.
        merge(tx, CustomerMedical, row, args["set"], empty | args["seen"])


@mutation("alert.raise", RaiseArgs, id=CustomerAlert, customer_id=Customer)
def raise_alert(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["customer_id"])
    require(tx, "medical.write", args["customer_id"])
    if tx.get(CustomerAlert, args["id"]):
        raise Rejected("conflict", "This alert has been raised already.")
    tx.insert(CustomerAlert, args.pop("id"), **args)


@mutation("alert.clear", ClearArgs, id=CustomerAlert)
def clear_alert(tx: Transaction, args: Args) -> None:
    """The reason stays in the mutation log; the alert goes from every phone."""
    alert = tx.get(CustomerAlert, args["id"])
    if alert is None:
        raise Rejected("not_found", "This alert has been cleared already.")
    require(tx, "medical.write", alert["customer_id"])
    tx.delete(CustomerAlert, args["id"])
