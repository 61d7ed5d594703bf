"""The journey as a clinic has it: one version after the other; a case keeps the one it was opened under."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import JSON, Connection
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.vip import template
from server.instants import instant
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction

FIRST = 1


class VipTemplate(Synced):
    """One version. `stages`: [{code, title}]; `steps`: [{stage, code, owner_role, title, lead, mandatory,
    gate}], in the order of the journey; titles in zh and en."""

    __tablename__ = "vip_template"
    facet = "directory"
    subject_column = "clinic_id"

    version: Mapped[int]
    stages: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})
    steps: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})


def template_id(clinic_id: str, version: int) -> str:
    return str(uuid5(UUID(clinic_id), f"vip_template:{version}"))


def newest(tx: Transaction) -> Row:
    """The one that cases are opened under. A clinic older than templates begins with the usual journey."""
    versions = tx.find(VipTemplate)
    return max(versions, key=lambda row: row["version"]) if versions else add(tx, FIRST, *template.usual())


def see_to_one(connection: Connection, clinic_id: str, now: datetime) -> None:
    """A clinic older than templates gets its first one."""
    tx = Transaction(connection, clinic_id, instant(now))
    newest(tx)
    tx.flush()


def of_version(tx: Transaction, version: int | None) -> Row:
    """The one a case was opened under; None: before there were versions."""
    return tx.get(VipTemplate, template_id(tx.clinic_id, version or FIRST)) or newest(tx)


def add(tx: Transaction, version: int, stages: list[Row], steps: list[Row]) -> Row:
    return tx.insert(
        VipTemplate, template_id(tx.clinic_id, version), version=version, stages=stages, steps=steps
    )
