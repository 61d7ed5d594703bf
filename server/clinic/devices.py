"""Devices: who has which phone, and taking its access away."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from server.clinic.revocations import note_sign_off
from server.clinic.sign_in import SignedIn
from server.clinic.staff import Staff
from server.clinic.subscriptions import forget
from server.database import read, write
from server.errors import Forbidden, NotFound
from server.instants import instant
from server.sync.tables import Device

COLUMNS = (
    "id", "staff_id", "name", "platform", "created_at", "last_contact", "unsent", "unsent_since",
    "revoked_at", "revoke_mode",
)  # fmt: skip


def devices_of(person: SignedIn) -> list[dict[str, Any]]:
    """The person's devices; an administrator's list is the clinic's."""
    query = (
        select(*(getattr(Device, name) for name in COLUMNS), Staff.name.label("staff_name"))
        .join(Staff, (Staff.clinic_id == Device.clinic_id) & (Staff.id == Device.staff_id))
        .where(Device.clinic_id == person.clinic_id)
        .order_by(Device.created_at)
    )
    if "clinic_admin" not in person.roles:
        query = query.where(Device.staff_id == person.staff_id)
    with read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def revoke(person: SignedIn, device_id: str, mode: str, now: datetime) -> None:
    """End a device's access. `collect`: it may still deliver what it holds; `wipe`: nothing more."""
    with write() as connection:
        device = connection.execute(
            select(Device.staff_id).where(Device.id == device_id, Device.clinic_id == person.clinic_id)
        ).one_or_none()
        if device is None:
            raise NotFound("There is no such device.")
        if device.staff_id != person.staff_id and "clinic_admin" not in person.roles:
            raise Forbidden("Only an administrator signs off other people's devices.")
        sign_off(connection, person.clinic_id, device.staff_id, device_id, mode, now)


def sign_off(
    connection: Connection, clinic_id: str, staff_id: str, device_id: str, mode: str, now: datetime
) -> None:
    """Revoke a device, on the record that outlives a restore. Its session stays: it is how the
    device learns what to do with what it holds."""
    connection.execute(
        update(Device).where(Device.id == device_id).values(revoked_at=instant(now), revoke_mode=mode)
    )
    forget(connection, device_id)
    note_sign_off(instant(now), clinic_id, staff_id, device_id, mode)


def saw(person: SignedIn, unsent: int, unsent_since: str | None, now: datetime) -> None:
    """Remember when a device was here and what it cannot get rid of; not worth a disk flush."""
    with write(durable=False) as connection:
        connection.execute(
            update(Device).where(Device.id == person.device_id).values(
                last_contact=instant(now), unsent=unsent, unsent_since=unsent_since
            )
        )  # fmt: skip
