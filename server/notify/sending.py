"""Sending what people are to be told. Any number of workers may; each dispatch is in the hands of one.

A worker claims a batch by moving its time ahead (the lease), sends outside of any transaction, and records
what became of it. Killed in between, it has recorded nothing: when the lease is over another worker sends
again, under the same topic, so that a phone shows it once. What is recorded under an older claim is void.
"""

import base64
import hashlib
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from server.clinic.dispatches import MANNERS, ORDINARY, Dispatch
from server.clinic.notices import Notice
from server.clinic.receipts import mark
from server.clinic.subscriptions import forget
from server.database import read, write
from server.instants import instant, parsed
from server.notify.channels import Channel, Letter, Outcome
from server.notify.recipients import Reader, readers
from server.notify.steps import NEXT_CHANNEL_AFTER, Drop, GiveUp, Send, Step, Wait, retry_in, step
from server.sync.synced import Row
from server.sync.transaction import SERVER, Context, Transaction

BATCH = 200
LEASE = timedelta(minutes=3)
"""Longer than a batch takes, whatever the other side does."""

Key = tuple[str, str]


@dataclass
class Job:
    """A claimed dispatch, what is to be done with it, and what came of it."""

    row: Row
    notice: Row | None
    step: Step
    letter: Letter | None = None
    outcome: Outcome | None = None


def send_due(
    now: datetime,
    channels: dict[str, Channel],
    batches: int = 50,
    chance: Callable[[], float] = random.random,
) -> int:
    """Send what is due; returns how many dispatches were looked at."""
    looked_at = 0
    for _ in range(batches):
        claimed = claim(now)
        if not claimed:
            break
        jobs = _jobs(claimed, channels, now)
        by_channel: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            if isinstance(job.step, Send):
                by_channel[job.step.channel].append(job)
        for name, of_channel in by_channel.items():
            letters = [job.letter for job in of_channel if job.letter]
            for job, outcome in zip(of_channel, channels[name].send(letters, now), strict=True):
                job.outcome = outcome
        record(jobs, now, chance)
        looked_at += len(jobs)
    return looked_at


def claim(now: datetime, most: int = BATCH) -> list[Row]:
    """Dispatches that are now in these hands until their lease ends."""
    with read() as connection:
        if connection.scalar(select(Dispatch.id).where(Dispatch.due_at <= instant(now)).limit(1)) is None:
            return []
    with write() as connection:
        rows = connection.execute(
            select(Dispatch.__table__)
            .where(Dispatch.due_at <= instant(now))
            .order_by(Dispatch.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        ).mappings()
        claimed = [dict(row) | {"tries": row["tries"] + 1} for row in rows]
        if claimed:
            connection.execute(
                update(Dispatch)
                .where(Dispatch.clinic_id == bindparam("of"), Dispatch.id == bindparam("which"))
                .values(due_at=instant(now + LEASE), tries=Dispatch.tries + 1),
                [{"of": row["clinic_id"], "which": row["id"]} for row in claimed],
            )
    return claimed


def _jobs(claimed: list[Row], channels: dict[str, Channel], now: datetime) -> list[Job]:
    with read() as connection:
        ids = [row["id"] for row in claimed]
        found = connection.execute(select(Notice.__table__).where(Notice.id.in_(ids))).mappings()
        notices = {(notice["clinic_id"], notice["id"]): dict(notice) for notice in found}
        people = readers(connection, {(row["clinic_id"], row["staff_id"]) for row in claimed}, now)
    jobs = []
    for row in claimed:
        notice = notices.get((row["clinic_id"], row["id"]))
        reader = people.get((row["clinic_id"], row["staff_id"]))
        jobs.append(_job(row, notice, reader, channels, now))
    return jobs


def _job(
    row: Row, notice: Row | None, reader: Reader | None, channels: dict[str, Channel], now: datetime
) -> Job:
    if reader is None or notice is None:
        return Job(row, notice, Drop())
    order = [
        name for name in reader.settings["channels"]
        if name in channels and channels[name].serves(reader.recipient)
    ]  # fmt: skip
    todo = step(row, notice, reader.settings, order, reader.zone, now)
    job = Job(row, notice, todo)
    if isinstance(todo, Send):
        reached = () if todo.anew else row["reached"]
        job.letter = Letter(
            row["id"], notice["title"], notice["target"], topic_of(notice),
            MANNERS.get(row["kind"], ORDINARY).urgency, parsed(row["expires_at"]), reader.recipient,
            tuple(a for a in reader.recipient.addresses if a.device_id not in reached),
        )  # fmt: skip
    return job


def topic_of(notice: Row) -> str:
    """At most 32 characters of base64url (RFC 8030, 5.4); says nothing to the push service."""
    digest = hashlib.sha256(f"{notice['staff_id']}:{notice['target']}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def record(jobs: list[Job], now: datetime, chance: Callable[[], float]) -> None:
    """What became of them, clinic by clinic; nothing of what somebody else has claimed since."""
    by_clinic: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        by_clinic[job.row["clinic_id"]].append(job)
    for clinic_id, of_clinic in by_clinic.items():
        with write() as connection:
            tx = Transaction(connection, clinic_id, instant(now))
            tx.context = Context(SERVER, instant(now), "")
            for table in (Dispatch, Notice):
                tx.preload(table, [job.row["id"] for job in of_clinic])
            for job in of_clinic:
                for address in job.outcome.gone if job.outcome else ():
                    forget(connection, address.device_id, address.endpoint)
                _record(tx, job, now, chance())
            tx.flush()


def _record(tx: Transaction, job: Job, now: datetime, chance: float) -> None:
    id = job.row["id"]
    row, notice = tx.get(Dispatch, id), tx.get(Notice, id)
    if row is None or row["tries"] != job.row["tries"]:
        return
    match job.step:
        case Drop():
            tx.delete(Dispatch, id)
        case GiveUp():
            tx.update(Dispatch, id, due_at=None)
        case Wait(until):
            tx.update(Dispatch, id, due_at=instant(until))
        case Send() as sent if job.outcome and notice:
            facts = _facts(job.outcome, now)
            if facts:
                tx.update(Notice, id, deliveries=mark(notice["deliveries"], sent.channel, **facts))
            _what_next(tx, row, sent, job.outcome, now, chance)


def _facts(outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.reached or not (outcome.failure or outcome.gone):
        return {"sent_at": instant(now)}
    return {} if outcome.again else {"failed": outcome.failure or "gone"}


def _what_next(tx: Transaction, row: Row, sent: Send, outcome: Outcome, now: datetime, chance: float) -> None:
    """Whether it is tried again, waits for being shown, goes another way, or has come to its end."""
    since = instant(now) if sent.anew else row["since"]
    reached = [*([] if sent.anew else row["reached"]), *outcome.reached]
    state = {
        "channel": sent.channel, "since": since, "reached": reached,
        "failure": outcome.failure if outcome.again else None,
    }  # fmt: skip
    in_vain = bool(outcome.failure or outcome.gone) and not reached
    over = parsed(since) + NEXT_CHANNEL_AFTER
    if outcome.again:
        at = min(now + retry_in(row["tries"], chance), parsed(row["expires_at"]))
        at = max(at, outcome.not_before or at)
        tx.update(Dispatch, row["id"], **state, due_at=instant(min(at, max(over, now)) if sent.next else at))
    elif sent.next and in_vain:
        state["since"] = instant(now - NEXT_CHANNEL_AFTER)
        tx.update(Dispatch, row["id"], **state, due_at=instant(now))
    elif sent.next:
        tx.update(Dispatch, row["id"], **state, due_at=instant(over))
    elif in_vain and outcome.failure:
        tx.update(Dispatch, row["id"], **state | {"failure": outcome.failure}, due_at=None)
    else:
        tx.delete(Dispatch, row["id"])
