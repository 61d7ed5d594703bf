"""What leads look at: how follow-ups were worked in a span of days, and how soon doctors came.

Three statements whatever the span; what comes back is bounded by periods x people x rules. Follow-ups
count in the period in which they were due, attempts in which they were made, escalations in which they
were raised. No customer appears.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from server.clinic.attempts import Attempt
from server.clinic.followups import ESCALATION, Followup
from server.clinic.permissions import ACTS
from server.clinic.settings import Clinic
from server.clinic.sign_in import SignedIn
from server.clinic.staff import Staff
from server.database import read
from server.errors import Forbidden, Validation
from server.instants import instant, parsed
from server.sync.synced import Row

STEPS = ("day", "week", "month")
MOST_PERIODS = 100
FIRST_YEAR, LAST_YEAR = 2000, 2199
COUNTS = ("due", "in_time", "late", "unreachable", "overdue", "escalated")
TRIES = ("attempts", "effective")


@dataclass(frozen=True)
class Span:
    """Days of the clinic, first and last included, in periods of a day, a week (from Monday) or a month."""

    first: date
    last: date
    step: str

    def periods(self) -> list[date]:
        """The first day of each; the first period begins where the span does."""
        starts, day = [self.first], self.first
        while (day := _next(day, self.step)) <= self.last:
            starts.append(day)
            if len(starts) > MOST_PERIODS:
                raise Validation("This is too long to be shown so finely.", to=["far"])
        return starts


def _next(day: date, step: str) -> date:
    if step == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=1 if step == "day" else 7 - day.weekday())


def report(person: SignedIn, span: Span, now: datetime) -> Row:
    """Raises Forbidden, and Validation for a span that ends before it begins or has too many periods."""
    if not any(role in ACTS["reports.read"] for role in person.roles):
        raise Forbidden("Your role does not include reports.")
    if span.last < span.first:
        raise Validation("It cannot end before it begins.", to=["early"])
    if not FIRST_YEAR <= span.first.year <= span.last.year <= LAST_YEAR:
        raise Validation("These are not days of this time.", to=["far"])
    days = span.periods()
    with read() as connection:
        zone = connection.scalar(select(Clinic.timezone).where(Clinic.clinic_id == person.clinic_id))
        starts = [midnight(day, zone) for day in days]
        end = midnight(span.last + timedelta(days=1), zone)
        about = (connection, person.clinic_id, starts, end)
        rows = _merged(_followups(*about, now), _attempts(*about))
        escalations = _escalations(*about)
    return {
        "from": span.first.isoformat(), "to": span.last.isoformat(), "step": span.step,
        "at": instant(now), "periods": [day.isoformat() for day in days],
        "rows": [{**row, "period": days[row["period"]].isoformat()} for row in rows],
        "escalations": _medians(escalations, days),
    }  # fmt: skip


def midnight(day: date, zone: str | None) -> str:
    return instant(datetime.combine(day, time(0), ZoneInfo(zone or "UTC")))


def _in_periods(at: Any, starts: list[str], end: str) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """The number of the period of an instant, and the condition that it lies in one."""
    numbered = reversed(list(enumerate(starts)))
    period = case(*((at >= start, number) for number, start in numbered), else_=0)
    return period, and_(at >= starts[0], at < end)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _sums(connection: Connection, told: Any, by: tuple[str, ...], counted: tuple[str, ...]) -> list[Row]:
    """Summed around the select: to PostgreSQL expressions with parameters are never the same twice."""
    each = told.subquery()
    sums = (cast(func.sum(each.c[name]), Integer).label(name) for name in counted)
    groups = [each.c[name] for name in by]
    rows = connection.execute(select(*groups, *sums).group_by(*groups)).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]


def _followups(
    connection: Connection, clinic_id: str, starts: list[str], end: str, now: datetime
) -> list[Row]:
    period, within = _in_periods(Followup.due_at, starts, end)
    whose = func.coalesce(Followup.closed_by, Followup.assignee_id)
    done, open_ = Followup.status == "done", Followup.status.in_(("open", "escalated"))
    told = select(
        period.label("period"), whose.label("staff_id"), Followup.rule.label("rule"),
        case((whose.is_(None), Followup.role)).label("role"),
        _count(Followup.id.is_not(None)).label("due"),
        _count(and_(done, Followup.closed_at <= Followup.due_at)).label("in_time"),
        _count(and_(done, Followup.closed_at > Followup.due_at)).label("late"),
        _count(Followup.status == "unreachable").label("unreachable"),
        _count(and_(open_, Followup.due_at < instant(now))).label("overdue"),
        _count(Followup.status == "escalated").label("escalated"),
    ).where(
        Followup.clinic_id == clinic_id, within,
        Followup.status.in_(("open", "escalated", "done", "unreachable")),
    )  # fmt: skip
    return _sums(connection, told, ("period", "staff_id", "role", "rule"), COUNTS)


def _attempts(connection: Connection, clinic_id: str, starts: list[str], end: str) -> list[Row]:
    """`effective`: the customer was reached and something was recorded. Paper records seek no contact."""
    period, within = _in_periods(Attempt.at, starts, end)
    recorded = or_(cast(Attempt.content, String) != "{}", func.coalesce(Attempt.note, "") != "")
    told = (
        select(
            period.label("period"), Attempt.by.label("staff_id"), Followup.rule.label("rule"),
            _count(Attempt.id.is_not(None)).label("attempts"),
            _count(and_(Attempt.outcome == "reached", recorded)).label("effective"),
        )
        .join(Followup, and_(Followup.clinic_id == Attempt.clinic_id, Followup.id == Attempt.followup_id))
        .where(Attempt.clinic_id == clinic_id, within, Attempt.channel != "record")
    )  # fmt: skip
    return _sums(connection, told, ("period", "staff_id", "rule"), TRIES)


def _merged(followups: list[Row], attempts: list[Row]) -> list[Row]:
    """One row for a period, a person (or a role nobody of which has taken it) and a rule."""
    zero = dict.fromkeys((*COUNTS, *TRIES), 0)
    rows: dict[Any, Row] = {}
    for row in followups + [{"role": None, **row} for row in attempts]:
        key = (row["period"], row["staff_id"] or "", row["role"] or "", row["rule"])
        rows[key] = {**zero, **rows.get(key, {}), **row}
    return [rows[key] for key in sorted(rows)]


def _escalations(
    connection: Connection, clinic_id: str, starts: list[str], end: str
) -> list[tuple[int, str, str | None]]:
    """(period, raised at, a doctor's first attempt or None), by period."""
    people = connection.execute(select(Staff.id, Staff.roles).where(Staff.clinic_id == clinic_id))
    doctors = [id for id, roles in people if "doctor" in roles]
    period, within = _in_periods(Followup.created_at, starts, end)
    # Joined, not a subquery for each: SQLite would read all attempts in their order to find the least.
    seen = and_(
        Attempt.clinic_id == Followup.clinic_id, Attempt.followup_id == Followup.id, Attempt.by.in_(doctors)
    )
    raised = (
        select(period.label("period"), Followup.created_at, func.min(Attempt.at).label("first"))
        .outerjoin(Attempt, seen)
        .where(
            Followup.clinic_id == clinic_id, Followup.rule == ESCALATION, Followup.status != "cancelled",
            within,
        )
        .group_by(Followup.clinic_id, Followup.id)
    )  # fmt: skip
    return sorted((row.period, row.created_at, row.first) for row in connection.execute(raised))


def _medians(escalations: list[tuple[int, str, str | None]], days: list[date]) -> list[Row]:
    """Per period: how many were raised, how many a doctor has seen, and the median of their minutes."""
    told = []
    for period, group in groupby(escalations, key=lambda one: one[0]):
        raised = list(group)
        minutes = [(parsed(first) - parsed(at)) / timedelta(minutes=1) for _, at, first in raised if first]
        told.append({
            "period": days[period].isoformat(), "raised": len(raised), "attended": len(minutes),
            "minutes": sorted(round(one) for one in minutes),
            "median_minutes": round(median(minutes)) if minutes else None,
        })  # fmt: skip
    return told
