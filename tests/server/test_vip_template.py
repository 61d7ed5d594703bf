"""The clinic edits its journey: what a version must keep, whose it is, and what the salon sees of it."""

from datetime import UTC, datetime

import pytest

from server.clinic.vip import template, templates
from server.clinic.vip.steps import VipStep, step_id
from server.clinic.vip.templates import VipTemplate
from server.database import write
from tests.rigs.client import uuid7

ARRIVAL = "2026-12-01T02:00:00.000Z"


@pytest.fixture
def admin(clinic):
    return clinic.phone("clinic_admin")


def step(stage, code, owner_role="customer_service", **more):
    return {
        "stage": stage, "code": code, "owner_role": owner_role, "title": {"zh": code, "en": code},
        "lead": None, "mandatory": True, "gate": None, **more,
    }  # fmt: skip


def with_step(steps, *added):
    """In their stages, at the end."""
    stages = list(template.STAGES)
    return sorted([*steps, *added], key=lambda one: stages.index(one["stage"]))


def saved(phone, stages=None, steps=None, seen=1):
    """The code of the refusal, or applied; and what of it was wrong."""
    usual = template.usual()
    args = {"seen_version": seen, "stages": stages or usual[0], "steps": steps or usual[1]}
    error = phone.do("clinic.set_vip_template", args)["error"]
    return (error["code"], sorted(error.get("fields") or ())) if error else ("applied", [])


def changed(step_code, **changes):
    return [{**one, **changes} if one["code"] == step_code else one for one in template.usual()[1]]


def without(*codes):
    return [one for one in template.usual()[1] if one["code"] not in codes]


def steps_of(phone, case):
    phone.pull()
    rows = [row for row in phone.rows("vip_step").values() if row["case_id"] == case]
    return {row["code"]: row for row in sorted(rows, key=lambda row: row["position"])}


def test_every_phone_holds_the_journey_from_the_start(clinic):
    phone = clinic.phone("partner_consultant")
    phone.pull()
    [usual] = phone.rows("vip_template").values()
    stages, steps = template.usual()
    assert (usual["version"], usual["stages"], usual["steps"]) == (1, stages, steps)


def test_a_clinic_older_than_journeys_has_one_in_the_morning(clinic, scene, admin):
    with scene.transaction() as tx:
        for row in tx.find(VipTemplate):
            tx.delete(VipTemplate, row["id"])
    admin.pull()
    assert admin.rows("vip_template") == {}
    for _ in range(2):
        with clinic.app.app_context(), write() as connection:
            templates.see_to_one(connection, clinic.id, datetime.now(UTC))
    admin.pull()
    assert [row["version"] for row in admin.rows("vip_template").values()] == [1]
    assert saved(admin) == ("applied", [])


def test_a_case_keeps_the_version_it_was_opened_under(clinic, scene, admin):
    service, salon = clinic.phone("customer_service"), scene.partner_of(None)
    running = scene.vip_case(scene.customer(), salon, "approve", "confirm", arrival_at=ARRIVAL)
    opened = scene.vip_case(scene.customer(), salon, arrival_at=ARRIVAL)
    steps = with_step(
        [one for one in changed("in_place", lead={"minutes": -60}) if one["code"] != "floors"],
        step("farewell", "photo_album", "consult_assistant", lead={"days": 2, "at": "10:00"}),
    )
    assert saved(admin, steps=steps) == ("applied", [])
    later = scene.vip_case(scene.customer(), salon, "approve", "confirm", arrival_at=ARRIVAL)
    scene.perform("vip.review", {"case_id": opened, "decision": "approve"})
    scene.perform("vip.confirm", {"case_id": opened, "decision": "confirm"})
    usual = [one.code for one in template.STEPS]
    for case in (running, opened):
        assert list(steps_of(service, case)) == usual
        assert steps_of(service, case)["in_place"]["due_at"] == "2026-12-01T01:30:00.000Z"
    new = steps_of(service, later)
    assert list(new) == [code for code in [*usual, "photo_album"] if code != "floors"]
    assert new["in_place"]["due_at"] == "2026-12-01T01:00:00.000Z"
    assert new["photo_album"]["due_at"] == "2026-12-03T02:00:00.000Z"
    versions = {row["id"]: row["template_version"] for row in service.rows("vip_case").values()}
    assert versions == {running: 1, opened: 1, later: 2}


def test_a_stage_of_the_clinics_own_is_gone_through_and_is_the_last(clinic, scene, admin):
    service = clinic.phone("customer_service")
    stages, steps = template.usual()
    stages.append({"code": "anniversary", "title": {"zh": "周年", "en": "Anniversary"}})
    assert saved(admin, stages, [*steps, step("anniversary", "card")]) == ("applied", [])
    case = scene.vip_case(scene.customer(), scene.partner_of(None), "approve", "confirm")
    with scene.transaction() as tx:
        for row in tx.find(VipStep, case_id=case):
            if row["code"] != "card":
                tx.update(VipStep, row["id"], state="done")
    tick = {"id": uuid7(), "step_id": step_id(case, "card"), "state": "doing", "seen_state": "todo"}
    assert service.do("vip.step", tick)["error"] is None
    service.pull()
    assert service.rows("vip_case")[case]["stage"] == "anniversary"


def test_a_gate_of_the_clinics_own_is_passed_by_a_lead_only(clinic, scene, admin):
    service, lead = clinic.phone("customer_service"), clinic.phone("cs_lead")
    steps = with_step(template.usual()[1], step("arrival", "welcome_fee", gate="clinic"))
    assert saved(admin, steps=steps) == ("applied", [])
    case = scene.vip_case(scene.customer(), scene.partner_of(None), "approve", "confirm")
    skipped = {
        "step_id": step_id(case, "welcome_fee"), "state": "skipped", "seen_state": "todo", "reason": "免"
    }  # fmt: skip
    assert service.do("vip.step", {"id": uuid7(), **skipped})["error"]["code"] == "gate"
    assert lead.do("vip.step", {"id": uuid7(), **skipped})["error"] is None


def test_what_the_clinic_adds_does_not_widen_what_the_salon_sees(clinic, scene, admin):
    partner = clinic.phone("partner_consultant")
    salon = scene.partner_of(partner.staff["id"])
    moved = [{**one, "stage": "plan"} if one["code"] == "skin_test" else one for one in template.usual()[1]]
    steps = with_step(
        moved, step("plan", "liver_values", "nurse"), step("plan", "gift", "channel_dev"),
        step("ward", "slippers", "channel_dev"),
    )  # fmt: skip
    assert saved(admin, steps=steps) == ("applied", [])
    case = scene.vip_case(scene.customer(), salon, "approve", "confirm")
    partner.pull()
    rows = partner.rows("vip_step_early").values()
    assert {row["code"] for row in rows if row["case_id"] == case} == {*template.EARLY, "gift"}


SCREENING_LAST = sorted(template.usual()[0], key=lambda stage: stage["code"] == "screening")
EMPTY_STAGE = [*template.usual()[0], {"code": "empty", "title": {"zh": "空", "en": "Empty"}}]


@pytest.mark.parametrize(
    ("stages", "steps"),
    [
        (SCREENING_LAST, None), (EMPTY_STAGE, None), ([*template.usual()[0]] * 2, None),
        (None, without("consents")), (None, without("confirmation")), (None, without("form")),
        (None, changed("payment", gate=None)), (None, changed("payment", mandatory=False)),
        (None, changed("payment", stage="screening")), (None, changed("review", stage="plan")),
        (None, changed("tour", gate="consent")), (None, changed("tour", owner_role="partner_consultant")),
        (None, changed("tour", lead={"minutes": 5, "days": 1})),
        (None, changed("tour", lead={"at": "09:00"})),
        (None, changed("tour", code="greeting")), (None, changed("tour", code="No Code")),
        (None, changed("tour", title={"zh": "", "en": "Tour"})), (None, template.usual()[1][::-1]),
    ],
)  # fmt: skip
def test_a_journey_that_does_not_hold_together_is_refused(admin, stages, steps):
    assert saved(admin, stages, steps)[0] == "validation"


def test_two_who_edit_at_once_do_not_overwrite_each_other(admin):
    assert saved(admin, steps=without("floors")) == ("applied", [])
    assert saved(admin, steps=without("lights_off")) == ("conflict", [])
    assert saved(admin, steps=without("lights_off"), seen=2) == ("applied", [])
