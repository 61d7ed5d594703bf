"""An old backup of one clinic, and the server restored from it, in this process and quickly.

test_real_servers.py does the same with the product's own commands.
"""

import uuid
from typing import Any

from flask import Flask
from sqlalchemy import Table, delete, insert, select, update

from server.clinic.sign_in import Session
from server.database import db, write
from server.instants import instant, utc_now
from server.sync.tables import ClinicHead, Deployment, Device

Rows = dict[str, list[dict[str, Any]]]


def _tables() -> list[tuple[Table, Any]]:
    """(table, the column that tells the clinic)."""
    tables = [(t, t.c["clinic_id"]) for t in db.metadata.sorted_tables if "clinic_id" in t.c]
    return [(ClinicHead.__table__, ClinicHead.__table__.c.id), *tables]  # type: ignore[list-item]


def back_up(app: Flask, clinic_id: str) -> Rows:
    """Everything of the clinic; phones hear that they need not keep what is in it."""
    with app.app_context(), write() as connection:
        connection.execute(update(Deployment).values(backed_up_at=instant(utc_now())))
        connection.execute(
            update(Device).where(Device.clinic_id == clinic_id).values(backed_up_seq=Device.last_seq)
        )
        rows: Rows = {}
        for table, whose in _tables():
            found = connection.execute(select(table).where(whose == clinic_id)).mappings()
            rows[table.name] = [dict(row) for row in found]
        return rows


def restore(app: Flask, clinic_id: str, rows: Rows) -> None:
    """The clinic is as it was; a new life of the database has begun and nobody is signed in."""
    with app.app_context(), write() as connection:
        for table, whose in _tables():
            connection.execute(delete(table).where(whose == clinic_id))
            if rows[table.name] and table.name != Session.__tablename__:
                connection.execute(insert(table), rows[table.name])
        connection.execute(update(Device).where(Device.clinic_id == clinic_id).values(trying=[]))
        connection.execute(update(Deployment).values(incarnation=str(uuid.uuid4())))


def never_backed_up(app: Flask) -> None:
    """As on an installation where no backups are configured."""
    with app.app_context(), write() as connection:
        connection.execute(update(Deployment).values(backed_up_at=None))
