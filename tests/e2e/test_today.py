"""The day in one look, and the call in one tap."""

import pytest
from playwright.sync_api import expect

from tests.e2e.noon import in_hours

SERVICE = "customer_service"


@pytest.fixture
def day(clinic):
    """A follow-up of the customer service in every group, and one that is done."""
    clinic.followup(clinic.customer("王晓燕", "13800000001"), SERVICE, begins=-50, due=-40)
    clinic.treatment(clinic.customer("李雨桐", "13800000002"), "玻尿酸", hours_ago=1)
    clinic.followup(clinic.customer("孙丽", "13800000003"), SERVICE, due=9, planned=5)
    waiting = clinic.followup(clinic.customer("周洁", "13800000004"), SERVICE, due=8)
    clinic.attempt(waiting, "asked_callback", callback_at=in_hours(4))
    done = clinic.followup(clinic.customer("吴倩", "13800000005"), SERVICE)
    clinic.attempt(done, "reached")
    return clinic


def row(me, name):
    return me.page.get_by_role("listitem").filter(has_text=name)


def test_today_has_overdue_first_then_this_window_then_what_can_wait(hand, day):
    me = hand(SERVICE)
    groups = me.page.locator("main").get_by_role("heading", level=2).get_by_role("button")
    expect(groups).to_have_text(["逾期1", "本时段1", "稍后1", "等回电1"])
    progress = me.page.get_by_role("progressbar", name="今日进度")
    expect(progress).to_have_attribute("aria-valuetext", "今日 5 个，已完成 1 个")


def test_a_row_says_who_what_and_until_when(hand, day):
    me = hand(SERVICE)
    expect(row(me, "王女士")).to_contain_text("逾期 2 天")
    expect(row(me, "李女士")).to_contain_text("玻尿酸 · 1 小时")
    expect(row(me, "李女士")).to_contain_text("还有")
    expect(row(me, "李女士")).to_contain_text("已送达")
    expect(row(me, "孙女士")).to_be_hidden()
    me.tap("稍后 1")
    expect(row(me, "孙女士")).to_contain_text("今天 17")


def test_the_present_call_window_is_shown_with_what_is_left_of_it(hand, day):
    me = hand(SERVICE)
    expect(me.page.get_by_text("可致电 11:00-13:30 · 还剩")).to_be_visible()


def test_a_call_is_one_tap(hand, day):
    me = hand(SERVICE)
    me.tap("致电 李女士")
    assert me.left_for() == ["tel:13800000002"]
    expect(me.page.get_by_role("heading", name="李女士")).to_be_visible()


def test_outside_the_window_the_app_asks_before_it_calls(hand, resting_clinic):
    resting_clinic.followup(resting_clinic.customer("郑红", "13800000006"), SERVICE, due=9, planned=-0.5)
    me = hand(SERVICE, of=resting_clinic)
    expect(me.page.get_by_text("现在不在致电时段 · 下一段 今天 14:30")).to_be_visible()
    me.tap("致电 郑女士")
    question = me.sheet("现在致电 郑女士？")
    expect(question).to_contain_text("不在致电时段，可能打扰顾客")
    assert me.stayed()
    me.tap("仍要致电", question)
    assert me.left_for() == ["tel:13800000006"]


def test_a_wish_not_to_be_called_is_asked_about_inside_the_window(hand, clinic):
    quiet = clinic.customer("钱静", "13800000007", preferences={"contact": "no_call"})
    clinic.followup(quiet, SERVICE)
    me = hand(SERVICE)
    expect(row(me, "钱女士")).to_contain_text("建议改发短信")
    me.tap("致电 钱女士")
    expect(me.sheet("现在致电 钱女士？")).to_contain_text("顾客希望不接电话")


def test_a_day_without_follow_ups_says_so(hand, clinic):
    me = hand(SERVICE)
    expect(me.page.get_by_text("今天没有回访")).to_be_visible()
    me.tap("查找顾客")
    expect(me.page.get_by_role("searchbox", name="搜索顾客")).to_be_visible()


def test_a_wrong_password_is_told_in_words(hand, clinic):
    me = hand(SERVICE, signed_in=False)
    me.fill_in("something else")
    expect(me.page.get_by_role("alert")).to_have_text("诊所代码、账号或密码不对，请再看一下")


def test_nobody_sees_another_clinics_day(hand, day, resting_clinic):
    outsider = hand(SERVICE, of=resting_clinic)
    expect(outsider.page.get_by_text("今天没有回访")).to_be_visible()
    outsider.go("/customers")
    expect(outsider.page.get_by_text("还没有顾客")).to_be_visible()
