"""What costs the server much is bounded for each device and each address; nobody who works comes near it.

Kept in the memory of a process, so the bounds hold for each of them: they are there against programs that run
wild, not for fairness.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock

from server.errors import Throttled

DEVICES_BEHIND_AN_ADDRESS = 20
"""A clinic's phones share one address."""
MOST_KEPT = 10_000


@dataclass(frozen=True)
class Allowance:
    """So many calls at once, and then so many a second."""

    name: str
    burst: float
    a_second: float


SEARCHES = Allowance("searches", 60, 3)
PICTURES = Allowance("pictures", 2000, 50)
PAGES = Allowance("pages", 30, 0.5)
"""Sheets, proposals, reports, the audit trail."""
WHOLE_FILES = Allowance("whole files", 20, 0.1)
PULLS = Allowance("pulls", 5000, 200)


class Buckets:
    """Token buckets: each call takes one token, and they come back with time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, allowance: Allowance, device_id: str, address: str) -> None:
        """One call. Raises Throttled with the seconds until the next."""
        self._take(allowance.name, device_id, allowance.burst, allowance.a_second)
        many = DEVICES_BEHIND_AN_ADDRESS
        self._take(allowance.name, address, allowance.burst * many, allowance.a_second * many)

    def _take(self, name: str, who: str, burst: float, a_second: float) -> None:
        with self._lock:
            now = self._clock()
            level, since = self._levels.pop((name, who), (burst, now))
            level = min(burst, level + (now - since) * a_second)
            enough = level >= 1
            self._levels[name, who] = (level - 1 if enough else level, now)
            if len(self._levels) > MOST_KEPT:  # whoever was away longest has most of theirs back
                del self._levels[next(iter(self._levels))]
        if not enough:
            raise Throttled(
                "Too much at once; please wait a little.", retry_after_s=ceil((1 - level) / a_second)
            )
