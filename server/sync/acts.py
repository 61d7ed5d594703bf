"""Mutations performed on the server itself: by commands, the worker, demo data, admin pages.

They go through the same mutators and into the same log as what phones send.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection, insert, update

from server.instants import instant, utc_now
from server.sync.domain import domain
from server.sync.log import Log
from server.sync.mutations import perform
from server.sync.tables import ClinicHead
from server.sync.transaction import SERVER, Actor, Context, Transaction


@dataclass(frozen=True)
class Act:
    """One mutation. `staff_id` None: by the server, which may everything. `at`: now if None."""

    name: str
    args: dict[str, Any]
    staff_id: str | None = None
    at: str | None = None


def new_clinic(connection: Connection) -> str:
    """The id of a clinic that nothing is known of yet."""
    clinic_id = str(uuid4())
    connection.execute(insert(ClinicHead).values(id=clinic_id))
    return clinic_id


def perform_all(connection: Connection, clinic_id: str, acts: Iterable[Act]) -> None:
    """Perform in order, as one version. Raises Rejected at the first refusal; nothing then stays
    if the caller lets its transaction roll back."""
    now = instant(utc_now())
    tx = Transaction(connection, clinic_id, now)
    log = Log(tx)
    for act in acts:
        # Derived from the chain, so that the same acts on an empty clinic give the same ids.
        id = str(uuid5(UUID(clinic_id), f"act:{tx.head['log_n'] + len(log.entries) + 1}"))
        actor = Actor(act.staff_id, domain.roles_of(tx, act.staff_id)) if act.staff_id else SERVER
        at = act.at or now
        tx.context = Context(actor, at, id)
        perform(tx, act.name, act.args)
        log.append(
            id=id, name=act.name, args=act.args, status="applied", staff_id=act.staff_id,
            device_at=at, at=at,
        )  # fmt: skip
    tx.flush()
    connection.execute(update(ClinicHead).where(ClinicHead.id == clinic_id).values(**log.flush()))
