"""Comparison sheets: for a purpose that was agreed to, by who may, never unseen, never of somebody else's."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from server.sync.tables import MutationLog
from tests.rigs.client import instant, uuid7
from tests.rigs.people import Clinic
from tests.server.pictures_taken import Taking, jpeg, taking
from tests.server.role_table import ROLES
from tests.server.scene import Scene
from tests.server.targets import Targets, photo_set

EXPORT = ["consult_assistant", "consult_lead", "nurse", "doctor"]
EXPORT_OWN = ["consultant"]


@pytest.fixture
def nurse(clinic, scene) -> Taking:
    return taking(scene, clinic.phone("nurse"))


def after(taken: Taking, scene: Scene, time_point: str, **more) -> Taking:
    """A later set of the same customer."""
    args = photo_set(taken.customer_id, time_point=time_point, **more)
    return Taking(taken.phone, taken.customer_id, scene.perform("photo_set.start", args))


def agree(scene: Scene, customer_id: str, purpose: str) -> str:
    consent = Targets(None, "", "", "").consent_sign(customer_id, "")
    return scene.perform("consent.sign", {**consent, "purpose": purpose})


def order(phone, *photo_ids: str, **more):
    rows = [[{"photo_id": id} for id in photo_ids]]
    said = {"rows": rows, "purpose": "record", "format": "png", "language": "zh"}
    return phone.call("POST", "/api/sheets", said | more)


def exports(clinic) -> list[dict]:
    with Scene(clinic).connection() as connection:
        entries = connection.scalars(
            select(MutationLog.args)
            .where(MutationLog.clinic_id == clinic.id, MutationLog.name == "photo.exported")
            .order_by(MutationLog.n)
        )
        return [json.loads(entry) for entry in entries]


def test_a_sheet_comes_as_png_and_as_pdf_and_is_in_the_audit_trail(clinic, scene, nurse):
    pictures = nurse.kept(jpeg(1)), after(nurse, scene, "m1").kept(jpeg(2))
    png, pdf = (order(nurse.phone, *pictures, format=format) for format in ("png", "pdf"))
    assert (png.status, png.headers["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(png.body)).size == (2339, 1654)
    assert (pdf.status, pdf.body[:5]) == (200, b"%PDF-")
    assert "no-store" in png.headers["Cache-Control"]
    for entry, format in zip(exports(clinic), ("png", "pdf"), strict=True):
        assert entry == {
            "photo_ids": list(pictures), "purpose": "record", "format": format,
            "staff_id": nurse.phone.staff["id"],
        }  # fmt: skip


def test_a_sheet_says_when_how_long_after_of_whom_and_for_what(clinic, scene, nurse, monkeypatch):
    from server.clinic import sheets

    made = []
    monkeypatch.setitem(sheets.MAKERS, "png", lambda sheet, language: made.append(sheet) or b"")
    treated = datetime.now(UTC) - timedelta(days=30)
    treatment = scene.treatment(nurse.customer_id, instant(treated), name="隆鼻")
    before = nurse.kept(jpeg(1), taken_at=instant(treated - timedelta(days=1)))
    later = after(nurse, scene, "m1", treatment_id=treatment).kept(jpeg(2))
    moved = {"scale": 1.1, "rotation": -2.5, "shift": [0.05, -0.1]}
    rows = [[{"photo_id": before}, None, {"photo_id": later, "alignment": moved}]]
    assert order(nurse.phone, rows=rows).status == 200
    agree(scene, nurse.customer_id, "teaching")
    assert order(nurse.phone, before, later, purpose="teaching", language="en").status == 200
    consulting, teaching = made
    (row,) = consulting.rows
    assert row.view.zh == "正位"
    assert [shown and shown.time_point.zh for shown in row.pictures] == ["术前", None, "术后1个月"]
    assert (row.pictures[0].taken_on, consulting.treated_on) != (None, None)
    assert (consulting.treated_on - row.pictures[0].taken_on).days == 1
    assert row.pictures[2].alignment.scale == 1.1
    assert row.pictures[2].alignment.shift == (0.05, -0.1)
    assert (consulting.title, consulting.subject) == ("隆鼻 · 面部对比", "王顾客")
    assert consulting.watermark.startswith("仅供面诊使用 · ")
    # Who learns from it need not know who it is.
    assert teaching.subject == f"case {nurse.customer_id[-6:].upper()}"
    assert teaching.watermark.startswith("Internal teaching only · ")


@pytest.mark.parametrize("role", ROLES)
def test_only_who_looks_after_customers_takes_pictures_out(clinic, scene, role):
    phone = clinic.phone(role)
    for whose, owner in (("own", phone.staff["id"]), ("others", None)):
        picture = taking(scene, clinic.phone("nurse"), owner).kept(jpeg())
        may = role in EXPORT or (whose == "own" and role in EXPORT_OWN)
        sees = phone.call("GET", f"/api/photos/{picture}/thumb").status == 200
        assert order(phone, picture).status == (200 if may else 403 if sees else 404), whose


@pytest.mark.parametrize("purpose", ["teaching", "publish_face"])
def test_without_the_customers_consent_to_the_purpose_nothing_leaves(clinic, scene, nurse, purpose):
    officer = clinic.phone("consult_lead")
    scene.perform("clinic.appoint_compliance", {"staff_id": officer.staff["id"]})
    picture = nurse.kept(jpeg())
    reply = order(officer, picture, purpose=purpose)
    assert (reply.status, reply.json["code"]) == (409, "gate")
    assert reply.json["fields"] == {"consent": [purpose]}
    consent = agree(scene, nurse.customer_id, purpose)
    assert order(officer, picture, purpose=purpose).status == 200
    scene.perform("consent.revoke", {"id": uuid7(), "consent_id": consent, "reason": "顾客要求"})
    assert order(officer, picture, purpose=purpose).status == 409
    assert len(exports(clinic)) == 1


def test_not_even_in_the_consulting_room_once_the_record_consent_is_revoked(clinic, scene, nurse):
    picture = nurse.kept(jpeg())
    lead = clinic.phone("consult_lead")
    lead.pull()
    (consent,) = lead.rows("consent")
    scene.perform("consent.revoke", {"id": uuid7(), "consent_id": consent, "reason": "顾客要求"})
    assert order(nurse.phone, picture).json["fields"] == {"consent": ["record"]}


def test_publication_is_off_until_somebody_answers_for_it_and_then_theirs_alone(clinic, scene, nurse):
    picture = nurse.kept(jpeg())
    agree(scene, nurse.customer_id, "publish_face")
    lead, admin = clinic.phone("consult_lead"), clinic.phone("clinic_admin")
    for phone in (nurse.phone, lead):
        reply = order(phone, picture, purpose="publish_face")
        assert (reply.status, reply.json["fields"]) == (409, {"compliance": ["officer"]})
    appointment = {"staff_id": lead.staff["id"]}
    assert nurse.phone.do("clinic.appoint_compliance", appointment)["error"]["code"] == "forbidden"
    assert admin.do("clinic.appoint_compliance", appointment)["error"] is None
    assert order(nurse.phone, picture, purpose="publish_face").status == 409
    assert order(lead, picture, purpose="publish_face").status == 200
    nurse.phone.pull()
    assert nurse.phone.rows("clinic")[clinic.id]["compliance_officer_id"] == lead.staff["id"]
    assert admin.do("clinic.appoint_compliance", {"staff_id": None})["error"] is None
    assert order(lead, picture, purpose="publish_face").status == 409


def test_what_is_published_without_the_face_does_not_show_it(clinic, scene, nurse):
    officer = clinic.phone("consult_lead")
    scene.perform("clinic.appoint_compliance", {"staff_id": officer.staff["id"]})
    agree(scene, nurse.customer_id, "publish_no_face")
    face = nurse.kept(jpeg(1))
    behind = after(nurse, scene, "pre", region="hair").kept(jpeg(2), view="PO")
    reply = order(officer, face, purpose="publish_no_face")
    assert (reply.status, reply.json["fields"]) == (409, {"face": ["shown"]})
    assert order(officer, behind, purpose="publish_no_face").status == 200


def test_what_is_not_kept_or_was_voided_is_not_to_be_had(clinic, scene, nurse):
    assert order(nurse.phone, nurse.add(jpeg())).status == 404
    picture = nurse.kept(jpeg(2))
    scene.perform("photo.void", {"id": picture, "reason": "拍错人"})
    assert order(nurse.phone, picture).status == 404
    assert exports(clinic) == []


def test_another_clinics_pictures_are_not_there(nurse, app, open_door):
    other = Clinic(app, open_door)
    foreign = taking(Scene(other), other.phone("nurse"))
    assert order(foreign.phone, nurse.kept(jpeg())).status == 404


def test_a_row_is_one_view_of_one_customer(clinic, scene, nurse):
    mine, side = nurse.kept(jpeg(1)), nurse.kept(jpeg(2), view="LO")
    theirs = taking(scene, nurse.phone).kept(jpeg(3))
    for pair in ((mine, side), (mine, theirs)):
        assert order(nurse.phone, *pair).status == 422
    rows = [[{"photo_id": mine}], [{"photo_id": side}]]
    assert order(nurse.phone, rows=rows).status == 200


NOBODYS = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": []}, {"rows": [[]]}, {"rows": [[None]]}, {"rows": [[{"photo_id": "1"}]]},
        {"purpose": "recording"}, {"format": "gif"}, {"language": "fr"},
        {"rows": [[{"photo_id": NOBODYS, "alignment": {"scale": 0}}]]},
        {"rows": [[{"photo_id": NOBODYS, "alignment": {"shift": [0]}}]]},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_an_order_is_of_the_documented_shape(nurse, wrong):
    assert order(nurse.phone, uuid7(), **wrong).status == 422
