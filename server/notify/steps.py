"""What is to be done with one dispatch now. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.clinic.dispatches import MANNERS, ORDINARY
from server.clinic.notice_settings import KINDS
from server.instants import parsed
from server.sync.synced import Row

NEXT_CHANNEL_AFTER = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=15)


@dataclass(frozen=True)
class Drop:
    """Nothing is left to do."""


@dataclass(frozen=True)
class GiveUp:
    """It could not be sent while it was worth saying."""


@dataclass(frozen=True)
class Wait:
    until: datetime


@dataclass(frozen=True)
class Send:
    """`anew`: this channel begins now. `next`: the one after it, if there is one."""

    channel: str
    anew: bool
    next: str | None


Step = Drop | GiveUp | Wait | Send


def step(
    row: Row, notice: Row | None, settings: Row, channels: list[str], zone: ZoneInfo, now: datetime
) -> Step:
    """`channels`: those that can reach the person, in the person's order."""
    if notice is None or notice["read_at"] or any("shown_at" in entry for entry in notice["deliveries"]):
        return Drop()
    if row["kind"] in KINDS and row["kind"] in settings["kinds_off"]:
        return Drop()
    expires = parsed(row["expires_at"])
    if now >= expires:
        return GiveUp() if row["failure"] and not row["reached"] else Drop()
    if not MANNERS.get(row["kind"], ORDINARY).wakes:
        until = quiet_until(now.astimezone(zone), settings["quiet"])
        if until:
            return Wait(until) if until < expires else Drop()
    return _which(row, [entry["channel"] for entry in notice["deliveries"]], channels, now)


def _which(row: Row, used: list[str], channels: list[str], now: datetime) -> Step:
    """The channel that has begun, until its five minutes are over; then the next one in order."""
    present = row["channel"]
    if present not in channels:
        rest = [channel for channel in channels if channel not in (*used, present)]
        return _begin(rest) if rest else Drop()
    rest = channels[channels.index(present) + 1 :]
    over = parsed(row["since"]) + NEXT_CHANNEL_AFTER
    if rest and now >= over:
        return _begin(rest)
    if row["failure"]:
        return Send(present, anew=False, next=rest[0] if rest else None)
    return Wait(over) if rest else Drop()


def _begin(rest: list[str]) -> Send:
    return Send(rest[0], anew=True, next=rest[1] if len(rest) > 1 else None)


def quiet_until(now: datetime, quiet: Row) -> datetime | None:
    """The end of the quiet hours that `now` (the clinic's clock) lies in; None outside of them."""
    begins, ends = (time.fromisoformat(quiet[edge]) for edge in ("from", "to"))
    if begins == ends:
        return None
    clock = now.time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = now.date() + timedelta(days=1 if clock >= ends else 0)
    return datetime.combine(day, ends, now.tzinfo)


def retry_in(tries: int, chance: float) -> timedelta:
    """Longer each time, and never for all at the same moment. `chance` from 0 to 1."""
    full: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(tries - 1, 10))
    return full * (0.5 + chance / 2)
