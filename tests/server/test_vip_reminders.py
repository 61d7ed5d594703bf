"""Reminders of VIP steps: who hears what, when, and once."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from server.clinic.vip.steps import VipStep, step_id
from server.instants import instant
from server.notify import reminders
from tests.rigs.client import uuid7

ARRIVAL = (datetime.now(UTC) + timedelta(days=4)).replace(hour=2, minute=0, second=0, microsecond=0)


def before(**span):
    """The minute before which so much is left until the arrival."""
    return ARRIVAL - timedelta(**span)


@pytest.fixture
def vip(clinic, scene):
    """A confirmed case, arriving at ARRIVAL."""
    case = scene.vip_case(
        scene.customer(), scene.partner_of(None), "approve", "confirm", arrival_at=instant(ARRIVAL)
    )
    return SimpleNamespace(case=case, step=lambda code: step_id(case, code))


def remind(clinic, now):
    with clinic.app.app_context():
        reminders.remind(now)


def heard(phone, kind, *codes, of):
    """Of these steps, those that the phone has been told of."""
    phone.pull()
    targets = [row["target"] for row in phone.rows("notice").values() if row["kind"] == kind]
    assert all(target.startswith(f"/vip/{of.case}?step=") for target in targets)
    return sorted(code for code in codes if f"/vip/{of.case}?step={of.step(code)}" in targets)


def done(vip, code):
    return {"id": uuid7(), "step_id": vip.step(code), "state": "done", "seen_state": "todo"}


def test_who_does_a_step_is_told_a_quarter_of_an_hour_before_it_once(clinic, scene, vip):
    office, named, nurse = clinic.phone("admin_office"), clinic.phone("nurse"), clinic.phone("nurse", 2)
    team = {"case_id": vip.case, "role": "nurse", "staff_id": named.staff["id"]}
    scene.perform("vip.assign", team)
    remind(clinic, before(minutes=46))
    assert heard(office, "vip_soon", "lights", of=vip) == heard(named, "vip_soon", "room", of=vip) == []
    for minutes in (45, 44, 31):
        remind(clinic, before(minutes=minutes))
    assert heard(office, "vip_soon", "lights", "room", of=vip) == ["lights"]
    assert heard(named, "vip_soon", "lights", "room", of=vip) == ["room"]
    assert heard(nurse, "vip_soon", "room", of=vip) == []
    assert [row["kind"] for row in named.rows("notice").values()].count("vip_soon") == 1


def test_where_nobody_is_named_the_coordinator_hears_of_it(clinic, scene, vip):
    service, second = clinic.phone("customer_service"), clinic.phone("customer_service", 2)
    team = {"case_id": vip.case, "role": "customer_service", "staff_id": service.staff["id"]}
    scene.perform("vip.assign", team)
    remind(clinic, before(minutes=45))
    assert heard(service, "vip_soon", "room", of=vip) == ["room"]
    assert heard(second, "vip_soon", "room", "in_place", of=vip) == []


def test_for_who_has_left_the_coordinator_is_told(clinic, scene, vip):
    service, nurse = clinic.phone("customer_service"), clinic.person("nurse")
    scene.perform("vip.assign", {"case_id": vip.case, "role": "nurse", "staff_id": nurse})
    scene.perform("staff.update", {"id": nurse, "active": False})
    remind(clinic, before(minutes=45))
    assert heard(service, "vip_soon", "room", of=vip) == ["room"]


def test_the_coordinator_hears_of_mandatory_steps_that_are_late(clinic, scene, vip):
    service, office = clinic.phone("customer_service"), clinic.phone("admin_office")
    with scene.transaction() as tx:
        tx.update(VipStep, vip.step("welcome"), mandatory=False)
    for minutes in (30, 29):
        remind(clinic, before(minutes=minutes))
    assert heard(service, "vip_late", "lights", "room", "welcome", of=vip) == ["lights", "room"]
    assert heard(office, "vip_late", "lights", of=vip) == []


def test_a_step_that_is_done_is_reminded_of_no_more(clinic, vip):
    office, service = clinic.phone("admin_office"), clinic.phone("customer_service")
    second = clinic.phone("customer_service", 2)
    assert office.do("vip.step", done(vip, "lights"))["error"] is None
    remind(clinic, before(minutes=40))
    remind(clinic, before(minutes=29))
    assert heard(office, "vip_soon", "lights", of=vip) == []
    assert heard(second, "vip_late", "lights", "in_place", of=vip) == ["in_place"]
    assert service.do("vip.step", done(vip, "in_place"))["error"] is None
    assert heard(second, "vip_late", "in_place", of=vip) == []


def test_an_arrival_that_moves_takes_its_reminders_along(clinic, vip):
    office, service = clinic.phone("admin_office"), clinic.phone("customer_service")
    remind(clinic, before(minutes=45))
    assert heard(office, "vip_soon", "lights", of=vip) == ["lights"]
    moved = {"case_id": vip.case, "arrival_at": instant(ARRIVAL + timedelta(hours=3))}
    assert service.do("vip.arrival", moved)["error"] is None
    assert heard(office, "vip_soon", "lights", of=vip) == []
    remind(clinic, before(minutes=20))
    assert heard(office, "vip_soon", "lights", of=vip) == heard(service, "vip_late", "lights", of=vip) == []
    remind(clinic, before(minutes=45) + timedelta(hours=3))
    assert heard(office, "vip_soon", "lights", of=vip) == ["lights"]


def test_nobody_is_reminded_of_a_case_that_is_over(clinic, scene, vip, outsider):
    office, lead = clinic.phone("admin_office"), clinic.phone("cs_lead")
    remind(clinic, before(hours=1, minutes=15))
    assert heard(office, "vip_soon", "welcome", of=vip) == ["welcome"]
    over = {"case_id": vip.case, "review": {"reason": "顾客放弃"}}
    assert lead.do("vip.close", over)["error"] is None
    for phone in (office, outsider):
        remind(clinic, before(minutes=45))
        assert heard(phone, "vip_soon", "lights", "welcome", of=vip) == []
