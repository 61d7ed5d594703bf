"""Customers come in: profile, wishes, medical part, alerts."""

from datetime import timedelta
from typing import Any

from server.demo.catalogue import (
    ALERTS,
    ALLERGIES,
    BEST_TIMES,
    HISTORIES,
    MEDICATION,
    PREFERENCES,
    PREVIOUS,
)
from server.demo.people import FEMALE_NAMES, MALE_NAMES, OTHER_NAMES, SOURCES, SURNAMES
from server.demo.script import Guest, Script
from server.instants import parsed

# 1990000xxxx is nobody's number.
PHONES = 19_900_000_000


def welcome(script: Script, number: int, since: str, referrer: Guest | None) -> Guest:
    """The front desk opens the file of customer `number`; consultants own customers in turn."""
    draw = script.draw
    gender = draw.choices(("female", "male", None), (88, 11, 1))[0]
    is_minor = script.chance(0.03)
    years = draw.uniform(15, 17.5) if is_minor else draw.triangular(19, 62, 32)
    consultants = script.holders["consultant"]
    guest = Guest(
        id=script.new_id(since),
        name=_name(script, gender),
        gender=gender,
        phone=str(PHONES + number),
        owner=consultants[number % len(consultants)],
        preferences=_preferences(script, number, is_minor),
        since=since,
    )
    script.act(
        since,
        script.anyone("front_desk"),
        "customer.create",
        id=guest.id,
        name=guest.name,
        gender=gender,
        birth_date=(parsed(script.now) - timedelta(days=years * 365.25)).date().isoformat(),
        phones=[guest.phone],
        source=draw.choice(SOURCES),
        referrer_id=referrer.id if referrer else None,
        owner_id=guest.owner,
        preferences=guest.preferences,
    )
    if script.chance(0.4):
        _medical_part(script, guest)
    if script.chance(0.1):
        at = script.after(since, 12, 20)
        text, severity = draw.choice(ALERTS)
        alert = {"id": script.new_id(at), "customer_id": guest.id, "text": text, "severity": severity}
        script.act(at, script.anyone("nurse"), "alert.raise", **alert)
    return guest


def _name(script: Script, gender: str | None) -> str:
    if script.chance(0.01):
        return script.draw.choice(OTHER_NAMES)
    # The list begins with the commonest surnames: the smaller of two draws prefers them.
    surname = SURNAMES[min(script.draw.randrange(len(SURNAMES)) for _ in range(2))]
    return surname + script.draw.choice(MALE_NAMES if gender == "male" else FEMALE_NAMES)


def _preferences(script: Script, number: int, is_minor: bool) -> dict[str, Any]:
    wishes: dict[str, Any] = {
        key: script.draw.choice(texts) for key, texts in PREFERENCES.items() if script.chance(0.12)
    }
    if is_minor:
        wishes["companions"] = "母亲陪同"
        wishes["guardian"] = f"母亲，{PHONES + number}"
    if script.chance(0.08):
        start, end = script.draw.choice(BEST_TIMES)
        wishes["best_time"] = {"from": start, "to": end}
    elif script.chance(0.06):
        wishes["contact"] = script.draw.choice(("text_only", "no_call"))
    if script.chance(0.05):
        wishes["no_marketing"] = True
    return wishes


def _medical_part(script: Script, guest: Guest) -> None:
    draw = script.draw
    part = {
        "history": draw.choice(HISTORIES),
        "allergies": draw.sample(ALLERGIES, draw.choice((0, 0, 1, 2))),
        "medication": draw.sample(MEDICATION, draw.choice((0, 0, 0, 1))),
        "previous_procedures": draw.sample(PREVIOUS, draw.choice((0, 1, 1, 2))),
    }
    at = script.after(guest.since, 5, 12)
    script.act(
        at, script.anyone("consult_assistant"), "customer.update_medical", id=guest.id, set=part, seen={}
    )
