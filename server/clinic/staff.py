"""Staff and partner salons: the directory that every phone holds."""

from typing import Any

from marshmallow import Schema
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.fields import Flag, Id, list_of, one_of, text
from server.clinic.permissions import ROLES, require
from server.clinic.revocations import note_departure
from server.clinic.settings import Clinic
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Synced
from server.sync.transaction import Transaction


class Partner(Synced):
    """A beauty salon that brings VIPs."""

    __tablename__ = "partner"
    facet = "directory"
    subject_column = "clinic_id"
    name: Mapped[str]


class Staff(Synced):
    """A person of the clinic. `scope_epoch` moves when the roles change: devices then start anew."""

    __tablename__ = "staff"
    __table_args__ = (Index(None, "clinic_id", "login", unique=True),)
    facet = "directory"
    subject_column = "clinic_id"
    hidden = frozenset({"scope_epoch"})

    login: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    partner_id: Mapped[str | None]
    active: Mapped[bool]
    scope_epoch: Mapped[int]


def roles_of(tx: Transaction, staff_id: str) -> frozenset[str]:
    """Roles of an active person; none once they have left."""
    person = tx.get(Staff, staff_id)
    return frozenset(person["roles"] if person and person["active"] else ())


def people_with(tx: Transaction, role: str) -> list[str]:
    """Ids of active staff who hold the role."""
    return [p["id"] for p in tx.find(Staff, active=True) if role in p["roles"]]


class AddPartnerArgs(Schema):
    id = Id(required=True)
    name = text(shortest=1, required=True)


class AddStaffArgs(Schema):
    id = Id(required=True)
    login = text(60, shortest=1, required=True)
    name = text(60, shortest=1, required=True)
    roles = list_of(one_of(*ROLES), least=1, required=True)
    partner_id = Id(load_default=None, allow_none=True)


class UpdateStaffArgs(Schema):
    id = Id(required=True)
    name = text(60, shortest=1)
    roles = list_of(one_of(*ROLES), least=1)
    partner_id = Id(allow_none=True)
    active = Flag()


@mutation("partner.add", AddPartnerArgs, id=Partner)
def add_partner(tx: Transaction, args: Args) -> None:
    require(tx, "clinic.settings")
    if tx.get(Partner, args["id"]):
        raise Rejected("conflict", "This salon is in the directory already.")
    tx.insert(Partner, args["id"], name=args["name"])


@mutation("staff.add", AddStaffArgs, id=Staff)
def add_staff(tx: Transaction, args: Args) -> None:
    """A new person without a way to sign in yet (server.clinic.sign_in.set_password)."""
    require(tx, "clinic.settings")
    if tx.get(Staff, args["id"]) or tx.find(Staff, login=args["login"]):
        raise Rejected("conflict", "This sign-in name is taken.", login=["taken"])
    if args["partner_id"] and not tx.get(Partner, args["partner_id"]):
        raise Rejected("not_found", "There is no such partner salon.")
    tx.insert(
        Staff, args["id"], login=args["login"], name=args["name"], roles=args["roles"],
        partner_id=args["partner_id"], active=True, scope_epoch=1,
    )  # fmt: skip
    _tell_cases(tx)


@mutation("staff.update", UpdateStaffArgs, id=Staff)
def update_staff(tx: Transaction, args: Args) -> None:
    require(tx, "clinic.settings")
    person = tx.get(Staff, args["id"])
    if person is None:
        raise Rejected("not_found", "There is no such person.")
    changes = {name: value for name, value in args.items() if name != "id"}
    if "roles" in changes and set(changes["roles"]) != set(person["roles"]):
        changes["scope_epoch"] = person["scope_epoch"] + 1
    tx.update(Staff, args["id"], **changes)
    if tx.actor.staff_id and not people_with(tx, "clinic_admin"):
        raise Rejected("gate", "A clinic keeps an administrator.", roles=["last"])
    if changes.get("active", person["active"]) != person["active"]:
        note_departure(tx.now, tx.clinic_id, args["id"], changes["active"])
    if {"roles", "partner_id", "active"} & set(changes):
        _tell_cases(tx)


def _tell_cases(tx: Transaction) -> None:
    from server.clinic.vip.team import staff_changed  # which is about staff

    staff_changed(tx)


class AppointArgs(Schema):
    staff_id = Id(required=True, allow_none=True)


@mutation("clinic.appoint_compliance", AppointArgs)
def appoint_compliance(tx: Transaction, args: Args) -> None:
    """Name the person who alone may take pictures out for publication, or nobody."""
    require(tx, "clinic.settings")
    person = tx.get(Staff, args["staff_id"])
    if args["staff_id"] and (person is None or not person["active"]):
        raise Rejected("not_found", "There is no such person.")
    tx.update(Clinic, tx.clinic_id, compliance_officer_id=args["staff_id"])
