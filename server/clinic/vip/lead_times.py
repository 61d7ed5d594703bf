"""When a step of a VIP case is due: its lead time, relative to the arrival. Pure.

A lead is {"minutes": n}, exactly n minutes after the arrival (before it, where n is negative), or
{"days": n}, the same time of day n calendar days after it, in the clinic's zone; with "at": "09:00"
that time of that day. null: the step has no time of its own. A wall-clock time that a change of
clocks repeats means the first of the two; one that it skips counts with the offset before the
change, as in server/clinic/planning.py.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.instants import instant, later, parsed

Lead = Mapping[str, Any] | None


def due(lead: Lead, arrival_at: str | None, timezone: str) -> str | None:
    """The instant at which the step is due; None without a lead or as long as no arrival is known."""
    if lead is None or arrival_at is None:
        return None
    if "minutes" in lead:
        return later(arrival_at, minutes=lead["minutes"])
    zone = ZoneInfo(timezone)
    arrival = parsed(arrival_at).astimezone(zone)
    clock = time.fromisoformat(lead["at"]) if "at" in lead else arrival.time()
    day = arrival.date() + timedelta(days=lead["days"])
    return instant(datetime.combine(day, clock, zone))
