"""Performs the script: the clinic opens, its people are taken on, then everything in order of time."""

from sqlalchemy import insert

from server.clinic.passwords import set_password
from server.database import write
from server.demo.people import CLINIC_NAME, CLINIC_PHONE, SALON_NAME, STAFF
from server.demo.script import TIMEZONE, Script
from server.sync.acts import Act, perform_all
from server.sync.tables import ClinicHead

ACTS_A_VERSION = 500


def perform(script: Script, clinic_code: str, password: str) -> None:
    """All of it or, should one mutation be refused, nothing."""
    opened_at = script.clock(-300, 9)
    clinic = {"code": clinic_code, "name": CLINIC_NAME, "phone": CLINIC_PHONE, "timezone": TIMEZONE}
    opening = [
        Act("clinic.open", clinic, at=opened_at),
        Act("partner.add", {"id": script.partner_id, "name": SALON_NAME}, at=opened_at),
    ]
    for login, name, role in STAFF:
        person = {"id": script.staff[login], "login": login, "name": name, "roles": [role]}
        if role == "partner_consultant":
            person["partner_id"] = script.partner_id
        opening.append(Act("staff.add", person, at=opened_at))
    acts = sorted(script.acts, key=lambda act: act.at or "")
    with write() as connection:
        connection.execute(insert(ClinicHead).values(id=script.clinic_id))
        perform_all(connection, script.clinic_id, opening)
        for staff_id in script.staff.values():
            set_password(connection, script.clinic_id, staff_id, password)
        for part in range(0, len(acts), ACTS_A_VERSION):
            perform_all(connection, script.clinic_id, acts[part : part + ACTS_A_VERSION])
