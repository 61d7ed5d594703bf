"""Replayed work that has waited for a day is put before the leads."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from server.clinic.notices import tell_about_parked
from server.clinic.staff import people_with
from server.database import read, write
from server.instants import instant
from server.sync.tables import Parked
from server.sync.transaction import SERVER, Context, Transaction

LISTED_AFTER = timedelta(days=1)


def list_parked(now: datetime) -> int:
    """Tell the leads, once each, of mutations parked for more than a day; returns how many."""
    due = (Parked.listed_at.is_(None), Parked.parked_at < instant(now - LISTED_AFTER))
    with read() as connection:
        waiting = connection.execute(select(Parked.clinic_id, Parked.id).where(*due)).all()
    for clinic_id, id in waiting:
        with write() as connection:
            tx = Transaction(connection, clinic_id, instant(now))
            tx.context = Context(SERVER, instant(now), id)
            marked = connection.execute(
                update(Parked)
                .where(Parked.clinic_id == clinic_id, Parked.id == id, Parked.listed_at.is_(None))
                .values(listed_at=instant(now))
            ).rowcount
            if marked:
                for lead in {*people_with(tx, "consult_lead"), *people_with(tx, "cs_lead")}:
                    tell_about_parked(tx, lead)
            tx.flush()
    return len(waiting)
