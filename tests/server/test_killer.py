"""A mutation that kills the process which tries it, against real processes."""

import pytest
import requests

from server import create_app
from tests.conftest import configured, migrated
from tests.rigs.client import Refused
from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.rigs.server import ROOT, Server
from tests.sync.protocol.wire import new_customer

# Python runs a sitecustomize.py that it finds on its path, in every server process.
KILLER = """
import os
from marshmallow import Schema
from server.sync.mutations import mutation

@mutation("test.killer", Schema)
def kill(_tx, _args):
    os._exit(9)
"""


@pytest.fixture
def clinic(engine, fresh_database, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    with fresh_database(engine) as url:
        app = migrated(create_app(configured(url, tmp_path)))
        environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
        with Server(url, tmp_path, environment, processes=2) as server:
            yield Clinic(app, lambda: HttpDoor(server.url))


def until_it_is_through(phone):
    """Push as a phone does, until nothing waits; how often the server fell silent."""
    silences = 0
    for _ in range(30):
        try:
            phone.push()
        except requests.ConnectionError:
            silences += 1
        except Refused as refused:
            if refused.status != 503:
                raise
        if not phone.disk.outbox:
            return silences
    raise AssertionError("the outbox is stuck")


def test_what_kills_the_server_is_found_among_others_and_kept_apart(clinic):
    phone, other = clinic.phone("customer_service"), clinic.phone("front_desk")
    before = phone.queue("customer.create", new_customer())
    killer = phone.queue("test.killer", {})
    after = phone.queue("customer.create", new_customer())
    # Once with the whole batch, then three times alone; a phone may also meet a process that is just dying.
    assert until_it_is_through(phone) >= 4
    results = phone.disk.results
    assert results[killer.id]["error"]["code"] == "internal"
    assert results[before.id]["error"] is None
    assert results[after.id]["error"] is None
    phone.pull()
    assert [doc["code"] for doc in phone.rows("rejection").values()] == ["internal"]
    assert set(phone.rows("customer")) == {before.args["id"], after.args["id"]}
    assert other.do("customer.create", new_customer())["error"] is None
