"""Exactly once: repetition, gaps, other devices, refusals."""

import threading

import pytest

from tests.rigs.client import uuid7
from tests.sync.protocol.wire import new_customer, refusal, wire


def test_resending_a_batch_changes_nothing(clinic):
    phone = clinic.phone("customer_service")
    batch = [wire(1), wire(2)]
    first = phone.push_raw(batch)
    again = phone.push_raw(batch)
    assert [result["status"] for result in again["results"]] == ["duplicate", "duplicate"]
    assert [result["error"] for result in again["results"]] == [None, None]
    assert (again["version"], again["applied_through"]) == (first["version"], 2)


def test_a_refusal_is_told_again_in_the_same_words(clinic):
    phone = clinic.phone("nurse")
    batch = [wire(1)]
    first = phone.push_raw(batch)["results"][0]
    again = phone.push_raw(batch)["results"][0]
    assert (first["status"], first["error"]["code"]) == ("rejected", "forbidden")
    assert (again["status"], again["error"]) == ("duplicate", first["error"])


def test_a_resent_batch_with_new_work_applies_the_new_work(clinic):
    phone = clinic.phone("customer_service")
    old, new = wire(1), wire(2)
    phone.push_raw([old])
    answer = phone.push_raw([old, new])
    assert [result["status"] for result in answer["results"]] == ["duplicate", "applied"]
    phone.pull()
    assert len(phone.rows("customer")) == 2


def test_a_gap_is_a_conflict_that_says_where_the_server_stands(clinic):
    phone = clinic.phone("customer_service")
    phone.push_raw([wire(1)])
    refused = refusal(phone.push_raw, [wire(3)])
    assert (refused.status, refused.code) == (409, "sequence_gap")
    assert refused.body["applied_through"] == 1


def test_a_number_used_for_another_id_is_a_conflict(clinic):
    phone = clinic.phone("customer_service")
    phone.push_raw([wire(1)])
    refused = refusal(phone.push_raw, [wire(1)])
    assert (refused.status, refused.code) == (409, "sequence_conflict")
    assert refused.body["applied_through"] == 1


def test_a_phone_restored_from_a_backup_goes_on_as_a_new_device(clinic):
    phone = clinic.phone("customer_service")
    backup = phone.disk
    phone.do("customer.create", new_customer(name="甲"))
    phone.disk = backup
    phone.queue("customer.create", new_customer(name="乙"))
    phone.sync()
    assert phone.disk.device_id != backup.device_id
    assert {doc["name"] for doc in phone.rows("customer").values()} == {"甲", "乙"}


def test_an_id_known_from_another_device_of_the_person_consumes_its_number(clinic):
    first = clinic.phone("customer_service")
    second = clinic.phone("customer_service")
    mutation = wire(1)
    first.push_raw([mutation])
    answer = second.push_raw([mutation, wire(2)])
    assert answer["results"][0] == {"seq": 1, "status": "duplicate", "error": None}
    assert answer["applied_through"] == 2
    second.pull()
    assert len(second.rows("customer")) == 2


def test_an_id_sent_twice_in_one_batch_is_applied_once(clinic):
    phone = clinic.phone("customer_service")
    mutation = wire(1)
    answer = phone.push_raw([mutation, {**mutation, "seq": 2}])
    assert [result["status"] for result in answer["results"]] == ["applied", "duplicate"]
    phone.pull()
    assert len(phone.rows("customer")) == 1


def test_an_id_of_somebody_else_is_refused_and_tells_nothing(clinic, outsider):
    nurse, service = clinic.phone("nurse"), clinic.phone("customer_service")
    mutation = wire(1)
    nurse.push_raw([mutation])
    result = service.push_raw([mutation])["results"][0]
    assert result["status"] == "rejected"
    assert result["error"]["code"] == "conflict"
    assert outsider.push_raw([mutation])["results"][0]["status"] == "applied"


def test_the_same_batch_over_many_connections_at_once_is_applied_once(clinic):
    phone = clinic.phone("customer_service")
    batch = [wire(seq) for seq in range(1, 6)]
    answers = []

    def send():
        answers.append(phone.push_raw(batch))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [[result["status"] for result in answer["results"]] for answer in answers]
    assert sorted(told) == [["applied"] * 5, *[["duplicate"] * 5] * 5]
    phone.pull()
    assert len(phone.rows("customer")) == 5


def test_a_refused_mutation_does_not_hold_up_the_next(clinic):
    phone = clinic.phone("customer_service")
    answer = phone.push_raw([wire(1), wire(2, "no.such.thing", {}), wire(3, args={"name": "no id"}), wire(4)])
    statuses = [result["status"] for result in answer["results"]]
    assert statuses == ["applied", "rejected", "rejected", "applied"]
    assert {result["error"]["code"] for result in answer["results"][1:3]} == {"validation"}
    assert answer["applied_through"] == 4
    phone.pull()
    assert len(phone.rows("customer")) == 2


def test_a_refused_mutation_leaves_nothing_half_done(clinic):
    phone = clinic.phone("customer_service")
    customer = new_customer()
    assert phone.do("customer.create", customer)["status"] == "applied"
    assert phone.do("customer.create", {**customer, "name": "别人"})["status"] == "rejected"
    phone.pull()
    assert phone.rows("customer")[customer["id"]]["name"] == customer["name"]


@pytest.mark.parametrize(
    "args",
    [
        None,
        [],
        "text",
        7,
        {"id": []},
        {"id": "0193f1d2-0000-7000-8000-000000000000", "name": "x", "phones": [], "evil": 1},
    ],
)
def test_arguments_of_a_wrong_type_are_refused_and_the_queue_moves_on(clinic, args):
    phone = clinic.phone("customer_service")
    answer = phone.push_raw([{**wire(1), "args": args}, wire(2)])
    assert answer["results"][0]["status"] == "rejected"
    assert answer["results"][0]["error"]["code"] == "validation"
    assert answer["results"][1]["status"] == "applied"


def test_a_refused_mutation_can_be_read_by_its_author_everywhere_and_by_nobody_else(clinic, outsider):
    author, tablet = clinic.phone("nurse"), clinic.phone("nurse")
    colleague = clinic.phone("nurse", 2)
    mutation = author.queue("customer.create", new_customer(name="不该有"))
    author.push()
    for phone in (author, tablet):
        phone.pull()
        [rejection] = phone.rows("rejection").values()
        assert rejection["device_id"] == author.disk.device_id
        assert (rejection["seq"], rejection["name"]) == (1, "customer.create")
        assert rejection["args"] == mutation.args
        assert rejection["code"] == "forbidden"
        assert rejection["message"]
        assert rejection["at"]
    for phone in (colleague, outsider):
        phone.pull()
        assert phone.rows("rejection") == {}


def test_a_rejection_stays_until_its_author_deals_with_it(clinic):
    author, colleague = clinic.phone("nurse"), clinic.phone("nurse", 2)
    author.do("customer.create", new_customer())
    author.pull()
    [id] = author.rows("rejection")
    assert colleague.do("rejection.dismiss", {"id": id})["error"]["code"] == "not_found"
    author.pull()
    assert id in author.rows("rejection")
    assert author.do("rejection.dismiss", {"id": id})["status"] == "applied"
    author.pull()
    assert author.rows("rejection") == {}


def test_a_replayed_rejection_only_consumes_its_number(clinic):
    phone = clinic.phone("customer_service")
    answer = phone.push_raw([wire(1, first="rejected"), wire(2)])
    assert answer["results"][0]["status"] == "rejected"
    assert answer["applied_through"] == 2
    phone.pull()
    assert len(phone.rows("customer")) == 1


def test_replayed_work_waits_for_another_phones_work_to_come_back(clinic):
    early, late = clinic.phone("customer_service"), clinic.phone("customer_service", 2)
    customer = new_customer()
    rename = {"id": customer["id"], "set": {"name": "新名"}, "seen": {"name": customer["name"]}}
    waiting = wire(1, "customer.update", rename, first="applied")
    assert early.push_raw([waiting])["results"][0]["status"] == "parked"
    assert early.push_raw([waiting])["results"][0]["status"] == "parked"
    late.push_raw([wire(1, args=customer, first="applied")])
    for phone in (early, late):
        phone.pull()
        assert phone.rows("customer")[customer["id"]]["name"] == "新名"
        assert phone.rows("rejection") == {}
    assert early.push_raw([waiting])["results"][0] == {"seq": 1, "status": "duplicate", "error": None}


def test_the_same_work_not_replayed_is_refused(clinic):
    phone = clinic.phone("customer_service")
    args = {"id": uuid7(), "set": {"name": "新名"}, "seen": {"name": "旧名"}}
    assert phone.push_raw([wire(1, "customer.update", args)])["results"][0]["error"]["code"] == "not_found"
