"""Opening a clinic, its people coming and going, from outside a phone (commands, demo data)."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, select

from server.clinic import people, second_factor
from server.clinic.passwords import set_password
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.database import read, write
from server.sync.acts import Act, new_clinic, perform_all
from server.sync.mutations import Rejected


def open_clinic(code: str, name: str, phone: str, timezone: str = "Asia/Shanghai") -> str:
    """Create a clinic with the default rules, windows and texts; returns its id. Raises Rejected."""
    with write() as connection:
        refuse_taken(connection, code)
        clinic_id = new_clinic(connection)
        args = {"code": code, "name": name, "phone": phone, "timezone": timezone}
        perform_all(connection, clinic_id, [Act("clinic.open", args)])
    return clinic_id


def refuse_taken(connection: Connection, code: str) -> None:
    """Raise Rejected if a clinic has the code."""
    if connection.scalar(select(Clinic.id).where(Clinic.code == code)):
        raise Rejected("conflict", f"There is a clinic with the code {code} already.")


def add_person(
    clinic_id: str, login: str, name: str, roles: list[str], password: str,
    partner_id: str | None = None, id: str | None = None,
) -> str:  # fmt: skip
    """Add a person who can sign in; returns their id. Raises Rejected for a taken login."""
    staff_id = id or str(uuid4())
    args = {"id": staff_id, "login": login, "name": name, "roles": roles, "partner_id": partner_id}
    with write() as connection:
        perform_all(connection, clinic_id, [Act("staff.add", args)])
        set_password(connection, clinic_id, staff_id, password)
    return staff_id


def let_go(clinic_id: str, login: str, mode: str, now: datetime) -> int:
    """End a person's access; their devices are signed off by `mode`; returns how many."""
    staff_id = _staff_id_of(clinic_id, login)
    with write() as connection:
        perform_all(connection, clinic_id, [Act("staff.update", {"id": staff_id, "active": False})])
        return people.end_access(connection, clinic_id, staff_id, mode, now)


def appoint_compliance(clinic_id: str, login: str | None) -> None:
    """Name who alone may take pictures out for publication; None turns publication off."""
    staff_id = _staff_id_of(clinic_id, login) if login else None
    with write() as connection:
        perform_all(connection, clinic_id, [Act("clinic.appoint_compliance", {"staff_id": staff_id})])


def change_password(clinic_id: str, login: str, password: str) -> None:
    """Give a person a new password and sign them out everywhere."""
    staff_id = _staff_id_of(clinic_id, login)
    with write() as connection:
        people.change_password(connection, clinic_id, staff_id, password)


def remove_second_factor(clinic_id: str, login: str) -> None:
    """Let a person in by the password alone, who has lost the second factor."""
    staff_id = _staff_id_of(clinic_id, login)
    with write() as connection:
        second_factor.remove(connection, clinic_id, staff_id)


def _staff_id_of(clinic_id: str, login: str) -> str:
    with read() as connection:
        staff_id = connection.scalar(
            select(Staff.id).where(Staff.clinic_id == clinic_id, Staff.login == login)
        )
    if staff_id is None:
        raise LookupError(f"nobody in this clinic signs in as {login!r}")
    return staff_id


def clinic_id_of(code: str) -> str:
    """The id of a clinic. Raises LookupError."""
    with read() as connection:
        clinic_id = connection.scalar(select(Clinic.id).where(Clinic.code == code))
    if clinic_id is None:
        raise LookupError(f"no clinic has the code {code!r}")
    return clinic_id
