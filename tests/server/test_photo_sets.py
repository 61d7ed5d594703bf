"""Photo sets: begun with consent, finished when every view was taken or skipped, never erased."""

import pytest

from photos import catalogue
from tests.rigs.client import uuid7
from tests.server.pictures_taken import Taking, jpeg, taking
from tests.server.scene import Scene
from tests.server.targets import FACE_VIEWS, photo, photo_set

PICTURE = jpeg()


@pytest.fixture
def nurse(clinic) -> Taking:
    return taking(Scene(clinic), clinic.phone("nurse"))


def code(result) -> str | None:
    return result["error"] and result["error"]["code"]


def test_a_core_face_set_is_taken_and_finished(nurse):
    for view in FACE_VIEWS[:-1]:
        nurse.add(jpeg(), view=view)
    result = nurse.phone.do("photo_set.finish", {"id": nurse.set_id})
    assert (code(result), result["error"]["fields"]) == ("gate", {"views": [FACE_VIEWS[-1]]})
    nurse.add(jpeg(), view=FACE_VIEWS[-1])
    assert code(nurse.phone.do("photo_set.finish", {"id": nurse.set_id})) is None
    nurse.phone.pull()
    assert nurse.phone.rows("photo_set")[nurse.set_id]["status"] == "finished"


@pytest.mark.parametrize("region", list(catalogue.regions()))
def test_every_region_can_be_finished_by_saying_why_not(nurse, region):
    args = photo_set(nurse.customer_id, region=region)
    assert code(nurse.phone.do("photo_set.start", args)) is None
    skipped = [{"view": view, "reason": "顾客不便"} for view in catalogue.required_views(region)]
    assert code(nurse.phone.do("photo_set.finish", {"id": args["id"], "skipped": skipped[1:]})) == "gate"
    assert code(nurse.phone.do("photo_set.finish", {"id": args["id"], "skipped": skipped})) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "AB" * 32}, {"sha256": "ab" * 31}, {"sha256": "ab" * 32 + "\n"}, {"view": "nose"},
        {"size_bytes": 0}, {"size_bytes": 64 * 1024**2 + 1}, {"width": 0}, {"height": "64"},
        {"taken_at": "yesterday"}, {"stored": True},
    ],
)  # fmt: skip
def test_a_picture_is_described_as_it_can_be(nurse, wrong):
    assert code(nurse.phone.do("photo.add", photo(nurse.set_id, **wrong))) == "validation"


def test_a_retake_supersedes_and_a_voided_picture_stays_with_its_bytes(clinic, nurse):
    first = nurse.kept(PICTURE)
    second = nurse.kept(jpeg(2), supersedes=first)
    lead = clinic.phone("consult_lead")
    assert code(nurse.phone.do("photo.void", {"id": second, "reason": "拍错人"})) == "forbidden"
    assert code(lead.do("photo.void", {"id": second, "reason": "拍错人"})) is None
    nurse.phone.pull()
    rows = nurse.phone.rows("photo")
    assert rows[second]["supersedes"] == first
    assert [rows[id]["voided"] for id in (first, second)] == [False, True]
    assert lead.call("GET", f"/api/photos/{second}/original").body == jpeg(2)


def test_pictures_taken_before_a_consent_ended_come_in_afterwards(clinic, nurse):
    before = nurse.phone.queue("photo.add", nurse.row(PICTURE))
    lead = clinic.phone("consult_lead")
    lead.pull()
    (consent,) = lead.rows("consent")
    lead.do("consent.revoke", {"id": uuid7(), "consent_id": consent, "reason": "顾客要求"})
    nurse.phone.push()
    assert code(nurse.phone.disk.results[before.id]) is None
    assert code(nurse.phone.do("photo.add", nurse.row(PICTURE))) == "gate"
    assert code(nurse.phone.do("photo_set.start", photo_set(nurse.customer_id))) == "gate"


def test_a_set_of_another_clinic_is_not_there(nurse, app, open_door, outsider):
    outsider.pull()
    assert outsider.rows("photo_set") == {}
    id = nurse.kept(PICTURE)
    assert outsider.call("GET", f"/api/photos/{id}/thumb").status == 404
