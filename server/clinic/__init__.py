"""The domain: one module a noun, with its tables, rules and mutations. No HTTP, no JSON."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, union

from server.clinic import (
    appointments,
    attempts,
    consents,
    customers,
    days,
    escape,
    exports,
    followups,
    medical,
    messages,
    notice_settings,
    notices,
    people,
    photo_sets,
    pictures,
    reviews,
    rulebook,
    settings,
    staff,
    treatments,
    vip,
    whole_file,
)
from server.clinic.permissions import AUDIENCES
from server.instants import instant, utc_now
from server.sync.domain import domain

__all__ = [
    "appointments", "attempts", "consents", "customers", "days", "escape", "exports", "followups", "medical",
    "messages", "notice_settings", "notices", "people", "photo_sets", "pictures", "reviews", "rulebook",
    "settings", "staff", "treatments", "vip", "whole_file",
]  # fmt: skip


def needed(connection: Connection, clinic_id: str) -> Iterable[str]:
    """Customers with open follow-ups or appointments ahead, running VIP cases and their customers."""
    followup, appointment, case = followups.Followup, appointments.Appointment, vip.cases.VipCase
    running = (case.clinic_id == clinic_id, case.status.not_in(vip.cases.OVER))
    query = union(
        select(followup.customer_id).where(
            followup.clinic_id == clinic_id, followup.status.in_(("open", "escalated"))
        ),
        select(appointment.customer_id).where(
            appointment.clinic_id == clinic_id, appointment.at >= instant(utc_now())
        ),
        select(case.id).where(*running),
        select(case.customer_id).where(*running),
    )
    return connection.scalars(query)


domain.audiences.update(AUDIENCES)
domain.roles_of = staff.roles_of
domain.needed = needed
