"""What became of the follow-ups: most were done in time, the rest is why there is an app."""

from typing import Any
from uuid import UUID, uuid5

from server.clinic.names import form_of, surname_of
from server.clinic.planning import DEFAULT_CALL_WINDOWS, day_start, end_of_day, next_window
from server.clinic.texts import DEFAULT_TEMPLATES
from server.demo.catalogue import (
    DOCTOR_NOTES,
    NOTES,
    QUESTIONS,
    REACTION_NOTES,
    SEVERE_NOTES,
)
from server.demo.people import CLINIC_NAME, CLINIC_PHONE, STAFF
from server.demo.script import TIMEZONE, Due, Script
from server.instants import later

LEFT_BEHIND_DAYS = 2
"""Older ones have all been worked on, one way or other."""


def work(script: Script, due: Due) -> None:
    """What happened to a follow-up until now, as often as it happens."""
    if due.planned_at >= script.now:
        return
    is_recent = due.due_at > later(script.now, days=-LEFT_BEHIND_DAYS)
    if is_recent and script.chance(0.5 if due.due_at > script.now else 0.2):
        return
    if due.channels == ["record"]:
        attempt(script, due, script.after(due.planned_at, 20, 240), "record", "recorded")
    elif "text" in due.channels and (due.propose_text or "call" not in due.channels):
        by_day = max(due.due_from, later(day_start(due.due_from, TIMEZONE), hours=9))
        text(script, due, script.after(by_day, 2, 40))
    else:
        call(script, due)


def text(script: Script, due: Due, at: str) -> None:
    """A text was sent from the phone, which is what was owed."""
    if at < script.now:
        message(script, due, at, "day1_care")
        attempt(script, due, later(at, seconds=20), "text", "texted")


def call(script: Script, due: Due) -> None:
    at = script.after(due.planned_at, 4, 40)
    if script.chance(0.3):
        message(script, due, script.after(due.planned_at, 1, 3), "announce_call")
    match script.draw.choices(
        ("reached", "unanswered", "unreachable", "callback", "question", "severe", "wrong", "refused"),
        (800, 120, 20, 30, 20, 5, 5, 5),
    )[0]:
        case "unanswered":
            reached(script, due, unanswered(script, due, at, tries=1))
        case "unreachable":
            unanswered(script, due, at, tries=3, days=2)
        case "callback":
            call_back(script, due, at, script.after(at, 90, 1500))
        case "question":
            hand_on(script, due, at)
        case "severe" if due.treated:
            escalate(script, due, at, answered=True)
        case "wrong" if due.treated:
            wrong_number(script, due, at)
        case "refused" if due.due_at > script.now:
            attempt(script, due, at, "call", "refused", note="暂时不想通话")
        case _:
            reached(script, due, at)


def reached(script: Script, due: Due, at: str, by: str | None = None, note: str | None = None) -> None:
    draw = script.draw
    content: dict[str, Any] = {}
    if due.treated:
        reaction = draw.choices(("none", "mild"), (4, 1))[0]
        content = {
            "reaction": reaction,
            "adherence": draw.choices(("yes", "partly", "no"), (16, 3, 1))[0],
            "recovery": draw.choices((3, 4, 5), (1, 4, 5))[0],
            "mood": draw.choices(("calm", "anxious", "upset"), (90, 9, 1))[0],
            "questions_answered": True,
            "next_revisit": draw.choice(("booked", "reminded", "not_needed")),
        }
        if reaction == "mild":
            content["reaction_note"] = draw.choice(REACTION_NOTES)
    note = note or (draw.choice(NOTES) if due.treated and script.chance(0.4) else None)
    attempt(script, due, at, "call", "reached", by=by, content=content, note=note)


def unanswered(script: Script, due: Due, at: str, tries: int, days: int = 1) -> str:
    """Nobody answers, at least so often and on so many days; returns when to try again."""
    seen: list[str] = []
    while len(seen) < tries or len(set(seen)) < days:
        if attempt(script, due, at, "call", "no_answer"):
            message(script, due, later(at, seconds=50), "missed_call")
        seen.append(day_start(at, TIMEZONE))
        at = script.after(next_window(at, DEFAULT_CALL_WINDOWS, TIMEZONE), 1, 40)
    return at


def call_back(script: Script, due: Due, at: str, callback_at: str) -> None:
    if attempt(script, due, at, "call", "asked_callback", callback_at=callback_at):
        reached(script, due, script.after(callback_at, 0, 15))


def hand_on(script: Script, due: Due, at: str) -> None:
    """A question for the consultant, who answers it within the afternoon."""
    reached(script, due, at)
    asked_at = script.after(at, 2, 3)
    if asked_at < script.now:
        question = _child(script, due, asked_at, due.guest.owner)
        script.act(
            asked_at, due.by, "followup.hand_on", id=question.id, followup_id=due.id,
            assignee_id=question.by, question=script.draw.choice(QUESTIONS),
        )  # fmt: skip
        reached(script, question, script.after(asked_at, 30, 150))


def escalate(script: Script, due: Due, at: str, answered: bool) -> None:
    """A severe reaction goes to the doctor who treated; `answered`: who has seen to it since."""
    if due.treated is None:
        raise ValueError("only what follows a treatment is escalated")
    reason = script.draw.choice(SEVERE_NOTES)
    severe = {"reaction": "severe", "reaction_note": reason, "mood": "anxious"}
    if not attempt(script, due, at, "call", "reached", content=severe):
        return
    told_at = later(at, seconds=90)
    urgent = _child(script, due, told_at, due.treated.doctor)
    script.act(
        told_at, due.by, "followup.escalate", id=urgent.id, followup_id=due.id, reason=reason,
        doctor_id=urgent.by,
    )  # fmt: skip
    if answered:
        reached(script, urgent, script.after(told_at, 10, 80), note=script.draw.choice(DOCTOR_NOTES))


def wrong_number(script: Script, due: Due, at: str) -> None:
    """The owner is asked for the right number, finds it and calls again."""
    id = attempt(script, due, at, "call", "wrong_number")
    found_at = script.after(at, 60, 200)
    if not id or found_at >= script.now:
        return
    guest = due.guest
    number = str(int(guest.phone) + 5_000)
    script.act(
        found_at, guest.owner, "customer.update", id=guest.id, set={"phones": [number]},
        seen={"phones": [guest.phone]},
    )  # fmt: skip
    guest.phone = number
    corrected = _child(script, due, at, guest.owner)
    corrected.id = str(uuid5(UUID(id), "correct_phone"))
    attempt(script, corrected, later(found_at, seconds=30), "record", "recorded")
    reached(script, due, script.after(found_at, 5, 30))


def attempt(
    script: Script, due: Due, at: str, channel: str, outcome: str, by: str | None = None, **said: Any
) -> str | None:
    """Record a try; its id, or None because that moment has not come."""
    if at >= script.now:
        return None
    id = script.new_id(at)
    script.act(
        at, by or due.by, "followup.attempt", id=id, followup_id=due.id, channel=channel, outcome=outcome,
        started_at=later(at, seconds=-script.draw.randint(30, 240)) if channel == "call" else None, **said,
    )  # fmt: skip
    return id


def message(script: Script, due: Due, at: str, template: str) -> None:
    if at >= script.now:
        return
    guest = due.guest
    body = DEFAULT_TEMPLATES[template]["zh"].format(
        surname=surname_of(guest.name),
        form=form_of(guest.gender),
        clinic=CLINIC_NAME,
        staff=next(name for login, name, _ in STAFF if script.staff[login] == due.by),
        phone=CLINIC_PHONE,
        treatment=due.treated.name if due.treated else "",
    )
    script.act(
        at, due.by, "message.sent", id=script.new_id(at), customer_id=guest.id, followup_id=due.id,
        template=template, body=body, channel="sms",
    )  # fmt: skip


def _child(script: Script, due: Due, at: str, by: str) -> Due:
    """What an act on a follow-up opens for somebody else, due the same day."""
    end = end_of_day(at, TIMEZONE)
    return Due(script.new_id(at), due.guest, by, ["call"], at, end, at, False, due.treated)
