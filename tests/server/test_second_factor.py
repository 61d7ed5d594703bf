"""The second factor: set up, asked for at sign-in, good once, compulsory where the clinic says so, lost."""

import time
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from server.clinic.second_factor import SecondFactor
from server.clinic.sign_in import Session
from server.database import write
from tests.rigs.client import instant
from tests.rigs.people import PASSWORD
from tests.server.role_table import ROLES
from tests.server.scene import Scene

IN_NEED = {"clinic_admin", "cs_lead", "consult_lead", "ops_director"}


def post(phone, path, **body):
    reply = phone.call("POST", path, body)
    return reply.status, reply.json


def code_of(secret, steps=0):
    """What the authenticator shows now, or will show so many steps from now."""
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


def set_up(phone):
    """The secret and the recovery codes of a new second factor."""
    _, begun = post(phone, "/api/auth/second-factor", password=PASSWORD)
    status, confirmed = post(phone, "/api/auth/second-factor/confirm", code=code_of(begun["secret"]))
    assert status == 200
    return begun["secret"], confirmed["recovery_codes"]


def sign_in(clinic, phone, code=None):
    """From a browser that has never been here."""
    stranger = clinic.phone("nurse", signed_in=False)
    body = clinic.credentials(phone) | ({"code": code} if code else {})
    reply = stranger.call("POST", "/api/auth/login", body)
    return reply.status, reply.json.get("code")


def require(clinic, required=True):
    clinic.phone("clinic_admin", 9).do("clinic.set_second_factor", {"required": required})


def test_it_counts_once_a_first_code_has_confirmed_it(clinic):
    phone = clinic.phone("cs_lead")
    assert post(phone, "/api/auth/second-factor", password="wrong")[0] == 403
    _, begun = post(phone, "/api/auth/second-factor", password=PASSWORD)
    assert begun["uri"].startswith(f"otpauth://totp/Meidang:cs_lead?secret={begun['secret']}")
    assert post(phone, "/api/auth/second-factor/confirm", code="000000")[1]["code"] == "wrong_code"
    assert sign_in(clinic, phone) == (200, None)
    secret, recovery = set_up(phone)
    assert len(set(recovery)) == 10
    assert phone.call("GET", "/api/auth/me").json["second_factor"] is True
    assert sign_in(clinic, phone) == (401, "second_factor_required")
    assert sign_in(clinic, phone, code_of(secret, +1)) == (200, None)
    assert post(phone, "/api/auth/second-factor", password=PASSWORD)[1]["code"] == "conflict"


def test_a_code_is_good_once_and_a_recovery_code_too(clinic):
    phone = clinic.phone("cs_lead")
    secret, recovery = set_up(phone)
    assert sign_in(clinic, phone, code_of(secret, -6)) == (403, "wrong_code")
    now = code_of(secret, +1)  # the one before has confirmed it
    assert sign_in(clinic, phone, f"{now[:3]} {now[3:]}") == (200, None)
    assert sign_in(clinic, phone, now) == (403, "wrong_code")
    assert sign_in(clinic, phone, code_of(secret, +6)) == (403, "wrong_code")
    assert sign_in(clinic, phone, recovery[3].upper()) == (200, None)
    assert sign_in(clinic, phone, recovery[3]) == (403, "wrong_code")
    assert sign_in(clinic, phone, recovery[4].replace("-", "")) == (200, None)


def test_recovery_codes_are_kept_as_hashes(clinic):
    _, recovery = set_up(clinic.phone("cs_lead"))
    with Scene(clinic).connection() as connection:
        mine = SecondFactor.clinic_id == clinic.id
        [kept] = connection.scalars(select(SecondFactor.recovery).where(mine)).all()
    assert len(kept) == 10
    assert all(one.startswith("$argon2id$") for one in kept)
    assert not any(code in str(kept) for code in recovery)


def test_ten_wrong_codes_close_the_door(clinic):
    phone = clinic.phone("cs_lead")
    secret, _ = set_up(phone)
    for _ in range(10):
        assert sign_in(clinic, phone, "000000") == (403, "wrong_code")
    assert sign_in(clinic, phone, code_of(secret, +1)) == (429, "throttled")


def test_a_sign_in_of_several_calls_needs_one_code(clinic):
    phone, other = clinic.phone("cs_lead"), clinic.phone("cs_lead")
    set_up(phone)
    phone.login(anew=True)
    phone.pull()
    assert post(other, "/api/auth/login", **clinic.credentials(other))[1]["code"] == "second_factor_required"
    late = instant(datetime.now(UTC) - timedelta(minutes=11))
    with clinic.app.app_context(), write() as connection:
        mine = Session.device_id == phone.disk.device_id
        connection.execute(update(Session).where(mine).values(proved_at=late))
    assert post(phone, "/api/auth/login", **clinic.credentials(phone))[1]["code"] == "second_factor_required"


@pytest.mark.parametrize("role", ROLES)
def test_a_clinic_makes_it_compulsory_for_who_administers_and_leads(clinic, role):
    require(clinic)
    phone = clinic.phone(role)
    reply = phone.call("GET", "/api/customers/search?q=a")
    if role not in IN_NEED:
        assert reply.status == 200
        return
    assert (reply.status, reply.json["code"]) == (403, "second_factor_due")
    assert phone.call("GET", "/api/auth/me").json["owes"] == "second_factor"
    set_up(phone)
    phone.pull()


def test_it_is_asked_of_who_is_signed_in_and_no_more_once_the_clinic_has_thought_better(clinic):
    phone = clinic.phone("cs_lead")
    admin = clinic.phone("clinic_admin", 9)
    set_up(admin)
    admin.do("clinic.set_second_factor", {"required": True})
    assert (
        phone.call("POST", "/api/sync/pull", {"schema": 1, "cursor": None}).json["code"]
        == "second_factor_due"
    )
    admin.do("clinic.set_second_factor", {"required": False})
    phone.pull()


def test_the_own_is_given_up_with_both_factors(clinic):
    phone = clinic.phone("cs_lead")
    secret, recovery = set_up(phone)
    give_up = "/api/auth/second-factor/remove"
    assert post(phone, give_up, password="wrong", code=code_of(secret))[1]["code"] == "wrong_password"
    assert post(phone, give_up, password=PASSWORD, code="000000")[1]["code"] == "wrong_code"
    assert post(phone, give_up, password=PASSWORD, code=recovery[0])[0] == 204
    assert sign_in(clinic, phone) == (200, None)


@pytest.mark.parametrize("role", ROLES)
def test_the_administrator_takes_a_lost_one_away(clinic, outsider, role):
    lead, person = clinic.phone("cs_lead", 2), clinic.phone(role)
    set_up(lead)
    path = f"/api/staff/{lead.staff['id']}/second-factor/remove"
    assert outsider.call("POST", path).status == 403
    status = person.call("POST", path).status
    assert status == (204 if role == "clinic_admin" else 403)
    assert sign_in(clinic, lead)[0] == (200 if role == "clinic_admin" else 401)


def test_it_is_in_the_log_who_took_it_away(clinic):
    admin, lead = clinic.phone("clinic_admin"), clinic.phone("cs_lead")
    set_up(lead)
    admin.call("POST", f"/api/staff/{lead.staff['id']}/second-factor/remove")
    found = admin.call("GET", f"/api/audit?by={admin.staff['id']}").json["entries"]
    assert "staff.second_factor_removed" in [entry["name"] for entry in found]


def test_an_operator_takes_one_away(clinic):
    lead = clinic.phone("cs_lead")
    set_up(lead)
    result = clinic.app.test_cli_runner().invoke(args=["second-factor-remove", clinic.code, "cs_lead"])
    assert result.exit_code == 0
    assert sign_in(clinic, lead) == (200, None)
