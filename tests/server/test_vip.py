"""VIP cases: who decides, who sees them, which gates hold, when a step is due."""

import json
import random
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from server.clinic.vip import template
from server.clinic.vip.history import in_order, outcome, schedule
from server.clinic.vip.lead_times import due
from server.clinic.vip.steps import step_id
from tests.rigs.client import uuid7
from tests.server.scene import ago
from tests.server.targets import Targets, photo, photo_set

LEAD_TIMES = json.loads((Path(__file__).parents[1] / "vectors" / "lead_times.json").read_text())
ARRIVAL = "2026-12-01T02:00:00.000Z"


@pytest.fixture
def vip(clinic, scene):
    """A confirmed case of a salon, arriving at ARRIVAL."""
    partner = scene.partner_of(clinic.person("partner_consultant"))
    customer = scene.customer()
    case = scene.vip_case(customer, partner, "approve", "confirm", arrival_at=ARRIVAL)
    return SimpleNamespace(case=case, customer=customer, partner=partner)


def code_of(result):
    return (result["error"] or {"code": "applied"})["code"]


def step(case, code, state="done", seen="todo", **more):
    return {"id": uuid7(), "step_id": step_id(case, code), "state": state, "seen_state": seen, **more}


def assign(case, role, staff_id):
    return {"case_id": case, "role": role, "staff_id": staff_id}


def held(phone, table, case):
    phone.pull()
    return [row for row in phone.rows(table).values() if case in (row["id"], row.get("case_id"))]


def told(phone):
    phone.pull()
    return sorted(notice["kind"] for notice in phone.rows("notice").values())


@pytest.mark.parametrize("case", LEAD_TIMES, ids=lambda case: case["name"])
def test_a_step_is_due_at_its_lead_time(case):
    assert due(case["lead"], case["arrival_at"], case["timezone"]) == case["due_at"]


EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(("todo", "doing", "done", "skipped", "blocked"))),
    min_size=2, max_size=4,
).map(
    lambda drawn: [
        {
            "id": str(n), "mutation_id": str(n), "by": f"p{n}", "at": f"2026-12-01T02:0{minute}:00.000Z",
            "state": state, "seen_state": "todo",
        }
        for n, (minute, state) in enumerate(drawn)
    ]
)  # fmt: skip


@given(EVENTS)
@runs(max_examples=60, deadline=None, derandomize=True)
def test_events_in_any_order_come_to_one_state_and_all_are_kept(events):
    ends = []
    for arriving in permutations(events):
        history = []
        for event in arriving:
            history = in_order([*history, event])
        assert len(history) == len(events)
        ends.append((history, outcome(history)))
    assert all(end == ends[0] for end in ends)


def test_the_same_tick_twice_leaves_the_earlier_and_asks_nobody():
    both = [
        {"by": "a", "at": "2", "mutation_id": "a", "state": "done", "seen_state": "todo"},
        {"by": "b", "at": "1", "mutation_id": "b", "state": "done", "seen_state": "todo"},
    ]
    ended = outcome(in_order(both))
    assert ended == {"state": "done", "done_by": "b", "done_at": "1", "contested": None}


def test_different_states_leave_the_later_and_show_the_other_until_somebody_confirms():
    both = [
        {"by": "a", "at": "1", "mutation_id": "a", "state": "done", "seen_state": "todo"},
        {"by": "b", "at": "2", "mutation_id": "b", "state": "blocked", "seen_state": "todo"},
    ]
    ended = outcome(in_order(both))
    assert ended["state"] == "blocked"
    assert ended["contested"] == {"by": "a", "at": "1", "state": "done"}
    chosen = {"by": "c", "at": "3", "mutation_id": "c", "state": "done", "seen_state": "blocked"}
    ended = outcome(in_order([*both, chosen]))
    assert (ended["state"], ended["done_by"], ended["contested"]) == ("done", "c", None)


def test_what_a_move_leaves_open_stands_as_it_was():
    first = {"at": "1", "arrival_at": "x", "party_size": 2, "transport": None}
    second = {"at": "3", "arrival_at": "y", "party_size": None, "transport": {"flight": "CA1"}}
    now = schedule([first, second])
    assert now == {"arrival_at": "y", "party_size": 2, "transport": {"flight": "CA1"}}
    assert schedule([first, second], until="2")["arrival_at"] == "x"


def test_the_template_names_every_step_once_in_the_order_of_the_stages():
    codes = [one.code for one in template.STEPS]
    assert len(codes) == len(set(codes)) > 50
    stages = [template.STAGES.index(one.stage) for one in template.STEPS]
    assert stages == sorted(stages)
    assert set(stages) == set(range(10))


def test_from_the_form_to_the_confirmation(clinic, scene):
    developer, office, service = (
        clinic.phone(r) for r in ("channel_dev", "admin_office", "customer_service")
    )
    partner = scene.partner_of(None)
    customer = scene.customer(developer.staff["id"])
    opened = {"id": uuid7(), "customer_id": customer, "partner_id": partner, "screening": {"wishes": "年轻"}}
    assert code_of(developer.do("vip.open", opened)) == "applied"
    case = opened["id"]
    assert told(office) == ["vip_asked"]
    [form] = held(office, "vip_screening", case)
    assert form["wishes"] == "年轻"
    assert code_of(service.do("vip.confirm", {"case_id": case, "decision": "confirm"})) == "conflict"
    assert code_of(office.do("vip.review", {"case_id": case, "decision": "return"})) == "validation"
    returned = {"case_id": case, "decision": "return", "reason": "缺照片"}
    assert code_of(office.do("vip.review", returned)) == "applied"
    assert told(developer) == ["vip_decided"]
    better = {"case_id": case, "screening": {"wishes": "自然"}}
    assert code_of(developer.do("vip.resubmit", better)) == "applied"
    assert code_of(office.do("vip.review", {"case_id": case, "decision": "approve"})) == "applied"
    assert len(held(service, "vip_step", case)) == 4
    assert code_of(service.do("vip.confirm", {"case_id": case, "decision": "confirm"})) == "applied"
    [head] = held(developer, "vip_case", case)
    assert (head["status"], head["team"]) == ("confirmed", {"channel_dev": developer.staff["id"]})
    assert len(held(developer, "vip_step", case)) == len(template.STEPS)
    [form] = held(developer, "vip_screening", case)
    decided = [(one["by"], one["decision"]) for one in form["decisions"]]
    by_office = office.staff["id"]
    assert decided == [
        (by_office, "return"), (by_office, "approve"), (service.staff["id"], "confirm"),
    ]  # fmt: skip
    assert held(office, "vip_screening", case) == []
    assert held(office, "vip_case", case)


def test_who_joins_the_team_gets_its_rows_and_who_leaves_loses_them(clinic, vip):
    service, nurse = clinic.phone("customer_service"), clinic.phone("nurse")
    assert held(nurse, "vip_case", vip.case) == []
    assert code_of(service.do("vip.assign", assign(vip.case, "nurse", nurse.staff["id"]))) == "applied"
    assert len(held(nurse, "vip_step", vip.case)) == len(template.STEPS)
    assert "vip_assigned" in told(nurse)
    assert code_of(nurse.do("vip.step", step(vip.case, "room"))) == "applied"
    assert (
        code_of(service.do("vip.assign", assign(vip.case, "nurse", clinic.person("nurse", 2)))) == "applied"
    )
    for table in ("vip_case", "vip_step", "vip_screening"):
        assert held(nurse, table, vip.case) == []
    assert code_of(nurse.do("vip.step", step(vip.case, "gown"))) == "forbidden"
    nurse.pull()
    assert nurse.digest() == nurse.own_digest()


def test_nobody_is_named_for_a_role_they_do_not_hold(clinic, vip):
    service = clinic.phone("customer_service")
    wrong = assign(vip.case, "doctor", clinic.person("nurse"))
    assert code_of(service.do("vip.assign", wrong)) == "validation"


def test_the_partner_consultant_sees_the_narrow_view_of_the_own_salon_only(clinic, scene, vip):
    service, doctor = clinic.phone("customer_service"), clinic.phone("doctor")
    partner = clinic.phone("partner_consultant")
    other = scene.vip_case(scene.customer(), scene.partner_of(None), "approve", "confirm")
    scene.perform("vip.assign", assign(vip.case, "doctor", doctor.staff["id"]))
    plan = {
        "id": uuid7(), "case_id": vip.case, "label": "A", "procedures": ["线雕"], "price": 1_280_000,
        "risks": "肿胀",
    }  # fmt: skip
    assert code_of(doctor.do("vip.plan.write", plan)) == "applied"
    assert code_of(service.do("vip.plan.release", {"id": plan["id"]})) == "gate"
    assert code_of(doctor.do("vip.plan.approve", {"id": plan["id"]})) == "applied"
    assert held(partner, "vip_plan_released", vip.case) == []
    assert code_of(service.do("vip.plan.release", {"id": plan["id"]})) == "applied"
    assert code_of(service.do("vip.step", step(vip.case, "tell_ward", note="肝功能异常"))) == "applied"
    [shown] = held(partner, "vip_plan_released", vip.case)
    assert (shown["label"], shown["price"], shown["status"]) == ("A", 1_280_000, "released")
    accepted = {"id": plan["id"], "answer": "accepted", "note": "店主同意"}
    assert code_of(partner.do("vip.plan.answer", accepted)) == "applied"
    early = held(partner, "vip_step_early", vip.case)
    wanted = {one.code for one in template.STEPS if one.stage in template.STAGES[:3]} | {"touch_up"}
    assert {one["code"] for one in early} == wanted
    assert "肝功能" not in json.dumps(early, ensure_ascii=False)
    assert next(one for one in early if one["code"] == "answer")["state"] == "done"
    tables = {table for table, _ in partner.disk.rows}
    assert not tables & {"vip_case", "vip_step", "vip_plan", "vip_screening", "customer", "photo_set"}
    assert held(partner, "vip_case_brief", other) == []
    scene.perform("staff.update", {"id": partner.staff["id"], "partner_id": None})
    assert held(partner, "vip_case_brief", vip.case) == held(partner, "vip_step_early", vip.case) == []
    assert partner.rows("customer_brief") == {}


def test_gates_hold(clinic, scene, vip):
    service, lead = clinic.phone("customer_service"), clinic.phone("cs_lead")
    skipped = {"state": "skipped", "reason": "顾客改天付"}
    assert code_of(service.do("vip.step", step(vip.case, "answer"))) == "gate"
    assert code_of(service.do("vip.step", step(vip.case, "confirmation"))) == "gate"
    assert code_of(service.do("vip.step", step(vip.case, "payment", **skipped))) == "gate"
    assert code_of(lead.do("vip.step", step(vip.case, "payment", "skipped"))) == "validation"
    assert code_of(lead.do("vip.step", step(vip.case, "payment", **skipped))) == "applied"
    assert code_of(lead.do("vip.step", step(vip.case, "consents", **skipped))) == "gate"
    assert code_of(service.do("vip.close", {"case_id": vip.case, "review": {}})) == "gate"
    ended = {"case_id": vip.case, "review": {"reason": "顾客放弃"}}
    assert code_of(service.do("vip.close", ended)) == "gate"
    assert code_of(lead.do("vip.close", ended)) == "applied"
    [head] = held(lead, "vip_case", vip.case)
    assert (head["status"], head["stage"]) == ("closed", "screening")


def test_undoing_needs_a_reason_and_erases_nothing(clinic, vip):
    service = clinic.phone("customer_service")
    assert code_of(service.do("vip.step", step(vip.case, "greeting"))) == "applied"
    undo = step(vip.case, "greeting", "todo", "done")
    assert code_of(service.do("vip.step", undo)) == "validation"
    assert code_of(service.do("vip.step", {**undo, "reason": "点错"})) == "applied"
    [row] = [one for one in held(service, "vip_step", vip.case) if one["code"] == "greeting"]
    assert [one["state"] for one in row["history"]] == ["done", "todo"]
    assert (row["state"], row["done_by"], row["done_at"]) == ("todo", None, None)


def test_the_stage_moves_on_when_its_mandatory_steps_are_over(clinic, vip):
    service = clinic.phone("customer_service")
    assert held(service, "vip_case", vip.case)[0]["stage"] == "screening"
    assert code_of(service.do("vip.step", step(vip.case, "first_photos"))) == "applied"
    assert held(service, "vip_case", vip.case)[0]["stage"] == "plan"


def test_different_states_set_offline_are_shown_to_the_coordinator(clinic, scene, vip):
    first, second, service = (
        clinic.phone("cs_lead"),
        clinic.phone("cs_lead", 2),
        clinic.phone("customer_service"),
    )
    scene.perform("vip.assign", assign(vip.case, "customer_service", service.staff["id"]))
    assert code_of(first.do("vip.step", step(vip.case, "tour"))) == "applied"
    blocked = step(vip.case, "tour", "blocked", reason="电梯检修")
    assert code_of(second.do("vip.step", blocked)) == "applied"
    [row] = [one for one in held(service, "vip_step", vip.case) if one["code"] == "tour"]
    assert (row["state"], row["contested"]["state"]) == ("blocked", "done")
    assert "vip_unclear" in told(service)


@pytest.mark.parametrize("late", ["the tick", "the move"])
def test_an_arrival_that_moves_takes_open_lead_times_with_it_whatever_comes_first(clinic, scene, vip, late):
    service = clinic.person("customer_service")
    tick = ("vip.step", step(vip.case, "lights"), ago(hours=3))
    move = ("vip.arrival", {"case_id": vip.case, "arrival_at": "2026-12-02T04:00:00.000Z"}, ago(hours=2))
    for name, args, at in (move, tick) if late == "the tick" else (tick, move):
        scene.perform(name, args, at=at, by=service)
    phone = clinic.phone("customer_service")
    due_at = {one["code"]: one["due_at"] for one in held(phone, "vip_step", vip.case)}
    assert due_at["lights"] == "2026-12-01T01:30:00.000Z"
    assert due_at["in_place"] == "2026-12-02T03:30:00.000Z"
    assert due_at["party"] == "2026-11-29T04:00:00.000Z"
    assert held(phone, "vip_case", vip.case)[0]["arrival_at"] == "2026-12-02T04:00:00.000Z"


DRAWN = ("lights", "tour", "in_place")
DERIVED = ("state", "done_by", "done_at", "contested", "due_at")


@pytest.mark.parametrize("seed", range(4))
def test_phones_that_come_back_in_any_order_leave_one_case(clinic, scene, vip, seed):
    chance = random.Random(seed)
    people = [clinic.person(role) for role in ("cs_lead", "customer_service", "ops_director")]
    acts = []
    for minute in chance.sample(range(600), 12):
        drawn = {"reason": "记错了"}
        if chance.random() < 0.3:
            arrival = f"2026-12-0{chance.randint(1, 9)}T02:00:00.000Z"
            drawn = {"arrival_at": arrival, "party_size": chance.choice((None, 2, 3))}
        else:
            drawn["code"] = chance.choice(DRAWN)
            drawn["state"], drawn["seen_state"] = (
                chance.choice(("todo", "doing", "done", "skipped")) for _ in "ab"
            )
        acts.append((drawn, ago(minutes=minute), chance.choice(people), uuid7()))
    other = scene.vip_case(vip.customer, vip.partner, "approve", "confirm", arrival_at=ARRIVAL)
    ends = []
    for case in (vip.case, other):
        with scene.at_once():
            for drawn, at, by, id in chance.sample(acts, len(acts)):
                args = {"case_id": case, **drawn}
                if "code" in drawn:
                    told = {name: drawn[name] for name in ("state", "seen_state", "reason")}
                    args = {"id": uuid7(), "step_id": step_id(case, drawn["code"]), **told}
                scene.perform("vip.step" if "code" in drawn else "vip.arrival", args, at, by, id)
        phone = clinic.phone("cs_lead")
        [head] = held(phone, "vip_case", case)
        steps = {row["code"]: row for row in held(phone, "vip_step", case)}
        ends.append((
            [head[name] for name in ("arrival_at", "party_size", "stage")],
            [[steps[code][name] for name in DERIVED] for code in DRAWN],
            [move["mutation_id"] for move in head["moves"][1:]],
            [[event["mutation_id"] for event in steps[code]["history"]] for code in DRAWN],
        ))  # fmt: skip
    assert ends[0] == ends[1]
    *_, moves, events = ends[0]
    assert len(moves) + sum(map(len, events)) == len(acts)


def test_who_has_an_open_step_is_told_of_the_move(clinic, scene, vip):
    developer, nurse = clinic.phone("channel_dev"), clinic.phone("nurse")
    service = clinic.phone("customer_service")
    scene.perform("vip.assign", assign(vip.case, "channel_dev", developer.staff["id"]))
    moved = {"case_id": vip.case, "arrival_at": "2026-12-02T04:00:00.000Z", "transport": {"flight": "CA1501"}}
    assert code_of(service.do("vip.arrival", moved)) == "applied"
    assert "vip_moved" in told(developer)
    assert told(nurse) == []


def test_administration_sees_the_first_pictures_while_it_reviews_and_no_others(clinic, scene):
    office, developer = clinic.phone("admin_office"), clinic.phone("channel_dev")
    targets, customer = Targets(scene, "", "", ""), scene.customer()
    case = scene.vip_case(customer, scene.partner_of(None))
    scene.perform("vip.assign", assign(case, "channel_dev", developer.staff["id"]))
    consent = targets.consent_sign(customer, "")
    assert code_of(developer.do("consent.sign", consent)) == "applied"
    first = photo_set(customer, vip_case_id=case)
    assert code_of(developer.do("photo_set.start", first)) == "applied"
    added = photo(first["id"])
    assert code_of(developer.do("photo.add", added)) == "applied"
    office.pull()
    assert set(office.rows("photo_set")) == {first["id"]}
    assert set(office.rows("photo")) == {added["id"]}
    assert office.rows("customer") == {}
    assert code_of(office.do("photo.opened", {"id": added["id"]})) == "applied"
    other = scene.perform("photo_set.start", photo_set(customer))
    office.pull()
    assert office.rows("photo_set") == office.rows("photo") == {}
    developer.pull()
    assert set(developer.rows("photo_set")) == {first["id"], other}
    assert office.digest() == office.own_digest()


def test_administration_loses_the_pictures_with_the_decision_even_when_it_is_on_the_team(clinic, scene):
    office, customer = clinic.phone("admin_office"), scene.customer()
    case = scene.vip_case(customer, scene.partner_of(None))
    scene.perform("vip.assign", assign(case, "admin_office", office.staff["id"]))
    scene.perform("consent.sign", Targets(scene, "", "", "").consent_sign(customer, ""))
    scene.perform("photo_set.start", photo_set(customer, vip_case_id=case))
    office.pull()
    assert len(office.rows("photo_set")) == 1
    for act, decision in (("vip.review", "approve"), ("vip.confirm", "confirm")):
        scene.perform(act, {"case_id": case, "decision": decision})
    office.pull()
    assert office.rows("photo_set") == {}
    assert held(office, "vip_case", case)


def test_pictures_are_not_hung_on_the_case_of_somebody_else(clinic, scene, vip):
    developer = clinic.phone("channel_dev")
    customer = scene.customer(developer.staff["id"])
    scene.perform("consent.sign", Targets(scene, "", "", "").consent_sign(customer, ""))
    wrong = photo_set(customer, vip_case_id=vip.case)
    assert code_of(developer.do("photo_set.start", wrong)) == "not_found"
