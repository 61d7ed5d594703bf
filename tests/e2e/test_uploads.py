"""The bytes of pictures on their way to the clinic, whatever server, network and phone do meanwhile."""

import hashlib
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from server.clinic.uploads import Upload
from server.database import read
from tests.e2e.pictures import begun_set, large_jpeg, originals_on, pieces_in, put_on_phone
from tests.photos.pictures import SHANGHAI, encoded, exif, scene, verdict
from tests.rigs import camera
from tests.rigs.uploads import Sending

NURSE = "nurse"
SLOW_BYTES_PER_S = 1_500_000


@pytest.fixture
def set_id(clinic):
    return begun_set(clinic, clinic.phone(NURSE))


def slow_network(me, bytes_per_s=SLOW_BYTES_PER_S):
    session = me.phone.cdp()
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s},
    )


def until(state: Callable[[], bool], timeout_s: float = 30) -> None:
    end = time.monotonic() + timeout_s
    while not state():
        assert time.monotonic() < end, "that state never came"
        time.sleep(0.01)


def kept_by(clinic, photo_id: str) -> bytes:
    """The original as the server shows it."""
    reply = clinic.phone(NURSE).call("GET", f"/api/photos/{photo_id}/original")
    assert reply.status == 200, reply
    return reply.body


def addresses(app, photo_id: str) -> list[str]:
    """The uploads of a picture: one that was begun anew has a second one."""
    with app.app_context(), read() as connection:
        return list(connection.scalars(select(Upload.id).where(Upload.photo_id == photo_id)))


@pytest.fixture
def pieces(database):
    """pieces(): of uploads begun in this journey, those of which the server has a part, in bytes."""
    before = pieces_in(database.parent)

    def of_this_journey() -> dict[str, int]:
        now = pieces_in(database.parent)
        return {upload: size for upload, size in now.items() if upload not in before}

    return of_this_journey


def half_way(me, pieces, set_id: str) -> tuple[str, bytes]:
    """An upload of some megabytes of which the server has a part."""
    picture = large_jpeg(1)
    slow_network(me)
    photo_id = put_on_phone(me, set_id, picture)
    me.go("/me")
    until(lambda: any(0 < size < len(picture) for size in pieces().values()))
    return photo_id, picture


@pytest.mark.restarts
def test_a_picture_taken_offline_is_kept_by_the_clinic_byte_for_byte(hand, clinic, set_id, no_network):
    me = hand(NURSE)
    picture = large_jpeg(2, 400)
    with no_network():
        photo_id = put_on_phone(me, set_id, picture)
        me.restart()
        expect(me.sync_line("1 条、1 张照片在本机，等待网络")).to_be_visible()
    me.go("/sync")
    me.tap("立即同步")
    expect(me.sync_line("已全部送达")).to_be_visible()
    assert kept_by(clinic, photo_id) == picture
    assert originals_on(me) == [photo_id]


def test_a_picture_that_this_browser_cannot_show_says_so_until_the_clinic_has_made_one_that_it_can(
    hand, set_id, no_network
):
    me = hand(NURSE)
    with no_network():
        put_on_phone(me, set_id, encoded(scene(), "heic"), type="image/heic")
        me.go(f"/sets/{set_id}")
        expect(me.page.get_by_text("这种格式在此无法显示，上传后可看")).to_be_visible()
    me.page.evaluate("dispatchEvent(new Event('online'))")
    expect(me.page.locator("img.picture")).to_be_visible()


def test_where_a_picture_was_taken_stays_on_the_phone(hand, clinic, set_id, tmp_path):
    """The clinic would refuse it otherwise."""
    placed = tmp_path / "placed.jpg"
    placed.write_bytes(encoded(camera.head(), exif=exif(orientation=1, gps=SHANGHAI)))
    me = hand(NURSE)
    me.go(f"/sets/{set_id}/capture")
    me.page.get_by_label("用手机相机").set_input_files(placed)
    expect(me.page.get_by_role("status").filter(has_text="已保存在本机")).to_be_visible()
    until(lambda: any(photo["stored"] for photo in of_set(clinic, set_id)))
    (photo,) = of_set(clinic, set_id)
    kept = kept_by(clinic, photo["id"])
    assert hashlib.sha256(kept).hexdigest() == photo["sha256"]
    assert len(kept) == placed.stat().st_size
    assert b"Camera" in kept
    assert verdict(kept) == "taken"


def of_set(clinic, set_id: str) -> list[dict]:
    return [photo for photo in clinic.stored("photo").values() if photo["set_id"] == set_id]


def test_an_upload_goes_on_where_it_was_after_the_server_was_killed(
    hand, clinic, set_id, server, pieces, app
):
    me = hand(NURSE)
    photo_id, picture = half_way(me, pieces, set_id)
    server.kill()
    (upload,) = pieces()
    server.start()
    expect(me.sync_line("已全部送达")).to_be_visible()
    assert kept_by(clinic, photo_id) == picture
    assert addresses(app, photo_id) == [upload]


@pytest.mark.restarts
def test_an_upload_goes_on_where_it_was_after_the_app_was_closed(hand, clinic, set_id, pieces, app):
    me = hand(NURSE)
    photo_id, picture = half_way(me, pieces, set_id)
    me.phone.close()
    (upload,) = pieces()
    me.open()
    expect(me.sync_line("已全部送达")).to_be_visible()
    assert addresses(app, photo_id) == [upload]
    assert kept_by(clinic, photo_id) == picture


def test_a_picture_that_the_clinic_refuses_waits_for_a_person_and_holds_up_no_other(hand, clinic, set_id):
    me = hand(NURSE)
    damaged = large_jpeg(3, 200)[:-2]
    refused = put_on_phone(me, set_id, damaged)
    fine = put_on_phone(me, set_id, large_jpeg(4, 200))
    me.go("/sync")
    card = me.page.get_by_role("region", name="需要处理 · 1").get_by_role("article")
    expect(card).to_contain_text("照片 · 正位")
    expect(card).to_contain_text("李女士")
    expect(card).to_contain_text("照片文件已损坏")
    me.screenshot("sync-refused-picture")
    assert me.phone.accessibility_faults() == []
    me.tap("再试一次", card)
    expect(card).to_contain_text("照片文件已损坏")
    until(lambda: clinic.stored("photo").get(fine, {}).get("stored"))
    assert refused in originals_on(me)
    me.tap("从本机删除", card)
    sheet = me.sheet("确定删除这张照片？")
    me.tap("从本机删除", sheet)
    me.told("已从本机删除")
    expect(me.sync_line("已全部送达")).to_be_visible()
    assert originals_on(me) == [fine]


def test_why_a_picture_was_refused_is_heard_though_the_server_was_killed_before_it_said_so(
    hand, clinic, set_id, database
):
    damaged = large_jpeg(5, 200)[:-2]
    upload = Sending.of(clinic.phone(NURSE), damaged).url
    (database.parent / f"{upload.removeprefix('/api/')}.part").write_bytes(damaged)
    me = hand(NURSE)
    put_on_phone(me, set_id, damaged, url=upload)
    me.go("/sync")
    expect(me.page.get_by_role("article")).to_contain_text("照片文件已损坏")
