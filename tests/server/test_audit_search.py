"""The audit trail answers: who did this, who saw that picture, who changed this field."""

import pytest

from server.clinic import audit
from server.clinic.photo_sets import Photo
from server.database import write
from server.sync.acts import Act, perform_all
from tests.rigs.client import uuid7
from tests.rigs.people import Clinic
from tests.server.role_table import ROLES
from tests.server.scene import Scene, ago
from tests.server.targets import Targets


@pytest.fixture
def admin(clinic):
    return clinic.phone("clinic_admin")


def ask(phone, **question):
    query = "&".join(f"{name}={value}" for name, value in question.items())
    return phone.call("GET", f"/api/audit?{query}")


def told(phone, **question):
    return [(row["name"], row["staff_id"]) for row in ask(phone, **question).json["entries"]]


@pytest.mark.parametrize("role", ROLES)
def test_the_administrator_and_the_compliance_officer_read_it(clinic: Clinic, role):
    phone = clinic.phone(role)
    assert ask(phone).status == (200 if role == "clinic_admin" else 403)
    Scene(clinic).perform("clinic.appoint_compliance", {"staff_id": phone.staff["id"]})
    assert ask(phone).status == 200


def test_who_changed_a_field_is_told_and_not_what_was_written(clinic: Clinic, admin):
    nurse, doctor = clinic.phone("nurse"), clinic.phone("doctor")
    scene = Scene(clinic)
    customer, other = scene.customer(), scene.customer()
    targets = Targets(scene, "", "", "")
    nurse.do("customer.update_medical", targets.customer_update_medical(customer, ""))
    nurse.do("customer.update_medical", targets.customer_update_medical(other, ""))
    doctor.do("alert.raise", targets.alert_raise(customer, ""))
    assert told(admin, about=customer) == [
        ("alert.raise", doctor.staff["id"]), ("customer.update_medical", nurse.staff["id"]),
    ]  # fmt: skip
    reply = ask(admin, about=customer, field="allergies")
    [entry] = reply.json["entries"]
    assert (entry["fields"], entry["customer_id"], entry["status"]) == (["allergies"], customer, "applied")
    assert entry["device"] == "nurse's phone"
    assert "青霉素" not in str(reply.json)
    assert told(admin, by=doctor.staff["id"]) == [("alert.raise", doctor.staff["id"])]


def test_who_saw_a_picture_is_told(clinic: Clinic, admin):
    scene, nurse, doctor = Scene(clinic), clinic.phone("nurse"), clinic.phone("doctor")
    targets = Targets(scene, "", "", "")
    customer = scene.customer()
    photo = scene.perform("photo.add", targets.photo_add(customer, ""))
    nurse.do("photo.opened", {"id": photo})
    log(clinic, Act("photo.viewed", {"photo_id": photo, "staff_id": doctor.staff["id"]}))
    looks = [("photo.viewed", doctor.staff["id"]), ("photo.opened", nurse.staff["id"])]
    assert told(admin, about=photo, kind="looks") == looks
    assert told(admin, about=customer, kind="looks") == looks
    assert told(admin, by=doctor.staff["id"], kind="looks") == looks[:1]
    assert told(admin, about=customer, kind="changes") == []


def test_an_entry_about_several_pictures_is_about_none_of_them(clinic: Clinic, admin):
    scene, nurse = Scene(clinic), clinic.person("nurse")
    targets, customer = Targets(scene, nurse, "nurse", ""), scene.customer()
    kept = [targets.photo_stored(customer, "")["photo_id"] for _ in range(2)]
    with scene.transaction() as tx:
        for id in kept:
            tx.update(Photo, id, stored=True)
    taken_out = {"photo_ids": kept, "purpose": "record", "format": "png", "staff_id": nurse}
    log(clinic, Act("photo.viewed", {"photo_id": kept[0], "staff_id": nurse}))
    log(clinic, Act("photo.exported", taken_out))
    several, one = ask(admin, about=kept[0], kind="looks").json["entries"]
    assert (several["photo_id"], several["customer_id"]) == (None, customer)
    assert (one["photo_id"], one["customer_id"]) == (kept[0], customer)


def test_an_owner_is_a_field_too(clinic: Clinic, admin):
    lead, consultant = clinic.phone("consult_lead"), clinic.person("consultant")
    customer = Scene(clinic).customer()
    owned = {"id": customer, "set": {"owner_id": consultant}, "seen": {"owner_id": None}}
    lead.do("customer.update", owned)
    assert told(admin, about=customer, field="owner_id") == [("customer.update", lead.staff["id"])]


def log(clinic, act):
    with clinic.app.app_context(), write() as connection:
        perform_all(connection, clinic.id, [act])


def test_what_was_refused_is_in_it_too(clinic: Clinic, admin):
    nurse = clinic.phone("nurse")
    nurse.do("staff.update", {"id": nurse.staff["id"], "roles": ["clinic_admin"]})
    [entry] = ask(admin, by=nurse.staff["id"]).json["entries"]
    assert (entry["name"], entry["status"], entry["code"]) == ("staff.update", "rejected", "forbidden")
    assert entry["fields"] == ["roles"]


def test_it_is_read_page_by_page_to_its_end(clinic: Clinic, admin, monkeypatch):
    nurse = clinic.phone("nurse")
    for _ in range(7):
        nurse.queue("notice.read", {"id": uuid7()})
    nurse.push()
    monkeypatch.setattr(audit, "PAGE", 3)
    monkeypatch.setattr(audit, "PIECE", 2)
    numbers, page = [], {"next": None}
    while True:
        before = {"before": page["next"]} if page["next"] else {}
        page = ask(admin, by=nurse.staff["id"], **before).json
        numbers += [entry["n"] for entry in page["entries"]]
        if page["next"] is None:
            break
    assert len(numbers) == 7
    assert numbers == sorted(set(numbers), reverse=True)


def test_one_call_looks_at_a_bounded_number_and_says_where_to_go_on(clinic: Clinic, admin, monkeypatch):
    nurse = clinic.phone("nurse")
    customer = Scene(clinic).customer()
    nurse.queue("alert.raise", Targets(Scene(clinic), "", "", "").alert_raise(customer, ""))
    for _ in range(5):
        nurse.queue("notice.read", {"id": uuid7()})
    nurse.push()
    monkeypatch.setattr(audit, "MOST_SEARCHED", 3)
    page = ask(admin, about=customer).json
    assert page["entries"] == []
    assert page["next"]
    page = ask(admin, about=customer, before=page["next"]).json
    assert [entry["name"] for entry in page["entries"]] == ["alert.raise"]


def test_days_are_the_clinics(clinic: Clinic, admin):
    nurse = clinic.phone("nurse")
    nurse.do("notice.read", {"id": uuid7()})
    [entry] = ask(admin, by=nurse.staff["id"]).json["entries"]
    assert entry["received_at"] >= entry["at"]
    assert ask(admin, by=nurse.staff["id"], to=ago(days=3)[:10]).json["entries"] == []
    later = {"from": ago(days=3)[:10], "to": ago(days=-3)[:10]}
    assert len(ask(admin, by=nurse.staff["id"], **later).json["entries"]) == 1


def test_nothing_of_another_clinic_is_in_it(clinic: Clinic, admin, app, open_door):
    elsewhere = Clinic(app, open_door)
    nurse = elsewhere.phone("nurse")
    customer = Scene(elsewhere).customer()
    nurse.do("alert.raise", Targets(Scene(elsewhere), "", "", "").alert_raise(customer, ""))
    assert told(admin, about=customer) == told(admin, by=nurse.staff["id"]) == []
