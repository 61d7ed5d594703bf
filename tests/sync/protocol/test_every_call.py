"""What holds for every call: session, device header, shapes, errors, compression."""

import gzip
import json

import pytest

from tests.rigs.client import uuid7
from tests.sync.protocol.wire import wire


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/sync/push"),
        ("POST", "/api/sync/pull"),
        ("POST", "/api/sync/digest"),
        ("GET", "/api/sync/stream"),
        ("GET", "/api/auth/me"),
        ("GET", "/api/customers/search?q=a"),
    ],
)
def test_without_a_session_it_is_unauthenticated(clinic, method, path):
    stranger = clinic.phone("nurse", signed_in=False)
    bodies = {
        "/api/sync/push": {"schema": 1, "device_time": stranger.now(), "mutations": []},
        "/api/sync/pull": {"schema": 1, "cursor": None},
        "/api/sync/digest": {"cursor": "x"},
    }
    reply = stranger.call(method, path, bodies.get(path), {"X-Device": uuid7()})
    assert reply.status == 401
    assert reply.json["code"] == "unauthenticated"


@pytest.mark.parametrize("device", [None, "", "nonsense", "0193f1d2-0000-7000-8000-000000000000"])
def test_a_push_needs_the_header_of_the_sessions_device(clinic, device):
    phone = clinic.phone("customer_service")
    body = {"schema": 1, "device_time": phone.now(), "mutations": [wire(1)]}
    headers = {} if device is None else {"X-Device": device}
    reply = phone.door.request("POST", "/api/sync/push", body, headers)
    assert reply.json["code"] == "device_mismatch"
    phone.pull()
    assert phone.rows("customer") == {}


def test_an_error_has_code_message_and_fields(clinic):
    phone = clinic.phone("nurse")
    reply = phone.call("POST", "/api/sync/push", {"schema": "one"})
    assert 400 <= reply.status < 500
    assert set(reply.json) >= {"code", "message", "fields"}
    assert reply.json["message"]
    assert isinstance(reply.json["fields"], dict)


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/sync/push", "/api/sync/pull", "/api/sync/digest"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b'{"schema": NaN}', b"[" * 100_000, b'{"a":1}'],
    ids=["empty", "half", "null", "list", "text", "not-utf8", "nan", "deep", "unknown-field"],
)
def test_a_malformed_body_is_refused_in_words(clinic, path, body):
    phone = clinic.phone("nurse")
    reply = phone.call("POST", path, body, {"Content-Type": "application/json"})
    assert 400 <= reply.status < 500
    assert reply.json["code"]
    assert reply.json["message"]


def test_bodies_travel_compressed_both_ways(clinic):
    phone = clinic.phone("customer_service")
    body = {"schema": 1, "device_time": phone.now(), "mutations": [wire(1)]}
    data = gzip.compress(json.dumps(body).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert phone.call("POST", "/api/sync/push", data, headers).status == 200
    reply = phone.call("POST", "/api/sync/pull", {"schema": 1, "cursor": None}, {"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("data", [b"not gzip at all", gzip.compress(b"{}")[:-6]], ids=["other", "half"])
def test_a_broken_compression_is_the_senders_fault(clinic, data):
    phone = clinic.phone("nurse")
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert 400 <= phone.call("POST", "/api/sync/push", data, headers).status < 500


def test_answers_are_not_kept_by_caches(clinic):
    phone = clinic.phone("nurse")
    reply = phone.call("POST", "/api/sync/pull", {"schema": 1, "cursor": None})
    assert "no-store" in reply.headers["Cache-Control"]
