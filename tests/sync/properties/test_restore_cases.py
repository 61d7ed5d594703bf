"""Restores that went wrong once, and those that have a name of their own."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from server.clinic.parked_list import list_parked
from tests.rigs.client import uuid7
from tests.server.scene import Scene
from tests.sync.properties import snapshot, truth
from tests.sync.protocol.wire import new_customer


@pytest.fixture
def fire(app: Flask, clinic):
    """fire(): the server is lost and restored from the moment the fixture was asked for, or from the
    last `fire.back_up()`."""

    class Fire:
        def back_up(self):
            self.rows = snapshot.back_up(app, clinic.id)

        def __call__(self):
            snapshot.restore(app, clinic.id, self.rows)

    fire = Fire()
    yield fire
    snapshot.never_backed_up(app)


def come_back(phone):
    phone.login()
    phone.sync()


def attempt(followup):
    return {"id": uuid7(), "followup_id": followup, "channel": "call", "outcome": "refused", "content": {}}


def a_call(phone, customer):
    """A follow-up for customer service, as that phone asks for it."""
    return {
        "id": uuid7(), "customer_id": customer, "kind": "check", "role": "customer_service",
        "channels": ["call"], "due_from": phone.now(), "due_at": "2090-01-01T00:00:00.000Z",
        "purpose": "回访",
    }  # fmt: skip


def test_work_of_a_new_owner_waits_for_the_change_of_owner_to_come_back(clinic, fire):
    """Once it was refused for good: without the lead's phone, the customer was not the consultant's."""
    lead, consultant = clinic.phone("consult_lead"), clinic.phone("consultant")
    scene = Scene(clinic)
    customer = scene.customer()
    followup = scene.followup(customer)
    fire.back_up()
    lead.pull()
    change = {"id": customer, "set": {"owner_id": consultant.staff["id"]}, "seen": {"owner_id": None}}
    assert lead.do("customer.update", change)["error"] is None
    work = attempt(followup)
    assert consultant.do("followup.attempt", work)["error"] is None
    fire()
    come_back(consultant)
    assert consultant.rows("rejection") == {}
    come_back(lead)
    assert work["id"] in lead.rows("attempt")
    consultant.pull()
    assert work["id"] in consultant.rows("attempt")
    assert truth.parked_ids(clinic) == {}


def test_work_that_names_a_new_colleague_waits_for_the_colleague_to_come_back(clinic, fire):
    """Once it was refused for good, as a validation: there was no such person yet."""
    admin, service = clinic.phone("clinic_admin"), clinic.phone("customer_service")
    fire.back_up()
    colleague = {"id": uuid7(), "login": "new", "name": "新同事", "roles": ["consultant"]}
    assert admin.do("staff.add", colleague)["error"] is None
    customer = new_customer(owner_id=colleague["id"])
    assert service.do("customer.create", customer)["error"] is None
    fire()
    come_back(service)
    assert service.rows("customer") == service.rows("rejection") == {}
    come_back(admin)
    service.pull()
    assert service.rows("customer")[customer["id"]]["owner_id"] == colleague["id"]


def test_what_an_owner_of_once_did_is_put_before_the_leads(clinic, fire, app):
    """Of two changes of owner the later one stands. Come back first, it leaves no time in which the customer
    was the other one's; what that one did then is kept whole, and people decide."""
    lead, service_lead = clinic.phone("consult_lead"), clinic.phone("cs_lead")
    first, second = clinic.phone("consultant"), clinic.phone("consultant", 2)
    service = clinic.phone("customer_service")
    customer = Scene(clinic).customer()
    fire.back_up()
    lead.pull()
    hand_over(lead, customer, None, first.staff["id"])
    first.pull()
    owed = a_call(lead, customer)
    assert first.do("followup.create", owed)["error"] is None
    assert service.do("followup.attempt", attempt(owed["id"]))["error"] is None
    hand_over(service_lead, customer, first.staff["id"], second.staff["id"])
    fire()
    for phone in (service_lead, first, service, lead):
        come_back(phone)
    reasons = {json.loads(reason)["code"] for reason in truth.parked_ids(clinic).values()}
    assert reasons == {"forbidden", "not_found"}
    assert first.rows("rejection") == service.rows("rejection") == {}
    with app.app_context():
        list_parked(datetime.now(UTC) + timedelta(days=1, minutes=1))
    lead.pull()
    assert len(lead.rows("notice")) == 2


def hand_over(lead, customer, before, after):
    change = {"id": customer, "set": {"owner_id": after}, "seen": {"owner_id": before}}
    assert lead.do("customer.update", change)["error"] is None


def test_a_long_chain_comes_back_in_the_worst_order(clinic, fire):
    """Customer, follow-up, attempt, escalation: each from another phone, the last one first."""
    service, lead, second = (
        clinic.phone("customer_service"), clinic.phone("consult_lead"), clinic.phone("customer_service", 2)
    )  # fmt: skip
    fire.back_up()
    customer = new_customer()
    service.do("customer.create", customer)
    owed = a_call(lead, customer["id"])
    lead.do("followup.create", owed)
    escalation = {"id": uuid7(), "followup_id": owed["id"], "reason": "红肿"}
    second.do("followup.escalate", escalation)
    fire()
    for phone in (second, lead, service):
        come_back(phone)
    assert truth.parked_ids(clinic) == {}
    service.pull()
    assert service.rows("followup")[owed["id"]]["status"] == "escalated"
    assert service.rows("followup")[escalation["id"]]["status"] == "open"


def test_what_was_done_about_a_wrong_number_comes_back_with_the_call_that_found_it(clinic, fire):
    """The attempt makes the task to correct the file: both wait for the follow-up that was called for."""
    lead, service = clinic.phone("cs_lead"), clinic.phone("customer_service")
    owner = clinic.phone("consultant")
    customer = Scene(clinic).customer(owner_id=owner.staff["id"])
    fire.back_up()
    owed = a_call(lead, customer)
    assert lead.do("followup.create", owed)["error"] is None
    found = attempt(owed["id"]) | {"outcome": "wrong_number"}
    assert service.do("followup.attempt", found)["error"] is None
    owner.pull()
    [task] = [id for id, row in owner.rows("followup").items() if row["rule"] == "correct_phone"]
    corrected = attempt(task) | {"channel": "record", "outcome": "recorded"}
    assert owner.do("followup.attempt", corrected)["error"] is None
    fire()
    for phone in (owner, service):
        come_back(phone)
    assert len(truth.parked_ids(clinic)) == 2
    come_back(lead)
    assert truth.parked_ids(clinic) == {}
    owner.pull()
    assert owner.rows("followup")[task]["status"] == "done"


def test_a_shape_that_is_ours_no_more_does_not_wait_for_ever(clinic):
    phone = clinic.phone("customer_service")
    result = phone.push_raw(
        [{"seq": 1, "id": uuid7(), "name": "no.such", "args": {}, "at": phone.now(), "first": "applied"}]
    )["results"][0]
    assert (result["status"], result["error"]["code"]) == ("rejected", "validation")
