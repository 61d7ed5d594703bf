"""Reminders: who is told of what, when, and only once."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clinic.planning import DEFAULT_CALL_WINDOWS
from server.instants import instant
from server.notify import reminders
from server.notify.moments import day_moments, is_quiet, warned_at
from tests.rigs.client import uuid7

HERE = ZoneInfo("Asia/Shanghai")


def at(clock, days=0):
    """That time in the clinic, of the day the test runs on or `days` later."""
    hours, minutes = map(int, clock.split(":"))
    day = datetime.now(HERE) + timedelta(days=days)
    return day.replace(hour=hours, minute=minutes, second=0, microsecond=0)


@pytest.fixture
def owe(clinic, scene):
    """owe(due): a follow-up of the customer service, due then; its id."""
    customer = scene.customer()

    def owe(due, channels=("call", "text"), begins=None, **receiver):
        begins = begins or due - timedelta(hours=3)
        return scene.perform(
            "followup.create",
            {
                "id": uuid7(), "customer_id": customer, "kind": "check", "channels": list(channels),
                "due_from": instant(begins), "due_at": instant(due), "purpose": "了解恢复情况",
                **(receiver or {"role": "customer_service"}),
            },
        )  # fmt: skip

    return owe


def remind(clinic, now):
    with clinic.app.app_context():
        reminders.remind(now.astimezone(UTC))


def told(phone, *kinds):
    """Titles of the phone's notices, of these kinds."""
    phone.pull()
    rows = [row for row in phone.rows("notice").values() if not kinds or row["kind"] in kinds]
    return sorted(row["title"]["zh"] for row in rows)


def test_a_quarter_of_an_hour_before_a_deadline_those_responsible_are_told_once(clinic, owe):
    service, second, nurse = (
        clinic.phone("customer_service"), clinic.phone("customer_service", 2), clinic.phone("nurse")
    )  # fmt: skip
    followup = owe(at("15:00", 1))
    remind(clinic, at("14:44", 1))
    assert told(service, "deadline") == []
    for minute in ("14:45", "14:46", "14:59"):
        remind(clinic, at(minute, 1))
    assert told(service, "deadline") == told(second, "deadline") == ["王顾客：快到期了"]
    assert told(nurse) == []
    [notice] = [row for row in service.rows("notice").values() if row["kind"] == "deadline"]
    assert notice["target"] == f"/followups/{followup}"


def test_the_end_of_a_day_is_told_before_the_last_window_closes(clinic, owe):
    service = clinic.phone("customer_service")
    owe(at("23:59", 1).replace(second=59))
    remind(clinic, at("20:14", 1))
    assert told(service, "deadline") == []
    remind(clinic, at("20:15", 1))
    assert told(service, "deadline") == ["王顾客：快到期了"]


def test_who_has_it_is_told_alone(clinic, owe):
    consultant, other = clinic.phone("consultant"), clinic.phone("consultant", 2)
    owe(at("15:00", 1), assignee_id=consultant.staff["id"])
    remind(clinic, at("14:50", 1))
    assert told(consultant, "deadline") == ["王顾客：快到期了"]
    assert told(other) == []


def test_whoever_acts_first_clears_it_for_the_others(clinic, owe):
    service, second = clinic.phone("customer_service"), clinic.phone("customer_service", 2)
    followup = owe(at("15:00", 1))
    remind(clinic, at("14:50", 1))
    assert told(second, "deadline")
    attempt = {
        "id": uuid7(), "followup_id": followup, "channel": "call", "outcome": "reached", "content": {}
    }  # fmt: skip
    assert service.do("followup.attempt", attempt)["error"] is None
    assert told(second, "deadline") == []


def test_in_the_morning_everybody_hears_what_the_day_holds(clinic, owe):
    service, nurse = clinic.phone("customer_service"), clinic.phone("nurse")
    owe(at("15:00", 1))
    owe(at("16:00", 1))
    owe(at("08:00", 1), begins=at("08:00"))
    owe(at("15:00", 3), begins=at("10:00", 3))
    remind(clinic, at("08:44", 1))
    assert told(service) == []
    remind(clinic, at("08:45", 1))
    remind(clinic, at("09:30", 1))
    assert told(service) == ["今日回访 2 个，逾期 1 个"]
    assert told(nurse) == []


def test_a_window_that_opens_is_told_to_who_has_calls(clinic, owe):
    service, nurse = clinic.phone("customer_service"), clinic.phone("nurse")
    owe(at("17:00", 1))
    owe(at("17:00", 1), channels=("text",), role="nurse")
    for minute in ("14:30", "14:31", "17:29"):
        remind(clinic, at(minute, 1))
    assert told(service, "window") == ["可以致电了：还有 1 个"]
    assert told(nurse, "window") == []


def test_a_night_is_quiet_but_for_what_a_doctor_has_left_alone(clinic, scene, owe):
    doctor, lead, service = clinic.phone("doctor"), clinic.phone("cs_lead"), clinic.phone("customer_service")
    followup = owe(at("22:30", 1))
    remind(clinic, at("22:20", 1))
    assert told(service, "deadline") == []
    scene.perform("followup.escalate", {"id": uuid7(), "followup_id": followup, "reason": "红肿"})
    now = datetime.now(UTC)
    remind(clinic, now + timedelta(minutes=119))
    assert told(lead, "unattended") == []
    remind(clinic, now + timedelta(minutes=121))
    remind(clinic, now + timedelta(minutes=122))
    words = ["王顾客：上报两小时，医生还未处理"]
    assert told(doctor, "unattended") == told(lead, "unattended") == words


def test_a_worker_killed_in_the_middle_has_told_all_or_nothing(clinic, owe):
    service, second = clinic.phone("customer_service"), clinic.phone("customer_service", 2)
    owe(at("15:00", 1))

    class Killed(BaseException):
        pass

    def dies(*_args):
        raise Killed

    with patch.object(reminders.Transaction, "flush", dies), pytest.raises(Killed):
        remind(clinic, at("14:50", 1))
    assert told(service, "deadline") == []
    remind(clinic, at("14:51", 1))
    assert len(told(service, "deadline")) == len(told(second, "deadline")) == 1


def test_two_workers_that_look_at_the_same_moment_tell_it_once(clinic, owe):
    service = clinic.phone("customer_service")
    owe(at("15:00", 1))
    with clinic.app.app_context():
        seen = reminders.plan(at("14:50", 1).astimezone(UTC))
    with patch.object(reminders, "plan", lambda _now: seen):
        remind(clinic, at("14:50", 1))
        assert told(service, "deadline") == ["王顾客：快到期了"]
        [id] = [id for id, row in service.rows("notice").items() if row["kind"] == "deadline"]
        service.do("notice.read", {"id": id})
        remind(clinic, at("14:50", 1))
    service.pull()
    assert service.rows("notice")[id]["read_at"]


def test_on_a_closed_day_nobody_is_told_to_call(clinic, owe):
    service, admin = clinic.phone("customer_service"), clinic.phone("clinic_admin")
    owe(at("17:00", 1))
    day = at("12:00", 1).date().isoformat()
    assert admin.do("clinic.set_holidays", {"add": [day], "remove": []})["error"] is None
    remind(clinic, at("14:31", 1))
    assert told(service, "window") == []


def test_another_clinic_hears_nothing(clinic, outsider, owe):
    owe(at("15:00", 1))
    remind(clinic, at("14:50", 1))
    assert told(outsider) == []


def test_old_notices_go_and_their_reasons_do_not_come_back(clinic, owe):
    service = clinic.phone("customer_service")
    owe(at("15:00", 1))
    remind(clinic, at("14:50", 1))
    assert told(service, "deadline")
    with clinic.app.app_context(), reminders.write() as connection:
        reminders.forget_old(connection, clinic.id, datetime.now(UTC) + timedelta(days=33))
    assert told(service) == []
    remind(clinic, at("14:52", 1))
    assert told(service, "deadline") == []


clocks = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=HERE) + timedelta(minutes=minutes)
)


@given(due=clocks)
def test_a_warning_comes_before_its_deadline_on_the_same_day(due):
    warned = warned_at(due, DEFAULT_CALL_WINDOWS)
    assert warned < due
    assert due - warned <= timedelta(hours=4)


@given(now=clocks)
def test_nobody_is_told_of_the_day_in_the_night(now):
    if is_quiet(now):
        assert list(day_moments(now, DEFAULT_CALL_WINDOWS)) == []
