"""The script of a demo: who does what and when, drawn from a seed and a given now."""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from server.clinic.planning import day_start, end_of_day
from server.demo.people import STAFF
from server.instants import instant, later, parsed
from server.sync.acts import Act

TIMEZONE = "Asia/Shanghai"


@dataclass
class Guest:
    """A customer, as far as the script must remember them. `owner`: staff id."""

    id: str
    name: str
    gender: str | None
    phone: str
    owner: str
    preferences: dict[str, Any]
    since: str


@dataclass
class Treated:
    """A treatment that was performed, by whom (staff ids)."""

    name: str
    performed_at: str
    doctor: str
    nurse: str


@dataclass
class Due:
    """A follow-up as the server will have opened it. `by`: the person who will work on it (staff id)."""

    id: str
    guest: Guest
    by: str
    channels: list[str]
    due_from: str
    due_at: str
    planned_at: str
    propose_text: bool
    treated: Treated | None = None


@dataclass
class Script:
    """Collects acts. The same key and now give the same draws, ids and so the same clinic."""

    key: str
    now: str
    draw: Random = field(init=False)
    acts: list[Act] = field(default_factory=list)
    staff: dict[str, str] = field(init=False)
    """Login to staff id."""

    def __post_init__(self) -> None:
        self.draw = Random(self.key)
        self.clinic_id = self.new_id(self.now)
        self.partner_id = self.new_id(self.now)
        self.staff = {login: self.new_id(self.now) for login, _, _ in STAFF}
        self.holders: dict[str, list[str]] = {}
        for login, _, role in STAFF:
            self.holders.setdefault(role, []).append(self.staff[login])

    def new_id(self, at: str) -> str:
        """A UUID of version 7 for that instant, its random part from the seed."""
        ms = round(parsed(at).timestamp() * 1000)
        bits = self.draw.getrandbits(74)
        return str(UUID(int=ms << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1))

    def act(self, at: str, by: str, name: str, /, **args: Any) -> None:
        """One mutation: at what instant, by whom (staff id)."""
        self.acts.append(Act(name, args, by, at))

    def anyone(self, role: str) -> str:
        return self.draw.choice(self.holders[role])

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def after(self, at: str, least: float, most: float) -> str:
        """So many minutes later, to the second."""
        return later(at, seconds=self.draw.randint(round(least * 60), round(most * 60)))

    def clock(self, day: int, hour: float) -> str:
        """That hour of the clinic's day that is `day` days from today (negative: past)."""
        return later(day_start(self.now, TIMEZONE, day), minutes=round(hour * 60))

    def in_hours(self, day: int) -> str:
        """Some moment of that day's opening hours; of the day before while the day is too young for it."""
        at = self.clock(day, self.draw.uniform(9.5, 19.5))
        return at if at < later(self.now, minutes=-30) else self.in_hours(day - 1)

    def later_today(self, share: float) -> str:
        """So far into what is left of today."""
        left = parsed(end_of_day(self.now, TIMEZONE)) - parsed(self.now)
        return instant(parsed(self.now) + left * share)
