"""What is in another clinic is answered, to the last word, as what is nowhere."""

import re
from typing import Any

import pytest

from tests.photos.pictures import encoded, scene
from tests.rigs.client import uuid7
from tests.rigs.escape import Keys, bring, written
from tests.rigs.people import Clinic
from tests.rigs.uploads import Sending
from tests.server.pictures_taken import taking
from tests.server.role_table import MAY, ON_ONES_OWN_CLINIC, ROLES
from tests.server.scene import Scene
from tests.server.targets import Targets
from tests.server.test_routes import BODIES, GUARDED, TUS

ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def nowhere(value: Any, known: dict[str, str]) -> Any:
    """The same with ids that nobody has, one for each."""
    if isinstance(value, dict):
        return {name: nowhere(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [nowhere(one, known) for one in value]
    if isinstance(value, str) and ID.fullmatch(value):
        return known.setdefault(value, uuid7())
    return value


def judged(phone, tries: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """All that is told of each."""
    sent = [phone.queue(name, args).id for name, args in tries]
    phone.push()
    return [{**phone.disk.results[id], "seq": None} for id in sent]


@pytest.mark.parametrize("role", ROLES)
def test_a_mutation_about_another_clinic_is_one_about_nothing(clinic: Clinic, app, open_door, role):
    phone, other = clinic.phone(role), Clinic(app, open_door)
    somebody = other.person("consultant")
    targets = Targets(Scene(other), somebody, role, somebody)
    acts = [act for act in MAY if act not in ON_ONES_OWN_CLINIC]
    with targets.scene.at_once():
        theirs = [(act.split()[0], targets.of(act, "others")) for act in acts]
    nobodys = [(name, nowhere(args, {})) for name, args in theirs]
    told = dict(zip(acts, zip(judged(phone, theirs), judged(phone, nobodys), strict=True), strict=True))
    assert {act: pair for act, pair in told.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("act", ["customer.create", "staff.add", "partner.add", "day.sign_off"])
def test_an_id_that_another_clinic_uses_is_free(clinic: Clinic, app, open_door, act):
    role = {"customer.create": "consult_lead", "day.sign_off": "consult_lead"}.get(act, "clinic_admin")
    phone, other = clinic.phone(role), Clinic(app, open_door)
    targets = Targets(Scene(other), other.person(role), role, other.person("nurse"))
    args = targets.of(act, "others")
    targets.scene.perform(act, args, by=targets.actor_id)
    (told,) = judged(phone, [(act, args)])
    assert (told["status"], told["error"]) == ("applied", None)


def ids_of(other: Clinic, phone) -> dict[str, str]:
    """Something real for every id that an address names, and the body of another person's upload."""
    nurse = taking(Scene(other), phone)
    data = encoded(scene(), "jpeg")
    photo = nurse.kept(data)
    return {
        "device_id": str(phone.disk.device_id), "photo_id": photo, "customer_id": nurse.customer_id,
        "staff_id": phone.staff["id"], "upload_id": Sending.of(phone, data).url.rpartition("/")[2],
    }  # fmt: skip


@pytest.mark.parametrize("role", ["clinic_admin", "nurse"])
def test_an_address_of_another_clinic_is_one_of_nothing(clinic: Clinic, app, open_door, role):
    me, other = clinic.phone(role), Clinic(app, open_door)
    there = ids_of(other, other.phone("nurse"))
    routes = [(method, route) for method, route in GUARDED if "<uuid:" in route]
    assert {name for _, route in routes for name in re.findall("<uuid:(.*?)>", route)} == set(there)

    def told(method: str, route: str, ids: dict[str, str]):
        path = re.sub("<uuid:(.*?)>", lambda found: ids[found[1]], route)
        headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        body = b"x" if method == "PATCH" and "uploads" in path else BODIES.get(route)
        reply = me.call(method, path, body, headers if "uploads" in path else TUS)
        return reply.status, reply.body

    different = {
        (method, route): answers
        for method, route in routes
        if len(set(answers := [told(method, route, there), told(method, route, nowhere(there, {}))])) > 1
    }
    assert different == {}
    for method, route in routes:
        assert told(method, route, there)[0] in (403, 404), (method, route)


def test_bodies_that_name_what_is_elsewhere_are_answered_alike(clinic: Clinic, app, open_door):
    other = Clinic(app, open_door)
    there = ids_of(other, other.phone("nurse"))
    case = Scene(other).vip_case(there["customer_id"], Scene(other).partner_of(None), "approve", "confirm")
    sheet = {**BODIES["/api/sheets"], "rows": [[{"photo_id": there["photo_id"]}]]}
    asked = {
        "/api/sheets": ("nurse", sheet),
        "/api/vip/case-reports": ("consult_lead", {**BODIES["/api/vip/case-reports"], "case_id": case}),
        "/api/vip/proposals": ("consult_lead", {**BODIES["/api/vip/proposals"], "plan_ids": [case]}),
    }
    for path, (role, body) in asked.items():
        me = clinic.phone(role)
        real, none = (me.call("POST", path, one) for one in (body, nowhere(body, {})))
        assert (real.status, real.body) == (none.status, none.body)
        assert real.status == 404


def test_an_escape_file_of_another_clinic_is_that_of_a_device_that_is_nowhere(clinic: Clinic, app, open_door):
    admin, theirs = clinic.phone("clinic_admin"), Clinic(app, open_door).phone("nurse")
    Keys.of(admin)
    file = written(theirs, Keys.of(theirs))
    real, none = bring(admin, file.file()), bring(admin, file.but(header={"device": uuid7()}).file())
    assert (real.status, real.body) == (none.status, none.body)


def test_the_trail_about_something_elsewhere_is_empty(clinic: Clinic, app, open_door):
    other = Clinic(app, open_door)
    there = ids_of(other, other.phone("nurse"))
    admin = clinic.phone("clinic_admin")
    for id in there.values():
        assert admin.call("GET", f"/api/audit?about={id}").json == {"entries": [], "next": None}
