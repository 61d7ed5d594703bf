"""Follow-ups as the trade works them: nobody answers, call-backs, escalations, owners."""

from uuid import UUID, uuid5

import pytest

from server.clinic.settings import Clinic as ClinicRow
from server.clinic.settings import RuleTable, rule_table_id
from tests.rigs.client import uuid7
from tests.server.scene import ago


def attempt(followup, outcome="reached", **more):
    return {
        "id": uuid7(), "followup_id": followup, "channel": "call", "outcome": outcome, "content": {}, **more,
    }  # fmt: skip


def after(phone, followup):
    phone.pull()
    return phone.rows("followup")[followup]


def test_the_third_unanswered_call_on_two_days_ends_it_and_the_owner_is_told(clinic, scene):
    caller, owner = clinic.phone("customer_service"), clinic.phone("consultant")
    followup = scene.followup(scene.customer(owner.staff["id"]))
    calls = [ago(days=3, hours=1), ago(days=3), ago(days=2)]
    for at in calls:
        assert after(caller, followup)["status"] == "open"
        caller.do("followup.attempt", attempt(followup, "no_answer"), at=at)
    closed = after(caller, followup)
    assert (closed["status"], closed["attempts"]) == ("unreachable", 3)
    assert closed["closed_by"] == caller.staff["id"]
    owner.pull()
    [notice] = owner.rows("notice").values()
    assert notice["kind"] == "unreachable"
    assert "王顾客" in notice["title"]["zh"]
    assert "小美" not in str(notice)


def test_three_unanswered_calls_on_one_day_leave_it_open(clinic, scene):
    caller = clinic.phone("customer_service")
    followup = scene.followup(scene.customer())
    noon = ago(days=3)[:10] + "T04:00:00.000Z"  # noon in Shanghai
    for minute in range(4):
        at = noon.replace("04:00", f"04:0{minute}")
        caller.do("followup.attempt", attempt(followup, "no_answer"), at=at)
    left = after(caller, followup)
    assert (left["status"], left["unanswered"], len(left["unanswered_days"])) == ("open", 4, 1)
    assert left["planned_at"] == noon.replace("04:00", "06:30")  # the afternoon's window, 14:30


def test_an_unanswered_call_comes_back_in_the_next_window(clinic, scene):
    caller = clinic.phone("customer_service")
    followup = scene.followup(scene.customer())
    evening = ago(days=4)[:10] + "T12:00:00.000Z"  # 20:00 in Shanghai: the last window is under way
    caller.do("followup.attempt", attempt(followup, "no_answer"), at=evening)
    next_morning = ago(days=3)[:10] + "T03:00:00.000Z"
    assert after(caller, followup)["planned_at"] == next_morning


def test_a_call_back_sets_the_next_due_time(clinic, scene):
    caller = clinic.phone("customer_service")
    followup = scene.followup(scene.customer())
    wish = ago(hours=-5)
    caller.do("followup.attempt", attempt(followup, "asked_callback", callback_at=wish))
    moved = after(caller, followup)
    assert (moved["status"], moved["planned_at"], moved["due_at"]) == ("open", wish, wish)


def test_a_wrong_number_asks_the_owner_to_correct_the_file(clinic, scene):
    caller, owner = clinic.phone("customer_service"), clinic.phone("consultant")
    followup = scene.followup(scene.customer(owner.staff["id"]))
    tried = attempt(followup, "wrong_number")
    caller.do("followup.attempt", tried)
    task = after(owner, str(uuid5(UUID(tried["id"]), "correct_phone")))
    assert (task["rule"], task["channels"]) == ("correct_phone", ["record"])
    assert task["assignee_id"] == owner.staff["id"]
    assert after(caller, followup)["status"] == "open"


def test_a_record_made_after_closing_stays_and_says_so(clinic, scene):
    first, second = clinic.phone("customer_service"), clinic.phone("customer_service", 2)
    followup = scene.followup(scene.customer())
    one, two = attempt(followup), attempt(followup, note="我也打通了")
    first.queue("followup.attempt", one, at=ago(minutes=20))
    second.queue("followup.attempt", two, at=ago(minutes=30))
    first.push()
    second.push()
    second.pull()
    assert second.rows("attempt")[one["id"]]["after_close"] is False
    assert second.rows("attempt")[two["id"]]["after_close"] is True
    closed = second.rows("followup")[followup]
    assert (closed["attempts"], closed["closed_by"]) == (2, first.staff["id"])


@pytest.mark.parametrize(
    ("channels", "outcome", "status"),
    [
        (["text"], "texted", "done"), (["call"], "texted", "open"), (["record"], "recorded", "done"),
        (["call"], "recorded", "open"), (["call"], "refused", "open"), (["text"], "reached", "done"),
    ],
)  # fmt: skip
def test_an_outcome_closes_what_its_channel_allows(clinic, scene, channels, outcome, status):
    caller = clinic.phone("customer_service")
    followup = scene.followup(scene.customer(), channels=channels)
    caller.do("followup.attempt", attempt(followup, outcome))
    assert after(caller, followup)["status"] == status


def escalated(clinic, scene):
    """A severe reaction: caller, treating doctor, original, escalation."""
    caller, doctor = clinic.phone("customer_service"), clinic.phone("doctor")
    customer = scene.customer()
    treatment = scene.treatment(customer, ago(days=3), doctor_id=doctor.staff["id"])
    original = str(uuid5(UUID(treatment), "cs_d3"))
    urgent = uuid7()
    args = {"id": urgent, "followup_id": original, "reason": "红肿加重"}
    assert caller.do("followup.escalate", args)["error"] is None
    return caller, doctor, original, urgent


def test_an_escalation_goes_to_the_doctor_who_treated(clinic, scene):
    caller, doctor, original, urgent = escalated(clinic, scene)
    told = after(doctor, urgent)
    assert (told["rule"], told["assignee_id"]) == ("doctor_escalation", doctor.staff["id"])
    assert (told["parent_id"], told["status"]) == (original, "open")
    assert told["due_at"][10:] == "T15:59:59.000Z"  # the end of the day in Shanghai
    assert [notice["kind"] for notice in doctor.rows("notice").values()] == ["escalation"]
    assert after(caller, original)["status"] == "escalated"


def test_only_a_doctor_closes_an_escalation_and_that_closes_the_original(clinic, scene):
    caller, doctor, original, urgent = escalated(clinic, scene)
    for followup in (original, urgent):
        assert caller.do("followup.attempt", attempt(followup))["error"] is None
    assert after(caller, urgent)["status"] == "open"
    assert after(caller, original)["status"] == "escalated"
    doctor.do("followup.attempt", attempt(urgent))
    assert after(caller, urgent)["status"] == "done"
    closed = after(caller, original)
    assert (closed["status"], closed["closed_by"]) == ("done", doctor.staff["id"])


def test_an_escalation_of_an_escalation_is_closed_all_the_way_up(clinic, scene):
    caller, doctor, original, urgent = escalated(clinic, scene)
    colleague, second = clinic.phone("doctor", 2), uuid7()
    args = {
        "id": second, "followup_id": urgent, "reason": "请会诊", "doctor_id": colleague.staff["id"],
    }  # fmt: skip
    assert doctor.do("followup.escalate", args)["error"] is None
    colleague.do("followup.attempt", attempt(second))
    caller.pull()
    assert {caller.rows("followup")[id]["status"] for id in (original, urgent, second)} == {"done"}


def test_nobodys_escalation_reaches_every_doctor(clinic, scene):
    doctors = [clinic.phone("doctor"), clinic.phone("doctor", 2)]
    caller = clinic.phone("customer_service")
    args = {"id": uuid7(), "followup_id": scene.followup(scene.customer()), "reason": "疼痛"}
    caller.do("followup.escalate", args)
    for doctor in doctors:
        doctor.pull()
        assert [notice["kind"] for notice in doctor.rows("notice").values()] == ["escalation"]


def test_a_voided_treatment_cancels_what_nobody_has_worked_on(clinic, scene):
    lead, caller = clinic.phone("consult_lead"), clinic.phone("customer_service")
    treatment = scene.treatment(scene.customer(), ago(days=1))
    touched = str(uuid5(UUID(treatment), "cs_2h"))
    caller.do("followup.attempt", attempt(touched, "refused"))
    lead.do("treatment.void", {"id": treatment, "reason": "录错顾客"})
    lead.pull()
    owed = {f["rule"]: f["status"] for f in lead.rows("followup").values() if f["treatment_id"] == treatment}
    assert owed.pop("cs_2h") == "open"
    assert set(owed.values()) == {"cancelled"}


def test_a_treatment_owes_what_the_rules_of_its_version_say(clinic, scene):
    nurse = clinic.phone("nurse")
    customer = scene.customer()
    first_rules = {f["rule"] for f in owed(nurse, scene.treatment(customer))}
    with scene.transaction() as tx:
        only = [
            rule
            for rule in tx.get(RuleTable, rule_table_id(clinic.id, 1))["rules"]
            if rule["code"] == "cs_2h"
        ]
        tx.insert(RuleTable, rule_table_id(clinic.id, 2), version=2, rules=only)
        tx.update(ClinicRow, clinic.id, rules_version=2)
    complete = {
        "customer_id": customer, "category": "dental", "name": "洁牙", "sites": ["全口"],
        "performed_at": ago(hours=2),
    }  # fmt: skip
    offline, latest = {"id": uuid7(), "rules_version": 1, **complete}, {"id": uuid7(), **complete}
    for args in (offline, latest):
        assert nurse.do("treatment.complete", args)["error"] is None
    assert {f["rule"] for f in owed(nurse, offline["id"])} == first_rules
    assert {f["rule"] for f in owed(nurse, latest["id"])} == {"cs_2h"}
    unknown = {"id": uuid7(), "rules_version": 9, **complete}
    assert nurse.do("treatment.complete", unknown)["error"]["code"] == "validation"


def owed(phone, treatment):
    phone.pull()
    return [f for f in phone.rows("followup").values() if f["treatment_id"] == treatment]


def test_a_new_owner_gets_the_open_follow_ups_and_the_old_one_loses_sight(clinic, scene):
    lead = clinic.phone("consult_lead")
    old, new = clinic.phone("consultant"), clinic.phone("consultant", 2)
    customer = scene.customer(old.staff["id"])
    treatment = scene.treatment(customer, ago(days=1))
    done, waiting = (str(uuid5(UUID(treatment), code)) for code in ("consultant_d1", "consultant_m1"))
    old.do("followup.attempt", attempt(done))
    old.pull()
    new.pull()
    assert {done, waiting} <= set(old.rows("followup"))
    assert new.rows("followup") == {}

    change = {"owner_id": new.staff["id"]}
    lead.do("customer.update", {"id": customer, "set": change, "seen": {"owner_id": old.staff["id"]}})
    old.pull()
    new.pull()
    assert old.rows("followup") == old.rows("customer") == old.rows("attempt") == {}
    assert new.rows("followup")[waiting]["assignee_id"] == new.staff["id"]
    assert new.rows("followup")[done]["assignee_id"] == old.staff["id"]
    refused = old.do("followup.attempt", attempt(waiting))
    assert refused["error"]["code"] == "forbidden"
    for phone in (old, new):
        phone.pull()
        assert phone.digest() == phone.own_digest()
