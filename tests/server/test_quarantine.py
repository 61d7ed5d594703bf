"""A mutation that breaks the server: tried three times, then kept apart; nothing else waits for it."""

import json
import os
from contextlib import suppress
from functools import reduce

import pytest
from marshmallow import Schema

from server.clinic.fields import text
from server.sync.mutations import REGISTER, Mutation
from server.sync.tables import Device
from tests.rigs.client import Refused, uuid7
from tests.server.scene import Scene
from tests.sync.protocol.wire import new_customer, wire


class Anything(Schema):
    note = text(100, load_default="")


@pytest.fixture
def faulty(monkeypatch):
    """faulty(run): the server has a mutation `test.faulty` that does this."""

    def register(run):
        monkeypatch.setitem(REGISTER, "test.faulty", Mutation("test.faulty", Anything(), {}, run))

    return register


def fall(_tx, _args):
    raise ZeroDivisionError("a mistake in the server")


def until_it_is_through(phone, tries=10):
    """Push as a phone does, until nothing waits; how often the server had to be asked."""
    for number in range(1, tries + 1):
        with suppress(Unavailable):
            push(phone)
        if not phone.disk.outbox:
            return number
    raise AssertionError("the outbox is stuck")


class Unavailable(Exception):
    """The server asks to try again."""


def push(phone):
    try:
        phone.push()
    except Refused as refused:
        if (refused.status, refused.code) != (503, "unavailable"):
            raise
        raise Unavailable from refused


def pushed(phone, *mutations):
    """Send text that is no text, as escapes; the results."""
    body = {"schema": 1, "device_time": phone.now(), "mutations": mutations}
    reply = phone.call(
        "POST", "/api/sync/push", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    return reply.json["results"]


def test_after_three_failures_it_is_kept_apart_and_the_queue_moves_on(clinic, faulty):
    faulty(fall)
    phone = clinic.phone("customer_service")
    before, bad, after = (
        phone.queue("customer.create", new_customer()),
        phone.queue("test.faulty", {"note": "正文"}),
        phone.queue("customer.create", new_customer()),
    )
    assert until_it_is_through(phone) == 3
    results = phone.disk.results
    assert results[bad.id]["error"]["code"] == "internal"
    assert results[before.id]["error"] is None
    assert results[after.id]["error"] is None
    phone.pull()
    [rejection] = phone.rows("rejection").values()
    assert (rejection["code"], rejection["args"]) == ("internal", {"note": "正文"})
    assert len(phone.rows("customer")) == 2
    assert phone.push_raw([bad.wire()])["results"][0]["error"]["code"] == "internal"


def test_what_failed_twice_and_then_goes_through_was_never_refused(clinic, faulty):
    failures = []

    def fall_twice(_tx, _args):
        failures.append(1)
        if len(failures) <= 4:  # a batch is tried whole and then one by one: twice a push
            raise ZeroDivisionError

    faulty(fall_twice)
    phone = clinic.phone("customer_service")
    bad = phone.queue("test.faulty", {})
    assert until_it_is_through(phone) == 3
    assert phone.disk.results[bad.id]["error"] is None


def test_nothing_of_a_failing_mutation_stays(clinic, faulty):
    id = uuid7()

    def create_and_fall(tx, _args):
        REGISTER["customer.create"].run(tx, {"id": id, "name": "半个", "phones": []})
        raise ZeroDivisionError

    faulty(create_and_fall)
    phone = clinic.phone("customer_service")
    phone.queue("test.faulty", {})
    until_it_is_through(phone)
    phone.pull()
    assert id not in phone.rows("customer")


def test_work_from_before_a_restore_that_breaks_the_server_holds_nobody_up(clinic, faulty):
    """Parked, it is tried after every push of the clinic: its failure is not theirs."""
    faulty(lambda tx, _args: REGISTER["customer.keep"].run(tx, {"customer_id": uuid7()}))
    early, other = clinic.phone("customer_service"), clinic.phone("nurse")
    assert early.push_raw([wire(1, "test.faulty", {}, first="applied")])["results"][0]["status"] == "parked"
    faulty(fall)
    assert other.do("notice.read", {"id": uuid7()})["error"]["code"] == "not_found"
    assert early.push_raw([wire(2)])["results"][0]["status"] == "applied"


@pytest.mark.parametrize(
    "args",
    [
        {"preferences": {"budget": 2**70}}, {"preferences": {"budget": -(2**70)}}, {"huge": 2**70},
        {"source": "\x00"}, {"source": "\ud800"}, {"\ud800": 1}, {"preferences": {"x" * 61: 1}},
        {"preferences": {"deep": reduce(lambda inner, _: [inner], range(300), 1)}},
    ],
    ids=["int", "minus", "unknown", "nul", "surrogate", "key", "long-key", "deep"],
)  # fmt: skip
def test_values_that_no_database_keeps_are_refused_and_hold_nothing_up(clinic, args):
    phone = clinic.phone("customer_service")
    good = new_customer()
    [bad, fine] = pushed(phone, wire(1, args={**new_customer(), **args}), wire(2, args=good))
    assert bad["error"]["code"] == "validation"
    assert fine["error"] is None
    phone.pull()
    assert len(phone.rows("rejection")) == 1
    assert good["id"] in phone.rows("customer")


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b", "", "x" * 100])
def test_a_name_that_is_none_holds_nothing_up(clinic, name):
    phone = clinic.phone("customer_service")
    [bad, fine] = pushed(phone, wire(1, name, {}), wire(2))
    assert bad["error"]["code"] == "validation"
    assert fine["status"] == "applied"


@pytest.mark.parametrize("at", ["2199-12-31T23:59:59.999Z", "1990-01-01T00:00:00.000Z"])
def test_a_time_at_the_edge_of_ours_holds_nothing_up(clinic, at):
    phone = clinic.phone("customer_service")
    customer = new_customer()
    assert phone.push_raw([wire(1, args=customer, at=at)])["results"][0]["status"] == "applied"
    phone.pull()
    assert phone.rows("customer")[customer["id"]]["created_at"] <= phone.now()


def test_an_empty_push_after_a_crash_counts_nothing_twice(clinic):
    """Only a try is a try: asking where the server stands is none."""
    phone = clinic.phone("customer_service")
    mutation = wire(1)
    with Scene(clinic).transaction() as tx:
        dead = f"{os.uname().nodename}:999999999:1.0"
        tx.connection.execute(
            Device.__table__.update()
            .where(Device.id == phone.disk.device_id)
            .values(trying=[dead, mutation["id"]])
        )
    for _ in range(5):
        phone.push_raw([])
    assert phone.push_raw([mutation])["results"][0]["status"] == "applied"
