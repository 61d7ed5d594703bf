"""Sessions, throttling, devices of others, and people who leave."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from server.clinic import passwords, sign_in
from server.clinic.passwords import Credential
from server.clinic.sign_in import Session, forget_old
from server.database import write
from server.errors import Throttled, Unauthenticated
from server.sync.tables import Device
from tests.rigs.client import Refused, instant
from tests.rigs.people import PASSWORD
from tests.server.scene import Scene
from tests.sync.protocol.wire import new_customer


def code(call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.code


def test_a_session_ends_after_thirty_days(clinic):
    phone = clinic.phone("nurse")
    now = datetime.now(UTC)
    with clinic.app.app_context(), write() as connection:
        connection.execute(
            update(Session).where(Session.device_id == phone.disk.device_id).values(expires_at=instant(now))
        )
    assert code(phone.pull) == "unauthenticated"
    with clinic.app.app_context(), write() as connection:
        forget_old(connection, now + timedelta(seconds=1))
        left = connection.execute(select(Session).where(Session.device_id == phone.disk.device_id)).all()
    assert left == []


def unheard_for(clinic, phone, **span):
    long_ago = instant(datetime.now(UTC) - timedelta(**span))
    with clinic.app.app_context(), write() as connection:
        device = Device.id == phone.disk.device_id
        connection.execute(update(Device).where(device).values(last_contact=long_ago))


def test_a_session_ends_when_its_phone_is_not_heard_of_for_a_fortnight(clinic):
    phone = clinic.phone("customer_service")
    unheard_for(clinic, phone, days=13, hours=23)
    phone.pull()
    waiting = phone.queue("customer.create", new_customer())
    unheard_for(clinic, phone, days=14)
    assert code(phone.push) == "unauthenticated"
    phone.login()
    assert [result["status"] for result in phone.push()] == ["applied"]
    phone.pull()
    assert waiting.args["id"] in phone.rows("customer")


def test_a_phone_that_was_signed_off_learns_it_however_late_it_comes(clinic):
    phone = clinic.phone("nurse")
    clinic.revoke(phone, "wipe")
    unheard_for(clinic, phone, days=20)
    assert code(phone.pull) == "device_revoked"


def test_neither_tokens_nor_passwords_are_kept_as_they_are(clinic):
    phone = clinic.phone("nurse", signed_in=False)
    reply = phone.call("POST", "/api/auth/login", clinic.credentials(phone))
    token = reply.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    with Scene(clinic).connection() as connection:
        hashes = connection.scalars(select(Session.token_hash).where(Session.clinic_id == clinic.id)).all()
        secrets = connection.scalars(
            select(Credential.password_hash).where(Credential.clinic_id == clinic.id)
        ).all()
    assert token not in hashes
    assert all(secret.startswith("$argon2id$") and PASSWORD not in secret for secret in secrets)


def test_a_password_kept_under_weaker_rules_is_kept_under_those_of_today_after_a_sign_in(clinic):
    nurse = clinic.person("nurse")
    weak = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    mine = Credential.clinic_id == clinic.id, Credential.staff_id == nurse
    with clinic.app.app_context(), write() as connection:
        connection.execute(update(Credential).where(*mine).values(password_hash=weak))
    for _ in range(2):
        attempt(clinic, PASSWORD, datetime.now(UTC))
    with Scene(clinic).connection() as connection:
        [now] = connection.scalars(select(Credential.password_hash).where(*mine)).all()
    assert now != weak
    assert not passwords._hasher.check_needs_rehash(now)


def attempt(clinic, password, at, address="198.51.100.7", login="nurse"):
    device = sign_in.NewDevice("phone", "test", None)
    with clinic.app.app_context():
        return sign_in.sign_in(clinic.code, login, password, device, address, at)


def test_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(clinic):
    clinic.person("nurse")
    now = datetime.now(UTC)
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            attempt(clinic, "wrong", now)
    with pytest.raises(Throttled):
        attempt(clinic, PASSWORD, now + timedelta(minutes=14))
    assert attempt(clinic, PASSWORD, now + timedelta(minutes=15, seconds=1))


def test_a_stranger_far_away_does_not_lock_a_person_out(clinic):
    clinic.person("nurse")
    now = datetime.now(UTC)
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            attempt(clinic, "wrong", now, address="203.0.113.9")
    assert attempt(clinic, PASSWORD, now)


def test_one_address_cannot_try_everybody(clinic):
    clinic.person("nurse")
    now, address = datetime.now(UTC), f"192.0.2.{clinic.code}"
    monkey = pytest.MonkeyPatch()
    monkey.setattr(sign_in, "verified", lambda *_: False)  # slow by intent
    with monkey.context():
        for number in range(100):
            with pytest.raises(Unauthenticated):
                attempt(clinic, "wrong", now, address, login=f"guess{number}")
    monkey.undo()
    with pytest.raises(Throttled):
        attempt(clinic, PASSWORD, now, address)


def test_who_has_left_is_out_at_once_on_every_device(clinic):
    admin, phone, tablet = clinic.phone("clinic_admin"), clinic.phone("nurse"), clinic.phone("nurse")
    admin.do("staff.update", {"id": phone.staff["id"], "active": False})
    for device in (phone, tablet):
        with pytest.raises(Refused) as told:
            device.pull()
        assert (told.value.code, told.value.fields["mode"]) == ("device_revoked", "wipe")
        with pytest.raises(Refused):
            device.push_raw([])
    assert code(phone.login) == "unauthenticated"
    assert phone.call("GET", "/api/auth/me").headers["Clear-Site-Data"] == '"cache"'


def test_a_change_of_roles_counts_from_the_next_call(clinic):
    admin, phone = clinic.phone("clinic_admin"), clinic.phone("customer_service")
    customer = Scene(clinic).customer()
    phone.pull()
    admin.do("staff.update", {"id": phone.staff["id"], "roles": ["finance"]})
    edit = {"id": customer, "set": {"source": "朋友"}, "seen": {"source": None}}
    assert phone.do("customer.update", edit)["error"]["code"] == "forbidden"
    pages = phone.pull()
    assert {page["reset"] for page in pages} == {True}
    assert phone.rows("customer") == {}
    assert customer in phone.rows("customer_brief")


def test_a_change_of_name_starts_nothing_anew(clinic):
    admin, phone = clinic.phone("clinic_admin"), clinic.phone("nurse")
    phone.pull()
    admin.do("staff.update", {"id": phone.staff["id"], "name": "新名", "roles": ["nurse"]})
    assert phone.pull()[0]["reset"] is False
