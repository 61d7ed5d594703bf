"""Looking at pictures: one view through time, laid over each other, taken out, taken back."""

import json
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from server.database import read
from server.sync.tables import MutationLog
from tests.e2e import album
from tests.e2e.album import EYES, moved, spot
from tests.e2e.noon import in_hours
from tests.photos.test_sheets import cells, difference
from tests.rigs import camera

NURSE, LEAD = "nurse", "consult_lead"
LATER = {"scale": 0.9, "rotation": 4.0, "shift": (20, -14)}
"""How the picture of a month later came out, beside the one from before."""


@pytest.fixture
def customer(clinic):
    customer = clinic.customer("李雨桐", "13800000002")
    album.agree(clinic.desk, customer)
    return customer


@pytest.fixture
def taken(clinic, customer):
    """A nose from before, after a week and after a month: {time point: {view: photo id}}."""
    treatment = clinic.treatment(customer, "隆鼻", hours_ago=24 * 30, category="surgery", sites=["鼻部"])
    head = camera.head()
    more = {"treatment_id": treatment, "region": "face"}
    return {
        "treatment": treatment,
        "pre": album.photo_set(
            clinic.desk, customer, "pre", {"F": head, "LO": camera.head(-0.4)}, 31, **more
        ),
        "d7": album.photo_set(
            clinic.desk, customer, "d7", {"F": moved(head, 1.06, -3, (-10, 8))}, 23, **more
        ),
        "m1": album.photo_set(clinic.desk, customer, "m1", {"F": moved(head, **LATER)}, 0.1, **more),
    }


def log(app, clinic, name):
    """Arguments of the entries of the audit trail."""
    with app.app_context(), read() as connection:
        query = select(MutationLog.args).where(MutationLog.clinic_id == clinic.id, MutationLog.name == name)
        return [json.loads(entry) for entry in connection.scalars(query.order_by(MutationLog.n))]


def shown(me, count=2):
    """The pictures on the stage, once they are there."""
    pictures = me.page.locator(".stage .picture:not(.waiting) img")
    expect(pictures).to_have_count(count)
    return pictures


def press(me, number, point):
    """A finger on a point (fractions) of the stage's picture of this number."""
    box = shown(me).nth(number).bounding_box()
    me.page.mouse.click(box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"])


def align(me):
    """The eyes are marked on both pictures."""
    me.tap("对齐")
    for number, where in ((0, EYES), (1, [spot(eye, **LATER) for eye in EYES])):
        for n, point in enumerate(where, 1):
            side = "左" if number == 0 else "右"
            expect(me.page.get_by_role("status").filter(has_text=f"在{side}图点第 {n} 点")).to_be_visible()
            press(me, number, point)
    expect(me.page.get_by_role("status").filter(has_text="两张都点好了")).to_be_visible()
    me.screenshot("compare-marking")
    me.tap("完成")
    expect(me.page.get_by_text("已按两点对齐")).to_be_visible()


def sheet_of(me, purpose="病历与面诊"):
    """The bytes of the comparison sheet (PNG) of what stands side by side."""
    me.tap("对比图")
    sheet = me.sheet("对比图")
    me.choose("用途", purpose)
    me.choose("照片", "这两张")
    me.choose("格式", "图片")
    me.tap("生成", sheet)
    expect(sheet.get_by_role("img", name="对比图")).to_be_visible()
    with me.page.expect_download() as kept:
        me.tap("存到手机", sheet)
    me.tap("关闭", sheet)
    return kept.value.path().read_bytes()


def apart(sheet):
    """How different (0 to 255) the faces of a sheet of two pictures are, spot by spot."""
    faces = [cell.crop((370, 350, 700, 900)) for cell in cells(sheet, 2)]
    return difference(*faces)


def transforms(me):
    return me.page.locator(".stage .picture").evaluate_all("all => all.map((one) => one.style.transform)")


def test_before_and_after_are_laid_over_each_other_by_two_points(hand, customer, taken):
    me = hand(NURSE)
    me.go(f"/customers/{customer}")
    me.choose("只看", "照片")
    expect(me.page.get_by_role("region", name="经过").get_by_role("listitem")).to_have_count(3)
    me.page.get_by_role("region", name="经过").scroll_into_view_if_needed()
    me.screenshot("file-timeline-photos")
    me.page.get_by_role("link", name="对比照片").click()
    expect(me.page.get_by_role("heading", name="对比 · 李女士")).to_be_visible()
    expect(me.page.get_by_role("combobox", name="部位和体位")).to_have_value("face F")
    expect(me.page.locator("figcaption")).to_have_text(
        [re.compile("术前.*治疗前 1 天"), re.compile("术后1个月.*治疗后 30 天")]
    )
    shown(me)
    expect(me.page.get_by_text("已按两点对齐")).to_have_count(0)
    align(me)
    before, after = transforms(me)
    assert before == "translate(0px, 0px) rotate(0deg) scale(1)"
    turned, scaled = (float(re.search(rf"{name}\(([-\d.]+)", after)[1]) for name in ("rotate", "scale"))
    assert scaled == pytest.approx(1 / 0.9, abs=0.03)
    assert turned == pytest.approx(4, abs=1)  # back, clockwise
    me.choose("看法", "滑动")
    me.page.get_by_role("slider", name="左右分界").fill("30")
    expect(me.page.locator(".stage .clip").nth(1)).to_have_attribute("style", re.compile("30%"))
    me.screenshot("compare-slider")
    me.choose("看法", "闪烁")
    now = me.page.locator(".now")
    for words in ("术后1个月", "术前"):  # by itself
        expect(now).to_have_text(re.compile(words))
    me.tap("暂停")
    first = now.inner_text()
    me.tap("换一张")
    expect(now).not_to_have_text(first)
    me.choose("看法", "全部")
    shown(me, 3)


def test_both_pictures_are_looked_at_closer_in_step(hand, customer, taken):
    me = hand(NURSE)
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)
    looks = me.page.locator(".stage .look")
    me.tap("放大")
    closer = re.compile(r"scale\(1\.5\)")
    expect(looks.nth(0)).to_have_attribute("style", closer)
    expect(looks.nth(1)).to_have_attribute("style", closer)
    box = me.page.locator(".stage .frame").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    me.page.mouse.move(x, y)
    me.page.mouse.down()
    me.page.mouse.move(x + 20, y + 10, steps=4)
    me.page.mouse.up()
    style = looks.nth(0).get_attribute("style")
    assert style != "transform: scale(1.5) translate(0%, 0%);"
    assert looks.nth(1).get_attribute("style") == style
    me.page.get_by_role("button", name="回到整张").click()
    expect(looks.nth(1)).to_have_attribute("style", re.compile(r"scale\(1\)"))


def test_two_fingers_zoom_where_they_are(hand, customer, taken):
    me = hand(NURSE)
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)
    box = me.page.locator(".stage .frame").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = me.phone.cdp()

    def fingers(kind, apart):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if apart else []})

    fingers("touchStart", 20)
    for apart in (30, 40, 50, 60):
        fingers("touchMove", apart)
    fingers("touchEnd", 0)
    expect(me.page.get_by_role("button", name="现在 300%，回到整张")).to_be_visible()


def test_a_line_is_drawn_on_a_copy_and_taken_back(hand, customer, taken):
    me = hand(NURSE)
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    box = shown(me).nth(1).bounding_box()
    me.tap("画")
    lines = me.page.locator(".stage .line")
    for y in (0.4, 0.6):
        me.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * y)
        me.page.mouse.down()
        me.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * (y + 0.05), steps=8)
        me.page.mouse.up()
    expect(lines).to_have_count(2)
    me.screenshot("compare-drawing")
    me.tap("撤销一笔")
    expect(lines).to_have_count(1)
    me.tap("全部清除")
    expect(lines).to_have_count(0)


def test_a_comparison_sheet_is_made_online_for_a_purpose_and_noted(
    hand, app, clinic, customer, taken, no_network
):
    me = hand(NURSE)
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)
    me.tap("对比图")
    sheet = me.sheet("对比图")
    me.choose("用途", "内部教学")
    expect(sheet.get_by_role("alert")).to_have_text("顾客没有同意这个用途，或已撤回。")
    expect(sheet.get_by_role("button", name="生成")).to_be_disabled()
    expect(sheet.get_by_role("radio", name="公开（露脸）")).to_have_count(0)
    me.choose("用途", "病历与面诊")
    with no_network():
        me.tap("生成", sheet)
        expect(sheet.get_by_role("alert")).to_have_text("需要网络：联网后再生成。")
    refusal = {"code": "gate", "message": "-", "fields": {"consent": ["record"]}}  # revoked a moment ago
    me.page.route("**/api/sheets", lambda route: route.fulfill(status=409, json=refusal))
    me.tap("生成", sheet)
    expect(sheet.get_by_role("alert")).to_have_text("顾客没有同意这个用途，或已撤回。")
    me.page.unroute("**/api/sheets")
    me.choose("照片", "全部时间点（3）")
    me.choose("格式", "图片")
    me.tap("生成", sheet)
    expect(sheet.get_by_role("img", name="对比图")).to_be_visible()
    me.screenshot("compare-sheet")
    with me.page.expect_download() as kept:
        me.tap("存到手机", sheet)
    assert kept.value.path().read_bytes().startswith(b"\x89PNG")
    (entry,) = log(app, clinic, "photo.exported")
    assert entry["photo_ids"] == [taken[point]["F"] for point in ("pre", "d7", "m1")]
    assert (entry["purpose"], entry["format"]) == ("record", "png")


def test_pictures_are_aligned_on_the_sheet_as_on_the_screen(hand, customer, taken):
    me = hand(NURSE)
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)
    before = apart(sheet_of(me))
    align(me)
    assert apart(sheet_of(me)) < before / 3


def test_publication_is_offered_to_the_compliance_officer_alone(hand, app, clinic, customer, taken):
    album.agree(clinic.desk, customer, "publish_face")
    me, admin = hand(LEAD), hand("clinic_admin")
    admin.go("/me")
    admin.page.get_by_role("link", name="诊所设置").click()
    admin.page.get_by_role("combobox", name="合规负责人").select_option(clinic.person(LEAD))
    admin.told("已保存在本机")
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)
    me.tap("对比图")
    sheet = me.sheet("对比图")
    me.choose("用途", "公开（不露脸）")  # offered as soon as the appointment is here
    expect(sheet.get_by_role("alert")).to_have_text("顾客没有同意这个用途，或已撤回。")
    me.tap("关闭", sheet)
    sheet_of(me, "公开（露脸）")
    (entry,) = log(app, clinic, "photo.exported")
    assert (entry["purpose"], entry["staff_id"]) == ("publish_face", clinic.person(LEAD))


def test_a_revoked_consent_ends_what_rests_on_it(hand, clinic, customer, taken):
    me = hand(NURSE)
    me.go(f"/customers/{customer}")
    consents = me.page.get_by_role("region", name="同意书")
    expect(consents.get_by_role("listitem").first).to_contain_text("签署")
    me.tap("撤回：病历与面诊")
    sheet = me.sheet("撤回：病历与面诊")
    expect(sheet.get_by_role("button", name="撤回")).to_be_disabled()
    sheet.get_by_label("原因").fill("顾客要求")
    me.tap("撤回", sheet)
    me.told("已撤回，保存在本机")
    expect(consents.get_by_role("listitem").first).to_contain_text("撤回")
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)  # the record stays
    me.tap("对比图")
    expect(me.sheet("对比图").get_by_role("alert")).to_have_text("顾客没有同意这个用途，或已撤回。")


def test_the_lead_voids_a_picture_and_it_is_compared_no_more(hand, app, clinic, customer, taken):
    nurse, lead = hand(NURSE), hand(LEAD)
    picture = taken["m1"]["F"]
    nurse.go(f"/photos/{picture}")
    expect(nurse.page.get_by_role("heading", name="正位")).to_be_visible()
    expect(nurse.page.get_by_role("button", name="作废")).to_have_count(0)
    lead.go(f"/photos/{picture}")
    lead.tap("看原图")
    expect(lead.page.get_by_text("正在看原图。")).to_be_visible()
    expect(lead.page.locator(".picture:not(.waiting) img")).to_have_count(1)
    assert [entry["photo_id"] for entry in log(app, clinic, "photo.viewed")] == [picture]
    lead.tap("作废")
    lead.page.get_by_role("dialog", name="作废").get_by_label("原因").fill("拍错人")
    lead.tap("作废", lead.sheet("作废"))
    lead.told("已作废，保存在本机")
    lead.page.get_by_role("link", name="对比").or_(lead.page.get_by_role("button", name="对比")).click()
    expect(lead.page.locator("figcaption")).to_have_text([re.compile("术前"), re.compile("术后7天")])
    expect(nurse.page.get_by_text("已作废")).to_be_visible()


def test_what_is_owed_stands_in_the_file_and_on_today(hand, clinic, customer):
    treatment = clinic.treatment(customer, "隆鼻", hours_ago=24 * 7, category="surgery", sites=["鼻部"])
    visit = {"id": clinic.new_id(), "customer_id": customer, "at": in_hours(2), "kind": "check"}
    clinic.desk.do("appointment.book", visit)
    me = hand(NURSE)
    due = me.page.get_by_role("region", name="今天要拍 1 组")
    expect(due.get_by_role("link")).to_contain_text("李女士")
    expect(due.get_by_role("link")).to_contain_text("鼻 · 术后7天")
    me.go(f"/customers/{customer}")
    owed = me.page.get_by_role("region", name="照片").get_by_role("link")
    expect(owed).to_contain_text("隆鼻 · 今天")
    owed.click()
    me.page.wait_for_url(f"**/sets/new?customer={customer}&treatment={treatment}&region=nose&point=d7")
    finished = album.photo_set(
        clinic.desk, customer, "d7", {}, 0, finished=False, treatment_id=treatment, region="nose"
    )
    me.go("/")
    expect(due.get_by_role("link")).to_contain_text("继续拍")
    views = ("F", "RO", "RL", "LO", "LL", "BA", "CE", "RL-smile", "CU-F", "CU-RL")
    skipped = [{"view": view, "reason": "顾客不便"} for view in views]
    clinic.desk.do("photo_set.finish", {"id": finished["set"], "skipped": skipped})
    expect(due).to_have_count(0)


@pytest.mark.restarts
def test_pictures_that_were_looked_at_are_there_without_a_network(hand, clinic, customer, taken, no_network):
    me = hand(NURSE)
    me.go(f"/customers/{customer}/compare?region=face&view=F")
    shown(me)
    with no_network():
        me.restart(f"/customers/{customer}/compare?region=face&view=F")
        shown(me)
        me.page.get_by_role("combobox", name="部位和体位").select_option("face LO")
        expect(me.page.get_by_text("照片不在本机，联网后可看")).to_be_visible()
        expect(me.page.get_by_text("这个体位只有一个时间点")).to_be_visible()
