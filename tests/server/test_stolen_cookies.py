"""A session is its device's: planted before a sign-in it opens nothing, used elsewhere it changes nothing."""

import json

import pytest

from tests.rigs.client import uuid7
from tests.server.test_routes import BODIES, GUARDED, TUS, path_of
from tests.sync.protocol.wire import wire


def cookie(phone) -> str:
    found = phone.door.client.get_cookie("meidang")
    assert found is not None
    return found.value


def carry(phone, value: str) -> None:
    phone.door.client.set_cookie("meidang", value)


def test_a_cookie_that_was_planted_before_the_sign_in_is_replaced_and_opens_nothing(clinic):
    planted = "planted-" + uuid7()
    victim, thief = clinic.phone("nurse", signed_in=False), clinic.phone("nurse", signed_in=False)
    carry(victim, planted)
    victim.login()
    assert cookie(victim) != planted
    carry(thief, planted)
    assert thief.call("GET", "/api/auth/me").status == 401


def test_somebody_elses_session_that_was_planted_does_not_become_mine(clinic):
    thief, victim = clinic.phone("front_desk"), clinic.phone("nurse", signed_in=False)
    planted = cookie(thief)
    carry(victim, planted)
    victim.login()
    assert cookie(victim) != planted
    assert thief.call("GET", "/api/auth/me").json["staff"]["login"] == "front_desk"
    assert victim.call("GET", "/api/auth/me").json["staff"]["login"] == "nurse"


@pytest.mark.parametrize(("method", "route"), GUARDED)
def test_a_stolen_cookie_does_nothing_in_the_name_of_another_device(clinic, method, route):
    victim, thief = clinic.phone("clinic_admin"), clinic.phone("nurse")
    mine = {"X-Device": thief.disk.device_id}
    carry(thief, cookie(victim))
    reply = thief.call(method, path_of(route), BODIES.get(route), {**mine, **TUS})
    assert (reply.status, reply.json["code"]) == (403, "device_mismatch")


def test_a_stolen_cookie_ends_when_its_device_signs_in_again(clinic):
    victim, thief = clinic.phone("nurse"), clinic.phone("nurse", signed_in=False)
    carry(thief, cookie(victim))
    assert thief.call("GET", "/api/auth/me").status == 200
    victim.login()
    assert thief.call("GET", "/api/auth/me").json["code"] == "unauthenticated"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_another_site_changes_nothing(clinic, kind):
    """Browsers send forms across sites with these types, and can send no X-Device with them."""
    phone = clinic.phone("customer_service")
    sent = {"schema": 1, "device_time": phone.now(), "mutations": [wire(1)]}
    body, origin = json.dumps(sent).encode(), {"Origin": "https://elsewhere.example"}
    for claimed in (kind, "application/json"):
        reply = phone.door.request("POST", "/api/sync/push", body, {**origin, "Content-Type": claimed})
        assert reply.status in (403, 415, 422)
    assert phone.login()["applied_through"] == 0
