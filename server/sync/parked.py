"""Replayed mutations that wait for another phone's work to come back after a restore."""

import logging

import orjson
from sqlalchemy import delete, insert, select, update

from server.database import is_outage
from server.sync.domain import domain
from server.sync.log import Log
from server.sync.mutations import Args, Rejected, perform
from server.sync.synced import Row
from server.sync.tables import ClinicHead, Parked
from server.sync.transaction import Actor, Context, Transaction

log = logging.getLogger("meidang.sync")


def park(tx: Transaction, entry: Row, reason: Args) -> None:
    """Keep a mutation whole, to be retried after every push of the clinic."""
    kept = {name: entry[name] for name in
            ("clinic_id", "id", "n", "staff_id", "device_id", "name", "args", "device_at", "at")}  # fmt: skip
    tx.connection.execute(
        insert(Parked).values(**kept, parked_at=tx.now, reason=orjson.dumps(reason).decode())
    )
    _count(tx, +1)


def retry(tx: Transaction, entries: Log) -> None:
    """Try the parked ones, in their order, until none goes through any more."""
    while tx.head["parked"]:
        rows = tx.connection.execute(
            select(Parked.__table__).where(Parked.clinic_id == tx.clinic_id).order_by(Parked.n)
        ).mappings().all()  # fmt: skip
        done = [row["id"] for row in map(dict, rows) if _goes_through(tx, entries, row)]
        if not done:
            return
        tx.connection.execute(delete(Parked).where(Parked.clinic_id == tx.clinic_id, Parked.id.in_(done)))
        _count(tx, -len(done))


def _goes_through(tx: Transaction, entries: Log, row: Row) -> bool:
    tx.context = Context(Actor(row["staff_id"], domain.roles_of(tx, row["staff_id"])), row["at"], row["id"])
    args = orjson.loads(row["args"])
    try:
        perform(tx, row["name"], args)
    except Rejected:
        return False
    except Exception as error:
        if is_outage(error):
            raise
        # Whoever has pushed now has nothing to do with it.
        log.exception("parked mutation %s (%s) failed", row["id"], row["name"])
        return False
    entries.append(
        id=row["id"], name=row["name"], args=args, status="applied", staff_id=row["staff_id"],
        device_at=row["device_at"], at=row["at"], first="applied",
    )  # fmt: skip
    return True


def _count(tx: Transaction, change: int) -> None:
    tx.head["parked"] += change
    tx.connection.execute(
        update(ClinicHead).where(ClinicHead.id == tx.clinic_id).values(parked=tx.head["parked"])
    )
