"""Today, whatever the hour: nobody who calls signs in to an empty list."""

from typing import Any

from server.demo import contacts
from server.demo.script import Due, Guest, Script
from server.demo.visits import owe
from server.instants import later

KIND, PURPOSE = "manual", "关怀回访，了解近况"


def fill(script: Script, guests: list[Guest], dues: list[Due]) -> None:
    """Adds to what the past has left; takes follow-ups out of `dues` whose story it tells."""
    guests = [guest for guest in guests if guest.since < script.clock(-2, 8)]
    for role in ("customer_service", "nurse"):
        _list(script, guests, {"role": role})
    for role in ("consultant", "consult_assistant"):
        for person in script.holders[role]:
            own = [guest for guest in guests if role != "consultant" or guest.owner == person]
            _list(script, own, {"role": role, "assignee_id": person})
    for number, doctor in enumerate(script.holders["doctor"]):
        _urgent(script, dues, doctor, minutes_ago=70 + 50 * number)


def _list(script: Script, guests: list[Guest], receiver: dict[str, Any]) -> None:
    """One for each group: overdue, due now, later today, unanswered twice, waiting for the call back."""
    _overdue, now, later_on, unanswered, waiting = (
        _owe(script, script.draw.choice(guests), day, receiver) for day in (-1, 0, 0, 0, 0)
    )
    _move(script, now, later(script.now, minutes=-5))
    _move(script, later_on, script.later_today(script.draw.uniform(0.3, 0.8)))
    contacts.unanswered(script, unanswered, script.clock(-1, script.draw.uniform(15, 16)), tries=2)
    callback_at = script.later_today(script.draw.uniform(0.1, 0.5))
    contacts.call_back(script, waiting, script.after(script.now, -50, -40), callback_at)


def _owe(script: Script, guest: Guest, day: int, receiver: dict[str, Any]) -> Due:
    lead = script.holders["cs_lead"][0]
    at = script.clock(-2, script.draw.uniform(10, 11))
    return owe(script, guest, at, day, KIND, PURPOSE, lead, **receiver)


def _move(script: Script, due: Due, planned_at: str) -> None:
    at = script.clock(-1, script.draw.uniform(11, 12))
    script.act(at, due.by, "followup.reschedule", id=due.id, planned_at=planned_at, reason="顾客希望换个时间")


def _urgent(script: Script, dues: list[Due], doctor: str, minutes_ago: int) -> None:
    """A severe reaction that the doctor has not answered yet."""
    at = later(script.now, minutes=-minutes_ago)
    begun = [
        due
        for due in dues
        if due.treated and due.treated.doctor == doctor and due.due_from <= at and "call" in due.channels
    ]
    if begun:
        due = max(begun, key=lambda due: due.due_from)
        dues.remove(due)
        contacts.escalate(script, due, at, answered=False)
