"""A phone that no longer reaches the server: its unsent work leaves it as a file, and arrives once."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.pictures import begun_set, large_jpeg, originals_on, put_on_phone
from tests.rigs.browser import DESKTOP
from tests.rigs.vault import kept
from tests.rigs.waiting import until

NURSE = "nurse"
PICTURE = large_jpeg(3, 400)


@pytest.fixture
def owed(clinic):
    return clinic.followup(clinic.customer("王晓燕", "13800000001"), NURSE, due=5)


@pytest.fixture
def set_id(clinic):
    return begun_set(clinic, clinic.phone(NURSE))


def has_keys(me) -> bool:
    return any(name == "escape" and value["clinic"] for name, value in kept(me.page, "meta"))


def with_work(hand, owed: str, set_id: str, no_network) -> tuple:
    """A nurse who has recorded a call and taken a picture where nobody could be reached; the picture's id."""
    me = hand(NURSE)
    until(lambda: has_keys(me), True)
    with no_network():
        me.go(f"/followups/{owed}")
        me.tap("致电 王女士")
        me.left_for()
        me.come_back()
        me.tap("已接通 · 一切正常")
        me.told("已记：一切正常")
        photo_id = put_on_phone(me, set_id, PICTURE)
        me.go("/sync")
        expect(me.sync_line("2 条、1 张照片在本机，等待网络")).to_be_visible()
    return me, photo_id


def saved(me, folder: Path) -> Path:
    """The file, as the phone has put it among its own."""
    me.page.get_by_text("长期连不上服务器？").click()
    me.tap("保存未送出的内容到文件")
    with me.page.expect_download() as download:
        me.tap("存到手机")
    assert download.value.suggested_filename.endswith(".meidang")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def take_in(admin, file: Path):
    admin.go("/me/devices")
    admin.page.get_by_label("选择文件").set_input_files(file)
    sheet = admin.sheet("已导入")
    expect(sheet).to_be_visible()
    return sheet


def test_unsent_work_of_a_phone_that_is_gone_arrives_by_file(
    hand, clinic, owed, set_id, no_network, tmp_path
):
    me, photo_id = with_work(hand, owed, set_id, no_network)
    with no_network():
        file = saved(me, tmp_path)
        expect(me.sync_line("2 条、1 张照片在本机，等待网络")).to_be_visible()
        me.phone.close()
    for word in ("王晓燕".encode(), b"13800000001", b"followup", PICTURE[1000:1040]):
        assert word not in file.read_bytes()
    admin = hand("clinic_admin", viewport=DESKTOP)
    sheet = take_in(admin, file)
    expect(sheet).to_contain_text("nurse")
    expect(sheet.locator("dl")).to_have_text("记录已收下 2照片已收下 1")
    assert admin.phone.accessibility_faults() == []
    colleague = clinic.phone("doctor")
    colleague.pull()
    assert colleague.rows("followup")[owed]["status"] == "done"
    (attempt,) = colleague.rows("attempt").values()
    assert attempt["followup_id"] == owed
    reply = colleague.call("GET", f"/api/photos/{photo_id}/original")
    assert hashlib.sha256(reply.body).digest() == hashlib.sha256(PICTURE).digest()


def test_a_phone_that_comes_back_after_its_file_was_taken_in_has_nothing_twice(
    hand, clinic, owed, set_id, no_network, tmp_path
):
    me, _ = with_work(hand, owed, set_id, no_network)
    with no_network():
        file = saved(me, tmp_path)
        me.page.route("**/api/**", lambda route: route.abort())
    admin = hand("clinic_admin", viewport=DESKTOP)
    take_in(admin, file)
    me.page.unroute("**/api/**")
    me.tap("立即同步")
    expect(me.sync_line("已全部送达")).to_be_visible()
    sheet = take_in(admin, file)
    expect(sheet.locator("dl")).to_have_text("记录之前已收到 2照片之前已收到 1")
    colleague = clinic.phone("doctor")
    colleague.pull()
    assert len(colleague.rows("attempt")) == 1
    assert len(colleague.rows("photo")) == 1
    assert len(originals_on(me)) == 1


def test_a_file_that_was_changed_is_refused_in_words(hand, owed, set_id, no_network, tmp_path):
    me, _ = with_work(hand, owed, set_id, no_network)
    with no_network():
        file = saved(me, tmp_path)
        me.phone.close()
    content = bytearray(file.read_bytes())
    content[400] ^= 1
    file.write_bytes(content)
    admin = hand("clinic_admin")
    admin.go("/me/devices")
    admin.page.get_by_label("选择文件").set_input_files(file)
    expect(admin.page.get_by_role("alert")).to_have_text("文件损坏或被改动过，请同事重新保存一次")


def test_after_a_day_without_the_server_the_way_out_is_shown_first(hand, owed, set_id, no_network):
    me, _ = with_work(hand, owed, set_id, no_network)
    with no_network():
        me.page.clock.install()
        me.page.clock.fast_forward("25:00:00")
        me.go("/sync")
        expect(me.page.get_by_role("button", name="保存未送出的内容到文件")).to_be_visible()
        assert me.phone.accessibility_faults() == []


def test_nothing_to_save_no_way_out_is_offered(hand, set_id):
    me = hand(NURSE)
    me.go("/sync")
    expect(me.page.get_by_text("没有等待送出的内容")).to_be_visible()
    expect(me.page.get_by_text("长期连不上服务器？")).to_have_count(0)
