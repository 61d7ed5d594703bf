"""Reminders: derived from what is owed, once a minute, each for one reason at most once.

What is to be said is found by reading; only a clinic with something to say is locked. The reason is
entered with the notices in one transaction, so a worker that is killed has said all of it or nothing, and
any number of workers say it once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, Text, and_, case, cast, delete, func, or_, select
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
from server.notify.vip_steps import Pressing, pressing, tell_of
from server.sync.synced import Kept
from server.sync.transaction import SERVER, Context, Transaction

KEPT = timedelta(days=90)
READ_BY_THEN = timedelta(days=30)
LEADS = ("cs_lead", "consult_lead")
STILL_TOLD = timedelta(days=7)
"""So long after its deadline somebody is yet told of an escalation, should no worker have run."""
OfRole = Callable[[str], list[str]]


class Reminded(Kept):
    """A reason for which somebody has been reminded; the id is derived from it."""

    __tablename__ = "reminded"
    at: Mapped[str]


@dataclass(frozen=True)
class Owed:
    """What one person, or a role, has to do: due by then, and late."""

    assignee_id: str | None
    role: str
    due: int
    late: int


@dataclass(frozen=True)
class Reason:
    """Why somebody is to be told: a moment of the day and what is owed in it, one follow-up, or one step."""

    clinic_id: str
    key: str
    moment: DayMoment | None = None
    owed: list[Owed] = field(default_factory=list)
    kind: str = ""
    followup_id: str = ""
    step: Pressing | None = None

    @property
    def id(self) -> str:
        return str(uuid5(UUID(self.clinic_id), f"reminded:{self.key}"))


def remind(now: datetime) -> int:
    """Tell everybody what is to be told by `now`; returns how many reasons there were.

    Cost: that of `plan`, and a transaction per clinic with something to say.
    """
    planned = plan(now)
    for clinic_id, reasons in planned.items():
        with write() as connection:
            tx = Transaction(connection, clinic_id, instant(now))
            of_role = cache(partial(people_with, tx))
            for reason in reasons:
                _say(tx, reason, of_role)
            tx.flush()
    return sum(map(len, planned.values()))


def plan(now: datetime) -> dict[str, list[Reason]]:
    """By clinic, what is to be said by `now` and has not been. Reads only: the clinics, one look each at the
    follow-ups and the VIP steps that press, the reasons that are known, and one count for each kind of moment
    that begins somewhere."""
    with read() as connection:
        new = _not_yet(connection, list(_reasons(connection, now)))
        _count_owed(connection, [reason for of_clinic in new.values() for reason in of_clinic], now)
    return new


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
    clinics = connection.execute(
        select(Clinic.clinic_id, Clinic.timezone, Clinic.call_windows, Clinic.holidays)
    )
    for clinic_id, timezone, windows, holidays in clinics:
        there = now.astimezone(ZoneInfo(timezone))
        local[clinic_id] = (there, windows)
        for moment in day_moments(there, windows, holidays or ()):
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
    for step in pressing(connection, now):
        yield Reason(step.clinic_id, step.key, step=step)


def _pressing(now: datetime) -> Select[str, str, str, str, str]:
    """Open ones due within a quarter of an hour or at the end of a day, and what doctors have left alone.
    One range of the index on status and due time."""
    soon = Followup.due_at <= instant(now + BEFORE_DEADLINE)
    tonight = Followup.due_at.like("%:59.000Z")
    left_alone = and_(
        Followup.rule == ESCALATION, Followup.attempts == 0,
        Followup.created_at <= instant(now - DOCTORS_PATIENCE),
    )  # fmt: skip
    columns = (Followup.clinic_id, Followup.id, Followup.rule, Followup.due_at, Followup.created_at)
    return select(*columns).where(
        Followup.status == "open",
        Followup.due_at.between(instant(now - STILL_TOLD), instant(now + timedelta(days=1))),
        or_(and_(Followup.due_at > instant(now), or_(soon, tonight)), left_alone),
    )


def _count_owed(connection: Connection, reasons: list[Reason], now: datetime) -> None:
    """Fills in what is owed in the moments of the day: one count for all clinics in which it is the same."""
    alike: dict[tuple[str, str], dict[str, Reason]] = defaultdict(dict)
    for reason in reasons:
        if reason.moment:
            alike[reason.moment.kind, instant(reason.moment.until)][reason.clinic_id] = reason
    for (kind, until), of_clinic in alike.items():
        late = func.sum(case((Followup.due_at < instant(now), 1), else_=0))
        counted = (
            select(Followup.clinic_id, Followup.assignee_id, Followup.role, func.count(), late)
            .where(
                Followup.clinic_id.in_(of_clinic), Followup.status == "open",
                or_(Followup.planned_at < until, Followup.due_at < until),
            )
            .group_by(Followup.clinic_id, Followup.assignee_id, Followup.role)
        )  # fmt: skip
        if kind == "window":
            counted = counted.where(cast(Followup.channels, Text).like('%"call"%'))
        for clinic_id, assignee_id, role, all_of_them, of_them_late in connection.execute(counted):
            owed = Owed(assignee_id, role, all_of_them - of_them_late, of_them_late)
            of_clinic[clinic_id].owed.append(owed)


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


def _say(tx: Transaction, reason: Reason, of_role: OfRole) -> None:
    if tx.get(Reminded, reason.id):
        return  # another worker has, since we looked
    tx.context = Context(SERVER, tx.now, reason.id)
    tx.insert(Reminded, reason.id, at=tx.now)
    if reason.moment:
        _tell_everybody(tx, reason.moment.kind, reason.owed, of_role)
        return
    if reason.step:
        tell_of(tx, reason.step.kind, reason.step.step_id, reason.step.due_at)
        return
    followup = tx.get(Followup, reason.followup_id)
    if followup is None or followup["status"] != "open":
        return
    people = set(_responsible(followup["assignee_id"], followup["role"], of_role))
    if reason.kind == "unattended":
        people.update(lead for role in LEADS for lead in of_role(role))
    for person in sorted(people):
        remind_of(tx, person, reason.kind, followup["customer_id"], f"/followups/{followup['id']}")


def _tell_everybody(tx: Transaction, kind: str, owed: list[Owed], of_role: OfRole) -> None:
    """In the morning what today holds, when a window opens the calls in it; nobody who owes nothing."""
    due: dict[str, int] = defaultdict(int)
    late: dict[str, int] = defaultdict(int)
    for part in owed:
        for person in _responsible(part.assignee_id, part.role, of_role):
            due[person] += part.due
            late[person] += part.late
    for person in sorted(due):
        tell_of_the_day(tx, person, kind, due[person], late[person])


def _responsible(assignee_id: str | None, role: str, of_role: OfRole) -> list[str]:
    """The one it is assigned to, or everybody of the role."""
    return [assignee_id] if assignee_id else of_role(role)
