"""What leaves the app about VIP cases, and the report by month: who gets it, what is on it."""

import io
import json
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlalchemy import select

from server.clinic.vip import paper
from server.clinic.vip.steps import step_id
from server.errors import Validation
from server.sync.tables import MutationLog
from tests.rigs.client import uuid7
from tests.server.role_table import COORDINATE, LEADS, ROLES
from tests.server.scene import Scene

ARRIVAL = "2026-03-31T17:00:00.000Z"
"""The first of April in the clinic."""
PROPOSE = {"all": f"{COORDINATE} consult_lead", "own": "consultant doctor channel_dev partner_consultant"}
REPORT = {"all": f"{COORDINATE} consult_lead", "own": "channel_dev"}


@pytest.fixture
def vip(clinic, scene):
    """A case of a salon that has come, with plan A accepted, plan B released and plan C not yet approved."""
    partner = scene.partner_of(clinic.person("partner_consultant"))
    case = scene.vip_case(scene.customer(), partner, "approve", "confirm", arrival_at=ARRIVAL)
    plans = {}
    for label in "ABC":
        plan = {
            "case_id": case, "label": label, "procedures": ["线雕"], "price": 1_280_000, "risks": "肿胀",
        }  # fmt: skip
        plans[label] = scene.perform("vip.plan.write", {"id": uuid7(), **plan})
    for label in "AB":
        scene.perform("vip.plan.approve", {"id": plans[label]})
    scene.perform("vip.plan.release", {"id": plans["A"]})
    scene.perform("vip.plan.answer", {"id": plans["A"], "answer": "accepted"})
    return SimpleNamespace(case=case, partner=partner, plans=plans)


def joins(scene, vip, role, staff_id):
    scene.perform("vip.assign", {"case_id": vip.case, "role": role, "staff_id": staff_id})


def proposal(phone, *plan_ids, **more):
    said = {"plan_ids": list(plan_ids), "format": "png", "language": "zh"}
    return phone.call("POST", "/api/vip/proposals", said | more)


def case_report(phone, case, **more):
    said = {"case_id": case, "format": "png", "language": "en"}
    return phone.call("POST", "/api/vip/case-reports", said | more)


def month_report(phone, span="from=2026-04-01&to=2026-04-30"):
    return phone.call("GET", f"/api/reports/vip?{span}")


def printed(clinic):
    with Scene(clinic).connection() as connection:
        entries = connection.scalars(
            select(MutationLog.args)
            .where(MutationLog.clinic_id == clinic.id, MutationLog.name == "vip.printed")
            .order_by(MutationLog.n)
        )
        return [json.loads(entry) for entry in entries]


def test_a_proposal_is_one_page_and_in_the_audit_trail(clinic, vip):
    service = clinic.phone("customer_service")
    reply = proposal(service, vip.plans["A"], vip.plans["B"])
    assert reply.status == 200
    assert Image.open(io.BytesIO(reply.body)).size == paper.PAGE_PX
    assert proposal(service, vip.plans["A"], format="pdf", language="en").body.startswith(b"%PDF")
    first, second = printed(clinic)
    assert first == {
        "case_id": vip.case, "plan_ids": [vip.plans["A"], vip.plans["B"]], "what": "proposal",
        "format": "png", "staff_id": service.staff["id"],
    }  # fmt: skip
    assert second["format"] == "pdf"


def test_a_proposal_holds_approved_plans_of_one_case(clinic, scene, vip):
    service = clinic.phone("customer_service")
    assert proposal(service, vip.plans["A"], vip.plans["C"]).status == 409
    assert proposal(service, vip.plans["A"], uuid7()).status == 404
    other = scene.vip_case(scene.customer(), vip.partner, "approve", "confirm")
    plan = {"case_id": other, "label": "A", "procedures": ["线雕"], "price": 1, "risks": "-"}
    another = scene.perform("vip.plan.write", {"id": uuid7(), **plan})
    scene.perform("vip.plan.approve", {"id": another})
    assert proposal(service, vip.plans["A"], another).status == 422
    assert printed(clinic) == []


def test_the_salon_takes_out_what_has_been_released_to_it(clinic, scene, vip):
    partner = clinic.phone("partner_consultant")
    assert proposal(partner, vip.plans["A"]).status == 200
    assert proposal(partner, vip.plans["A"], vip.plans["B"]).status == 404
    scene.perform("staff.update", {"id": partner.staff["id"], "partner_id": scene.partner_of(None)})
    assert proposal(partner, vip.plans["A"]).status == 403


@pytest.mark.parametrize("role", ROLES)
def test_pages_about_a_case_are_for_those_who_look_after_it(clinic, scene, vip, role):
    phone = clinic.phone(role)
    if role == "partner_consultant":
        scene.perform("staff.update", {"id": phone.staff["id"], "partner_id": None})
    everywhere = [200 if role in table["all"].split() else 403 for table in (PROPOSE, REPORT)]
    assert [proposal(phone, vip.plans["A"]).status, case_report(phone, vip.case).status] == everywhere
    if role == "partner_consultant":
        scene.perform("staff.update", {"id": phone.staff["id"], "partner_id": vip.partner})
    else:
        joins(scene, vip, role, phone.staff["id"])
    own = [200 if role in " ".join(table.values()).split() else 403 for table in (PROPOSE, REPORT)]
    assert [proposal(phone, vip.plans["A"]).status, case_report(phone, vip.case).status] == own
    reads = role in f"{LEADS} ops_director clinic_admin".split()
    assert month_report(phone).status == (200 if reads else 403)


def test_another_clinic_finds_nothing(vip, outsider):
    assert proposal(outsider, vip.plans["A"]).status == 404
    assert case_report(outsider, vip.case).status == 404


def test_what_does_not_go_on_a_page_is_refused_and_not_cut_off():
    long = paper.Page("", "", [[paper.Line("风险" * 3000)]], "")
    with pytest.raises(Validation):
        paper.png(long)
    assert paper.png(paper.Page("", "", [[paper.Line("风险" * 600)]], ""))


def test_a_month_tells_how_its_cases_went(clinic, scene, vip):
    lead, developer = clinic.phone("cs_lead"), clinic.person("channel_dev")
    joins(scene, vip, "channel_dev", developer)
    ticks = {"welcome": "2026-03-31T15:59:00.000Z", "lights": "2026-03-31T16:31:00.000Z"}
    for code, at in ticks.items():
        tick = {"id": uuid7(), "step_id": step_id(vip.case, code), "state": "done", "seen_state": "todo"}
        scene.perform("vip.step", tick, at=at)
    told = month_report(lead).json
    [case] = told["cases"]
    stages = {stage["stage"]: stage for stage in case["stages"]}
    assert list(stages)[:2] == ["screening", "plan"]
    assert (stages["arrangements"]["in_time"], stages["arrangements"]["late"]) == (1, 7)
    assert (stages["arrival"]["in_time"], stages["arrival"]["late"]) == (0, 2)
    assert (case["decision"], case["amount"]) == (["A"], 1_280_000)
    [month] = told["months"]
    assert (month["month"], month["partner_id"], month["channel_dev_id"]) == (
        "2026-04", vip.partner, developer,
    )  # fmt: skip
    assert (month["cases"], month["closed"], month["accepted"], month["amount"]) == (1, 0, 1, 1_280_000)
    assert (month["in_time"], month["late"]) == (case["in_time"], case["late"])
    assert month_report(lead, "from=2026-03-01&to=2026-03-31").json["cases"] == []
    assert month_report(lead, "from=2026-04-01&to=2026-03-01").status == 422


def test_the_amount_that_the_team_says_was_paid_counts(clinic, scene, vip):
    lead = clinic.phone("cs_lead")
    ended = {"case_id": vip.case, "review": {"amount": 900_000, "reason": "顾客改期"}}
    assert lead.do("vip.close", ended)["error"] is None
    [case] = month_report(lead).json["cases"]
    assert (case["status"], case["amount"]) == ("closed", 900_000)
