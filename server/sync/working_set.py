"""The working set: which subjects everybody's phone holds; the rest is found by search.

A subject joins when anything is written about it. Nightly, those that nobody has written about
for 120 days and that owe nothing leave it.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from server.instants import instant
from server.sync.domain import domain
from server.sync.grants import EVERYONE, Grant
from server.sync.tables import Feed
from server.sync.transaction import UNBOUNDED, Transaction

ACTIVE_DAYS = 120


def recompute(connection: Connection, clinic_id: str, now: datetime) -> int:
    """End the membership of idle subjects, under the clinic's lock; returns how many left."""
    tx = Transaction(connection, clinic_id, instant(now))
    cutoff = instant(now - timedelta(days=ACTIVE_DAYS))
    active = set(
        connection.scalars(
            select(Feed.subject)
            .where(Feed.clinic_id == clinic_id, Feed.at >= cutoff, Feed.facet.not_in(UNBOUNDED))
            .distinct()
        )
    )
    active.update(domain.needed(connection, clinic_id))
    idle = [
        grant for grant in tx.find(Grant, staff_id=EVERYONE, until=None) if grant["subject"] not in active
    ]
    for grant in idle:
        tx.update(Grant, grant["id"], until=tx.version)
    tx.flush()
    return len(idle)
