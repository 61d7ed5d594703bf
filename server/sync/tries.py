"""Which mutation crashes the server: counted outside the transaction that it breaks.

Before a batch runs, the device's row says which mutations are being tried and by which process.
A mark left by a process that is dead means: one of these killed it. Those are then tried one at
a time, so that a mark of one id names the culprit. The marks survive the process, not a power
cut; they cost no disk flush.
"""

import os
import socket
from functools import cache

import psutil
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.database import db, read, write
from server.sync.tables import Device, MutationTry

ALLOWED = 3


@cache
def _identity(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time()}"


def mark(device_id: str, ids: list[str]) -> None:
    """Say that this process is about to try these mutations."""
    trying = [_identity(os.getpid()), *ids]
    with write(durable=False) as connection:
        connection.execute(update(Device).where(Device.id == device_id).values(trying=trying))


def left_behind(device_id: str) -> list[str]:
    """Ids that a process which is dead now was trying."""
    with read() as connection:
        trying = connection.scalar(select(Device.trying).where(Device.id == device_id))
    return trying[1:] if trying and _is_dead(trying[0]) else []


def _is_dead(identity: str) -> bool:
    host, pid, started = identity.rsplit(":", 2)
    if host != socket.gethostname():
        return False  # another machine's process: its own next push will tell
    try:
        return f"{psutil.Process(int(pid)).create_time()}" != started
    except psutil.NoSuchProcess:
        return True


def count(clinic_id: str, mutation_id: str) -> int:
    """One more failure of this mutation; returns how many there have been."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(MutationTry).values(clinic_id=clinic_id, id=mutation_id, tries=1)
    with write() as connection:
        tries: int = connection.execute(
            insert.on_conflict_do_update(
                index_elements=["clinic_id", "id"], set_={"tries": MutationTry.tries + 1}
            ).returning(MutationTry.tries)
        ).scalar_one()
    return tries


def so_far(clinic_id: str, mutation_id: str) -> int:
    """How often this mutation has failed."""
    with read() as connection:
        return connection.scalar(
            select(MutationTry.tries).where(
                MutationTry.clinic_id == clinic_id, MutationTry.id == mutation_id
            )
        ) or 0  # fmt: skip
