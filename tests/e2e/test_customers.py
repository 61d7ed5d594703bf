"""The beauty file: found, read, changed, and what a treatment owes."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.noon import in_hours

ASSISTANT = "consult_assistant"


@pytest.fixture
def xiaomei(clinic):
    clinic.customer("欧阳文静", "13711112222")
    clinic.customer("李小美", "13933334444")
    return clinic.customer("王小美", "13855556666", source="朋友介绍")


@pytest.fixture
def me(hand, xiaomei):
    return hand(ASSISTANT)


def region(me, name):
    return me.page.get_by_role("region", name=name)


def test_customers_are_found_by_name_pinyin_initials_and_last_digits(me):
    me.go("/customers")
    expect(me.page.get_by_text("本机 3 位顾客")).to_be_visible()
    names = me.page.get_by_role("main").get_by_role("listitem").get_by_role("strong")
    for typed, found in {
        "小美": ["李小美", "王小美"],
        "wang": ["王小美"],
        "wxm": ["王小美"],
        "4444": ["李小美"],
        "ouyang wen": ["欧阳文静"],
    }.items():
        me.page.get_by_role("searchbox", name="搜索顾客").fill(typed)
        expect(names).to_have_text(found)
    me.page.get_by_role("searchbox").fill("zzz")
    expect(me.page.get_by_text("找到 0 位")).to_be_visible()


def test_the_file_tells_everything_newest_first(hand, clinic, xiaomei):
    me = hand("customer_service")
    clinic.treatment(xiaomei, "玻尿酸", hours_ago=30)
    clinic.attempt(clinic.followup(xiaomei, "customer_service"), "no_answer")
    args = {"id": clinic.new_id(), "customer_id": xiaomei, "at": in_hours(48), "kind": "check"}
    clinic.desk.do("appointment.book", args)
    me.go(f"/customers/{xiaomei}")
    events = region(me, "经过").get_by_role("strong")
    expect(events).to_have_text([re.compile("复查"), "未接", "玻尿酸"])
    me.choose("只看", "治疗")
    expect(region(me, "经过").get_by_role("strong")).to_have_text(["玻尿酸"])


def test_a_profile_is_edited_and_the_colleague_sees_it(hand, me, xiaomei):
    colleague = hand("customer_service")
    colleague.go(f"/customers/{xiaomei}")
    me.go(f"/customers/{xiaomei}")
    me.tap("更多")
    me.tap("修改资料")
    me.page.get_by_label("饮品").fill("温水")
    me.tap("保存")
    me.told("已保存在本机")
    expect(region(me, "偏好")).to_contain_text("温水")
    expect(region(colleague, "偏好")).to_contain_text("温水")


def test_two_who_changed_the_same_field_are_asked_which_is_right(me, clinic, xiaomei):
    me.go(f"/customers/{xiaomei}")
    me.tap("更多")
    me.tap("修改资料")
    source = me.page.get_by_label("来源")
    expect(source).to_have_value("朋友介绍")
    clinic.desk.do(
        "customer.update", {"id": xiaomei, "set": {"source": "网络预约"}, "seen": {"source": "朋友介绍"}}
    )
    source.fill("路过进店")
    me.tap("保存")
    conflict = region(me, "两人改了同一处")
    expect(conflict).to_contain_text("路过进店")
    conflict.get_by_role("radio", name="网络预约").check()
    me.tap("采用所选", conflict)
    me.told("已确定")
    expect(conflict).to_have_count(0)
    expect(region(me, "基本资料")).to_contain_text("网络预约")


def test_adding_a_customer_offers_the_one_who_may_be_the_same(me):
    me.go("/customers/new")
    me.page.get_by_label("姓名").fill("王美")
    me.page.get_by_label("电话").fill("138 5555 6666")
    alike = me.page.get_by_role("status", name="可能已有档案")
    expect(alike.get_by_role("link")).to_have_text("王小美 13855556666")
    me.tap("保存")
    me.told("已添加，保存在本机")
    expect(me.page.get_by_role("heading", name="王美")).to_be_visible()


def test_a_completed_treatment_shows_at_once_what_it_owes(me, xiaomei, no_network):
    me.go(f"/customers/{xiaomei}/treatment")
    expect(me.page.get_by_role("heading", name="治疗 · 王女士")).to_be_visible()
    with no_network():
        me.choose("类别", "微整注射")
        me.page.get_by_label("项目").fill("玻尿酸")
        me.page.get_by_label("部位").fill("鼻 下巴")
        expect(me.page.get_by_text("完成后应做 7 个回访")).to_be_visible()
        me.tap("完成治疗")
        me.told("已完成，生成 7 个回访")
        owed = region(me, "还欠 7 个回访")
        expect(owed.get_by_role("listitem").first).to_contain_text("2 小时回访")
        expect(owed.get_by_text("在本机")).not_to_have_count(0)


def test_an_appointment_is_booked_moved_and_cancelled(me, xiaomei):
    me.go(f"/customers/{xiaomei}")
    me.tap("预约")
    sheet = me.sheet("预约")
    me.choose("类型", "复诊")
    me.tap("预约", sheet)
    me.told("已预约 明天 10:00")
    appointment = region(me, "经过").get_by_role("button", name=re.compile("明天 10:00 · 复诊"))
    appointment.click()
    sheet = me.sheet("改预约")
    day, _ = sheet.get_by_label("时间").input_value().split("T")
    sheet.get_by_label("时间").fill(f"{day}T16:30")
    me.tap("改到这个时间", sheet)
    me.told("已改到 明天 16:30")
    region(me, "经过").get_by_role("button", name=re.compile("明天 16:30 · 复诊")).click()
    sheet = me.sheet("改预约")
    sheet.get_by_label("原因").fill("顾客出差")
    me.tap("取消预约", sheet)
    me.told("预约已取消")
    expect(region(me, "经过")).to_contain_text("已取消")


def test_an_alert_is_raised_and_cleared(hand, clinic, xiaomei):
    me, colleague = hand("nurse"), hand("customer_service")
    colleague.go(f"/customers/{xiaomei}")
    me.go(f"/customers/{xiaomei}")
    me.tap("更多")
    me.tap("添加警示")
    sheet = me.sheet("添加警示")
    me.choose("程度", "危险")
    sheet.get_by_label("警示内容").fill("利多卡因过敏")
    me.tap("保存", sheet)
    expect(region(me, "警示")).to_contain_text("危险 利多卡因过敏")
    expect(region(colleague, "警示")).to_contain_text("利多卡因过敏")
    expect(colleague.page.get_by_role("button", name="解除警示：利多卡因过敏")).to_have_count(0)
    me.tap("解除警示：利多卡因过敏")
    sheet = me.sheet("解除")
    sheet.get_by_label("原因").fill("皮试阴性")
    me.tap("解除", sheet)
    expect(region(me, "警示")).to_have_count(0)
    expect(region(colleague, "警示")).to_have_count(0)


def test_five_thousand_customers_are_searched_while_typing(hand, clinic):
    """No time is asserted: every keystroke has to find its customers before the next one."""
    names = [
        f"{surname}{given}"
        for surname in "赵钱孙李周吴郑王冯陈"
        for given in ("小美", "丽", "文静", "雪", "思雨")
    ]
    for start in range(0, 5000, 500):
        for n in range(start, start + 500):
            args = {
                "id": clinic.new_id(),
                "name": names[n % 50],
                "phones": [f"139{n:08d}"],
                "gender": "female",
            }
            clinic.desk.queue("customer.create", args)
        clinic.desk.push()
    me = hand(ASSISTANT)
    me.go("/customers")
    expect(me.page.get_by_text("本机 5000 位顾客")).to_be_visible()
    box = me.page.get_by_role("searchbox", name="搜索顾客")
    first = me.page.get_by_role("main").get_by_role("listitem").first
    for typed, found in (("w", "w"), ("wx", "王小美"), ("wxm", "王小美"), ("", "陈"), ("4999", "尾号 4999")):
        box.fill(typed)
        if found != "w":
            expect(first).to_contain_text(found)
    # Of the whole list only what is near the screen is drawn.
    box.fill("")
    expect(me.page.get_by_text("本机 5000 位顾客")).to_be_visible()
    assert me.page.get_by_role("main").get_by_role("listitem").count() < 60
