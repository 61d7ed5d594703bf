"""Photo sets, from the consent to the last view, on a phone whose camera sees a generated video."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import album
from tests.rigs import camera, face

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


def begin(me, path, consented=False):
    me.go(path)
    if not consented:
        me.tap("请顾客签署")
        sign(me)
    prepare(me)
    me.tap("开始拍照（5 张）")


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


def nudge(me, right, down):
    """A finger moves what lies over the viewfinder."""
    box = me.page.locator(".stage").bounding_box()
    mouse = me.page.mouse
    mouse.move(box["x"] + 100, box["y"] + 300)
    mouse.down()
    mouse.move(box["x"] + 100 + right, box["y"] + 300 + down, steps=3)
    mouse.up()


def take_all(me):
    """The five views; the answer is the fingerprints of what the camera gave."""
    me.page.evaluate(KEEP_STILLS)
    for view in FACE[:4]:
        shoot(me, view)
    cue(me, FACE[4])
    me.tap("拍照")
    expect(me.page.get_by_role("button", name="完成这组照片")).to_be_visible()
    return me.page.evaluate("stills")


@pytest.mark.restarts
def test_a_face_set_before_and_after_is_taken_offline_and_comes_to_the_clinic_byte_for_byte(
    with_camera, clinic, customer, no_network
):
    treatment = clinic.treatment(customer, "玻尿酸", hours_ago=25)
    me = with_camera()
    with no_network():
        me.restart(f"/customers/{customer}")
        me.page.get_by_role("button", name="拍照").click()
        me.tap("请顾客签署")
        sign(me)
        prepare(me)
        me.tap("开始拍照（5 张）")
        stills = take_all(me)
        expect(me.page.get_by_role("button", name="在本机")).to_have_count(5)
        me.screenshot("set-review-zh-light")
        finish(me)
        begin(me, f"/sets/new?treatment={treatment}", consented=True)
        overlay = me.page.get_by_role("img", name="上一组照片")
        expect(overlay).to_have_css("opacity", "0.4")
        me.page.get_by_role("slider", name="透明度").fill("80")
        expect(overlay).to_have_css("opacity", "0.8")
        me.screenshot("capture-overlay")
        nudge(me, 30, -20)
        expect(overlay).not_to_have_css("transform", "none")
        moved = overlay.evaluate("(image) => image.style.transform")
        assert re.match(r"translate\(7\.\d+%, -3\.\d+%\)", moved)
        me.tap("归位")
        assert overlay.evaluate("(image) => image.style.transform") == "translate(0%, 0%)"
        me.tap("叠图")
        expect(overlay).to_have_attribute("src", re.compile("^data:image/png"))
        me.screenshot("capture-outline")
        me.tap("闪烁")
        expect(overlay).to_have_css("opacity", "0")
        me.tap("轮廓")
        expect(overlay).to_be_hidden()
        stills += take_all(me)
        finish(me)
    me.go("/sync")
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    rows = [row for row in clinic.stored("photo").values() if row["customer_id"] == customer]
    assert sorted(row["sha256"] for row in rows) == sorted(stills)
    assert {row["capture"]["method"] for row in rows} == {"photo"}
    sets = [row for row in clinic.stored("photo_set").values() if row["customer_id"] == customer]
    before, after = sorted(sets, key=lambda row: row["created_at"])
    assert (before["time_point"], before["status"], before["baseline_set_id"]) == ("pre", "finished", None)
    assert (before["checklist"]["curtains"], before["checklist"]["make_up"]) == (True, "off")
    assert (after["time_point"], after["treatment_id"]) == ("d1", treatment)
    assert after["baseline_set_id"] == before["id"]
    (consent,) = [row for row in clinic.stored("consent").values() if row["customer_id"] == customer]
    assert consent["wording_version"] == "record/2026-11/zh"


@pytest.fixture
def taking(with_camera, customer):
    """The nurse, with the first view of a face set before the camera."""
    me = with_camera()
    begin(me, f"/sets/new?customer={customer}")
    cue(me, FACE[0])
    return me


def send_all(me):
    me.go("/sync")
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")


def stored_photos(clinic, me, customer):
    """What the clinic has of the customer's pictures, by view, once all is sent."""
    send_all(me)
    rows = [row for row in clinic.stored("photo").values() if row["customer_id"] == customer]
    return {row["view"]: row for row in rows}


@pytest.mark.restarts
def test_a_reload_goes_on_at_the_same_view_and_a_killed_app_has_lost_no_picture(taking):
    me = taking
    shoot(me, FACE[0])
    shoot(me, FACE[1])
    me.page.get_by_role("button", name="右侧位，未拍").click()
    cue(me, FACE[4])
    me.page.reload()
    cue(me, FACE[4])
    expect(me.page.get_by_role("button", name="左45度，已拍")).to_be_visible()
    path = me.page.url.removeprefix(me.phone.url)
    me.phone.kill()
    me.open(path)
    expect(me.page.get_by_role("button", name="左45度，已拍")).to_be_visible()
    me.page.get_by_role("button", name="右侧位，未拍").click()
    shoot(me, FACE[4])
    cue(me, FACE[2])


def test_what_was_begun_is_found_again_from_the_tab(taking):
    me = taking
    shoot(me, FACE[0])
    me.go("/")
    me.page.get_by_role("navigation", name="主菜单").get_by_role("link", name="拍照").click()
    me.page.get_by_role("region", name="进行中 · 1").get_by_role("link", name="1 / 5 张").click()
    me.page.get_by_role("button", name="继续拍照").click()
    cue(me, FACE[1])


def test_without_consent_no_set_begins(with_camera, customer):
    me = with_camera()
    me.go(f"/sets/new?customer={customer}")
    prepare(me)
    expect(me.page.get_by_text("先签署同意书")).to_be_visible()
    expect(me.page.get_by_role("button", name="开始拍照")).to_be_disabled()
    me.tap("请顾客签署")
    expect(me.sheet("病历影像采集同意书").get_by_role("button", name="同意并签署")).to_be_disabled()
    me.screenshot("consent")
    sign(me)
    expect(me.page.get_by_role("button", name="开始拍照")).to_be_enabled()


def test_for_a_minor_the_guardian_signs(with_camera, clinic):
    child = clinic.customer("王小宝", "13800000003", birth_date="2015-05-01")
    me = with_camera()
    me.go(f"/sets/new?customer={child}")
    me.tap("请顾客签署")
    sheet = me.sheet("病历影像采集同意书")
    expect(sheet).to_contain_text("未满 18 岁，由监护人阅读并签名")
    sheet.get_by_label("监护人").fill("王建国")
    sign(me)
    send_all(me)
    (consent,) = [row for row in clinic.stored("consent").values() if row["customer_id"] == child]
    assert consent["guardian"] == "王建国"


def test_when_the_consent_is_withdrawn_no_more_pictures_are_kept(taking, clinic, customer):
    me = taking
    shoot(me, FACE[0])
    expect(me.page.get_by_role("heading", level=1, name=FACE[1])).to_be_visible()
    (consent,) = [row for row in clinic.stored("consent").values() if row["customer_id"] == customer]
    withdrawal = {"id": clinic.new_id(), "consent_id": consent["id"], "reason": "顾客要求"}
    assert clinic.desk.do("consent.revoke", withdrawal)["status"] == "applied"
    send_all(me)
    me.page.go_back()
    cue(me, FACE[1])
    me.tap("拍照")
    sheet = me.sheet("没有保存")
    expect(sheet.get_by_role("alert")).to_contain_text("病历影像同意书缺失或已撤回")
    me.tap("不要这张", sheet)
    cue(me, FACE[1])


def test_an_intimate_region_needs_a_chaperone(with_camera, clinic, customer):
    me = with_camera()
    me.go(f"/sets/new?customer={customer}&region=breast")
    me.tap("请顾客签署")
    sign(me)
    me.page.get_by_role("checkbox", name="方案和部位已与治疗单核对").check()
    start = me.page.get_by_role("button", name="开始拍照")
    expect(start).to_be_disabled()
    me.page.get_by_label("陪同人员").fill("白洁莹")
    start.click()
    cue(me, FACE[0])
    send_all(me)
    (photo_set,) = [row for row in clinic.stored("photo_set").values() if row["customer_id"] == customer]
    assert photo_set["chaperone"] == "白洁莹"
    assert photo_set["checklist"]["curtains"] is False


@pytest.fixture
def portrait(tmp_path):
    """A file of a camera; portrait("name", blur=5): of a head before it."""

    def make(name, **how):
        path = tmp_path / f"{name}.jpg"
        camera.head(**how).save(path, quality=92)
        return path

    return make


def test_without_the_camera_the_phones_own_one_serves(hand, clinic, customer, portrait):
    me = hand(NURSE, flags=camera.REFUSED)
    begin(me, f"/sets/new?customer={customer}")
    cue(me, FACE[0])
    expect(me.page.get_by_text("没有相机权限")).to_be_visible()
    me.screenshot("capture-denied")
    me.page.get_by_label("用手机相机").set_input_files(portrait("front"))
    cue(me, FACE[1])
    photos = stored_photos(clinic, me, customer)
    assert photos["F"]["capture"]["method"] == "file"
    assert photos["F"]["checks"]["sharpness"]["level"] == "green"


def test_where_the_phone_gives_no_still_the_video_does(taking, clinic, customer):
    me = taking
    me.page.evaluate("() => { ImageCapture.prototype.takePhoto = () => Promise.reject(new Error('no')) }")
    shoot(me, FACE[0])
    photo = stored_photos(clinic, me, customer)["F"]
    assert (photo["capture"]["method"], photo["width"], photo["height"]) == ("frame", 480, 640)


def test_a_bad_picture_is_taken_again_or_kept_with_a_reason(with_camera, clinic, customer, tmp_path):
    film = camera.video(tmp_path / "blurred.y4m", [camera.head(blur=9)])
    me = with_camera(film=film)
    begin(me, f"/sets/new?customer={customer}")
    cue(me, FACE[0])
    expect(me.page.get_by_text("不清晰，拿稳")).to_be_visible()
    me.tap("拍照")
    sheet = me.sheet("这张有问题")
    expect(sheet).to_contain_text("不清晰，拿稳")
    me.screenshot("capture-look-again")
    me.tap("重拍", sheet)
    expect(sheet).to_be_hidden()
    cue(me, FACE[0])
    me.tap("拍照")
    expect(sheet.get_by_role("button", name="仍然使用")).to_be_disabled()
    me.choose("仍要使用，原因", "顾客无法配合")
    me.tap("仍然使用", sheet)
    cue(me, FACE[1])
    photo = stored_photos(clinic, me, customer)["F"]
    assert photo["override_reason"] == "顾客无法配合"
    assert photo["checks"]["sharpness"]["level"] == "red"


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [({"light": 0.2}, "太暗"), ({"light": 1.5}, "太亮"), ({"shadow": 0.75}, "光线偏")],
    ids=["dark", "bright", "one-sided"],
)
def test_the_viewfinder_says_what_is_wrong_with_the_light(with_camera, customer, tmp_path, spoilt, words):
    me = with_camera(film=camera.video(tmp_path / "spoilt.y4m", [camera.head(**spoilt)]))
    begin(me, f"/sets/new?customer={customer}")
    expect(me.page.get_by_role("listitem").filter(has_text=words)).to_be_visible()


def test_a_view_is_skipped_with_a_reason_and_a_colleague_sees_why(taking, hand, clinic, customer):
    me = taking
    me.tap("跳过这张")
    sheet = me.sheet("跳过 正位")
    expect(sheet.get_by_role("button", name="跳过这张")).to_be_disabled()
    me.choose("原因", "有敷料")
    me.screenshot("capture-skip")
    me.tap("跳过这张", sheet)
    for view in FACE[1:4]:
        shoot(me, view)
    cue(me, FACE[4])
    me.tap("拍照")
    expect(me.page.get_by_text("跳过：有敷料")).to_be_visible()
    me.tap("否", me.page.get_by_role("group", name="背景干净"))
    finish(me)
    stored_photos(clinic, me, customer)
    (photo_set,) = [row for row in clinic.stored("photo_set").values() if row["customer_id"] == customer]
    assert photo_set["skipped"] == [{"view": "F", "reason": "有敷料"}]
    assert photo_set["checklist"]["review"]["background"] is False
    colleague = hand("doctor")
    # A finished set is looked at, no longer taken.
    colleague.go(f"/sets/{photo_set['id']}/capture")
    expect(colleague.page.get_by_text("跳过：有敷料")).to_be_visible()


def test_a_retake_from_the_review_supersedes(taking, clinic, customer):
    me = taking
    take_all(me)
    me.page.get_by_role("button", name="左侧位").click()
    me.screenshot("set-picture")
    me.page.get_by_role("dialog", name="左侧位").get_by_role("button", name="重拍").click()
    cue(me, FACE[2])
    me.tap("重拍")
    expect(me.page.get_by_role("button", name="完成这组照片")).to_be_visible()
    send_all(me)
    rows = [row for row in clinic.stored("photo").values() if row["customer_id"] == customer]
    first, again = sorted((row for row in rows if row["view"] == "LL"), key=lambda row: row["taken_at"])
    assert again["supersedes"] == first["id"]
    assert len(rows) == 6


def test_pictures_of_a_camera_are_imported_into_the_views(taking, clinic, customer, portrait):
    me = taking
    me.tap("退出拍照，看这组照片")
    files = [portrait("1"), portrait("2", turned=-0.5), portrait("3", blur=9)]
    me.page.get_by_label("从文件导入").set_input_files(files)
    sheet = me.sheet("导入 3 张照片")
    expect(sheet.get_by_label("2.jpg 的视角")).to_have_value("LO")
    sheet.get_by_label("2.jpg 的视角").select_option("右45度")
    expect(sheet).to_contain_text("不清晰")
    expect(sheet.get_by_role("button", name="保存 3 张")).to_be_disabled()
    sheet.get_by_label("仍要使用，原因").fill("相机原片")
    me.screenshot("set-import")
    me.tap("保存 3 张", sheet)
    expect(me.page.get_by_text("还差 2 张")).to_be_visible()
    photos = stored_photos(clinic, me, customer)
    assert set(photos) == {"F", "RO", "LL"}
    assert photos["LL"]["override_reason"] == "相机原片"
    assert photos["F"]["override_reason"] is None


def test_when_all_is_green_and_still_the_shutter_goes_by_itself(with_camera, clinic, customer, tmp_path):
    """The film: a head that holds still for two seconds, turns, holds still again, and turns back."""
    steps = [step / 5 for step in range(-5, 6)]
    poses = [*[-1.0] * 20, *steps, *[1.0] * 20, *reversed(steps)]
    film = camera.video(tmp_path / "turning.y4m", [camera.head(turned=pose) for pose in poses], frames_each=1)
    me = with_camera(film=film)
    begin(me, f"/sets/new?customer={customer}")
    cue(me, FACE[0])
    me.page.get_by_role("checkbox", name="自动拍").check()
    expect(me.page.get_by_role("button", name="完成这组照片")).to_be_visible(timeout=60_000)
    assert set(stored_photos(clinic, me, customer)) == {"F", "LO", "LL", "RO", "RL"}


def held(me, beta, gamma=0):
    """The phone's sensor says how it is held."""
    me.page.evaluate(
        "([beta, gamma]) => dispatchEvent(new DeviceOrientationEvent('deviceorientation', {beta, gamma}))",
        [beta, gamma],
    )


def test_the_phone_is_held_level_and_how_is_kept_with_the_picture(taking, clinic, customer):
    me = taking
    held(me, 80)
    expect(me.page.get_by_role("listitem").filter(has_text="镜头抬高")).to_be_visible()
    held(me, 91)
    expect(me.page.get_by_role("listitem").filter(has_text="可以拍")).to_be_visible()
    shoot(me, FACE[0])
    photo = stored_photos(clinic, me, customer)["F"]
    assert photo["capture"]["tilt"] == {"roll": 0, "pitch": 1}
    assert photo["checks"]["tilt"]["level"] == "green"


def test_the_camera_is_taken_again_after_a_call(taking):
    me = taking
    expect(me.page.get_by_role("button", name="拍照", exact=True)).to_be_enabled()
    me.page.evaluate("document.querySelector('video').srcObject.getTracks().forEach((one) => one.stop())")
    me.come_back()
    me.page.evaluate("""async () => {
      const track = () => document.querySelector('video').srcObject.getVideoTracks()[0]
      while (track().readyState !== 'live') await new Promise(requestAnimationFrame)
    }""")
    shoot(me, FACE[0])


def test_the_lens_is_chosen_once_and_remembered(hand, customer):
    two = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")
    me = hand(NURSE, flags=two)
    begin(me, f"/sets/new?customer={customer}")
    lens = me.page.get_by_label("镜头")
    expect(lens.locator("option")).to_have_count(2)
    first, second = lens.locator("option").all_text_contents()
    expect(lens.locator("option:checked")).to_have_text(first)
    lens.select_option(second)
    expect(lens.locator("option:checked")).to_have_text(second)
    me.page.reload()
    expect(lens.locator("option:checked")).to_have_text(second)


LOOKS = {
    "zh-light": {},
    "en-dark": {"language": "en", "dark": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "large": {"flags": ("--blink-settings=defaultFontSize=32",)},
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_viewfinder_can_be_used_by_everybody(hand, clinic, customer, seen, look):
    """In both languages, narrow, in large type: no serious fault, and the shutter on the screen."""
    album.agree(clinic.desk, customer)
    before = album.photo_set(clinic.desk, customer, "pre", {"F": camera.head()}, 7)
    begun = album.photo_set(clinic.desk, customer, "d7", {}, 0, False, baseline_set_id=before["set"])
    options = {**LOOKS[look]}
    me = hand(
        NURSE, signed_in=False, **{**options, "flags": (*camera.flags(seen), *options.get("flags", ()))}
    )
    me.page.emulate_media(reduced_motion="reduce")
    me.sign_in()
    me.go(f"/sets/{begun['set']}/capture")
    expect(me.page.locator(".stage .hints")).to_be_visible()
    expect(me.page.locator("img.overlay")).to_be_visible()
    me.screenshot(f"capture-{look}")
    expect(me.page.locator("button.shutter")).to_be_in_viewport(ratio=1)
    assert (
        me.page.evaluate("document.querySelector('.capture').scrollWidth") <= me.page.viewport_size["width"]
    )
    assert me.phone.accessibility_faults() == []


def test_a_slow_phone_keeps_looking(taking, artefacts):
    me = taking
    looking = me.page.locator("[data-rate]")
    me.phone.slow(4)
    expect(looking).not_to_have_attribute("data-rate", "0")
    rate = looking.get_attribute("data-rate")
    artefacts("looks-per-second.txt").write_text(f"{rate} looks per second with the processor slowed 4x\n")


@pytest.fixture(scope="session")
def turned(tmp_path_factory):
    """A head that shows its right side, turned by 45 degrees."""
    return camera.video(tmp_path_factory.mktemp("camera") / "turned.y4m", [face.face(yaw=45)])


def view_in_dots(me, view):
    me.page.get_by_role("navigation").get_by_role("button", name=re.compile(f"^{view}")).click()
    cue(me, view)


@pytest.mark.restarts
def test_who_asks_for_it_is_told_how_the_head_is_turned_also_offline_and_takes_the_picture_anyway(
    hand, turned, clinic, customer, no_network
):
    me = hand(NURSE, flags=(*camera.flags(turned), "--enable-unsafe-swiftshader"))
    me.go(f"/sets/new?customer={customer}")
    me.tap("请顾客签署")
    sign(me)
    asked = me.page.get_by_role("checkbox", name="头部角度提示")
    asked.check()
    expect(me.page.get_by_text("正在下载")).to_have_count(0)
    expect(asked).to_be_checked()
    me.screenshot("set-new-head")
    with no_network():
        me.restart(f"/sets/new?customer={customer}")
        expect(me.page.get_by_role("checkbox", name="头部角度提示")).to_be_checked()
        prepare(me)
        me.tap("开始拍照（5 张）")
        cue(me, "正位")
        hints = me.page.locator(".hints")
        expect(hints).to_contain_text("头再往右转一点", timeout=90_000)
        me.screenshot("capture-head")
        shoot(me, "正位")
        view_in_dots(me, "右侧位")
        expect(hints).to_contain_text("继续转到完全侧面")
        view_in_dots(me, "右45度")
        expect(hints).not_to_contain_text("头")
        expect(hints).not_to_contain_text("完全侧面")
    me.tap("退出拍照，看这组照片")
    me.restart()
    expect(me.sync_line("已全部送达")).to_be_visible()
    (photo,) = [photo for photo in clinic.stored("photo").values() if photo["customer_id"] == customer]
    assert photo["checks"]["head_angle"]["value"]["yaw"] == pytest.approx(45, abs=5)
    assert photo["override_reason"] is None
