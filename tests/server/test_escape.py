"""Escape files: what a phone could not send arrives by hand, once, from nobody but that phone."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from server.sync.tables import Device, MutationLog
from tests.rigs.client import uuid7
from tests.rigs.escape import Keys, bring, written
from tests.rigs.people import Clinic
from tests.server.pictures_taken import jpeg, taking
from tests.server.role_table import ROLES
from tests.server.scene import Scene
from tests.sync.protocol.wire import new_customer

PICTURE, ANOTHER = jpeg(1), jpeg(2)
NOTHING = {"taken": 0, "known": 0, "refused": 0}


def entries(**more):
    return {**NOTHING, "waiting": 0, **more}


def originals(**more):
    return {**NOTHING, "missing": 0, **more}


@pytest.fixture
def admin(clinic):
    return clinic.phone("clinic_admin")


@pytest.fixture
def cut_off(clinic):
    """A nurse's phone with two pictures and their entries, and the keys it got while it could."""
    nurse = taking(Scene(clinic), clinic.phone("nurse"))
    keys = Keys.of(nurse.phone)
    pictures = {}
    for data in (PICTURE, ANOTHER):
        args = nurse.row(data)
        nurse.phone.queue("photo.add", args)
        pictures[args["id"]] = data
    return nurse, keys, pictures


def times_logged(clinic, phone, mutation):
    with Scene(clinic).connection() as connection:
        return connection.scalar(
            select(func.count()).select_from(MutationLog).where(
                MutationLog.clinic_id == clinic.id, MutationLog.id == mutation.id,
                MutationLog.status == "applied",
            )
        )  # fmt: skip


def test_what_a_phone_could_not_send_arrives_by_file(clinic, admin, cut_off):
    nurse, keys, pictures = cut_off
    reply = bring(admin, written(nurse.phone, keys, pictures).file())
    assert reply.status == 200, reply.json
    told = reply.json
    assert (told["entries"], told["originals"]) == (entries(taken=2), originals(taken=2))
    assert (told["staff_name"], told["device_name"], told["refusals"]) == ("nurse", "nurse's phone", [])
    colleague = clinic.phone("doctor")
    colleague.pull()
    for id, data in pictures.items():
        row = colleague.rows("photo")[id]
        assert (row["stored"], row["by"]) == (True, nurse.phone.staff["id"])
        assert colleague.call("GET", f"/api/photos/{id}/original").body == data


def test_a_second_import_finds_all_of_it_known(admin, cut_off):
    nurse, keys, pictures = cut_off
    file = written(nurse.phone, keys, pictures).file()
    assert bring(admin, file).status == 200
    told = bring(admin, file).json
    assert (told["entries"], told["originals"]) == (entries(known=2), originals(known=2))


def test_the_phone_that_comes_back_after_all_is_told_that_it_is_there(clinic, admin, cut_off):
    nurse, keys, pictures = cut_off
    bring(admin, written(nurse.phone, keys, pictures).file())
    waiting = nurse.phone.disk.outbox
    later = nurse.phone.queue("customer.keep", {"customer_id": nurse.customer_id})
    results = nurse.phone.push()
    assert [result["status"] for result in results] == ["duplicate", "duplicate", "applied"]
    assert [result["error"] for result in results] == [None] * 3
    for id, data in pictures.items():
        nurse.send(data, id)
        assert nurse.is_stored(id)
    assert {times_logged(clinic, nurse.phone, each) for each in (*waiting, later)} == {1}


def test_a_file_made_after_a_push_whose_answer_was_lost_brings_only_the_rest(admin, cut_off):
    nurse, keys, pictures = cut_off
    nurse.phone.push_raw([nurse.phone.disk.outbox[0].wire()])
    told = bring(admin, written(nurse.phone, keys, pictures).file()).json
    assert told["entries"] == entries(taken=1, known=1)


def test_what_the_domain_refuses_is_told_and_holds_up_nothing(admin, cut_off):
    nurse, keys, pictures = cut_off
    nurse.phone.queue("staff.add", {"id": uuid7(), "login": uuid7(), "name": "新人", "roles": ["nurse"]})
    nurse.phone.queue("customer.keep", {"customer_id": nurse.customer_id})
    told = bring(admin, written(nurse.phone, keys, pictures).file()).json
    assert told["entries"] == entries(taken=3, refused=1)
    (refused,) = told["refusals"]
    assert (refused["name"], refused["code"]) == ("staff.add", "forbidden")
    results = nurse.phone.push()
    assert [result["error"] and result["error"]["code"] for result in results] == [
        None, None, "forbidden", None,
    ]  # fmt: skip


def test_an_original_that_the_clinic_cannot_keep_is_told(admin, cut_off):
    nurse, keys, pictures = cut_off
    told = bring(admin, written(nurse.phone, keys, {uuid7(): b"no picture", **pictures}).file()).json
    assert told["originals"] == originals(taken=2, refused=1)
    assert [(one["name"], one["code"]) for one in told["refusals"]] == [("original", "not_a_picture")]


@pytest.mark.parametrize("mode", ["collect", "wipe"])
def test_the_file_of_a_device_that_was_signed_off_can_be_taken_in(clinic, admin, cut_off, mode):
    nurse, keys, pictures = cut_off
    clinic.revoke(nurse.phone, mode)
    told = bring(admin, written(nurse.phone, keys, pictures).file()).json
    assert (told["entries"], told["originals"]) == (entries(taken=2), originals(taken=2))


def test_so_can_that_of_somebody_who_has_left(admin, cut_off):
    nurse, keys, pictures = cut_off
    left = admin.call("POST", f"/api/staff/{nurse.phone.staff['id']}/leave", {"mode": "wipe"})
    assert left.status == 204
    told = bring(admin, written(nurse.phone, keys, pictures).file()).json
    assert (told["entries"], told["originals"]) == (entries(taken=2), originals(taken=2))


@pytest.mark.parametrize("why", ["gap", "conflict"])
def test_numbers_that_do_not_fit_are_counted_anew_and_still_applied_once(clinic, admin, cut_off, why):
    """Either the server or the phone has been restored from a backup."""
    nurse, keys, pictures = cut_off
    phone = nurse.phone
    if why == "gap":
        phone.disk = replace(phone.disk, outbox=tuple(replace(m, seq=m.seq + 5) for m in phone.disk.outbox))
    else:
        phone.push_raw([replace(phone.disk.outbox[0], id=uuid7(), args=nurse.row(PICTURE)).wire()])
    file = written(phone, keys, pictures).file()
    assert bring(admin, file).json["entries"] == entries(taken=2)
    assert bring(admin, file).json["entries"] == entries(known=2)
    waiting = phone.disk.outbox
    phone.login(anew=True)
    phone.sync()
    assert {times_logged(clinic, phone, each) for each in waiting} == {1}
    listed = admin.call("GET", "/api/devices").json["devices"]
    others = [one for one in listed if one["id"] not in (keys.device_id, phone.disk.device_id)]
    assert [one["revoke_mode"] for one in others if one["staff_id"] == phone.staff["id"]] == ["wipe"]


def test_the_clock_of_the_phone_is_corrected_by_what_it_knew_of_it(clinic, admin):
    service = clinic.phone("customer_service")
    keys = Keys.of(service)
    service.clock_offset_s = -7200
    mutation = service.queue("customer.create", new_customer())
    bring(admin, written(service, keys, offset_ms=7_200_000).file())
    with Scene(clinic).connection() as connection:
        logged = connection.execute(
            select(MutationLog.at, MutationLog.device_at, MutationLog.received_at).where(
                MutationLog.clinic_id == clinic.id, MutationLog.id == mutation.id
            )
        ).one()
    assert logged.device_at == mutation.at
    assert logged.at[:13] > mutation.at[:13]
    assert logged.at <= logged.received_at


def test_nothing_personal_can_be_read_in_it(cut_off):
    nurse, keys, pictures = cut_off
    nurse.phone.queue("customer.create", new_customer(name="欧阳静", phones=["13911112222"]))
    file = written(nurse.phone, keys, pictures).file()
    for word in ("欧阳静".encode(), json.dumps("欧阳静")[1:-1].encode(), b"13911112222", b"photo", b"Exif"):
        assert word not in file
    assert nurse.phone.staff["id"].encode() not in file


# --- what is not, to the last bit, what a device of this clinic wrote ---------------------------


def refusal(reply):
    assert (reply.status, reply.json["code"]) == (422, "escape_refused"), reply.json
    return reply.json["fields"]["reason"]


def bounds(file):
    """Where header, content, signature and originals begin."""
    content = 12 + int.from_bytes(file[8:12], "big")
    signature = content + 4 + int.from_bytes(file[content : content + 4], "big")
    return 12, content, signature, signature + 64


def spoiled(file, at):
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


def test_a_bit_that_was_changed_spoils_all_of_it(admin, cut_off):
    nurse, keys, pictures = cut_off
    file = written(nurse.phone, keys, pictures).file()
    header, content, signature, end = bounds(file)
    for at in (0, 8, header, header + 20, content, content + 4, signature - 1, signature, end - 1):
        assert refusal(bring(admin, spoiled(file, at))) in ("damaged", "format", "device"), at
    assert bring(admin, file).json["entries"] == entries(taken=2)


def test_of_a_spoiled_original_only_that_is_lost(admin, cut_off):
    nurse, keys, pictures = cut_off
    file = written(nurse.phone, keys, pictures).file()
    told = bring(admin, spoiled(file, bounds(file)[-1] + 100)).json
    assert (told["entries"], told["originals"]) == (entries(taken=2), originals(taken=1, refused=1))
    assert [(one["name"], one["code"]) for one in told["refusals"]] == [("original", "damaged")]
    assert bring(admin, file).json["originals"] == originals(taken=1, known=1)


def test_originals_in_another_order_are_not_taken_for_each_other(admin, cut_off):
    nurse, keys, pictures = cut_off
    file = written(nurse.phone, keys, pictures).file()
    start, cut = bounds(file)[-1], bounds(file)[-1] + len(PICTURE) + 16
    told = bring(admin, file[:start] + file[cut:] + file[start:cut]).json
    assert told["originals"] == originals(refused=2)


def test_of_a_file_that_was_cut_off_what_is_whole_is_taken(admin, cut_off):
    nurse, keys, pictures = cut_off
    file = written(nurse.phone, keys, pictures).file()
    header, content, signature, end = bounds(file)
    for at in (0, 4, 10, header + 5, content + 2, signature - 1, end - 1):
        assert refusal(bring(admin, file[:at])) == "damaged", at
    told = bring(admin, file[: end + len(PICTURE) + 16 + 10]).json
    assert (told["entries"], told["originals"]) == (entries(taken=2), originals(taken=1, missing=1))


def test_the_file_of_another_clinic_is_that_of_no_device(clinic, admin, app, open_door):
    elsewhere = Clinic(app, open_door)
    stranger = elsewhere.phone("customer_service")
    stranger.queue("customer.create", new_customer())
    Keys.of(clinic.phone("nurse"))
    assert refusal(bring(admin, written(stranger, Keys.of(stranger)).file())) == "device"
    nowhere = replace(Keys.of(stranger), device_id=uuid7())
    assert refusal(bring(admin, written(stranger, nowhere).file())) == "device"
    assert bring(elsewhere.phone("clinic_admin"), written(stranger, Keys.of(stranger)).file()).status == 200


def test_a_file_to_the_key_of_another_clinic_cannot_be_read(admin, cut_off, outsider):
    nurse, keys, pictures = cut_off
    theirs = replace(keys, clinic=Keys.of(outsider).clinic)
    assert refusal(bring(admin, written(nurse.phone, theirs, pictures).file())) == "damaged"


def test_nobody_writes_a_file_in_the_name_of_another_device(clinic, admin, cut_off):
    nurse, keys, pictures = cut_off
    thief = clinic.phone("consult_lead")
    forged = replace(Keys.of(thief), device_id=keys.device_id)
    assert refusal(bring(admin, written(nurse.phone, forged, pictures).file())) == "damaged"


def test_a_device_that_told_no_key_has_no_file(clinic, admin):
    phone = clinic.phone("nurse")
    Keys.of(admin)
    mute = replace(Keys.of(clinic.phone("doctor")), device_id=phone.disk.device_id)
    assert refusal(bring(admin, written(phone, mute).file())) == "device"


@pytest.mark.parametrize(
    "more",
    [
        {"mutations": [{"seq": 1}]},
        {"schema": 99},
        {"offset_ms": 10**15},
        {"originals": [{"photo_id": "x", "sha256": "y", "size_bytes": 0}]},
        {"made_at": "yesterday"},
    ],
)
def test_content_of_another_shape_is_refused(clinic, admin, more):
    phone = clinic.phone("nurse")
    assert refusal(bring(admin, written(phone, Keys.of(phone), **more).file())) == "format"


@pytest.mark.parametrize("header", [{"device": 1}, {"key": "AAAA"}, {"key": "…"}])
def test_a_header_of_another_shape_is_refused(clinic, admin, header):
    phone = clinic.phone("nurse")
    file = written(phone, Keys.of(phone)).but(header=header).file()
    assert refusal(bring(admin, file)) in ("format", "device")


def test_what_is_no_escape_file_is_refused(admin):
    assert refusal(bring(admin, PICTURE)) == "format"
    reply = admin.call("POST", "/api/escape", {"a": "file"})
    assert reply.status == 415


# --- who, and the keys --------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_only_the_administrator_takes_files_in(clinic, cut_off, role):
    nurse, keys, pictures = cut_off
    reply = bring(clinic.phone(role), written(nurse.phone, keys, pictures).file())
    assert reply.status == (200 if role == "clinic_admin" else 403)


def test_the_log_says_who_took_it_in(clinic, admin, cut_off):
    nurse, keys, pictures = cut_off
    bring(admin, written(nurse.phone, keys, pictures).file())
    (entry, *_) = [
        one for one in admin.call("GET", "/api/audit").json["entries"] if one["name"] == "device.taken_in"
    ]
    assert entry["staff_id"] == admin.staff["id"]
    with Scene(clinic).connection() as connection:
        by_file = select(MutationLog.staff_id, MutationLog.device_id).where(
            MutationLog.clinic_id == clinic.id, MutationLog.name == "photo.add"
        )
        assert set(map(tuple, connection.execute(by_file))) == {(nurse.phone.staff["id"], keys.device_id)}


def test_all_devices_of_a_clinic_learn_the_same_key_and_no_other_clinic_has_it(clinic, outsider):
    learnt = {Keys.of(clinic.phone(role)).clinic for role in ("nurse", "doctor", "clinic_admin")}
    assert len(learnt) == 1
    assert learnt != {Keys.of(outsider).clinic}


def test_the_key_told_last_counts(admin, cut_off):
    nurse, keys, pictures = cut_off
    again = Keys.of(nurse.phone)
    assert refusal(bring(admin, written(nurse.phone, keys, pictures).file())) == "damaged"
    assert bring(admin, written(nurse.phone, again, pictures).file()).status == 200


@pytest.mark.parametrize("key", ["", "AAAA", "no base64 …", "B" * 87])
def test_what_is_no_key_is_not_remembered(clinic, key):
    phone = clinic.phone("nurse")
    reply = phone.call("POST", "/api/escape/keys", {"key": key})
    assert (reply.status, reply.json["code"]) == (422, "validation")
    with Scene(clinic).connection() as connection:
        assert connection.scalar(select(Device.public_key).where(Device.id == phone.disk.device_id)) is None
