"""Push: shapes, limits and acknowledgement."""

import gzip
import json

import pytest

from tests.rigs.client import uuid7
from tests.sync.protocol.wire import new_customer, refusal, wire


def test_applied_work_is_acknowledged_with_its_number_and_version(clinic):
    phone = clinic.phone("customer_service")
    answer = phone.push_raw([wire(1), wire(2)])
    assert answer["applied_through"] == 2
    assert answer["version"] > 0
    assert answer["results"] == [
        {"seq": 1, "status": "applied", "error": None},
        {"seq": 2, "status": "applied", "error": None},
    ]


def test_an_empty_push_says_where_the_server_stands(clinic):
    phone = clinic.phone("customer_service")
    phone.push_raw([wire(1)])
    answer = phone.push_raw([])
    assert (answer["applied_through"], answer["results"]) == (1, [])


def test_a_change_takes_the_next_version_of_the_clinic(clinic):
    phone = clinic.phone("customer_service")
    first = phone.push_raw([wire(1)])["version"]
    assert phone.push_raw([wire(2), wire(3)])["version"] == first + 1
    pages = phone.pull()
    assert pages[-1]["version"] == first + 1
    assert {version for version, _ in phone.disk.rows.values()} <= set(range(1, first + 2))


def test_five_hundred_mutations_are_taken_and_one_more_is_too_large(clinic):
    phone = clinic.phone("customer_service")
    reads = [wire(seq, "notice.read", {"id": uuid7()}) for seq in range(1, 502)]
    refused = refusal(phone.push_raw, reads)
    assert (refused.status, refused.code) == (413, "too_large")
    assert phone.push_raw(reads[:500])["applied_through"] == 500


def test_more_than_a_mebibyte_is_too_large_packed_or_not(clinic):
    phone = clinic.phone("customer_service")
    body = {
        "schema": 1,
        "device_time": phone.now(),
        "mutations": [wire(1, args=new_customer(source="长" * 1_200_000))],
    }
    data = json.dumps(body).encode()
    json_headers = {"Content-Type": "application/json"}
    plain = phone.call("POST", "/api/sync/push", data, json_headers)
    packed = phone.call(
        "POST", "/api/sync/push", gzip.compress(data), {**json_headers, "Content-Encoding": "gzip"}
    )
    for reply in (plain, packed):
        assert (reply.status, reply.json["code"]) == (413, "too_large")
    assert phone.push_raw([])["applied_through"] == 0


def test_a_future_field_of_the_envelope_is_refused(clinic):
    phone = clinic.phone("customer_service")
    assert refusal(phone.push_raw, [wire(1)], surprise=True).status in (400, 422)
    assert refusal(phone.push_raw, [wire(1, surprise=True)]).status in (400, 422)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": "1"}, {"seq": 0}, {"seq": -1}, {"seq": 1.5}, {"seq": 2**70}, {"seq": None},
        {"id": "no uuid"}, {"id": 7}, {"name": None}, {"name": 7},
        {"at": "yesterday"}, {"at": 7}, {"at": "2026-11-22T04:57:43"}, {"first": "maybe"},
    ],
    ids=str,
)  # fmt: skip
def test_a_mutation_of_a_wrong_shape_is_the_apps_fault_and_consumes_nothing(clinic, wrong):
    phone = clinic.phone("customer_service")
    assert 400 <= refusal(phone.push_raw, [{**wire(1), **wrong}]).status < 500
    assert phone.push_raw([])["applied_through"] == 0


def test_a_batch_is_whole_or_not_at_all(clinic):
    phone = clinic.phone("customer_service")
    assert refusal(phone.push_raw, [wire(1), wire(3)]).code == "sequence_gap"
    phone.pull()
    assert phone.rows("customer") == {}
