"""Notices that no way could deliver: for who looks after the installation, or after one clinic."""

from typing import Any

from sqlalchemy import select

from server.clinic.dispatches import Dispatch
from server.clinic.settings import Clinic
from server.clinic.sign_in import SignedIn
from server.clinic.staff import Staff
from server.database import read
from server.errors import Forbidden


def undelivered(clinic_id: str | None = None) -> list[dict[str, Any]]:
    """Of one clinic or of all, oldest first: whom they were for and what the last way said."""
    given_up = (
        select(
            Clinic.code.label("clinic"), Staff.login, Staff.name.label("staff_name"), Dispatch.kind,
            Dispatch.channel, Dispatch.failure, Dispatch.created_at,
        )
        .join(Clinic, Clinic.id == Dispatch.clinic_id)
        .join(Staff, (Staff.clinic_id == Dispatch.clinic_id) & (Staff.id == Dispatch.staff_id))
        .where(Dispatch.due_at.is_(None))
        .order_by(Dispatch.created_at)
    )  # fmt: skip
    if clinic_id:
        given_up = given_up.where(Dispatch.clinic_id == clinic_id)
    with read() as connection:
        return [dict(row) for row in connection.execute(given_up).mappings()]


def undelivered_for(person: SignedIn) -> list[dict[str, Any]]:
    """Those of the administrator's clinic."""
    if "clinic_admin" not in person.roles:
        raise Forbidden("Only an administrator sees what could not be delivered.")
    return undelivered(person.clinic_id)
