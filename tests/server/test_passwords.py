"""Passwords: what is refused, changing one's own, and those that somebody else has given."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from server.clinic.passwords import Credential
from server.database import write
from tests.rigs.client import instant, uuid7
from tests.rigs.people import PASSWORD
from tests.server.test_people import newcomer, sign_in

OWN = "seven quiet lanterns"
GIVEN = "k7fm-2xqd-9tze"


def change(phone, new, old=PASSWORD):
    reply = phone.call("POST", "/api/auth/password", {"old": old, "new": new})
    return reply.status, reply.json and reply.json["code"]


@pytest.fixture
def mei(clinic):
    """Somebody the administrator has just engaged, on her phone; her password is GIVEN."""
    person = newcomer(password=GIVEN)
    assert clinic.phone("clinic_admin").call("POST", "/api/staff", person).status == 204
    phone = clinic.phone("front_desk", signed_in=False)
    phone.login_name, phone.password = "mei", GIVEN
    phone.person = person["id"]
    return phone


def test_a_person_changes_their_password_and_only_this_phone_stays_signed_in(clinic):
    phone, tablet = clinic.phone("nurse"), clinic.phone("nurse")
    assert change(phone, OWN) == (204, None)
    phone.pull()
    assert tablet.call("GET", "/api/auth/me").json["code"] == "unauthenticated"
    assert sign_in(clinic, "nurse", PASSWORD).status == 401
    assert sign_in(clinic, "nurse", OWN).status == 200


def test_it_takes_the_password_of_before_and_ten_wrong_ones_are_too_many(clinic):
    phone = clinic.phone("nurse")
    for _ in range(10):
        assert change(phone, OWN, old="wrong") == (403, "wrong_password")
    reply = phone.call("POST", "/api/auth/password", {"old": PASSWORD, "new": OWN})
    assert (reply.status, reply.headers["Retry-After"]) == (429, "900")
    assert sign_in(clinic, "nurse", PASSWORD).status == 200


@pytest.mark.parametrize("weak", ["password1", "qazwsxedc", "20261122", "meidang1", "{login}2026", "{code}1"])
def test_what_is_easily_guessed_is_refused_through_every_door(clinic, weak):
    weak = weak.format(login="customer_service", code=clinic.code)
    phone, admin = clinic.phone("customer_service"), clinic.phone("clinic_admin")
    person = f"/api/staff/{phone.staff['id']}"
    assert change(phone, weak) == (422, "weak_password")
    for path, body in (
        (f"{person}/password", {"password": weak}),
        (f"{person}/return", {"password": weak}),
        ("/api/staff", newcomer(password=weak, name="customer_service")),
    ):
        reply = admin.call("POST", path, body)
        assert (reply.status, reply.json["code"]) == (422, "weak_password")
    runner = clinic.app.test_cli_runner()
    for command in (
        ["password-set", clinic.code, "customer_service"],
        ["staff-add", clinic.code, "mei7", "customer_service", "--role", "nurse"],
    ):
        result = runner.invoke(args=[*command, "--password", weak])
        assert (result.exit_code, "easily guessed" in result.output) == (1, True)
    opening = ["clinic-create", f"{clinic.code}1", "新诊所", "--admin-login", "customer_service"]
    assert "easily guessed" in runner.invoke(args=[*opening, "--admin-password", weak]).output
    assert sign_in(clinic, "customer_service", PASSWORD).status == 200


def test_the_same_password_again_is_no_new_one(clinic):
    assert change(clinic.phone("nurse"), PASSWORD) == (422, "weak_password")


def test_who_was_given_a_password_does_nothing_before_they_have_one_of_their_own(mei):
    assert mei.login()["owes"] == "password"
    for call in (
        ("POST", "/api/sync/pull", {"schema": 1, "cursor": None}),
        ("POST", "/api/sync/push", {"schema": 1, "device_time": mei.now(), "mutations": []}),
        ("GET", "/api/customers/search?q=a"),
        ("GET", f"/api/photos/{uuid7()}/original"),
    ):
        reply = mei.call(*call)
        assert (reply.status, reply.json["code"]) == (403, "password_due")
    assert change(mei, GIVEN, old=GIVEN) == (422, "weak_password")
    assert change(mei, OWN, old=GIVEN) == (204, None)
    mei.pull()
    mei.password = OWN
    assert mei.login()["owes"] is None


def test_a_password_that_was_given_is_good_for_a_week(clinic, mei):
    for days, status in ((6, 200), (8, 401)):
        at = instant(datetime.now(UTC) - timedelta(days=days))
        with clinic.app.app_context(), write() as connection:
            hers = Credential.staff_id == mei.person
            connection.execute(update(Credential).where(hers).values(given_at=at))
        reply = sign_in(clinic, "mei", GIVEN)
        assert reply.status == status
    assert reply.json["code"] == "password_stale"
    assert sign_in(clinic, "mei", "wrong").json["code"] == "unauthenticated"
