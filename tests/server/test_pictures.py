"""Looking at pictures: the audience of the photo only, quickly, and originals not unseen."""

import io
import json

import pytest
from PIL import Image
from sqlalchemy import select

from photos.stores import Address
from server.sync.tables import MutationLog
from tests.photos.pictures import encoded, scene
from tests.rigs.client import uuid7
from tests.rigs.people import Clinic
from tests.server.pictures_taken import Taking, jpeg, taking
from tests.server.role_table import HOLDS, ROLES
from tests.server.scene import Scene

PICTURE = jpeg(width=1000, height=700)
KINDS = ("original", "screen", "thumb")


@pytest.fixture
def nurse(clinic) -> Taking:
    return taking(Scene(clinic), clinic.phone("nurse"))


def look(phone, id: str, kind: str = "original", **headers):
    return phone.call("GET", f"/api/photos/{id}/{kind}", None, headers)


def looks(clinic, id: str) -> list[str]:
    """Who has looked at the original, by the audit trail."""
    with Scene(clinic).connection() as connection:
        entries = connection.scalars(
            select(MutationLog.args)
            .where(MutationLog.clinic_id == clinic.id, MutationLog.name == "photo.viewed")
            .order_by(MutationLog.n)
        )
        found = [json.loads(entry) for entry in entries]
        return [entry["staff_id"] for entry in found if entry["photo_id"] == id]


@pytest.mark.parametrize("role", ROLES)
def test_pictures_are_shown_to_the_audience_of_their_photo(clinic, role):
    phone, scene = clinic.phone(role), Scene(clinic)
    row = {scope: roles.split() for scope, roles in HOLDS["photo"].items()}
    for whose, owner in (("own", phone.staff["id"]), ("others", None)):
        nurse = taking(scene, clinic.phone("nurse"), owner)
        id = nurse.kept(PICTURE)
        sees = role in row["all"] or (whose == "own" and role in row["own"])
        for kind in KINDS:
            assert look(phone, id, kind).status == (200 if sees else 404), (whose, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_another_clinic_sees_nothing_even_of_the_same_bytes(nurse, app, open_door, kind):
    other = Clinic(app, open_door)
    foreign = taking(Scene(other), other.phone("nurse"))
    theirs, ours = foreign.kept(PICTURE), nurse.kept(PICTURE)
    assert look(foreign.phone, ours, kind).status == 404
    assert look(foreign.phone, theirs, kind).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_session_there_is_nothing(clinic, nurse, kind):
    stranger = clinic.phone("nurse", signed_in=False)
    assert look(stranger, nurse.kept(PICTURE), kind).status == 401


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_that_was_signed_off_sees_nothing(clinic, nurse, kind):
    id = nurse.kept(PICTURE)
    clinic.revoke(nurse.phone, "collect")
    assert look(nurse.phone, id, kind).status == 401


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_kept_yet_is_not_found(nurse, kind):
    assert look(nurse.phone, nurse.add(PICTURE), kind).status == 404
    assert look(nurse.phone, uuid7(), kind).status == 404


def test_the_original_is_what_was_taken_and_renditions_are_upright(nurse):
    id = nurse.kept(PICTURE)
    assert look(nurse.phone, id).body == PICTURE
    for kind, longest in (("screen", 1000), ("thumb", 320)):
        reply = look(nurse.phone, id, kind)
        picture = Image.open(io.BytesIO(reply.body))
        assert reply.headers["Content-Type"] == "image/jpeg"
        assert picture.height == longest > picture.width  # Exif said: turned by a quarter
        assert look(nurse.phone, id, kind).body == reply.body


@pytest.mark.parametrize(
    ("format", "type"), [("jpeg", "image/jpeg"), ("png", "image/png"), ("heic", "image/heic")]
)
def test_every_kind_of_original_is_shown(nurse, format, type):
    data = encoded(scene(640, 480), format)
    id = nurse.kept(data)
    reply = look(nurse.phone, id)
    assert (reply.body, reply.headers["Content-Type"]) == (data, type)
    assert Image.open(io.BytesIO(look(nurse.phone, id, "thumb").body)).size == (320, 240)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_sent_once(nurse, kind):
    id = nurse.kept(PICTURE)
    reply = look(nurse.phone, id, kind)
    nurse.phone.pull()
    assert reply.headers["ETag"] == f'"{nurse.phone.rows("photo")[id]["sha256"]}"'
    assert "private" in reply.headers["Cache-Control"]
    assert "immutable" in reply.headers["Cache-Control"]
    again = look(nurse.phone, id, kind, **{"If-None-Match": reply.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == reply.headers["ETag"]
    other = look(nurse.phone, id, kind, **{"If-None-Match": '"other"'})
    assert other.body == reply.body


def test_every_look_at_an_original_is_in_the_audit_trail(clinic, nurse):
    id = nurse.kept(PICTURE)
    lead, front_desk = clinic.phone("consult_lead"), clinic.phone("front_desk")
    etag = look(nurse.phone, id).headers["ETag"]
    look(lead, id)
    look(lead, id, **{"If-None-Match": etag})  # it is looked at again, though not sent again
    look(lead, id, "screen")
    assert look(front_desk, id).status == 404
    nurse_id, lead_id = nurse.phone.staff["id"], lead.staff["id"]
    assert looks(clinic, id) == [nurse_id, lead_id, lead_id]
    assert "no-cache" in look(lead, id).headers["Cache-Control"]  # or the browser would not ask


def test_bytes_that_are_missing_from_the_store_are_said_to_be_missing(clinic, nurse, app):
    id = nurse.kept(PICTURE)
    nurse.phone.pull()
    sha256 = nurse.phone.rows("photo")[id]["sha256"]
    app.extensions["meidang"].store.delete(Address(clinic.id, sha256))
    assert look(nurse.phone, id).status == 404
    assert look(nurse.phone, id, "thumb").status == 404
