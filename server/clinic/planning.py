"""What a treatment owes, and when to make the contact. Pure; pwa/src/domain/planning.ts is its twin.

Instants are canonical texts (server/instants.py), windows are pairs of wall-clock times of the clinic
(["11:00", "12:30"], end excluded), holidays its closed days ("2027-02-10"): they have no windows, not even
a customer's own. A wall-clock time that a change of clocks repeats means the first
of the two (fold=0); one that it skips counts with the offset before the change, so 02:30 in a spring
gap is the instant that clocks then show as 03:30.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, TypedDict
from zoneinfo import ZoneInfo

from server.instants import instant, parsed

Windows = Sequence[Sequence[str]]
Holidays = Sequence[str]
Preferences = Mapping[str, Any] | None

DEFAULT_CALL_WINDOWS = [["11:00", "12:30"], ["14:30", "17:30"], ["19:30", "20:30"]]

# `from`, `due`, `plan_from` are moments after the treatment: {"hours": 2} exactly, or
# {"day": 3, "edge": "start" | "end"} of the n-th calendar day after its day, in the clinic's time zone.
DEFAULT_RULES: list[dict[str, Any]] = [
    {
        "code": "cs_2h",
        "role": "customer_service",
        "assign": None,
        "channels": ["call", "text"],
        "from": {"hours": 0},
        "due": {"hours": 2},
        "purpose": {"zh": "确认已平安到家，清楚术后注意事项", "en": "Home safely, instructions understood"},
    },
    {
        "code": "cs_d3",
        "role": "customer_service",
        "assign": None,
        "channels": ["call", "text"],
        "from": {"day": 3, "edge": "start"},
        "due": {"day": 3, "edge": "end"},
        "purpose": {"zh": "了解反应、遵医嘱情况与恢复", "en": "Reaction, adherence, recovery"},
    },
    {
        "code": "cs_d7",
        "role": "customer_service",
        "assign": None,
        "channels": ["call", "text"],
        "from": {"day": 7, "edge": "start"},
        "due": {"day": 7, "edge": "end"},
        "purpose": {"zh": "了解恢复情况，预约复查", "en": "Recovery, book the check"},
    },
    {
        "code": "consultant_d1",
        "role": "consultant",
        "assign": "owner",
        "channels": ["call"],
        "from": {"hours": 0},
        "due": {"hours": 24},
        "purpose": {"zh": "关心治疗感受，解答疑问", "en": "How it went, questions"},
    },
    {
        "code": "consultant_m1",
        "role": "consultant",
        "assign": "owner",
        "channels": ["call"],
        "from": {"hours": 24},
        "due": {"hours": 720},
        "plan_from": {"day": 28, "edge": "start"},
        "purpose": {
            "zh": "维系关系，了解效果，邀请免费复查",
            "en": "Keep in touch, result, free check offered",
        },
    },
    {
        "code": "nurse_w1",
        "role": "nurse",
        "assign": None,
        "channels": ["text"],
        "from": {"hours": 24},
        "due": {"hours": 168},
        "purpose": {"zh": "了解恢复情况，指导日常护肤", "en": "Recovery, daily skin care"},
    },
    {
        "code": "record_48h",
        "role": "consultant",
        "assign": "owner",
        "channels": ["record"],
        "from": {"hours": 0},
        "due": {"hours": 48},
        "purpose": {"zh": "完成48小时记录", "en": "Complete the 48-hour record"},
    },
]


class Plan(TypedDict):
    planned_at: str
    propose_text: bool


class Owed(TypedDict):
    """A follow-up that a treatment owes, before it has an id and an assignee."""

    code: str
    role: str
    assign: Literal["owner"] | None
    channels: list[str]
    due_from: str
    due_at: str
    planned_at: str
    propose_text: bool
    purpose: dict[str, str]


class PresentWindow(TypedDict):
    """The window open now, with what is left of it, or else the next (remaining_ms 0)."""

    open: bool
    start: str
    end: str
    remaining_ms: int


def plan_treatment(
    rules: Sequence[Mapping[str, Any]],
    performed_at: str,
    timezone: str,
    windows: Windows,
    preferences: Preferences,
    holidays: Holidays = (),
) -> list[Owed]:
    """The follow-ups owed by a treatment completed at `performed_at`, in the order of the rules."""
    owed: list[Owed] = []
    for rule in rules:
        due_from, due_at = (_moment(rule[edge], performed_at, timezone) for edge in ("from", "due"))
        plan_from = _moment(rule["plan_from"], performed_at, timezone) if rule.get("plan_from") else None
        owed.append(
            {
                "code": rule["code"],
                "role": rule["role"],
                "assign": rule["assign"],
                "channels": list(rule["channels"]),
                "due_from": due_from,
                "due_at": due_at,
                **plan(
                    rule["channels"], due_from, due_at, timezone, windows, preferences, plan_from, holidays
                ),
                "purpose": rule["purpose"],
            }
        )
    return owed


def plan(
    channels: Sequence[str],
    due_from: str,
    due_at: str,
    timezone: str,
    windows: Windows,
    preferences: Preferences,
    plan_from: str | None = None,
    holidays: Holidays = (),
) -> Plan:
    """When to make a contact that may be made from `due_from` to `due_at`.

    A call goes to the first moment inside a window; where none is left it falls due at its
    deadline and a text is proposed, as it is to customers who do not want calls.
    """
    start, end = parsed(due_from), parsed(due_at)
    if plan_from and parsed(plan_from) <= end:
        start = max(start, parsed(plan_from))
    if "call" not in channels:
        return {"planned_at": instant(start), "propose_text": False}
    if not accepts_calls(preferences):
        return {"planned_at": instant(start), "propose_text": True}
    for opens, closes in _openings(start, call_windows(windows, preferences), timezone, holidays):
        if opens >= end:
            break
        if max(opens, start) < min(closes, end):
            return {"planned_at": instant(max(opens, start)), "propose_text": False}
    return {"planned_at": instant(end), "propose_text": True}


def accepts_calls(preferences: Preferences) -> bool:
    """False when the customer asked not to be called."""
    return not isinstance(preferences, Mapping) or preferences.get("contact") not in ("text_only", "no_call")


def call_windows(windows: Windows, preferences: Preferences) -> Windows:
    """The windows for calling this customer: their own best time, else the clinic's."""
    best = preferences.get("best_time") if isinstance(preferences, Mapping) else None
    if isinstance(best, Mapping):
        own: list[Any] = [best.get("from"), best.get("to")]
        if _hours(own):
            return [own]
    return windows


def next_window(after: str, windows: Windows, timezone: str, holidays: Holidays = ()) -> str:
    """Start of the first window that starts strictly after `after`; of the next day if there is no window."""
    moment = parsed(after)
    for opens, _closes in _openings(moment, windows, timezone, holidays):
        if opens > moment:
            return instant(opens)
    return day_start(after, timezone, 1)


def present_window(
    now: str, windows: Windows, timezone: str, holidays: Holidays = ()
) -> PresentWindow | None:
    """The window open now (start included, end excluded), or the next one; None without windows."""
    moment = parsed(now)
    for opens, closes in _openings(moment, windows, timezone, holidays):
        if closes > moment:
            is_open = opens <= moment
            return {
                "open": is_open,
                "start": instant(opens),
                "end": instant(closes),
                "remaining_ms": (closes - moment) // timedelta(milliseconds=1) if is_open else 0,
            }
    return None


def day_of(at: str, timezone: str) -> str:
    """The clinic's calendar day of `at`, "2026-11-22"."""
    return _day(parsed(at), timezone).isoformat()


def day_start(at: str, timezone: str, days: int = 0) -> str:
    """00:00:00 of the clinic's day of `at`, or of `days` days after it."""
    return instant(_at(_day(parsed(at), timezone, days), time(0), timezone))


def end_of_day(at: str, timezone: str, days: int = 0) -> str:
    """23:59:59 of the clinic's day of `at`, or of `days` days after it."""
    return instant(_at(_day(parsed(at), timezone, days), time(23, 59, 59), timezone))


def _moment(moment: Mapping[str, Any], performed_at: str, timezone: str) -> str:
    if "hours" in moment:
        return instant(parsed(performed_at) + timedelta(hours=moment["hours"]))
    edge = day_start if moment["edge"] == "start" else end_of_day
    return edge(performed_at, timezone, moment["day"])


def _openings(
    after: datetime, windows: Windows, timezone: str, holidays: Holidays
) -> Iterator[tuple[datetime, datetime]]:
    """Start and end of the windows, in order, from the day of `after` on; none if no window is valid."""
    hours = [pair for window in windows if (pair := _hours(window))]
    day = _day(after, timezone)
    while hours:
        if day.isoformat() in holidays:
            day += timedelta(days=1)
            continue
        openings = sorted((_at(day, start, timezone), _at(day, end, timezone)) for start, end in hours)
        # A window inside the hour that a change of clocks skips is not there on that day.
        yield from ((opens, closes) for opens, closes in openings if opens < closes)
        day += timedelta(days=1)


def _hours(window: Any) -> tuple[time, time] | None:
    """The two times of a window; None when malformed, empty or over midnight."""
    if not isinstance(window, (list, tuple)) or len(window) != 2:
        return None
    if not all(isinstance(text, str) and _WALL_CLOCK.fullmatch(text) for text in window):
        return None
    start, end = (time(int(text[:2]), int(text[3:])) for text in window)
    return (start, end) if start < end else None


_WALL_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def _day(moment: datetime, timezone: str, days: int = 0) -> date:
    return moment.astimezone(ZoneInfo(timezone)).date() + timedelta(days=days)


def _at(day: date, wall_clock: time, timezone: str) -> datetime:
    return datetime.combine(day, wall_clock, ZoneInfo(timezone)).astimezone(UTC)
