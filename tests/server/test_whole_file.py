"""A customer's whole file as a ZIP: the administrator's, and in the log before it leaves."""

import io
import json
import zipfile

import pytest

from tests.rigs.people import Clinic
from tests.server.pictures_taken import jpeg, taking
from tests.server.role_table import ROLES
from tests.server.scene import Scene
from tests.server.targets import Targets


def asked(phone, customer):
    return phone.call("POST", f"/api/customers/{customer}/export", {})


@pytest.mark.parametrize("role", ROLES)
def test_only_the_administrator_takes_it_out(clinic: Clinic, role):
    reply = asked(clinic.phone(role), Scene(clinic).customer())
    assert reply.status == (200 if role == "clinic_admin" else 403)


def test_it_holds_the_documents_of_this_customer_and_no_other(clinic: Clinic):
    scene, admin = Scene(clinic), clinic.phone("clinic_admin")
    customer, other = scene.customer(), scene.customer(name="李静")
    targets = Targets(scene, "", "", clinic.person("doctor"))
    scene.perform("alert.raise", targets.alert_raise(customer, ""))
    case = scene.vip_case(customer, scene.partner_of(None))
    scene.treatment(other)
    reply = asked(admin, customer)
    archive = zipfile.ZipFile(io.BytesIO(reply.body))
    documents = json.loads(archive.read("file.json"))
    assert [row["id"] for row in documents["customer"]] == [customer]
    assert [row["text"] for row in documents["customer_alert"]] == ["青霉素过敏"]
    assert [row["id"] for row in documents["vip_case"]] == [case]
    assert other not in archive.read("file.json").decode()
    entries = admin.call("GET", f"/api/audit?about={customer}&by={admin.staff['id']}").json["entries"]
    assert [entry["name"] for entry in entries] == ["customer.exported"]


def test_it_holds_the_originals_that_have_arrived_byte_for_byte(clinic: Clinic):
    nurse = taking(Scene(clinic), clinic.phone("nurse"))
    large, under_way = jpeg(1, 1600, 1200), jpeg(2)
    kept, promised = nurse.kept(large), nurse.add(under_way, view="LO")
    archive = zipfile.ZipFile(io.BytesIO(asked(clinic.phone("clinic_admin"), nurse.customer_id).body))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == ["file.json", f"pictures/{kept}.jpeg"]
    assert archive.read(f"pictures/{kept}.jpeg") == large
    assert {row["id"] for row in json.loads(archive.read("file.json"))["photo"]} == {kept, promised}


def test_a_customer_of_another_clinic_is_not_there(clinic: Clinic, app, open_door):
    customer = Scene(Clinic(app, open_door)).customer()
    assert asked(clinic.phone("clinic_admin"), customer).status == 404
