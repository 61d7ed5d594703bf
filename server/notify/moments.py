"""When people are reminded, by the clinic's clock. Pure; the facts are the trade's working rules.

Times of day are the clinic's wall clock; windows are pairs of them (["11:00", "12:30"], end excluded).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from server.clinic.planning import Holidays, Windows

MORNING = time(8, 45)
MORNING_ENDS = time(11)
"""Somebody who is told later than this has seen Today already."""
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
BEFORE_DEADLINE = timedelta(minutes=15)
DOCTORS_PATIENCE = timedelta(hours=2)


@dataclass(frozen=True)
class DayMoment:
    """Of a clinic's day. `key`: the same for everybody who asks while it lasts; `until`: when it is over."""

    kind: str
    key: str
    until: datetime


def day_moments(now: datetime, windows: Windows, holidays: Holidays = ()) -> Iterator[DayMoment]:
    """What is going on now: the morning, and a call window; on closed days nobody is called."""
    today = now.date().isoformat()
    if MORNING <= now.time() < MORNING_ENDS:
        yield DayMoment("morning", f"morning:{today}", _at(now, "23:59"))
    for opens, closes in () if today in holidays else windows:
        if _at(now, opens) <= now < _at(now, closes):
            yield DayMoment("window", f"window:{today}:{opens}", _at(now, closes))


def warned_at(due: datetime, windows: Windows) -> datetime:
    """A quarter of an hour before a deadline; of the end of a day, before its last call window closes."""
    end_of_day = due.replace(hour=23, minute=59, second=59, microsecond=0)
    if due.replace(microsecond=0) < end_of_day or not windows:
        return due - BEFORE_DEADLINE
    return max(_at(due, closes) for _, closes in windows) - BEFORE_DEADLINE


def is_quiet(now: datetime) -> bool:
    return now.time() >= QUIET_FROM or now.time() < QUIET_UNTIL


def _at(day: datetime, clock: str) -> datetime:
    hours, minutes = clock.split(":")
    return day.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0)
