"""Every HTTP route: without a session, from another clinic, in another role."""

import re

import pytest

from tests.rigs.client import uuid7
from tests.server.role_table import ROLES, WITH_PROFILE
from tests.server.scene import Scene

# (method, route): who may call it. A route without a row fails a test.
ROUTES = {
    ("GET", "/"): "anybody",
    ("GET", "/<outside_api:path>"): "anybody",
    ("GET", "/api/health"): "anybody",
    ("GET", "/api/ready"): "anybody",
    ("GET", "/api/openapi.json"): "anybody",
    ("POST", "/api/auth/login"): "anybody",
    ("POST", "/api/auth/logout"): "signed in",
    ("GET", "/api/auth/me"): "signed in",
    ("POST", "/api/auth/password"): "signed in",
    ("POST", "/api/auth/second-factor"): "signed in",
    ("POST", "/api/auth/second-factor/confirm"): "signed in",
    ("POST", "/api/auth/second-factor/remove"): "signed in",
    ("POST", "/api/sync/push"): "signed in",
    ("POST", "/api/sync/pull"): "signed in",
    ("POST", "/api/sync/digest"): "signed in",
    ("GET", "/api/sync/stream"): "signed in",
    ("GET", "/api/customers/search"): "signed in",
    ("GET", "/api/devices"): "signed in",
    ("POST", "/api/devices/<uuid:device_id>/revoke"): "signed in",
    ("POST", "/api/escape"): "signed in",
    ("POST", "/api/escape/keys"): "signed in",
    ("GET", "/api/photos/<uuid:photo_id>/original"): "signed in",
    ("GET", "/api/photos/<uuid:photo_id>/screen"): "signed in",
    ("GET", "/api/photos/<uuid:photo_id>/thumb"): "signed in",
    ("GET", "/api/push/key"): "signed in",
    ("POST", "/api/push/receipts"): "signed in",
    ("GET", "/api/push/undelivered"): "signed in",
    ("POST", "/api/push/subscriptions"): "signed in",
    ("DELETE", "/api/push/subscriptions"): "signed in",
    ("POST", "/api/sheets"): "signed in",
    ("GET", "/api/audit"): "signed in",
    ("POST", "/api/customers/<uuid:customer_id>/export"): "signed in",
    ("POST", "/api/staff"): "signed in",
    ("PATCH", "/api/staff/<uuid:staff_id>"): "signed in",
    ("POST", "/api/staff/<uuid:staff_id>/leave"): "signed in",
    ("POST", "/api/staff/<uuid:staff_id>/return"): "signed in",
    ("POST", "/api/staff/<uuid:staff_id>/password"): "signed in",
    ("POST", "/api/staff/<uuid:staff_id>/second-factor/remove"): "signed in",
    ("GET", "/api/reports/followups"): "signed in",
    ("GET", "/api/reports/vip"): "signed in",
    ("POST", "/api/vip/proposals"): "signed in",
    ("POST", "/api/vip/case-reports"): "signed in",
    ("POST", "/api/uploads"): "signed in",
    ("PATCH", "/api/uploads/<uuid:upload_id>"): "signed in",
    ("DELETE", "/api/uploads/<uuid:upload_id>"): "signed in",
}
BODIES = {
    "/api/sync/push": {"schema": 1, "device_time": "2026-11-22T04:57:43.123Z", "mutations": []},
    "/api/sync/pull": {"schema": 1, "cursor": None},
    "/api/sync/digest": {"cursor": "x"},
    "/api/devices/<uuid:device_id>/revoke": {"mode": "wipe"},
    "/api/escape/keys": {"key": "B" * 87},
    "/api/push/receipts": {"receipts": []},
    "/api/push/subscriptions": {
        "endpoint": "https://push.example.com/a",
        "keys": {"p256dh": "B" * 87, "auth": "a" * 22},
    },
    "/api/sheets": {
        "rows": [[{"photo_id": uuid7()}]],
        "purpose": "record",
        "format": "png",
        "language": "zh",
    },
}
BODIES["/api/vip/proposals"] = {"plan_ids": [uuid7()], "format": "png", "language": "zh"}
BODIES["/api/vip/case-reports"] = {"case_id": uuid7(), "format": "png", "language": "zh"}
BODIES["/api/auth/password"] = {"old": "correct horse", "new": "battery staple"}
BODIES["/api/auth/second-factor"] = {"password": "correct horse"}
BODIES["/api/auth/second-factor/confirm"] = {"code": "000000"}
BODIES["/api/auth/second-factor/remove"] = {"password": "correct horse", "code": "000000"}
BODIES["/api/staff/<uuid:staff_id>"] = {"roles": ["nurse"]}
BODIES["/api/staff/<uuid:staff_id>/leave"] = {"mode": "wipe"}
BODIES["/api/staff/<uuid:staff_id>/return"] = {"password": "correct horse"}
BODIES["/api/staff/<uuid:staff_id>/password"] = {"password": "correct horse"}
BODIES["/api/staff"] = {
    "id": uuid7(),
    "login": "a",
    "name": "a",
    "roles": ["nurse"],
    "password": "correct horse",
}
TUS = {"Tus-Resumable": "1.0.0"}
GUARDED = sorted((method, route) for (method, route), who in ROUTES.items() if who == "signed in")


def path_of(route: str) -> str:
    span = "?from=2026-11-01&to=2026-11-22"
    query = {"/api/customers/search": "?q=a", "/api/reports/followups": span, "/api/reports/vip": span}
    return re.sub("<uuid:.*?>", uuid7(), route) + query.get(route, "")


def test_every_route_has_a_row(app):
    there = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert there == set(ROUTES)


@pytest.mark.parametrize(("method", "route"), GUARDED)
def test_without_a_session_nothing_is_answered(clinic, method, route):
    stranger = clinic.phone("nurse", signed_in=False)
    reply = stranger.call(method, path_of(route), BODIES.get(route), {"X-Device": uuid7(), **TUS})
    assert (reply.status, reply.json["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(("method", "route"), [row for row in GUARDED if row[0] != "GET"])
def test_what_changes_something_needs_the_header_of_the_sessions_device(clinic, method, route):
    phone = clinic.phone("clinic_admin")
    reply = phone.call(method, path_of(route), BODIES.get(route), {"X-Device": uuid7(), **TUS})
    assert (reply.status, reply.json["code"]) == (403, "device_mismatch")


def test_a_person_sees_their_own_devices_and_the_administrator_everybodys(clinic, outsider):
    nurse, admin = clinic.phone("nurse"), clinic.phone("clinic_admin")
    tablet = clinic.phone("nurse")

    def listed(phone):
        return {row["id"] for row in phone.call("GET", "/api/devices").json["devices"]}

    assert listed(nurse) == {nurse.disk.device_id, tablet.disk.device_id}
    assert listed(admin) == {nurse.disk.device_id, tablet.disk.device_id, admin.disk.device_id}
    assert listed(outsider) == {outsider.disk.device_id}


@pytest.mark.parametrize("role", ROLES)
def test_only_the_administrator_signs_off_other_peoples_devices(clinic, role):
    person, colleague = clinic.phone(role), clinic.phone("nurse", 2)
    path = f"/api/devices/{colleague.disk.device_id}/revoke"
    reply = person.call("POST", path, {"mode": "collect"})
    assert reply.status == (204 if role == "clinic_admin" else 403)


def test_everybody_signs_off_a_device_of_their_own(clinic):
    phone, lost = clinic.phone("nurse"), clinic.phone("nurse")
    assert phone.call("POST", f"/api/devices/{lost.disk.device_id}/revoke", {"mode": "wipe"}).status == 204
    assert lost.call("GET", "/api/auth/me").json["code"] == "device_revoked"


def test_a_device_of_another_clinic_is_not_found(clinic, outsider):
    admin = clinic.phone("clinic_admin")
    reply = admin.call("POST", f"/api/devices/{outsider.disk.device_id}/revoke", {"mode": "wipe"})
    assert (reply.status, reply.json["code"]) == (404, "not_found")
    outsider.pull()


FINDS_PROFILES = WITH_PROFILE.split()
FINDS_OWN = ["consultant", "channel_dev"]
FINDS_NAMES = ["consultant", "admin_office", "finance", "clinic_admin"]


@pytest.mark.parametrize("role", ROLES)
def test_the_search_shows_each_role_what_it_may_read(clinic, outsider, role):
    phone = clinic.phone(role)
    scene = Scene(clinic)
    own = scene.customer(phone.staff["id"], name="欧阳静", phones=["13911112222"])
    other = scene.customer(name="欧阳明", phones=["13911113333"])

    def found(text):
        customers = phone.call("GET", f"/api/customers/search?q={text}").json["customers"]
        return {row["id"]: "profile" if "phones" in row else "name" for row in customers}

    profiles = {other: "profile", own: "profile"} if role in FINDS_PROFILES else {}
    profiles |= {own: "profile"} if role in FINDS_OWN else {}
    assert found("1391111") == profiles
    names = {own: "name", other: "name"} if role in FINDS_NAMES else {}
    if role == "partner_consultant":
        names = {own: "name"}
    assert found("欧阳") == {**names, **profiles}
    assert outsider.call("GET", "/api/customers/search?q=欧阳").json["customers"] == []
