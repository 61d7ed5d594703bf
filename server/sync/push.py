"""Push: a device's mutations, in order, each exactly once.

A batch is one transaction. A mutation that the domain refuses is recorded and the queue moves
on; a fault of the database rolls the whole batch back and records nothing; anything else is a
fault of that mutation, found by trying one at a time, and quarantined at the third.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, update

from server.database import is_outage, outage_reason, write
from server.errors import SequenceConflict, SequenceGap, Unavailable
from server.instants import instant, parsed
from server.sync import mutations, parked, tries
from server.sync.log import Log
from server.sync.mutations import Malformed, Rejected
from server.sync.rejections import publish_rejection
from server.sync.synced import Row
from server.sync.tables import ClinicHead, Device, MutationLog
from server.sync.transaction import Actor, Context, Transaction

log = logging.getLogger("meidang.sync")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mutation as a device sent it. `first`: what its journal says of it after a restore."""

    seq: int
    id: str
    name: str
    args: Any
    at: str
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes, from which device, and how far its clock is behind the server's."""

    clinic_id: str
    device_id: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Answer:
    """What the device is told: {"applied_through", "version", "results"}."""

    applied_through: int
    version: int
    results: list[Row]


def push(sender: Sender, batch: list[Sent], device_time: str, now: datetime) -> Answer:
    """Apply what is new of the batch. Raises SequenceGap, SequenceConflict, Unavailable."""
    offset = now - parsed(device_time)

    def corrected(text: str) -> str:
        return instant(min(parsed(text) + offset, now))

    def apply(part: list[Sent], quarantine: bool = False) -> Answer:
        try:
            with write() as connection:
                tx = Transaction(connection, sender.clinic_id, instant(now))
                return _Batch(tx, sender, corrected, quarantine).run(part)
        except Exception:
            # This process has survived it. (Where the database is out, so is this.)
            with suppress(Exception):
                tries.mark(sender.device_id, [])
            raise

    ids = [sent.id for sent in batch]
    try:
        suspects = tries.left_behind(sender.device_id)
        if len(suspects) == 1:
            tries.count(sender.clinic_id, suspects[0])
        if not suspects:
            if batch:
                tries.mark(sender.device_id, ids)
            try:
                return apply(batch)
            except Exception as error:
                if _is_answer(error) or is_outage(error):
                    raise
                log.exception("a batch failed and is tried one by one")
        return _one_by_one(sender, batch, apply)
    except Exception as error:
        if is_outage(error):
            log.warning("push: the database is not available: %s", outage_reason(error))
            raise Unavailable() from error
        raise


def _one_by_one(sender: Sender, batch: list[Sent], apply: Callable[[list[Sent], bool], Answer]) -> Answer:
    """The careful way: each mutation is a transaction, its failures are counted."""
    answer, results = apply([], False), []
    for sent in batch:
        quarantine = tries.so_far(sender.clinic_id, sent.id) >= tries.ALLOWED
        try:
            tries.mark(sender.device_id, [sent.id])
            answer = apply([sent], quarantine)
        except Exception as error:
            if _is_answer(error) or is_outage(error):
                raise
            log.exception("mutation %s (%s) failed", sent.id, sent.name)
            if tries.count(sender.clinic_id, sent.id) < tries.ALLOWED:
                raise Unavailable() from error
            answer = apply([sent], True)
        results += answer.results
    return Answer(answer.applied_through, answer.version, results)


def _is_answer(error: Exception) -> bool:
    return isinstance(error, SequenceGap | SequenceConflict)


class _Batch:
    """One transaction's worth of a push."""

    def __init__(
        self, tx: Transaction, sender: Sender, corrected: Callable[[str], str], quarantine: bool
    ) -> None:
        self.tx, self.sender, self.corrected, self.quarantine = tx, sender, corrected, quarantine
        self.log = Log(tx)
        self.results: list[Row] = []

    def run(self, batch: list[Sent]) -> Answer:
        device = self.tx.connection.execute(
            select(Device.last_seq, Device.staff_id).where(Device.id == self.sender.device_id)
        ).one()
        last = device.last_seq
        by_seq, by_id = self._known(batch)
        self._preload([sent for sent in batch if sent.seq > last])
        for sent in batch:
            if sent.seq <= last:
                entry = by_seq.get(sent.seq)
                if entry is None or entry["id"] != sent.id:
                    raise SequenceConflict(device.last_seq)
                self._answer(sent.seq, *_repeated(entry))
                continue
            if sent.seq != last + 1:
                raise SequenceGap(device.last_seq)
            entry = self._consume(sent, by_id.get(sent.id))
            by_seq[sent.seq], last = entry, sent.seq
            by_id.setdefault(sent.id, entry)
        if last > device.last_seq:
            parked.retry(self.tx, self.log)
        self._finish(last)
        return Answer(last, self.tx.head["version"], self.results)

    def _known(self, batch: list[Sent]) -> tuple[dict[int, Row], dict[str, Row]]:
        """Log entries of these numbers from this device, and of these ids in this clinic."""
        if not batch:
            return {}, {}
        columns = (
            MutationLog.id, MutationLog.staff_id, MutationLog.device_id, MutationLog.seq,
            MutationLog.status, MutationLog.error,
        )  # fmt: skip
        entries = self.tx.connection.execute(
            select(*columns)
            .where(MutationLog.clinic_id == self.tx.clinic_id)
            .where(MutationLog.id.in_([sent.id for sent in batch]))
            .order_by(MutationLog.n)
        ).mappings()
        by_id: dict[str, Row] = {}
        by_seq: dict[int, Row] = {}
        for entry in map(dict, entries):
            first = by_id.setdefault(entry["id"], entry)
            if entry["status"] == "applied":
                first |= {"status": "applied", "error": None}  # parked once, come through since
            if entry["device_id"] == self.sender.device_id and entry["seq"] is not None:
                by_seq[entry["seq"]] = entry
        return by_seq, by_id

    def _preload(self, batch: list[Sent]) -> None:
        """Read the rows the batch names, a statement a table instead of one a mutation."""
        named: dict[str, dict[str, set[str]]] = {}
        for sent in batch:
            spec = mutations.REGISTER.get(sent.name)
            for argument in spec.loads if spec else ():
                value = sent.args.get(argument) if isinstance(sent.args, dict) else None
                if isinstance(value, str) and len(value) == 36:
                    named.setdefault(sent.name, {}).setdefault(argument, set()).add(value.lower())
        wanted: dict[Any, set[str]] = {}
        for name, arguments in named.items():
            for argument, ids in arguments.items():
                wanted.setdefault(mutations.REGISTER[name].loads[argument], set()).update(ids)
        for table, ids in wanted.items():
            self.tx.preload(table, sorted(ids))
        for name, arguments in named.items():
            if ahead := mutations.REGISTER[name].ahead:
                ahead(self.tx, arguments)

    def _consume(self, sent: Sent, known: Row | None) -> Row:
        """Run a new number. Its id may be known: from another device, or of another person."""
        self.tx.context = Context(self.sender.actor, self.corrected(sent.at), sent.id)
        status, error, shown = "applied", None, False
        if known is not None and known["staff_id"] == self.sender.actor.staff_id:
            status, error = _repeated(known)
        elif sent.first == "rejected":
            status = "rejected"
            error = Rejected("conflict", "This was refused before the server was restored.").body()
        else:
            try:
                if known is not None:
                    raise Rejected("conflict", "This id was used by somebody else.")
                if self.quarantine:
                    log.error("mutation %s (%s) is quarantined", sent.id, sent.name)
                    raise Rejected("internal", "The server failed on this entry; it is kept.")
                mutations.perform(self.tx, sent.name, sent.args)
            except Rejected as refusal:
                error = refusal.body()
                if known is None and _waits(sent, refusal):
                    status = "parked"
                else:
                    status, shown = "rejected", True
        if shown and error is not None:
            publish_rejection(self.tx, sent.id, self.sender.device_id, sent.seq, sent.name, sent.args, error)
        entry = self.log.append(
            id=sent.id, name=sent.name, args=sent.args, status=status, error=error,
            device_id=self.sender.device_id, staff_id=self.sender.actor.staff_id, seq=sent.seq,
            device_at=sent.at, at=self.tx.at, first=sent.first,
        )  # fmt: skip
        if status == "parked" and error is not None and known is None:
            parked.park(self.tx, entry, error)
        self._answer(sent.seq, status, error)
        return entry

    def _answer(self, seq: int, status: str, error: Row | None) -> None:
        self.results.append({"seq": seq, "status": status, "error": error})

    def _finish(self, last: int) -> None:
        tx = self.tx
        tx.flush()
        if self.log.entries:
            tx.connection.execute(
                update(ClinicHead).where(ClinicHead.id == tx.clinic_id).values(**self.log.flush())
            )
        tx.connection.execute(
            update(Device).where(Device.id == self.sender.device_id).values(
                last_seq=last, trying=[]
            )
        )  # fmt: skip


def _waits(sent: Sent, refusal: Rejected) -> bool:
    """True for work that was applied before a restore and may be again, once other phones are back:
    what it is about, who is on staff and whose customer it is come from them too."""
    return sent.first == "applied" and refusal.code != "internal" and not isinstance(refusal, Malformed)


def _repeated(entry: Row) -> tuple[str, Row | None]:
    """How a mutation that has been answered before is answered again."""
    error = entry["error"]
    error = orjson.loads(error) if isinstance(error, str) else error
    return ("parked", error) if entry["status"] == "parked" else ("duplicate", error)
