"""What a clinic sets for itself: its name and hours, the rule table, the texts it sends."""

from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.fields import Flag, text
from server.clinic.permissions import require
from server.clinic.planning import DEFAULT_CALL_WINDOWS, DEFAULT_RULES
from server.clinic.texts import DEFAULT_TEMPLATES
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction


class Clinic(Synced):
    """The clinic itself; its id is the clinic's."""

    __tablename__ = "clinic"
    facet = "directory"
    subject_column = "clinic_id"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str]
    timezone: Mapped[str]
    call_windows: Mapped[list[Any]] = mapped_column(JSON, info={"items": "window"})
    rules_version: Mapped[int]
    holidays: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), info={"items": "string"})
    """Closed days, "2027-02-10", sorted; null: none have ever been entered."""
    compliance_officer_id: Mapped[str | None]
    """Who alone may take pictures out for publication. Nobody: it is off."""
    second_factor: Mapped[bool | None]
    """Whether administrators and leads must have one."""


class RuleTable(Synced):
    """One version of what treatments owe; treatments keep the version they were completed under."""

    __tablename__ = "rule_table"
    facet = "directory"
    subject_column = "clinic_id"

    version: Mapped[int]
    rules: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})


class Template(Synced):
    """A text for customers, zh and en, with {placeholders}."""

    __tablename__ = "template"
    facet = "directory"
    subject_column = "clinic_id"

    code: Mapped[str]
    channel: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


def clinic_of(tx: Transaction) -> Row:
    """The clinic's own row."""
    clinic = tx.get(Clinic, tx.clinic_id)
    if clinic is None:
        raise LookupError("the clinic has not been opened")
    return clinic


def rules(tx: Transaction, version: int | None) -> list[Row]:
    """The rules of a version, the latest if None. Raises Rejected for a version never made."""
    wanted = version or clinic_of(tx)["rules_version"]
    table = tx.get(RuleTable, rule_table_id(tx.clinic_id, wanted))
    if table is None:
        raise Rejected("validation", "There is no such version of the rule table.")
    found: list[Row] = table["rules"]
    return found


def rule_table_id(clinic_id: str, version: int) -> str:
    return str(uuid5(UUID(clinic_id), f"rule_table:{version}"))


def template_id(clinic_id: str, code: str) -> str:
    return str(uuid5(UUID(clinic_id), f"template:{code}"))


def _a_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValidationError("Not a time zone.") from None


class OpenClinicArgs(Schema):
    code = text(40, shortest=1, required=True)
    name = text(100, shortest=1, required=True)
    phone = text(40, load_default="")
    timezone = fields.String(load_default="Asia/Shanghai", validate=_a_time_zone)


@mutation("clinic.open", OpenClinicArgs)
def open_clinic(tx: Transaction, args: Args) -> None:
    """The first act in a clinic's life: its row, the default rules, windows and texts."""
    require(tx, "clinic.settings")
    if tx.get(Clinic, tx.clinic_id):
        raise Rejected("conflict", "The clinic is open already.")
    tx.insert(
        Clinic, tx.clinic_id, code=args["code"], name=args["name"], phone=args["phone"],
        timezone=args["timezone"], call_windows=DEFAULT_CALL_WINDOWS, rules_version=1,
    )  # fmt: skip
    tx.insert(RuleTable, rule_table_id(tx.clinic_id, 1), version=1, rules=DEFAULT_RULES)
    for code, body in DEFAULT_TEMPLATES.items():
        tx.insert(Template, template_id(tx.clinic_id, code), code=code, channel="text", body=body)
    from server.clinic.vip.templates import newest  # which follow the clinic

    newest(tx)


class SecondFactorArgs(Schema):
    required = Flag(required=True)


@mutation("clinic.set_second_factor", SecondFactorArgs)
def set_second_factor(tx: Transaction, args: Args) -> None:
    """Whether administrators and leads must have a second factor."""
    require(tx, "clinic.settings")
    tx.update(Clinic, tx.clinic_id, second_factor=args["required"])
