"""Compaction: what no cursor needs any more is purged; older cursors get a reset."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from server.instants import instant
from server.sync.grants import Grant
from server.sync.tables import ClinicHead, Feed, MutationTry
from server.sync.transaction import Transaction

KEPT_DAYS = 90


def compact(connection: Connection, clinic_id: str, now: datetime) -> int:
    """Purge tombstones and ended grants older than 90 days; returns how many rows went."""
    Transaction(connection, clinic_id, instant(now))  # for the clinic's lock
    cutoff = instant(now - timedelta(days=KEPT_DAYS))
    horizon = connection.scalar(
        select(func.max(Feed.version)).where(Feed.clinic_id == clinic_id, Feed.at < cutoff)
    )
    if not horizon:
        return 0
    gone = connection.execute(
        delete(Feed).where(Feed.clinic_id == clinic_id, Feed.doc.is_(None), Feed.version <= horizon)
    ).rowcount
    gone += connection.execute(
        delete(Grant).where(Grant.clinic_id == clinic_id, Grant.until <= horizon)
    ).rowcount
    connection.execute(delete(MutationTry).where(MutationTry.clinic_id == clinic_id))
    connection.execute(
        update(ClinicHead).where(ClinicHead.id == clinic_id, ClinicHead.horizon < horizon)
        .values(horizon=horizon)
    )  # fmt: skip
    return gone
