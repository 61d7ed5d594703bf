"""The lead's report: what is counted where, for whom, and who may ask."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from server.clinic.reports import Span
from tests.rigs.client import uuid7
from tests.server.role_table import ROLES

HERE = ZoneInfo("Asia/Shanghai")
MAY_ASK = {"consult_lead", "cs_lead", "ops_director", "clinic_admin"}
COUNTS = ("due", "in_time", "late", "unreachable", "overdue", "escalated", "attempts", "effective")


def at(text):
    """ "2026-03-02 14:00" of the clinic's clocks."""
    moment = datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def owed(scene):
    """owed("2026-03-02 15:00"): a follow-up of the customer service, due then; its id."""
    customer = scene.customer()

    def owed(due, **more):
        return scene.followup(customer, due_from=at("2026-03-01 09:00"), due_at=at(due), **more)

    return owed


def attempt(scene, followup, when, by, outcome="reached", **more):
    args = {"id": uuid7(), "followup_id": followup, "channel": "call", "outcome": outcome, "content": {}}
    scene.perform("followup.attempt", {**args, **more}, at=at(when), by=by)


def asked(phone, first, last, step="day"):
    reply = phone.call("GET", f"/api/reports/followups?from={first}&to={last}&step={step}")
    assert reply.status == 200, reply.json
    return reply.json


def summed(told, **equal):
    rows = [row for row in told["rows"] if all(row[name] == value for name, value in equal.items())]
    return {name: total for name in COUNTS if (total := sum(row[name] for row in rows))}


@pytest.mark.parametrize("role", ROLES)
def test_leads_and_the_administrator_may_ask(clinic, role):
    reply = clinic.phone(role).call("GET", "/api/reports/followups?from=2026-03-01&to=2026-03-02")
    assert reply.status == (200 if role in MAY_ASK else 403)


def test_a_follow_up_counts_on_the_day_it_was_due_for_who_closed_it(clinic, scene, owed):
    lead, service = clinic.phone("cs_lead"), clinic.person("customer_service")
    second = clinic.person("customer_service", 2)
    attempt(scene, owed("2026-03-02 23:59"), "2026-03-02 11:00", service, content={"reaction": "none"})
    attempt(scene, owed("2026-03-02 00:00"), "2026-03-03 11:00", second)
    owed("2026-03-01 23:59")
    owed("2026-03-03 00:00")
    told = asked(lead, "2026-03-02", "2026-03-02")
    assert summed(told) == {"due": 2, "in_time": 1, "late": 1, "attempts": 1, "effective": 1}
    assert summed(told, staff_id=service) == {"due": 1, "in_time": 1, "attempts": 1, "effective": 1}
    assert summed(told, staff_id=second) == {"due": 1, "late": 1}
    whole = asked(lead, "2026-03-01", "2026-03-03")
    assert summed(whole, period="2026-03-01") == {"due": 1, "overdue": 1}
    assert summed(whole, period="2026-03-03") == {"due": 1, "overdue": 1, "attempts": 1}
    assert summed(whole, role="customer_service") == {"due": 2, "overdue": 2}


def test_reaching_somebody_without_a_word_on_record_is_not_effective(clinic, scene, owed):
    lead, service = clinic.phone("cs_lead"), clinic.person("customer_service")
    followup = owed("2026-03-02 15:00", channels=["call", "text", "record"])
    attempt(scene, followup, "2026-03-02 11:00", service, "no_answer")
    attempt(scene, followup, "2026-03-02 11:30", service)
    attempt(scene, followup, "2026-03-02 12:00", service, note="恢复很好")
    attempt(scene, followup, "2026-03-02 12:10", service, "recorded", channel="record", note="已补")
    told = asked(lead, "2026-03-02", "2026-03-02")
    assert summed(told) == {"due": 1, "in_time": 1, "attempts": 3, "effective": 1}


def test_what_is_cancelled_is_not_owed_and_what_is_unreachable_is_not_closed(clinic, scene, owed):
    lead, service = clinic.phone("cs_lead"), clinic.person("customer_service")
    gone = owed("2026-03-04 15:00")
    for when in ("2026-03-02 11:00", "2026-03-02 15:00", "2026-03-03 11:00"):
        attempt(scene, gone, when, service, "no_answer")
    void = scene.treatment(scene.customer(), at("2026-03-01 10:00"))
    scene.perform("treatment.void", {"id": void, "reason": "录错"})
    told = asked(lead, "2026-03-01", "2026-04-05", "month")
    assert summed(told) == {"due": 1, "unreachable": 1, "attempts": 3}


def test_the_median_is_of_the_doctors_first_attempts_and_of_nobody_elses(clinic, scene, owed):
    lead, service, doctor = (
        clinic.phone("cs_lead"), clinic.person("customer_service"), clinic.person("doctor")
    )  # fmt: skip

    def escalated(when):
        original, id = owed("2026-03-02 23:59"), uuid7()
        args = {"id": id, "followup_id": original, "reason": "红肿"}
        scene.perform("followup.escalate", args, at=at(when), by=service)
        return id

    for raised, came in (("10:00", "10:20"), ("11:00", "12:00"), ("13:00", "18:00")):
        escalation = escalated(f"2026-03-02 {raised}")
        attempt(scene, escalation, f"2026-03-02 {raised}", service, "no_answer")
        attempt(scene, escalation, f"2026-03-02 {came}", doctor)
        attempt(scene, escalation, "2026-03-02 20:00", doctor)
    escalated("2026-03-02 19:00")
    told = asked(lead, "2026-03-01", "2026-03-03")
    assert told["escalations"] == [
        {
            "period": "2026-03-02", "raised": 4, "attended": 3, "minutes": [20, 60, 300],
            "median_minutes": 60,
        }
    ]  # fmt: skip


def test_no_customer_and_nothing_of_another_clinic_appears(clinic, outsider, scene, owed, app, open_door):
    followup = owed("2026-03-02 15:00")
    attempt(scene, followup, "2026-03-02 11:00", clinic.person("customer_service"), note="恢复很好")
    reply = clinic.phone("cs_lead").call("GET", "/api/reports/followups?from=2026-03-01&to=2026-03-03")
    assert "恢复" not in str(reply.json)
    assert followup not in str(reply.json)
    other = type(clinic)(app, open_door).phone("cs_lead")
    assert asked(other, "2026-03-01", "2026-03-03")["rows"] == []


def test_weeks_begin_on_monday_and_months_on_the_first():
    assert Span(date(2026, 3, 4), date(2026, 3, 17), "week").periods() == [
        date(2026, 3, 4), date(2026, 3, 9), date(2026, 3, 16),
    ]  # fmt: skip
    assert Span(date(2026, 1, 31), date(2026, 3, 1), "month").periods() == [
        date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["from=2026-03-02&to=2026-03-01", "from=0001-01-01&to=0001-01-01",
     "from=2025-01-01&to=2026-03-01", "from=x&to=2026-03-01",
     "from=2026-03-01&to=2026-03-01&step=year"],
)  # fmt: skip
def test_a_span_that_makes_no_sense_is_refused(clinic, query):
    reply = clinic.phone("cs_lead").call("GET", f"/api/reports/followups?{query}")
    assert (reply.status, reply.json["code"]) == (422, "validation")
