"""Whom dispatches go to: read for a whole batch with few statements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, or_, select

from server.clinic.followups import Followup
from server.clinic.notice_settings import DEFAULTS, NoticeSettings
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.clinic.subscriptions import Subscription
from server.instants import instant
from server.notify.channels import Address, Recipient
from server.sync.synced import Row
from server.sync.tables import Device

Who = tuple[str, str]
"""Clinic and person."""


@dataclass(frozen=True)
class Reader:
    """A recipient, what they have chosen, and the clock they live by."""

    recipient: Recipient
    settings: Row
    zone: ZoneInfo


def readers(connection: Connection, people: Iterable[Who], now: datetime) -> dict[Who, Reader]:
    """Those of them who still work there."""
    wanted = set(people)
    clinics, staff = {clinic for clinic, _ in wanted}, {person for _, person in wanted}
    names = {
        row.id: row
        for row in connection.execute(
            select(Clinic.id, Clinic.name, Clinic.timezone).where(Clinic.id.in_(clinics))
        )
    }
    chosen = {
        (row["clinic_id"], row["staff_id"]): dict(row)
        for row in connection.execute(
            select(NoticeSettings.__table__).where(NoticeSettings.staff_id.in_(staff))
        ).mappings()
    }
    addresses = _addresses(connection, staff)
    due = _due(connection, clinics, now)
    found: dict[Who, Reader] = {}
    active = select(Staff.clinic_id, Staff.id, Staff.roles).where(Staff.id.in_(staff), Staff.active.is_(True))
    for clinic_id, id, roles in connection.execute(active):
        who = (clinic_id, id)
        if who not in wanted:
            continue
        settings = chosen.get(who, DEFAULTS)
        theirs = due[clinic_id, id, ""] + sum(due[clinic_id, "", role] for role in roles)
        recipient = Recipient(
            id, names[clinic_id].name, settings["wecom_id"], settings["phone"],
            tuple(addresses[who]), theirs,
        )  # fmt: skip
        found[who] = Reader(recipient, settings, ZoneInfo(names[clinic_id].timezone))
    return found


def _addresses(connection: Connection, staff: set[str]) -> dict[Who, list[Address]]:
    addresses: dict[Who, list[Address]] = defaultdict(list)
    rows = connection.execute(
        select(Subscription.__table__)
        .join(Device, Device.id == Subscription.device_id)
        .where(Subscription.staff_id.in_(staff), Device.revoked_at.is_(None))
    ).mappings()
    for row in rows:
        columns = ("device_id", "endpoint", "p256dh", "auth", "key", "language")
        addresses[row["clinic_id"], row["staff_id"]].append(Address(*(row[column] for column in columns)))
    return addresses


def _due(connection: Connection, clinics: set[str], now: datetime) -> dict[tuple[str, str, str], int]:
    """Open follow-ups whose time has come, by assignee, or by role where there is none."""
    assignee = func.coalesce(Followup.assignee_id, "")
    come = or_(Followup.due_at <= instant(now), Followup.planned_at <= instant(now))
    rows = connection.execute(
        select(Followup.clinic_id, assignee, Followup.role, func.count())
        .where(and_(Followup.clinic_id.in_(clinics), Followup.status == "open", come))
        .group_by(Followup.clinic_id, assignee, Followup.role)
    )
    due: dict[tuple[str, str, str], int] = defaultdict(int)
    for clinic_id, person, role, count in rows:
        due[clinic_id, person, "" if person else role] += count
    return due
