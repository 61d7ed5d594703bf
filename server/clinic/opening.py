"""Opening a clinic and adding its people, from outside a phone (commands, demo data)."""

from uuid import uuid4

from sqlalchemy import select

from server.clinic.settings import Clinic
from server.clinic.sign_in import set_password
from server.database import read, write
from server.sync.acts import Act, new_clinic, perform_all


def open_clinic(code: str, name: str, phone: str, timezone: str = "Asia/Shanghai") -> str:
    """Create a clinic with the default rules, windows and texts; returns its id."""
    with write() as connection:
        clinic_id = new_clinic(connection)
        args = {"code": code, "name": name, "phone": phone, "timezone": timezone}
        perform_all(connection, clinic_id, [Act("clinic.open", args)])
    return clinic_id


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


def clinic_id_of(code: str) -> str:
    """The id of a clinic. Raises LookupError."""
    with read() as connection:
        clinic_id = connection.scalar(select(Clinic.id).where(Clinic.code == code))
    if clinic_id is None:
        raise LookupError(f"no clinic has the code {code!r}")
    return clinic_id
