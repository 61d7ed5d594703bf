"""Whatever order phones come back in, a VIP case comes to one state and keeps every event."""

import random
from typing import Any

import pytest

from server.clinic.vip.steps import step_id
from tests.rigs.client import uuid7
from tests.server.scene import Scene, ago

CODES = ("tell_service", "in_place", "greeting", "tour")
STATES = ("todo", "doing", "done", "skipped", "blocked")
PEOPLE = ("customer_service", "cs_lead", "ops_director")
Said = tuple[str, dict[str, Any], dict[str, Any]]


def a_day(chance: random.Random, clinic: Any) -> list[Said]:
    """What three people do without a network; some of it in the same minute, having seen anything."""
    people = [clinic.person(role) for role in PEOPLE]
    moments = [ago(minutes=minutes) for minutes in (90, 60, 30)]

    def act() -> Said:
        how = {"at": chance.choice(moments), "by": chance.choice(people), "mutation_id": uuid7()}
        kind = chance.choice(("step", "step", "step", "arrival", "assign"))
        if kind == "arrival":
            hour, people_coming = chance.randrange(24), chance.choice((None, 2, 5))
            moved = {"arrival_at": f"2026-12-02T{hour:02}:00:00.000Z", "party_size": people_coming}
            return "vip.arrival", moved, how
        if kind == "assign":
            return "vip.assign", {"role": "admin_office", "staff_id": chance.choice(("office", None))}, how
        state, seen = chance.choice(STATES), chance.choice(STATES)
        code = chance.choice(CODES)
        return (
            "vip.step",
            {"id": uuid7(), "code": code, "state": state, "seen_state": seen, "reason": "改"},
            how,
        )

    return [act() for _ in range(8)]


def after(scene: Scene, customer: str, partner: str, day: list[Said]) -> tuple[Any, ...]:
    """Schedule, stage and team, and every step, of a case of its own to which this has happened."""
    case = scene.vip_case(customer, partner, "approve", "confirm", arrival_at="2026-12-01T02:00:00.000Z")
    office = scene.clinic.person("admin_office")
    with scene.at_once():
        for name, args, how in day:
            about = dict(args)
            if name == "vip.step":
                about["step_id"] = step_id(case, about.pop("code"))
            else:
                about["case_id"] = case
            if about.get("staff_id"):
                about["staff_id"] = office
            scene.perform(name, about, **how)
    phone = scene.clinic.phone("customer_service")
    phone.pull()
    head = phone.rows("vip_case")[case]
    steps = [row for row in phone.rows("vip_step").values() if row["case_id"] == case]
    fields = ("code", "state", "done_by", "done_at", "contested", "due_at", "assignee_id", "history")
    told = sorted([row[name] for name in fields] for row in steps if row["code"] in CODES)
    return [head[name] for name in ("arrival_at", "party_size", "stage", "team")], told


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_coming_back_comes_to_one_state_and_keeps_every_event(clinic, seed):
    scene, chance = Scene(clinic), random.Random(seed)
    day = a_day(chance, clinic)
    customer, partner = scene.customer(), scene.partner_of(None)
    head, steps = after(scene, customer, partner, day)
    kept = sorted(event["id"] for step in steps for event in step[-1])
    assert kept == sorted(args["id"] for name, args, _ in day if name == "vip.step")
    assert after(scene, customer, partner, chance.sample(day, len(day))) == (head, steps)
