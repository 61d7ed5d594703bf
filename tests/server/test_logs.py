"""Logs say what happened, never what anybody wrote: no names, phones, notes, passwords."""

import io
import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from server import create_app, logs
from server.clinic.fields import Day, Flag, Id, Moment
from server.sync.mutations import REGISTER, Mutation
from tests.conftest import configured
from tests.rigs.client import Refused, instant, uuid7
from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.sync.protocol.wire import new_customer, wire

MARK = "秘密-13912345678"
"""Stands for everything that people write."""
PARTS = ("秘密", "13912345678", "%E7%A7%98")
ROLES = ("consult_lead", "customer_service", "nurse", "doctor", "clinic_admin")


def filled(schema: Schema, known: dict[str, str]) -> dict[str, Any]:
    """Arguments of the documented shape, with the mark wherever text may stand."""
    return {name: value(name, field, known) for name, field in schema.fields.items()}


def value(name: str, field: fields.Field, known: dict[str, str]) -> Any:
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return next(iter(check.choices))
    if isinstance(field, Id):
        return known.get(name) or uuid7()
    if isinstance(field, Moment):
        return instant(datetime.now(UTC))
    if isinstance(field, Day):
        return "1990-01-01"
    if isinstance(field, Flag | fields.Boolean):
        return name != "required"  # no second factor: without it nothing else would be answered
    if isinstance(field, fields.Integer | fields.Float):
        return 1
    if isinstance(field, fields.List):
        return [value(name, field.inner, known)]
    if isinstance(field, fields.Nested):
        return filled(field.schema, known)
    if isinstance(field, fields.Dict):
        return {"drink": MARK}
    return MARK


@pytest.fixture
def live(own_server):
    """A server process of its own and a clinic on it."""
    app = create_app(configured(own_server.database_url, own_server.data_dir))
    own_server.start()
    return own_server, Clinic(app, lambda: HttpDoor(own_server.url))


def test_what_people_write_is_in_no_log(live):
    server, clinic = live
    phones = {role: clinic.phone(role) for role in ROLES}
    customer = new_customer(name=MARK, phones=[MARK], source=MARK, preferences={"drink": MARK})
    phones["consult_lead"].do("customer.create", customer)
    known = {"customer_id": customer["id"]}
    for phone in phones.values():
        for name, mutation in sorted(REGISTER.items()):
            for args in (filled(mutation.schema, known), {"note": MARK}, {MARK: MARK}, MARK):
                phone.queue(name, args)
        phone.queue(f"no.such {MARK}", {})
        phone.sync()
    statuses = {result["status"] for phone in phones.values() for result in phone.disk.results.values()}
    assert statuses == {"applied", "rejected"}
    nurse = phones["nurse"]
    nurse.call("GET", f"/api/customers/search?q={MARK}")
    nurse.call("GET", f"/api/{MARK}?q={MARK}")
    nurse.call("GET", f"/{MARK}.js?q={MARK}")
    nurse.call("POST", "/api/sync/push", f'{{"note": "{MARK}"'.encode(), {"Content-Type": "application/json"})
    nurse.call("POST", "/api/sync/push", MARK.encode(), {"Content-Encoding": "gzip"})
    nurse.call(
        "POST", "/api/sync/pull", {"schema": 1, "cursor": MARK, MARK: MARK}, {"User-Agent": "13912345678"}
    )
    stranger = clinic.phone("nurse", signed_in=False)
    stranger.login_name = stranger.password = stranger.clinic = stranger.name = MARK
    with pytest.raises(Refused):
        stranger.login()
    log = server.log
    assert '"route":"/api/sync/push"' in log
    assert '"route":"/api/customers/search"' in log
    assert [line for line in log.splitlines() if any(part in line for part in PARTS)] == []
    assert clinic.code not in log


@pytest.fixture
def lines():
    """What the product's logger writes meanwhile, parsed."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger("meidang")
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_fault_is_logged_with_its_place_and_not_its_words(clinic, lines, monkeypatch):
    class AnyArgs(Schema):
        note = fields.String()

    def fall_over(_tx, args):
        raise RuntimeError(f"cannot handle {args['note']}")

    monkeypatch.setitem(REGISTER, "test.fall_over", Mutation("test.fall_over", AnyArgs(), {}, fall_over))
    phone = clinic.phone("nurse")
    odd = {**wire(1), "name": "test.fall_over", "args": {"note": MARK}}
    for _ in range(4):
        phone.call("POST", "/api/sync/push", {"schema": 1, "device_time": phone.now(), "mutations": [odd]})
    traces = [line["trace"] for line in lines() if "trace" in line]
    assert traces
    assert all(trace[-1] == "RuntimeError" and "fall_over" in trace[-2] for trace in traces)
    assert MARK not in json.dumps(lines(), ensure_ascii=False)
    assert [line for line in lines() if "quarantined" in line["message"]]


def test_a_call_is_logged_with_route_status_time_and_device(clinic, lines):
    phone = clinic.phone("nurse")
    phone.call("POST", f"/api/devices/{uuid7()}/revoke", {"mode": "wipe"})
    line = lines()[-1]
    assert (line["area"], line["level"], line["message"]) == ("meidang.http", "info", "request")
    assert (line["method"], line["route"]) == ("POST", "/api/devices/<uuid:device_id>/revoke")
    assert (line["status"], line["device"]) == (404, phone.disk.device_id)
    assert line["ms"] > 0


def test_of_a_refused_call_it_is_logged_from_where_and_no_header_decides_that(clinic, lines):
    phone = clinic.phone("nurse", signed_in=False)
    phone.password = "wrong"
    for headers in ({}, {"X-Forwarded-For": "203.0.113.9"}):
        phone.call("POST", "/api/auth/login", clinic.credentials(phone), headers)
    first, second = (line for line in lines() if line["message"] == "request")
    assert (first["route"], first["status"], first["device"]) == ("/api/auth/login", 401, None)
    assert first["address"] == second["address"] != "203.0.113.9"


def test_of_a_sign_in_it_is_logged_on_which_device(clinic, lines):
    phone = clinic.phone("nurse")
    line = next(line for line in lines() if line.get("route") == "/api/auth/login")
    assert (line["status"], line["device"]) == (200, phone.disk.device_id)
    assert "address" not in line
