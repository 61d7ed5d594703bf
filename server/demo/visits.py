"""Treatments performed and planned, appointments, and the follow-ups all of these owe."""

from typing import Any
from uuid import UUID, uuid5

from server.clinic.planning import (
    DEFAULT_CALL_WINDOWS,
    DEFAULT_RULES,
    day_start,
    end_of_day,
    plan,
    plan_treatment,
)
from server.demo.catalogue import APPOINTMENTS, PROCEDURES
from server.demo.script import TIMEZONE, Due, Guest, Script, Treated
from server.instants import later, parsed


def treat(script: Script, guest: Guest, performed_at: str, number: int) -> list[Due]:
    """Treatment `number` of the clinic is completed; returns what it owes."""
    draw = script.draw
    procedure = PROCEDURES[number % len(PROCEDURES)]
    doctors = script.holders["doctor"]
    treated = Treated(procedure.name, performed_at, doctors[number % len(doctors)], script.anyone("nurse"))
    lot = f"DEMO-{parsed(performed_at):%y%m}-{draw.randrange(10_000):04d}"
    id = script.new_id(performed_at)
    script.act(
        later(performed_at, seconds=40),
        treated.nurse,
        "treatment.complete",
        id=id,
        customer_id=guest.id,
        category=procedure.category,
        name=procedure.name,
        sites=list(procedure.sites),
        performed_at=performed_at,
        consultant_id=guest.owner,
        doctor_id=treated.doctor,
        nurse_id=treated.nurse,
        products=[{"name": procedure.product, "lot": lot}] if procedure.product else [],
    )
    callers = {"consultant": guest.owner, "nurse": treated.nurse}
    return [
        Due(
            id=str(uuid5(UUID(id), owed["code"])),
            guest=guest,
            by=callers.get(owed["role"]) or script.anyone(owed["role"]),
            channels=owed["channels"],
            due_from=owed["due_from"],
            due_at=owed["due_at"],
            planned_at=owed["planned_at"],
            propose_text=owed["propose_text"],
            treated=treated,
        )
        for owed in plan_treatment(
            DEFAULT_RULES, performed_at, TIMEZONE, DEFAULT_CALL_WINDOWS, guest.preferences
        )
    ]


def owe(
    script: Script, guest: Guest, at: str, day: int, kind: str, purpose: str, by: str, **receiver: Any
) -> Due:
    """A follow-up made by hand at `at`, due over the whole day that is `day` days from today."""
    due = Due(
        id=script.new_id(at),
        guest=guest,
        by=receiver.get("assignee_id") or script.anyone(receiver["role"]),
        channels=["call", "text"],
        due_from=day_start(script.now, TIMEZONE, day),
        due_at=end_of_day(script.now, TIMEZONE, day),
        planned_at="",
        propose_text=False,
    )
    planned = plan(due.channels, due.due_from, due.due_at, TIMEZONE, DEFAULT_CALL_WINDOWS, guest.preferences)
    due.planned_at, due.propose_text = planned["planned_at"], planned["propose_text"]
    script.act(
        at,
        by,
        "followup.create",
        id=due.id,
        customer_id=guest.id,
        kind=kind,
        channels=due.channels,
        due_from=due.due_from,
        due_at=due.due_at,
        purpose=purpose,
        **receiver,
    )
    return due


def think_it_over(script: Script, guest: Guest, day: int) -> list[Due]:
    """Consulted on that day without deciding: customer service calls on days 3 and 14."""
    at = script.after(guest.since, 60, 90)
    return [
        owe(
            script, guest, at, day + after, "thinking_it_over", "了解考虑情况，解答疑问", guest.owner,
            role="customer_service",
        )
        for after in (3, 14)
    ]  # fmt: skip


def book(script: Script, guest: Guest, day: int) -> list[Due]:
    """An appointment on that day, booked some days before and confirmed the day before."""
    kind, role = script.draw.choice(APPOINTMENTS)
    at = script.clock(day, script.draw.randrange(19, 37) / 2)
    booked_at = max(later(guest.since, minutes=30), script.in_hours(min(day, 0) - script.draw.randint(2, 5)))
    desk = script.anyone("front_desk")
    appointment_id = script.new_id(booked_at)
    staff_id = guest.owner if role == "consultant" else script.anyone(role)
    script.act(
        booked_at, desk, "appointment.book",
        id=appointment_id, customer_id=guest.id, at=at, kind=kind, staff_id=staff_id,
    )  # fmt: skip
    if kind == "treatment":
        procedure = script.draw.choice(PROCEDURES)
        script.act(
            booked_at, guest.owner, "treatment.plan",
            id=script.new_id(booked_at), customer_id=guest.id, category=procedure.category,
            name=procedure.name, sites=list(procedure.sites), planned_at=at,
            consultant_id=guest.owner, doctor_id=staff_id,
        )  # fmt: skip
    changed_at = script.after(booked_at, 30, 300)
    if changed_at < script.now and script.chance(0.08):
        cancelled = {"id": appointment_id, "reason": "顾客临时有事"}
        script.act(changed_at, desk, "appointment.cancel", **cancelled)
        return []
    confirm = owe(
        script, guest, booked_at, day - 1, "appointment_confirm", "确认明天的预约",
        script.holders["cs_lead"][0], role="customer_service",
    )  # fmt: skip
    return [confirm]
