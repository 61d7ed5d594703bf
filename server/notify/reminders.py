"""Reminders: derived from what is owed, once a minute, each for one reason at most once.

What is to be said is found by reading; only a clinic with something to say is locked. The reason is
entered with the notices in one transaction, so a worker that is killed has said all of it or nothing, and
any number of workers say it once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, delete, or_, select
from sqlalchemy.orm import Mapped

from server.clinic.dispatches import Dispatch
from server.clinic.followups import ESCALATION, Followup
from server.clinic.notices import Notice, remind_of, remove, tell_of_the_day
from server.clinic.settings import Clinic
from server.clinic.staff import people_with
from server.database import read, write
from server.instants import instant, parsed
from server.notify.moments import (
    BEFORE_DEADLINE,
    DOCTORS_PATIENCE,
    DayMoment,
    day_moments,
    is_quiet,
    warned_at,
)
from server.sync.synced import Kept, Row
from server.sync.transaction import SERVER, Context, Transaction

KEPT = timedelta(days=90)
READ_BY_THEN = timedelta(days=30)
LEADS = ("cs_lead", "consult_lead")


class Reminded(Kept):
    """A reason for which somebody has been reminded; the id is derived from it."""

    __tablename__ = "reminded"
    at: Mapped[str]


@dataclass(frozen=True)
class Reason:
    """Why somebody is to be told: a moment of the day, or one follow-up."""

    clinic_id: str
    key: str
    moment: DayMoment | None = None
    kind: str = ""
    followup_id: str = ""

    @property
    def id(self) -> str:
        return str(uuid5(UUID(self.clinic_id), f"reminded:{self.key}"))


def remind(now: datetime) -> int:
    """Tell everybody what is to be told by `now`; returns how many reasons there were.

    Cost: two statements over what is due within the day, one per clinic with a moment of its day, and a
    transaction per clinic with something to say.
    """
    with read() as connection:
        new = _not_yet(connection, list(_reasons(connection, now)))
    for clinic_id, reasons in new.items():
        with write() as connection:
            tx = Transaction(connection, clinic_id, instant(now))
            for reason in reasons:
                _say(tx, reason)
            tx.flush()
    return sum(map(len, new.values()))


def forget_old(connection: Connection, clinic_id: str, now: datetime) -> None:
    """Reasons that cannot come again, and notices that nobody will look for."""
    tx = Transaction(connection, clinic_id, instant(now))
    connection.execute(
        delete(Reminded).where(Reminded.clinic_id == clinic_id, Reminded.at < instant(now - KEPT))
    )
    before = instant(now - READ_BY_THEN)
    old = connection.scalars(
        select(Notice.id).where(Notice.clinic_id == clinic_id, Notice.created_at < before)
    ).all()
    tx.preload(Notice, old)
    tx.preload(Dispatch, old)
    for id in old:
        remove(tx, id)
    tx.flush()


def _reasons(connection: Connection, now: datetime) -> Iterator[Reason]:
    local: dict[str, tuple[datetime, list[list[str]]]] = {}
    clinics = connection.execute(select(Clinic.clinic_id, Clinic.timezone, Clinic.call_windows))
    for clinic_id, timezone, windows in clinics:
        there = now.astimezone(ZoneInfo(timezone))
        local[clinic_id] = (there, windows)
        for moment in day_moments(there, windows):
            yield Reason(clinic_id, moment.key, moment=moment)
    for row in connection.execute(_pressing(now)).mappings():
        there, windows = local[row["clinic_id"]]
        if row["rule"] == ESCALATION and parsed(row["created_at"]) <= now - DOCTORS_PATIENCE:
            yield Reason(
                row["clinic_id"], f"unattended:{row['id']}", kind="unattended", followup_id=row["id"]
            )
        due = parsed(row["due_at"]).astimezone(there.tzinfo)
        if warned_at(due, windows) <= there < due and not is_quiet(there):
            key = f"deadline:{row['id']}:{row['due_at']}"
            yield Reason(row["clinic_id"], key, kind="deadline", followup_id=row["id"])


def _pressing(now: datetime) -> Select[str, str, str, str, str]:
    """Open ones due within a quarter of an hour or at the end of a day, and what doctors have left alone."""
    soon = and_(Followup.due_at > instant(now), Followup.due_at <= instant(now + BEFORE_DEADLINE))
    tonight = and_(
        Followup.due_at > instant(now), Followup.due_at <= instant(now + timedelta(days=1)),
        Followup.due_at.like("%:59.000Z"),
    )  # fmt: skip
    left_alone = and_(
        Followup.rule == ESCALATION, Followup.attempts == 0,
        Followup.created_at <= instant(now - DOCTORS_PATIENCE),
    )  # fmt: skip
    columns = (Followup.clinic_id, Followup.id, Followup.rule, Followup.due_at, Followup.created_at)
    return select(*columns).where(Followup.status == "open", or_(soon, tonight, left_alone))


def _not_yet(connection: Connection, reasons: list[Reason]) -> dict[str, list[Reason]]:
    """By clinic, those for which nobody has been reminded."""
    by_id = {reason.id: reason for reason in reasons}
    ids = list(by_id)
    for start in range(0, len(ids), 500):
        known = select(Reminded.id).where(Reminded.id.in_(ids[start : start + 500]))
        for id in connection.scalars(known):
            del by_id[id]
    new: dict[str, list[Reason]] = defaultdict(list)
    for reason in by_id.values():
        new[reason.clinic_id].append(reason)
    return new


def _say(tx: Transaction, reason: Reason) -> None:
    if tx.get(Reminded, reason.id):
        return  # another worker has, since we looked
    tx.context = Context(SERVER, tx.now, reason.id)
    tx.insert(Reminded, reason.id, at=tx.now)
    if reason.moment:
        _tell_everybody(tx, reason.moment)
        return
    followup = tx.get(Followup, reason.followup_id)
    if followup is None or followup["status"] != "open":
        return
    people = set(_responsible(followup, partial(people_with, tx)))
    if reason.kind == "unattended":
        people.update(lead for role in LEADS for lead in people_with(tx, role))
    for person in sorted(people):
        remind_of(tx, person, reason.kind, followup["customer_id"], f"/followups/{followup['id']}")


def _tell_everybody(tx: Transaction, moment: DayMoment) -> None:
    """In the morning what today holds, when a window opens the calls in it; nobody who owes nothing."""
    until = instant(moment.until)
    of_role = cache(partial(people_with, tx))  # asked for every follow-up of the clinic
    due: dict[str, int] = defaultdict(int)
    late: dict[str, int] = defaultdict(int)
    for followup in tx.find(Followup, status="open"):
        if min(followup["planned_at"], followup["due_at"]) >= until:
            continue
        if moment.kind == "window" and "call" not in followup["channels"]:
            continue
        count = late if followup["due_at"] < tx.now else due
        for person in _responsible(followup, of_role):
            count[person] += 1
    for person in sorted({*due, *late}):
        tell_of_the_day(tx, person, moment.kind, due[person], late[person])


def _responsible(followup: Row, of_role: Callable[[str], list[str]]) -> list[str]:
    """The one it is assigned to, or everybody of the role."""
    assignee = followup["assignee_id"]
    return [assignee] if assignee else of_role(followup["role"])
