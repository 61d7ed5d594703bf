"""Restoring a backup: one transaction replaces all there is, and a new life of the database begins.

The phones see the new incarnation, start anew, and send again what the backup does not have.
Whoever was signed off or left since the backup stays so: that is kept in a file of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, insert, inspect, select, update

from server.clinic.revocations import FILE_NAME, Departure, SignOff, recorded
from server.clinic.staff import Staff
from server.config import Config
from server.database import gather_statistics, read, write
from server.instants import instant
from server.keeping.archive import Archive, complete_or_absent
from server.keeping.migrating import migrate_to, refuse_newer
from server.keeping.tables import drop_everything, load, tables_of
from server.sync.acts import Act, perform_all
from server.sync.tables import ClinicHead, Deployment, Device


@dataclass
class Applied:
    """What was ended again: devices and people; and lines of the file that say nothing."""

    devices: int = 0
    people: int = 0
    unreadable: int = 0


def is_in_use() -> bool:
    """True when the database holds a clinic that a restore would replace."""
    with read() as connection:
        if not inspect(connection).has_table(ClinicHead.__tablename__):
            return False
        return connection.scalar(select(ClinicHead.id).limit(1)) is not None


def restore_from(archive: Archive, config: Config, beside: Path, now: datetime) -> Applied:
    """Restore a verified archive. `beside`: its folder, which may hold a revocation file too.

    Raises BackupError for a newer revision. Files come first: one too many does no harm.
    """
    refuse_newer(archive.manifest.revision)
    for part, name in archive.parts("files"):
        with complete_or_absent(config.data_dir / name) as file:
            for chunk in archive.chunks(part):
                file.write(chunk)
    with write() as connection:
        drop_everything(connection)
        migrate_to(connection, archive.manifest.revision)
        tables = {table.name: table for table in tables_of(connection)}
        for part, name in archive.parts("tables"):
            load(connection, tables[name.removesuffix(".jsonl")], archive.lines(part))
        migrate_to(connection, "head")
        gather_statistics(connection)
        _begin_new_life(connection, archive.manifest.at)
        return _end_again(connection, {config.revocation_file, beside / FILE_NAME}, now)


def _begin_new_life(connection: Connection, made_at: str) -> None:
    """What is here is in a backup: the very one it came from."""
    connection.execute(update(Deployment).values(incarnation=str(uuid4()), backed_up_at=made_at))
    connection.execute(update(Device).values(backed_up_seq=Device.last_seq, trying=[]))


def _end_again(connection: Connection, files: set[Path], now: datetime) -> Applied:
    """Apply the revocations and departures that the backup may not know of."""
    record = recorded(sorted(files))
    known = set(connection.scalars(select(ClinicHead.id)))
    applied = Applied(unreadable=record.unreadable)
    for sign_off in record.sign_offs:
        if sign_off.clinic_id in known:
            applied.devices += _sign_off(connection, sign_off)
    for departure in record.departures:
        if departure.clinic_id in known:
            applied.people += _depart(connection, departure, now)
    return applied


def _sign_off(connection: Connection, sign_off: SignOff) -> bool:
    """One that the backup does not know is entered, so that nobody can sign in with its id."""
    state = {"revoked_at": sign_off.at, "revoke_mode": sign_off.mode}
    device = connection.execute(
        select(Device.revoked_at, Device.revoke_mode).where(Device.id == sign_off.device_id)
    ).one_or_none()
    if device is None:
        connection.execute(
            insert(Device).values(
                id=sign_off.device_id, clinic_id=sign_off.clinic_id, staff_id=sign_off.staff_id,
                name="", platform="", created_at=sign_off.at, trying=[], **state,
            )
        )  # fmt: skip
    elif tuple(device) != tuple(state.values()):
        connection.execute(update(Device).where(Device.id == sign_off.device_id).values(**state))
    else:
        return False
    return True


def _depart(connection: Connection, departure: Departure, now: datetime) -> bool:
    active = connection.scalar(
        select(Staff.active).where(Staff.clinic_id == departure.clinic_id, Staff.id == departure.staff_id)
    )
    if not active:
        return False
    act = Act("staff.update", {"id": departure.staff_id, "active": False}, at=instant(now))
    perform_all(connection, departure.clinic_id, [act])
    return True
