"""Signing in, and who the session is."""

import uuid

from tests.rigs.client import uuid7
from tests.sync.protocol.wire import new_customer, refusal


def test_it_answers_with_person_device_and_position(clinic):
    phone = clinic.phone("nurse", signed_in=False)
    answer = phone.login()
    assert set(answer) >= {"staff", "device", "applied_through", "schema"}
    assert set(answer["staff"]) >= {"id", "login", "name", "roles"}
    assert answer["staff"]["roles"] == ["nurse"]
    assert uuid.UUID(answer["device"]["id"])
    assert (answer["applied_through"], answer["schema"]) == (0, 1)


def test_the_cookie_is_httponly_and_lax(clinic):
    phone = clinic.phone("nurse", signed_in=False)
    reply = phone.call("POST", "/api/auth/login", clinic.credentials(phone))
    cookie = reply.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_a_wrong_password_and_an_unknown_person_are_told_alike(clinic):
    nurse = clinic.phone("nurse", signed_in=False)
    nurse.password = "wrong"
    nobody = clinic.phone("nurse", signed_in=False)
    nobody.login_name = "nobody"
    nowhere = clinic.phone("nurse", signed_in=False)
    nowhere.clinic = "nowhere"
    told = [refusal(phone.login) for phone in (nurse, nobody, nowhere)]
    assert {(t.status, t.code) for t in told} == {(401, "unauthenticated")}
    assert len({t.body["message"] for t in told}) == 1


def test_guessing_passwords_is_throttled(clinic):
    phone = clinic.phone("nurse", signed_in=False)
    right, phone.password = phone.password, "wrong"
    codes = [refusal(phone.login).code for _ in range(30)]
    assert codes[0] == "unauthenticated"
    assert codes[-1] == "throttled"
    phone.password = right
    assert refusal(phone.login).status == 429


def test_signing_in_again_keeps_the_device_and_its_position(clinic):
    phone = clinic.phone("customer_service")
    phone.do("customer.create", new_customer())
    device = phone.disk.device_id
    answer = phone.login()
    assert (answer["device"]["id"], answer["applied_through"]) == (device, 1)


def test_an_unknown_device_id_is_registered_with_position_zero(clinic):
    phone = clinic.phone("nurse", signed_in=False)
    credentials = clinic.credentials(phone)
    known = uuid7()
    credentials["device"]["id"] = known
    answer = phone.ask("/api/auth/login", credentials)
    assert (answer["device"]["id"], answer["applied_through"]) == (known, 0)


def test_a_device_id_of_somebody_else_is_replaced(clinic, outsider):
    nurse = clinic.phone("nurse")
    for other in (clinic.phone("doctor", signed_in=False), outsider):
        credentials = {
            "clinic": other.clinic,
            "login": other.login_name,
            "password": other.password,
            "device": {"name": "taken", "platform": "test", "id": nurse.disk.device_id},
        }
        answer = other.ask("/api/auth/login", credentials)
        assert answer["device"]["id"] != nurse.disk.device_id
    nurse.pull()


def test_me_gives_person_and_device(clinic):
    phone = clinic.phone("nurse")
    me = phone.call("GET", "/api/auth/me").json
    assert me["staff"]["login"] == phone.login_name
    assert me["staff"]["roles"] == ["nurse"]
    assert me["device"]["id"] == phone.disk.device_id


def test_after_signing_out_nothing_is_answered(clinic):
    phone = clinic.phone("nurse")
    assert phone.call("POST", "/api/auth/logout").status < 300
    assert refusal(phone.pull).code == "unauthenticated"
    assert phone.call("GET", "/api/auth/me").status == 401
