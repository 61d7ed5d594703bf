"""Photo sets, from the consent to the last view, on a phone whose camera sees a generated video."""

import pytest
from playwright.sync_api import expect

from tests.rigs import camera

NURSE = "nurse"
FACE = ["正位", "左45度", "左侧位", "右45度", "右侧位"]

# What the camera gave is kept, so that it can be compared with what the clinic has.
KEEP_STILLS = """(() => {
  const take = ImageCapture.prototype.takePhoto
  window.stills = []
  ImageCapture.prototype.takePhoto = async function () {
    const still = await take.call(this)
    const digest = await crypto.subtle.digest('SHA-256', await still.arrayBuffer())
    stills.push([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
    return still
  }
})()"""


@pytest.fixture(scope="session")
def seen(tmp_path_factory):
    """A head that holds still."""
    return camera.video(tmp_path_factory.mktemp("camera") / "head.y4m", [camera.head()])


@pytest.fixture
def with_camera(hand, seen):
    def give(role=NURSE, film=seen, **options):
        return hand(role, flags=camera.flags(film), **options)

    return give


@pytest.fixture
def customer(clinic):
    return clinic.customer("李雨桐", "13800000002", birth_date="1990-02-28")


def sign(me):
    """The customer's finger on the pad."""
    sheet = me.sheet("病历影像采集同意书")
    pad = sheet.get_by_role("img", name="签名处")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    mouse = me.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 60)
    mouse.down()
    for step in range(1, 12):
        mouse.move(box["x"] + 40 + step * 18, box["y"] + 60 + (step % 3) * 20)
    mouse.up()
    me.tap("同意并签署", sheet)
    me.told("已签署，保存在本机")


def prepare(me):
    for group in ("房间", "相机", "顾客"):
        me.tap("全部确认", me.page.get_by_role("region", name=group))
    me.choose("卸妆", "已卸妆")
    me.page.get_by_role("checkbox", name="方案和部位已与治疗单核对").check()


def begin(me, path):
    me.go(path)
    if not me.page.get_by_text("签署", exact=False).filter(has_text="月").count():
        me.tap("请顾客签署")
        sign(me)
    prepare(me)
    me.page.get_by_role("button", name="开始拍照").click()


def cue(me, view):
    expect(me.page.get_by_role("heading", level=1, name=view, exact=True)).to_be_visible()


def shoot(me, view):
    cue(me, view)
    me.tap("拍照")
    expect(me.page.get_by_role("status").filter(has_text=f"{view} 已保存在本机")).to_be_visible()


def finish(me):
    expect(me.page.get_by_role("heading", level=1, name="面部")).to_be_visible()
    me.tap("完成这组照片")
    me.told("已完成，保存在本机")


def test_a_face_set_is_taken_offline_and_comes_to_the_clinic_byte_for_byte(
    with_camera, clinic, customer, no_network
):
    me = with_camera()
    with no_network():
        me.restart(f"/customers/{customer}")
        me.page.evaluate(KEEP_STILLS)
        me.page.get_by_role("button", name="拍照").click()
        me.tap("请顾客签署")
        sign(me)
        prepare(me)
        me.tap("开始拍照（5 张）")
        for view in FACE[:4]:
            shoot(me, view)
        cue(me, FACE[4])
        me.tap("拍照")
        expect(me.page.get_by_role("button", name="在本机")).to_have_count(5)
        stills = me.page.evaluate("stills")
        finish(me)
    me.go("/sync")
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    rows = clinic.stored("photo").values()
    assert sorted(row["sha256"] for row in rows if row["customer_id"] == customer) == sorted(stills)
    (photo_set,) = [row for row in clinic.stored("photo_set").values() if row["customer_id"] == customer]
    assert photo_set["status"] == "finished"
    assert photo_set["checklist"]["curtains"] is True
    assert photo_set["checklist"]["make_up"] == "off"
    (consent,) = [row for row in clinic.stored("consent").values() if row["customer_id"] == customer]
    assert consent["wording_version"] == "record/2026-11/zh"
