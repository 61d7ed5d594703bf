"""The administrator adds people, changes what they are, and ends what they may, at once."""

import pytest
from sqlalchemy import select

from server.sync.tables import MutationLog
from tests.rigs.client import uuid7
from tests.rigs.people import PASSWORD, Clinic
from tests.server.role_table import ROLES
from tests.server.scene import Scene

NEW = "a new password"


def newcomer(**more):
    return {"id": uuid7(), "login": "mei", "name": "小美", "roles": ["nurse"], "password": NEW, **more}


def acts_on(clinic, name):
    """Everything an administrator does to a person: [(method, path, body)]."""
    person = f"/api/staff/{clinic.person(name)}"
    return [
        ("POST", "/api/staff", newcomer()),
        ("PATCH", person, {"roles": ["doctor"]}),
        ("POST", f"{person}/password", {"password": NEW}),
        ("POST", f"{person}/leave", {"mode": "wipe"}),
        ("POST", f"{person}/return", {"password": NEW}),
    ]


def sign_in(clinic, login, password):
    body = {
        "clinic": clinic.code,
        "login": login,
        "password": password,
        "device": {"name": "-", "platform": ""},
    }
    return clinic.phone("front_desk", signed_in=False).call("POST", "/api/auth/login", body)


@pytest.mark.parametrize("role", ROLES)
def test_only_the_administrator_administers(clinic: Clinic, role):
    phone = clinic.phone(role)
    statuses = {phone.call(*act).status for act in acts_on(clinic, "finance")}
    assert statuses == {204 if role == "clinic_admin" else 403}


def test_people_of_another_clinic_are_not_there(clinic: Clinic, app, open_door):
    admin, elsewhere = clinic.phone("clinic_admin"), Clinic(app, open_door)
    nurse = elsewhere.phone("nurse")
    for act in acts_on(elsewhere, "nurse")[1:]:
        reply = admin.call(*act)
        assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert nurse.call("GET", "/api/auth/me").json["roles"] == ["nurse"]
    assert sign_in(elsewhere, "nurse", PASSWORD).status == 200


def test_a_new_person_signs_in_at_once_and_is_in_everybodys_directory(clinic: Clinic):
    admin, colleague = clinic.phone("clinic_admin"), clinic.phone("doctor")
    person = newcomer()
    assert admin.call("POST", "/api/staff", person).status == 204
    assert sign_in(clinic, "mei", NEW).json["roles"] == ["nurse"]
    colleague.pull()
    assert colleague.rows("staff")[person["id"]]["name"] == "小美"
    taken = admin.call("POST", "/api/staff", newcomer())
    assert (taken.status, taken.json["code"], taken.json["fields"]) == (409, "conflict", {"login": ["taken"]})


def test_a_short_password_is_refused_and_nobody_is_engaged(clinic: Clinic):
    admin = clinic.phone("clinic_admin")
    reply = admin.call("POST", "/api/staff", newcomer(password="1234567"))
    assert (reply.status, list(reply.json["fields"]["json"])) == (422, ["password"])
    assert admin.call("POST", "/api/staff", newcomer()).status == 204


def test_who_leaves_is_out_everywhere_at_once(clinic: Clinic):
    admin, phone, tablet = clinic.phone("clinic_admin"), clinic.phone("nurse"), clinic.phone("nurse")
    left = f"/api/staff/{phone.staff['id']}/leave"
    assert admin.call("POST", left, {"mode": "wipe"}).status == 204
    for device in (phone, tablet):
        reply = device.call("GET", "/api/auth/me")
        assert (reply.json["code"], reply.json["fields"]) == ("device_revoked", {"mode": "wipe"})
    assert sign_in(clinic, "nurse", PASSWORD).status == 401


def test_who_leaves_may_be_asked_to_hand_in_first(clinic: Clinic):
    admin, phone = clinic.phone("clinic_admin"), clinic.phone("consultant")
    phone.queue("customer.create", {"id": uuid7(), "name": "李静", "phones": []})
    admin.call("POST", f"/api/staff/{phone.staff['id']}/leave", {"mode": "collect"})
    phone.push()
    reply = phone.call("GET", "/api/auth/me")
    assert (reply.json["code"], reply.json["fields"]) == ("device_revoked", {"mode": "collect"})


def test_who_comes_back_signs_in_with_a_new_password_and_old_phones_stay_signed_off(clinic: Clinic):
    admin, phone = clinic.phone("clinic_admin"), clinic.phone("nurse")
    person = f"/api/staff/{phone.staff['id']}"
    admin.call("POST", f"{person}/leave", {"mode": "wipe"})
    assert admin.call("POST", f"{person}/return", {"password": NEW}).status == 204
    assert sign_in(clinic, "nurse", PASSWORD).status == 401
    assert sign_in(clinic, "nurse", NEW).status == 200
    assert phone.call("GET", "/api/auth/me").json["code"] == "device_revoked"


def test_a_new_password_signs_out_everywhere_and_the_old_one_is_void(clinic: Clinic):
    admin, phone = clinic.phone("clinic_admin"), clinic.phone("nurse")
    person = f"/api/staff/{phone.staff['id']}"
    assert admin.call("POST", f"{person}/password", {"password": NEW}).status == 204
    assert phone.call("GET", "/api/auth/me").json["code"] == "unauthenticated"
    assert sign_in(clinic, "nurse", PASSWORD).status == 401
    assert sign_in(clinic, "nurse", NEW).status == 200


def test_new_roles_change_what_the_phone_holds(clinic: Clinic):
    admin, phone = clinic.phone("clinic_admin"), clinic.phone("nurse")
    customer = Scene(clinic).customer()
    phone.pull()
    assert customer in phone.rows("customer")
    changed = {"roles": ["finance"], "name": "财务小美"}
    assert admin.call("PATCH", f"/api/staff/{phone.staff['id']}", changed).status == 204
    phone.pull()
    assert customer not in phone.rows("customer")
    assert phone.rows("staff")[phone.staff["id"]]["name"] == "财务小美"


@pytest.mark.parametrize("last", ["leave", "roles"])
def test_a_clinic_keeps_an_administrator(clinic: Clinic, last):
    admin = clinic.phone("clinic_admin")
    me = f"/api/staff/{admin.staff['id']}"
    act = (
        ("POST", f"{me}/leave", {"mode": "wipe"}) if last == "leave" else ("PATCH", me, {"roles": ["nurse"]})
    )
    reply = admin.call(*act)
    assert (reply.status, reply.json["code"]) == (409, "gate")
    assert admin.call("GET", "/api/auth/me").json["roles"] == ["clinic_admin"]
    clinic.person("clinic_admin", 2)
    assert admin.call(*act).status == 204


def test_the_log_says_who_did_it_and_never_a_password(clinic: Clinic):
    admin = clinic.phone("clinic_admin")
    for act in acts_on(clinic, "nurse"):
        assert admin.call(*act).status == 204
    with Scene(clinic).connection() as connection:
        mine = (MutationLog.clinic_id == clinic.id, MutationLog.args.contains(admin.staff["id"]))
        given = connection.execute(select(MutationLog.name).where(*mine)).scalars().all()
        did = connection.execute(
            select(MutationLog.name).where(MutationLog.staff_id == admin.staff["id"]).order_by(MutationLog.n)
        ).scalars()
        assert list(did) == ["staff.add", "staff.update", "staff.update", "staff.update"]
        assert given.count("staff.password_given") == 3
        said = connection.execute(select(MutationLog.args).where(MutationLog.clinic_id == clinic.id))
        assert not any(NEW in args for (args,) in said)
