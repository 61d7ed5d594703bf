"""Bad input: the app's mistakes are told, a person's odd text is refused alone, nothing is half-written."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from tests.rigs.client import instant, uuid7
from tests.sync.protocol.wire import new_customer, wire

JSON = {"Content-Type": "application/json"}
PACKED = {**JSON, "Content-Encoding": "gzip"}


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def pushed(phone, mutations: list) -> dict:
    """The answer to these mutations, sent as escaped JSON, which can say what UTF-8 cannot."""
    body = {"schema": 1, "device_time": instant(datetime.now(UTC)), "mutations": mutations}
    reply = phone.call("POST", "/api/sync/push", json.dumps(body).encode(), JSON)
    assert reply.status == 200, reply.json
    return reply.json


ODD_ARGUMENTS = {
    "nothing": None,
    "a list": [],
    "a text": "text",
    "a number": 7,
    "empty": {},
    "an unknown field": new_customer(surprise=1),
    "fields that errors have too": {"code": 1, "message": 2, "self": 3},
    "NUL in text": new_customer(name="王\x00小"),
    "NUL in a key": new_customer(preferences={"a\x00b": 1}),
    "half a character": new_customer(name="王\ud83d"),
    "half a character deep inside": new_customer(preferences={"drink": [{"x": "\udc00"}]}),
    "half a character in a key": new_customer(preferences={"\ud800": 1}),
    "a text too long": new_customer(name="长" * 101),
    "no name": new_customer(name=""),
    "a number for a name": new_customer(name=7),
    "a number for an id": new_customer(id=7),
    "a text for a list": new_customer(phones="138"),
    "an object in a list": new_customer(phones=[{}]),
    "a day that never was": new_customer(birth_date="2026-02-30"),
    "a gender nobody has": new_customer(gender="?"),
    "too deep": new_customer(preferences={"drink": nested(900)}),
    "too deep in the wrong place": new_customer(name=nested(300)),
    "an endless number in the wrong place": new_customer(name=10**400),
    "an owner of nowhere": new_customer(owner_id=uuid7()),
}


@pytest.mark.parametrize("args", ODD_ARGUMENTS.values(), ids=ODD_ARGUMENTS.keys())
def test_odd_arguments_are_refused_alone_and_kept_for_the_author(clinic, args):
    phone = clinic.phone("customer_service")
    answer = pushed(phone, [wire(1), {**wire(2), "args": args}, wire(3)])
    assert [result["status"] for result in answer["results"]] == ["applied", "rejected", "applied"]
    error = answer["results"][1]["error"]
    assert (error["code"], bool(error["message"])) == ("validation", True)
    phone.pull()
    assert len(phone.rows("customer")) == 2
    (rejection,) = phone.rows("rejection").values()
    assert (rejection["seq"], rejection["name"]) == (2, "customer.create")


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1, 10**400, 1e308, 0.1])
def test_a_number_of_any_size_is_kept_or_refused_but_never_blocks(clinic, number):
    phone = clinic.phone("customer_service")
    odd = {**wire(1), "args": new_customer(preferences={"drink": number})}
    answer = pushed(phone, [odd, wire(2)])
    assert answer["applied_through"] == 2
    assert answer["results"][0]["status"] in ("applied", "rejected")
    phone.pull()


@pytest.mark.parametrize("name", ["", "no.such", "x" * 100, "王小美", "a\x00b", "\ud800"], ids=repr)
def test_a_mutation_that_does_not_exist_is_refused_alone(clinic, name):
    phone = clinic.phone("customer_service")
    answer = pushed(phone, [{**wire(1), "name": name}, wire(2)])
    assert [result["status"] for result in answer["results"]] == ["rejected", "applied"]
    phone.pull()
    assert len(phone.rows("rejection")) == 1


def test_what_was_refused_for_its_text_is_refused_again_when_sent_again(clinic):
    phone = clinic.phone("customer_service")
    odd = {**wire(1), "args": ODD_ARGUMENTS["half a character"]}
    first, second = pushed(phone, [odd]), pushed(phone, [odd])
    assert second["results"][0]["status"] == "duplicate"
    assert second["results"][0]["error"] == first["results"][0]["error"]


def test_text_is_kept_as_it_was_meant(clinic):
    phone = clinic.phone("customer_service")
    decomposed = new_customer(name="Zoe\u0301 𠮷野", source="🌸\u200d\r\n\t'\"; DROP TABLE customer; --")
    assert pushed(phone, [{**wire(1), "args": decomposed}])["results"][0]["status"] == "applied"
    phone.pull()
    kept = phone.rows("customer")[decomposed["id"]]
    assert (kept["name"], kept["source"]) == ("Zo\u00e9 𠮷野", decomposed["source"])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 200_000, b'{"schema": Infinity}', b"\xff", b'{"schema": 1' + b"0" * 5000 + b"}",
     b'{"schema":1,"schema":2}', "\ufeff{}".encode()],
    ids=["empty", "half", "deep", "infinity", "no utf-8", "5001 digits", "twice", "marked"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/auth/login", "/api/sync/push", "/api/sync/pull", "/api/sync/digest"])
def test_a_broken_body_is_told_in_the_shape_of_errors(clinic, path, body):
    reply = clinic.phone("nurse").call("POST", path, body, JSON)
    assert reply.status in (400, 422)
    assert set(reply.json) == {"code", "message", "fields"}
    assert reply.json["code"] == "validation"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_say_it_is_json_is_refused(clinic, content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    reply = clinic.phone("nurse").call("POST", "/api/sync/pull", b'{"schema": 1}', headers)
    assert reply.status in (415, 422)
    assert reply.json["code"] == "validation"


def test_a_small_body_that_unpacks_into_a_large_one_is_too_large(clinic):
    phone = clinic.phone("nurse")
    bomb = gzip.compress(b" " * 300_000_000, 9)
    assert len(bomb) < 1_000_000
    reply = phone.call("POST", "/api/sync/push", bomb, PACKED)
    assert (reply.status, reply.json["code"]) == (413, "too_large")


@pytest.mark.parametrize("packed", [False, True])
def test_a_mebibyte_is_taken_and_a_byte_more_is_not(clinic, packed):
    phone = clinic.phone("nurse")
    body = b'{"schema": 1, "cursor": null}'.ljust(1024 * 1024)
    for data, status in ((body, 200), (body + b" ", 413)):
        sent, headers = (gzip.compress(data), PACKED) if packed else (data, JSON)
        assert phone.call("POST", "/api/sync/pull", sent, headers).status == status


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_other_encodings_are_refused(clinic, encoding):
    reply = clinic.phone("nurse").call(
        "POST", "/api/sync/pull", b"{}", {**JSON, "Content-Encoding": encoding}
    )
    assert (reply.status, reply.json["code"]) == (422, "validation")


@pytest.mark.parametrize("odd", ["\x00", "\ud800"], ids=repr)
@pytest.mark.parametrize("field", ["clinic", "login", "password"])
def test_odd_text_in_a_sign_in_is_told(clinic, field, odd):
    phone = clinic.phone("nurse", signed_in=False)
    body = {**clinic.credentials(phone), field: f"a{odd}b"}
    reply = phone.call("POST", "/api/auth/login", json.dumps(body).encode(), JSON)
    assert (reply.status, reply.json["code"]) == (422, "validation")


@pytest.mark.parametrize("query", ["%00", "%ED%A0%80", "%25%5F%27", "%FF", "a" * 101, ""])
def test_odd_searches_find_nothing_or_are_told(clinic, query):
    phone = clinic.phone("customer_service")
    phone.do("customer.create", new_customer())
    reply = phone.call("GET", f"/api/customers/search?q={query}")
    assert (reply.status, reply.json.get("code", reply.json)) in (
        (200, {"customers": []}), (422, "validation"),
    )  # fmt: skip


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "A" * 1000, "\u0000", "bnVsbA", "WzEsMiwzLDQsNSw2XQ"])
def test_a_cursor_of_no_server_starts_anew(clinic, cursor):
    reply = clinic.phone("nurse").call("POST", "/api/sync/pull", {"schema": 1, "cursor": cursor})
    assert reply.status == 422 or reply.json["reset"] is True


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("customer.update", {"id": "{customer}", "set": {"name": "x"}, "seen": {}}),
        ("customer.update_medical", {"id": "{customer}", "set": {"notes": "x"}, "seen": {}}),
        ("customer.keep", {"customer_id": "{customer}"}),
        ("alert.raise", {"id": "{new}", "customer_id": "{customer}", "text": "x", "severity": "high"}),
        ("message.sent", {"id": "{new}", "customer_id": "{customer}", "template": None, "body": "x",
                          "channel": "sms"}),
        ("appointment.book", {"id": "{new}", "customer_id": "{customer}", "at": "2026-12-01T02:00:00Z",
                              "kind": "revisit"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_ids_of_another_clinic_are_not_found(clinic, outsider, name, args):
    phone = clinic.phone("customer_service")
    theirs = new_customer()
    outsider.do("customer.create", theirs)
    text = json.dumps(args).replace("{customer}", theirs["id"]).replace("{new}", uuid7())
    result = phone.do(name, json.loads(text))
    assert result["status"] == "rejected"
    assert result["error"]["code"] == "not_found"
    outsider.pull()
    assert outsider.rows("customer")[theirs["id"]]["name"] == theirs["name"]


def test_an_id_of_another_clinic_may_be_used_here_and_stays_apart(clinic, outsider):
    phone = clinic.phone("customer_service")
    theirs = new_customer(name="外人")
    outsider.do("customer.create", theirs)
    assert phone.do("customer.create", {**theirs, "name": "自己人"})["status"] == "applied"
    for device, name in ((phone, "自己人"), (outsider, "外人")):
        device.pull()
        assert device.rows("customer")[theirs["id"]]["name"] == name


def test_another_clinics_device_cannot_be_signed_off(clinic, outsider):
    admin = clinic.phone("clinic_admin")
    reply = admin.call("POST", f"/api/devices/{outsider.disk.device_id}/revoke", {"mode": "wipe"})
    assert (reply.status, reply.json["code"]) == (404, "not_found")
    outsider.pull()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/auth/login", 405), ("DELETE", "/api/sync/push", 405), ("GET", "/api/nothing", 404),
     ("POST", "/api/nothing", 404), ("GET", "/api/devices/no-id/revoke", 404)],
)  # fmt: skip
def test_a_wrong_address_or_method_is_told_in_the_shape_of_errors(clinic, method, path, status):
    reply = clinic.phone("nurse").call(method, path)
    assert reply.status == status
    assert set(reply.json) == {"code", "message", "fields"}
    assert (status == 405) == ("Allow" in reply.headers)
