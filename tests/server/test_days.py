"""Today closes today, and what the clinic sets for itself, over several phones and days."""

from datetime import UTC, datetime, timedelta

from server.clinic import days
from server.clinic.planning import DEFAULT_RULES
from server.database import write
from server.sync.working_set import recompute
from tests.rigs.client import uuid7
from tests.server.scene import ago


def signed(date, *left, **more):
    reasons = [{"followup_id": id, "reason": "顾客出差"} for id in left]
    return {"id": uuid7(), "date": date, "left": reasons, **more}


def yesterday():
    return ago(days=1)[:10]


def test_what_is_left_with_a_reason_stays_open_and_the_lead_knows_why(clinic, scene):
    nurse, lead = clinic.phone("nurse"), clinic.phone("cs_lead")
    followup = scene.followup(scene.customer(), role="nurse")
    assert nurse.do("day.sign_off", signed(yesterday(), followup))["error"] is None
    lead.pull()
    [excuse] = lead.rows("excuse").values()
    assert (excuse["followup_id"], excuse["reason"]) == (followup, "顾客出差")
    [day] = lead.rows("day_sign_off").values()
    assert (day["staff_id"], day["by"]) == (nurse.staff["id"], nurse.staff["id"])
    assert lead.rows("followup")[followup]["status"] == "open"


def test_two_phones_sign_off_the_same_day_and_both_stay(clinic, scene):
    phone, tablet, lead = clinic.phone("nurse"), clinic.phone("nurse"), clinic.phone("cs_lead")
    for device in (phone, tablet):
        assert device.do("day.sign_off", signed(yesterday()))["error"] is None
    lead.pull()
    assert len(lead.rows("day_sign_off")) == 2


def test_a_nurse_excuses_nothing_that_is_not_hers(clinic, scene):
    nurse = clinic.phone("nurse")
    others = scene.followup(scene.customer(), role="partner_consultant")
    assert nurse.do("day.sign_off", signed(yesterday(), others))["error"]["code"] == "forbidden"
    nurse.pull()
    assert nurse.rows("day_sign_off") == {}


def test_a_consultant_sees_the_reasons_of_their_own_customers_only(clinic, scene):
    consultant, service = clinic.phone("consultant"), clinic.phone("customer_service")
    own = scene.followup(scene.customer(consultant.staff["id"]))
    other = scene.followup(scene.customer())
    service.do("day.sign_off", signed(yesterday(), own, other))
    consultant.pull()
    assert [row["followup_id"] for row in consultant.rows("excuse").values()] == [own]
    assert len(consultant.rows("day_sign_off")) == 1
    assert consultant.digest() == consultant.own_digest()


def test_signed_off_days_stay_on_phones_when_their_clinic_has_been_quiet(clinic, scene):
    nurse = clinic.phone("nurse")
    nurse.do("day.sign_off", signed(yesterday()))
    with scene.transaction() as tx:
        recompute(tx.connection, clinic.id, datetime.now(UTC) + timedelta(days=200))
    nurse.pull()
    assert len(nurse.rows("day_sign_off")) == 1
    assert nurse.digest() == nurse.own_digest()


def test_old_sign_offs_leave_the_phones(clinic, scene):
    nurse = clinic.phone("nurse")
    nurse.do("day.sign_off", signed(yesterday()))
    nurse.do("day.sign_off", signed(ago(days=130)[:10]))
    with clinic.app.app_context(), write() as connection:
        days.forget_old(connection, clinic.id, datetime.now(UTC))
    nurse.pull()
    assert [row["date"] for row in nurse.rows("day_sign_off").values()] == [yesterday()]
    assert nurse.digest() == nurse.own_digest()


def test_a_phone_that_was_offline_plans_by_the_rules_it_knew(clinic, scene):
    admin, assistant = clinic.phone("clinic_admin"), clinic.phone("consult_assistant")
    customer = scene.customer()
    only = [rule for rule in DEFAULT_RULES if rule["code"] == "cs_2h"]
    assert admin.do("clinic.set_rules", {"seen_version": 1, "rules": only})["error"] is None

    def owed(**more):
        treatment = {
            "id": uuid7(), "customer_id": customer, "category": "dental", "name": "洁牙", "sites": [],
            "performed_at": ago(hours=1), **more,
        }  # fmt: skip
        assert assistant.do("treatment.complete", treatment)["error"] is None
        clinic_lead = clinic.phone("cs_lead")
        clinic_lead.pull()
        rows = clinic_lead.rows("followup").values()
        return sorted(row["rule"] for row in rows if row["treatment_id"] == treatment["id"])

    assert owed() == ["cs_2h"]
    assert owed(rules_version=1) == sorted(rule["code"] for rule in DEFAULT_RULES)


def test_of_two_who_change_the_rules_the_second_is_told(clinic):
    first, second = clinic.phone("clinic_admin"), clinic.phone("clinic_admin")
    rules = {"seen_version": 1, "rules": DEFAULT_RULES}
    assert first.do("clinic.set_rules", rules)["error"] is None
    assert second.do("clinic.set_rules", rules)["error"]["code"] == "conflict"


def test_two_people_enter_closed_days_at_once(clinic):
    first, second = clinic.phone("clinic_admin"), clinic.phone("clinic_admin")
    first.do("clinic.set_holidays", {"add": ["2027-02-06"]})
    second.do("clinic.set_holidays", {"add": ["2027-01-01"]})
    second.pull()
    [row] = second.rows("clinic").values()
    assert row["holidays"] == ["2027-01-01", "2027-02-06"]


def test_who_asked_for_a_follow_up_is_known_and_nobody_asked_for_what_a_rule_owes(clinic, scene):
    service, lead = clinic.phone("customer_service"), clinic.phone("cs_lead")
    original = scene.followup(scene.customer())
    service.do("followup.escalate", {"id": uuid7(), "followup_id": original, "reason": "红肿"})
    scene.treatment(scene.customer())
    lead.pull()
    by = {row["rule"]: row["by"] for row in lead.rows("followup").values()}
    assert by["doctor_escalation"] == service.staff["id"]
    assert by["cs_2h"] is None
