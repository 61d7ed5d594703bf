"""What the events of a step, or the changes of a schedule, come to. Pure: the same for any order of arrival.

An event is {"id", "mutation_id", "by", "at", "state", "seen_state", "reason", "note", "photo_id"}: what a
person set, and the state they saw. Later means corrected time, then mutation id.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Event = Mapping[str, Any]
OVER = frozenset({"done", "skipped"})


def _when(event: Event) -> tuple[str, str]:
    return event["at"], event["mutation_id"]


def in_order(events: Iterable[Event]) -> list[Event]:
    """By corrected time, then mutation id."""
    return sorted(events, key=_when)


def outcome(events: Sequence[Event]) -> dict[str, Any]:
    """{state, done_by, done_at, contested} of a step after these events, in order.

    Who sets the same state again changes nothing: the earlier stands. Who sets another state without
    having seen the present one stands as the later; the other is `contested` {state, by, at} until
    somebody who has seen what stands sets the step again.
    """
    state, stands, contested = "todo", None, None
    for event in events:
        seen = event["seen_state"] == state
        if event["state"] != state:
            contested = None if seen or stands is None else _brief(stands)
            state, stands = event["state"], event
        elif seen:
            contested = None
    done = stands if stands is not None and state == "done" else None
    return {
        "state": state, "contested": contested,
        "done_by": done["by"] if done else None, "done_at": done["at"] if done else None,
    }  # fmt: skip


def over_since(events: Sequence[Event]) -> str | None:
    """When the step came to be done or skipped, as it is now; None while it is open."""
    state, since = "todo", None
    for event in events:
        if event["state"] != state:
            state = event["state"]
            since = event["at"] if state in OVER else None
    return since


def schedule(moves: Sequence[Event], until: str | None = None) -> dict[str, Any]:
    """{arrival_at, party_size, transport} after the opening and these moves, in order; `until`: as it was at
    that instant."""
    known: dict[str, Any] = {"arrival_at": None, "party_size": None, "transport": {}}
    for number, move in enumerate(moves):
        if number and until is not None and move["at"] > until:
            break
        known |= {name: move[name] for name in known if move[name] is not None}
    return known


def _brief(event: Event) -> dict[str, Any]:
    return {name: event[name] for name in ("state", "by", "at")}
