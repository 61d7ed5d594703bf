"""Uploads of originals: tus 1.0.0, whatever network, disk or store do meanwhile."""

import hashlib
import resource
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from tusclient import client as tus

from photos.stores import FolderStore, StoreFull, StoreUnavailable
from server import create_app
from server.api import uploads as api
from server.clinic import uploads
from server.clinic.finisher import Finisher
from server.errors import PictureRefused
from server.instants import utc_now
from tests.conftest import configured
from tests.photos.pictures import SHANGHAI, encoded, exif, scene
from tests.rigs.client import Refused, uuid7
from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.rigs.uploads import CHUNK, TUS, Sending, begin, in_base64, metadata
from tests.rigs.waiting import until
from tests.server.pictures_taken import Taking, jpeg, taking
from tests.server.role_table import ROLES, TAKE_PICTURES, TAKE_PICTURES_OWN
from tests.server.scene import Scene

PICTURE = jpeg()
SOME_ID = "01939f1d-0000-7000-8000-000000000000"
NOT_UTF8 = in_base64(b"\xff\xfe")
LARGE = encoded(scene(1600, 1200), "png")


@pytest.fixture
def nurse(clinic) -> Taking:
    return taking(Scene(clinic), clinic.phone("nurse"))


def under_way(app):
    return app.extensions["meidang"].uploads


# --- what tus 1.0.0 demands -----------------------------------------------------------------------


def test_a_picture_sent_in_pieces_is_kept_byte_for_byte(nurse):
    id = nurse.add(PICTURE)
    sending = Sending.of(nurse.phone, PICTURE, id)
    for at in range(0, len(PICTURE), 1000):
        assert not nurse.is_stored(id)
        piece = PICTURE[at : at + 1000]
        reply = sending.chunk(piece, at)
        assert (reply.status, reply.headers["Upload-Offset"]) == (204, str(at + len(piece)))
        assert reply.headers["Tus-Resumable"] == "1.0.0"
        assert reply.headers["Upload-Expires"].endswith("GMT")
    assert sending.offset() == len(PICTURE)
    assert nurse.is_stored(id)
    assert nurse.phone.call("GET", f"/api/photos/{id}/original").body == PICTURE


def test_options_tells_what_is_spoken(clinic):
    stranger = clinic.phone("nurse", signed_in=False)
    for path in ("/api/uploads", f"/api/uploads/{uuid7()}"):
        reply = stranger.call("OPTIONS", path)
        assert reply.status in (200, 204)
        assert reply.headers["Tus-Version"] == "1.0.0"
        assert reply.headers["Tus-Extension"] == "creation,checksum,termination,expiration"
        assert reply.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
        assert reply.headers["Tus-Max-Size"] == str(uploads.LARGEST_BYTES)


def test_head_says_how_far_it_is_and_is_kept_by_no_cache(nurse):
    sending = Sending.of(nurse.phone, PICTURE)
    assert sending.head().headers["Upload-Offset"] == "0"
    sending.chunk(PICTURE[:100], 0)
    reply = sending.head()
    assert reply.status == 200
    assert reply.headers["Upload-Offset"] == "100"
    assert reply.headers["Upload-Length"] == str(len(PICTURE))
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Upload-Expires"].endswith("GMT")


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_is_not_processed(nurse, method, version):
    sending = Sending.of(nurse.phone, PICTURE)
    path = "/api/uploads" if method == "POST" else sending.url
    headers = {**CHUNK, "Upload-Offset": "0", **({"Tus-Resumable": version} if version else {})}
    reply = nurse.phone.call(method, path, b"x", headers)
    assert reply.status == 412
    assert reply.headers["Tus-Version"] == reply.headers["Tus-Resumable"] == "1.0.0"
    assert sending.offset() == 0


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_the_header_for_networks_without_patch_stands_for_the_method(nurse, method):
    sending = Sending.of(nurse.phone, PICTURE)
    headers = {**TUS, **CHUNK, "Upload-Offset": "0", "X-HTTP-Method-Override": method}
    reply = nurse.phone.call("POST", sending.url, PICTURE[:10], headers)
    assert reply.status == {"HEAD": 200}.get(method, 204)
    assert sending.head().status == (404 if method == "DELETE" else 200)
    if method == "PATCH":
        assert sending.offset() == 10


@pytest.mark.parametrize("offset", [0, 99, 101, 10_000_000])
def test_a_chunk_at_another_offset_changes_nothing(nurse, offset):
    sending = Sending.of(nurse.phone, PICTURE)
    sending.chunk(PICTURE[:100], 0)
    reply = sending.chunk(b"x" * 50, offset)
    assert (reply.status, reply.json["code"], reply.json["offset"]) == (409, "offset_conflict", 100)
    assert sending.offset() == 100


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain", ""])
def test_a_chunk_is_of_its_own_content_type(nurse, kind):
    sending = Sending.of(nurse.phone, PICTURE)
    assert sending.chunk(PICTURE, 0, Content_Type=kind).status == 415
    assert sending.offset() == 0


@pytest.mark.parametrize("wrong", ["", "-1", "1.5", "x", "1" * 30, "٣"])
def test_numbers_that_are_none_are_malformed(nurse, wrong):
    header = wrong.encode().decode("latin-1")
    assert begin(nurse.phone, PICTURE, Upload_Length=header).status == 400
    sending = Sending.of(nurse.phone, PICTURE)
    assert sending.chunk(PICTURE, 0, Upload_Offset=header).status == 400
    assert sending.offset() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        "", "photo_id", "photo_id !!!,sha256 !!!", metadata("7", "ab" * 32), metadata(SOME_ID, "ab" * 31),
        f"photo_id {in_base64(SOME_ID)}", f"photo_id {NOT_UTF8},sha256 {in_base64('ab' * 32)}",
        metadata("../../etc/passwd", "ab" * 32), metadata(SOME_ID, "../" + "a" * 61),
    ],
)  # fmt: skip
def test_an_upload_says_for_which_photo_and_with_which_hash(nurse, wrong):
    assert begin(nurse.phone, PICTURE, Upload_Metadata=wrong).status == 400


def test_an_original_has_at_least_one_byte_and_at_most_the_largest_size(nurse):
    assert begin(nurse.phone, b"").status == 400
    reply = begin(nurse.phone, PICTURE, Upload_Length=str(uploads.LARGEST_BYTES + 1))
    assert (reply.status, reply.json["code"]) == (413, "too_large")


def test_more_bytes_than_announced_are_not_taken(nurse):
    sending = Sending.of(nurse.phone, PICTURE)
    sending.chunk(PICTURE[:100], 0)
    assert sending.chunk(PICTURE[100:] + b"x", 100).status == 413
    assert sending.offset() == 100
    assert sending.chunk(PICTURE[100:], 100).status == 204
    assert sending.chunk(b"x", len(PICTURE)).status == 413
    assert sending.chunk(b"", len(PICTURE)).status == 204


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_that_arrives_damaged_is_discarded(nurse, algorithm):
    sending = Sending.of(nurse.phone, PICTURE)
    checksum = f"{algorithm} {in_base64(hashlib.new(algorithm, PICTURE[:500]).digest())}"
    reply = sending.chunk(b"x" + PICTURE[1:500], 0, Upload_Checksum=checksum)
    assert (reply.status, reply.json["code"]) == (460, "checksum_mismatch")
    assert sending.offset() == 0
    assert sending.chunk(PICTURE[:500], 0, Upload_Checksum=checksum).status == 204
    assert sending.chunk(PICTURE[500:], 500).status == 204


@pytest.mark.parametrize("checksum", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 !!", ""])
def test_a_checksum_that_cannot_be_checked_is_malformed(nurse, checksum):
    sending = Sending.of(nurse.phone, PICTURE)
    assert sending.chunk(PICTURE, 0, Upload_Checksum=checksum).status in (400, 460)
    assert sending.offset() == 0


def test_what_was_given_up_is_gone(nurse, app):
    sending = Sending.of(nurse.phone, PICTURE)
    sending.chunk(PICTURE[:100], 0)
    assert sending.give_up().status == 204
    assert sending.head().status == 404
    assert sending.chunk(PICTURE[100:], 100).status == 404
    assert sending.give_up().status == 404
    assert not list(under_way(app).folder.glob(f"{sending.url[-36:]}*"))


def test_what_nobody_finishes_expires(nurse, app, monkeypatch):
    sending = Sending.of(nurse.phone, PICTURE)
    sending.chunk(PICTURE[:100], 0)
    later = utc_now() + uploads.EXPIRES_AFTER + timedelta(minutes=1)
    with monkeypatch.context() as patch:
        patch.setattr(api, "utc_now", lambda: later)
        assert sending.head().status == 404
        assert sending.chunk(PICTURE[100:], 100).status == 404
    assert sending.offset() == 100
    with app.app_context():
        assert under_way(app).forget_expired(later) >= 1
        assert under_way(app).forget_expired(later) == 0
    assert sending.head().status == 404
    assert not list(under_way(app).folder.glob("*.part"))


# --- whose it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["row", "bytes"])
def test_row_and_bytes_come_in_either_order(nurse, first):
    args = nurse.row(PICTURE)
    if first == "row":
        nurse.phone.do("photo.add", args)
        assert not nurse.is_stored(args["id"])
    nurse.send(PICTURE, args["id"])
    if first == "bytes":
        nurse.phone.do("photo.add", args)
    assert nurse.is_stored(args["id"])


def test_other_bytes_than_the_rows_do_not_count(nurse):
    id = nurse.add(PICTURE)
    nurse.send(jpeg(2), id)
    assert not nurse.is_stored(id)


def test_knowing_a_hash_claims_nothing(clinic, nurse, app, open_door):
    nurse.kept(PICTURE)
    doctor = taking(Scene(clinic), clinic.phone("doctor"))
    claimed = doctor.add(PICTURE)
    assert not doctor.is_stored(claimed)
    nurse.send(PICTURE, claimed)
    assert not doctor.is_stored(claimed)
    other = Clinic(app, open_door)
    foreign = taking(Scene(other), other.phone("nurse"))
    assert not foreign.is_stored(foreign.add(PICTURE))
    doctor.send(PICTURE, claimed)
    assert doctor.is_stored(claimed)


def test_an_upload_is_its_persons_on_all_their_devices(clinic, nurse, outsider):
    sending = Sending.of(nurse.phone, PICTURE)
    for somebody in (clinic.phone("nurse", 2), clinic.phone("consult_lead"), outsider):
        foreign = sending.by(somebody)
        assert foreign.head().status == 404
        assert foreign.chunk(PICTURE, 0).status == 404
        assert foreign.give_up().status == 404
    assert sending.by(clinic.phone("nurse")).chunk(PICTURE, 0).status == 204


@pytest.mark.parametrize("role", ROLES)
def test_only_who_takes_pictures_sends_some(clinic, role):
    takes = role in f"{TAKE_PICTURES} {TAKE_PICTURES_OWN}".split()
    assert begin(clinic.phone(role), PICTURE).status == (201 if takes else 403)


def test_a_device_under_collection_still_delivers(clinic, nurse):
    id = nurse.add(PICTURE)
    begun = Sending.of(nurse.phone, PICTURE, id)
    clinic.revoke(nurse.phone, "collect")
    assert begun.offset() == 0
    assert begun.chunk(PICTURE, 0).status == 204
    assert begun.offset() == len(PICTURE)
    assert Sending.of(nurse.phone, PICTURE).give_up().status == 204
    with pytest.raises(Refused):
        nurse.phone.pull()
    tablet = clinic.phone("nurse")
    tablet.pull()
    assert tablet.rows("photo")[id]["stored"]


def test_a_device_to_be_wiped_delivers_nothing(clinic, nurse):
    sending = Sending.of(nurse.phone, PICTURE)
    clinic.revoke(nurse.phone, "wipe")
    assert begin(nurse.phone, PICTURE).status == 401
    assert sending.chunk(PICTURE, 0).status == 401


def test_a_device_has_so_much_under_way_and_no_more(clinic, nurse, monkeypatch):
    first = Sending.of(nurse.phone, PICTURE)
    monkeypatch.setattr(uploads, "UNFINISHED_BYTES_PER_DEVICE", 2 * len(PICTURE))
    Sending.of(nurse.phone, PICTURE)
    reply = begin(nurse.phone, PICTURE)
    assert (reply.status, reply.json["code"]) == (429, "throttled")
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "UNFINISHED_PER_DEVICE", 2)
    assert begin(nurse.phone, PICTURE).status == 429
    assert begin(clinic.phone("nurse"), PICTURE).status == 201
    first.chunk(PICTURE, 0)
    first.offset()
    assert begin(nurse.phone, PICTURE).status == 201


# --- what is kept ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not a picture at all" * 20, "not_a_picture"),
        (encoded(scene(), "jpeg", exif=exif(gps=SHANGHAI)), "location_data"),
        (PICTURE[:-400], "damaged"),
        (PICTURE + b"PK and more", "trailing_data"),
    ],
    ids=["text", "located", "truncated", "trailing"],
)
def test_what_is_no_original_is_refused_with_the_reason(nurse, data, reason):
    id = nurse.add(data)
    sending = Sending.of(nurse.phone, data, id)
    assert sending.chunk(data, 0).status == 204
    reply = sending.head()
    assert (reply.status, reply.headers["Upload-Refused"]) == (422, reason)
    assert sending.head().status == 404
    assert not nurse.is_stored(id)


def test_a_refusal_names_its_reason_also_to_who_goes_on_sending(nurse):
    sending = Sending.of(nurse.phone, PICTURE[:-400])
    sending.chunk(PICTURE[:-400], 0)
    reply = sending.chunk(b"", len(PICTURE) - 400)
    assert (reply.status, reply.json["code"], reply.json["fields"]) == (
        422, "picture_refused", {"reason": "damaged"}
    )  # fmt: skip


def test_other_bytes_than_announced_are_refused(nurse):
    sending = Sending.of(nurse.phone, PICTURE)
    assert sending.chunk(b"\x00" * len(PICTURE), 0).status == 204
    assert sending.head().headers["Upload-Refused"] == "sha256_mismatch"


def test_a_heic_is_kept(nurse):
    data = encoded(scene(), "heic")
    id = nurse.kept(data)
    assert nurse.is_stored(id)


def test_a_thousand_resumptions_lose_nothing(nurse):
    data = jpeg(width=320, height=240)
    id = nurse.add(data)
    sending = Sending.of(nurse.phone, data, id)
    step = len(data) // 1000 + 1
    for _ in range(1000):
        at = sending.offset()
        sending.chunk(data[at : at + step], at)
    assert sending.offset() == len(data)
    assert nurse.is_stored(id)
    assert nurse.phone.call("GET", f"/api/photos/{id}/original").body == data


# --- what goes wrong ------------------------------------------------------------------------------


class Broken:
    """A body whose connection breaks after its first bytes."""

    def __init__(self, data: bytes, error: OSError) -> None:
        self.data, self.error = data, error

    def read(self, _size: int = -1) -> bytes:
        data, self.data = self.data, b""
        if not data:
            raise self.error
        return data


class Line:
    def settimeout(self, seconds: float) -> None:
        self.timeout_s = seconds


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError()], ids=["silent", "reset"])
@pytest.mark.parametrize("checked", [False, True])
def test_a_connection_that_breaks_or_says_nothing_keeps_what_came(nurse, error, checked):
    sending, line = Sending.of(nurse.phone, PICTURE), Line()
    checksum = {"Upload-Checksum": f"sha1 {in_base64(hashlib.sha1(PICTURE).digest())}"} if checked else {}
    nurse.phone.door.client.open(
        sending.url, method="PATCH",
        headers={"X-Device": nurse.phone.disk.device_id, "Upload-Offset": "0", **TUS, **CHUNK, **checksum},
        environ_overrides={
            "gunicorn.socket": line, "wsgi.input": Broken(PICTURE[:700], error),
            "CONTENT_LENGTH": str(len(PICTURE)),
        },
    )  # fmt: skip
    assert line.timeout_s == api.SILENCE_S
    assert sending.offset() == (0 if checked else 700)


@contextmanager
def room_for(size: int):
    """No file may grow beyond so many bytes: what a full disk looks like to a process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_keeps_what_it_could_and_goes_on_later(nurse):
    id = nurse.add(LARGE)
    sending = Sending.of(nurse.phone, LARGE, id)
    with room_for(100_000):
        reply = sending.chunk(LARGE, 0)
    assert (reply.status, reply.json["code"]) == (503, "unavailable")
    assert sending.offset() == 100_000
    assert sending.chunk(LARGE[100_000:], 100_000).status == 204
    assert sending.offset() == len(LARGE)
    assert nurse.is_stored(id)


@pytest.mark.parametrize("fault", [StoreUnavailable(), StoreFull()], ids=["away", "full"])
def test_a_store_that_cannot_take_it_gets_it_later(nurse, monkeypatch, fault):
    id = nurse.add(PICTURE)
    sending = Sending.of(nurse.phone, PICTURE, id)

    def put(*_):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "put", put)
        assert sending.chunk(PICTURE, 0).status == 204
        assert sending.head().status == 503
    assert not nurse.is_stored(id)
    assert sending.offset() == len(PICTURE)
    assert nurse.is_stored(id)


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@pytest.fixture
def nobody_looks(monkeypatch):
    """The process that took the last chunk is gone before it looked at the picture."""
    monkeypatch.setattr(Finisher, "soon", lambda *_: None)


@pytest.mark.parametrize("moment", ["Looker.check", "FolderStore.put", "perform_all"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.usefixtures("nobody_looks")
def test_a_server_killed_while_it_finishes_finishes_when_asked_again(nurse, monkeypatch, moment, when):
    id = nurse.add(PICTURE)
    sending = Sending.of(nurse.phone, PICTURE, id)
    where, name = {
        "Looker.check": (uploads.looker, "check"), "FolderStore.put": (FolderStore, "put"),
        "perform_all": (uploads, "perform_all"),
    }[moment]  # fmt: skip
    real = getattr(where, name)

    def dies(*arguments, **named):
        if when == "after":
            real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, name, dies)
        sending.chunk(PICTURE, 0)
        with pytest.raises(Killed):
            sending.head()
    assert sending.offset() == len(PICTURE)
    assert nurse.is_stored(id)
    assert nurse.phone.call("GET", f"/api/photos/{id}/original").body == PICTURE


@pytest.mark.usefixtures("nobody_looks")
def test_an_upload_that_was_left_complete_is_finished_without_its_phone(app, nurse):
    id, other = nurse.add(PICTURE), nurse.add(LARGE)
    complete, half = Sending.of(nurse.phone, PICTURE, id), Sending.of(nurse.phone, LARGE, other)
    half.chunk(LARGE[:1000], 0)
    complete.chunk(PICTURE, 0)
    assert not nurse.is_stored(id)
    with app.app_context():
        assert [under_way(app).finish_orphans() for _ in range(2)] == [1, 0]
    assert nurse.is_stored(id)
    assert half.offset() == 1000


@pytest.mark.usefixtures("nobody_looks")
def test_what_is_refused_when_nobody_asks_is_refused_again_when_its_phone_does(app, nurse):
    placed = encoded(scene(), exif=exif(gps=SHANGHAI))
    sending = Sending.of(nurse.phone, placed)
    sending.chunk(placed, 0)
    with app.app_context():
        assert under_way(app).finish_orphans() == 0
    assert sending.head().status == 404
    again = Sending.of(nurse.phone, placed)
    again.chunk(placed, 0)
    assert again.head().headers["Upload-Refused"] == "location_data"


@pytest.mark.usefixtures("nobody_looks")
def test_what_is_refused_beside_the_requests_waits_for_its_phone_to_ask(app, nurse):
    sending = Sending.of(nurse.phone, PICTURE[:-400])
    sending.chunk(PICTURE[:-400], 0)
    for _ in range(2):
        with app.app_context(), pytest.raises(PictureRefused):
            under_way(app).finish(sending.url[-36:])
    assert sending.head().headers["Upload-Refused"] == "damaged"


@pytest.mark.usefixtures("nobody_looks")
def test_who_asks_while_somebody_else_finishes_waits_and_hears_the_outcome(app, nurse, monkeypatch):
    id = nurse.add(PICTURE)
    sending = Sending.of(nurse.phone, PICTURE, id)
    sending.chunk(PICTURE, 0)
    looking, go_on, real, looks = threading.Event(), threading.Event(), uploads.looker.check, []

    def slow(*arguments):
        looks.append(1)
        looking.set()
        assert go_on.wait(30)
        return real(*arguments)

    def finish():
        with app.app_context():
            under_way(app).finish(sending.url[-36:])

    monkeypatch.setattr(uploads.looker, "check", slow)
    with ThreadPoolExecutor() as pool:
        finishing = pool.submit(finish)
        assert looking.wait(30)
        asking = pool.submit(sending.offset)
        with app.app_context():
            assert not under_way(app).finish(sending.url[-36:])
        go_on.set()
        assert asking.result() == len(PICTURE)
        finishing.result()
    assert nurse.is_stored(id)
    assert len(looks) == 1


# --- a real server --------------------------------------------------------------------------------


def half_a_chunk(server, sending: Sending, data: bytes, sent: int) -> socket.socket:
    """A connection that has announced all of `data` and sent the first part of it."""
    phone, address = sending.phone, urlsplit(server.url)
    cookie = phone.door.session.cookies["meidang"]
    line = socket.create_connection((address.hostname, address.port))
    headers = {
        **TUS, **CHUNK, "Host": "localhost", "Upload-Offset": "0", "Content-Length": str(len(data)),
        "X-Device": phone.disk.device_id, "Cookie": f"meidang={cookie}",
    }  # fmt: skip
    head = f"PATCH {sending.url} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    line.sendall(head.encode() + b"\r\n" + data[:sent])
    return line


@pytest.fixture
def live_nurse(app, server) -> Taking:
    clinic = Clinic(app, lambda: HttpDoor(server.url))
    return taking(Scene(clinic), clinic.phone("nurse"))


def test_a_cut_connection_keeps_what_came(server, live_nurse):
    id = live_nurse.add(LARGE)
    sending = Sending.of(live_nurse.phone, LARGE, id)
    half_a_chunk(server, sending, LARGE, 300_000).close()
    until(sending.offset, 300_000)
    until(lambda: sending.chunk(LARGE[300_000:], 300_000).status, 204)
    until(lambda: live_nurse.is_stored(id), True)
    assert live_nurse.phone.call("GET", f"/api/photos/{id}/original").body == LARGE


def test_two_chunks_at_once_do_not_mix(server, live_nurse):
    id = live_nurse.add(LARGE)
    sending = Sending.of(live_nurse.phone, LARGE, id)
    line = half_a_chunk(server, sending, LARGE, 200_000)
    until(lambda: sending.offset() > 0, True)
    at = sending.offset()
    reply = sending.chunk(b"x" * 10, at)
    assert reply.status in (409, 423)
    if reply.status == 423:
        assert reply.json["code"] == "locked"
    assert sending.give_up().status == 423
    line.sendall(LARGE[200_000:])
    assert line.recv(12) == b"HTTP/1.1 204"
    line.close()
    assert sending.offset() == len(LARGE)
    assert live_nurse.is_stored(id)
    assert live_nurse.phone.call("GET", f"/api/photos/{id}/original").body == LARGE


def test_an_upload_goes_on_after_the_server_was_killed(own_server):
    app = create_app(configured(own_server.database_url, own_server.data_dir))
    own_server.start()
    clinic = Clinic(app, lambda: HttpDoor(own_server.url))
    nurse = taking(Scene(clinic), clinic.phone("nurse"))
    id = nurse.add(LARGE)
    sending = Sending.of(nurse.phone, LARGE, id)
    line = half_a_chunk(own_server, sending, LARGE, 200_000)
    until(lambda: sending.offset() > 0, True)
    own_server.kill()
    line.close()
    own_server.start()
    at = sending.offset()
    assert 0 < at <= 200_000
    assert sending.chunk(LARGE[at:], at).status == 204
    assert sending.offset() == len(LARGE)
    assert nurse.is_stored(id)
    assert nurse.phone.call("GET", f"/api/photos/{id}/original").body == LARGE


@pytest.mark.parametrize("checked", [False, True])
def test_a_client_that_we_did_not_write_sends_and_resumes(server, live_nurse, checked):
    phone, id = live_nurse.phone, live_nurse.add(LARGE)
    headers = {"X-Device": phone.disk.device_id, "Cookie": f"meidang={phone.door.session.cookies['meidang']}"}
    about = {"photo_id": id, "sha256": hashlib.sha256(LARGE).hexdigest()}
    caller = tus.TusClient(f"{server.url}/api/uploads", headers=headers)
    options = {"chunk_size": 100_000, "metadata": about, "upload_checksum": checked}
    uploader = caller.uploader(file_stream=BytesIO(LARGE), **options)
    uploader.upload(stop_at=300_000)
    resumed = caller.uploader(file_stream=BytesIO(LARGE), url=uploader.url, **options)
    assert resumed.offset == 300_000
    resumed.upload()
    until(lambda: live_nurse.is_stored(id), True)
    assert phone.call("GET", f"/api/photos/{id}/original").body == LARGE
