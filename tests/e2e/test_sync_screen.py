"""The truth about sync: what waits, what was refused and why, and answers to every question."""

import pytest
from playwright.sync_api import expect

SERVICE = "customer_service"


@pytest.fixture
def customer(clinic):
    return clinic.customer("王小美", "13855556666", source="朋友介绍")


def region(me, name):
    return me.page.get_by_role("region", name=name)


def edit_source(me, customer, words):
    me.go(f"/customers/{customer}")
    me.tap("更多")
    me.tap("修改资料")
    me.page.get_by_label("来源").fill(words)
    me.tap("保存")
    me.told("已保存在本机")


def test_what_waits_here_is_listed_with_whom_it_is_about(hand, customer, no_network):
    me = hand(SERVICE)
    with no_network():
        edit_source(me, customer, "网络预约")
        me.go("/sync")
        expect(region(me, "在本机等待 · 1").get_by_role("listitem")).to_contain_text("修改资料王女士")
        expect(me.page.get_by_text("上次联系服务器")).to_contain_text("刚刚")
    me.tap("立即同步")
    expect(me.page.get_by_text("没有等待送出的内容")).to_be_visible()


@pytest.fixture
def refused(hand, clinic, customer, no_network):
    """Somebody whose change the server refuses: meanwhile they lost the right to it."""
    clinic.person("nurse", 1, (SERVICE,))
    me = hand("nurse")
    with no_network():
        edit_source(me, customer, "路过进店")
        clinic.change_roles("nurse", ["nurse"])
    me.go("/sync")
    expect(region(me, "需要处理 · 1")).to_contain_text("您的岗位没有这个权限")
    return me


def test_a_refusal_says_why_and_what_it_was_about(refused):
    card = region(refused, "需要处理 · 1").get_by_role("article")
    expect(card).to_contain_text("修改资料")
    expect(card).to_contain_text("路过进店")


def test_a_refused_change_is_edited_and_sent_again(refused, clinic, customer):
    clinic.change_roles("nurse", ["nurse", SERVICE])
    refused.tap("修改后重发")
    sheet = refused.sheet("修改后重发")
    sheet.get_by_label("来源").fill("老顾客")
    refused.tap("重新发送", sheet)
    refused.told("已重新保存，等待送出")
    expect(refused.page.get_by_role("article")).to_have_count(0)
    refused.tap("立即同步")
    refused.told("已全部送达，本机是最新的")
    assert clinic.stored("customer")[customer]["source"] == "老顾客"


def test_a_refused_change_is_discarded_only_knowingly(refused, clinic, customer):
    card = refused.page.get_by_role("article")
    refused.tap("放弃", card)
    sheet = refused.sheet("确定放弃这条记录？")
    refused.tap("取消", sheet)
    expect(sheet).to_be_hidden()
    refused.tap("放弃", card)
    refused.tap("放弃", sheet)
    refused.told("已放弃")
    expect(card).to_have_count(0)
    assert clinic.stored("customer")[customer]["source"] == "朋友介绍"


def test_sync_now_ends_in_an_answer_with_a_network_and_without(hand, no_network):
    me = hand(SERVICE)
    me.go("/sync")
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    with no_network():
        me.tap("立即同步")
        me.told("没有网络，内容安全地留在本机")
        me.tap("核对数据")
        me.told("没有网络，联网后再核对")


@pytest.mark.parametrize(
    ("status", "code", "answer"),
    [
        (401, "unauthenticated", "请重新登录，内容留在本机"),
        (426, "upgrade_required", "请先更新应用"),
        (503, "unavailable", "服务器暂时不可用，稍后自动再试"),
        (500, "internal", "服务器暂时不可用，稍后自动再试"),
    ],
)
def test_sync_now_ends_in_an_answer_whatever_the_server_says(hand, status, code, answer):
    me = hand(SERVICE)
    me.go("/sync")
    body = {"code": code, "message": code, "fields": {}}
    me.page.route("**/api/sync/*", lambda route: route.fulfill(status=status, json=body))
    me.tap("立即同步")
    me.told(answer)


def test_my_data_is_compared_with_the_server(hand, customer):
    me = hand(SERVICE)
    me.go("/sync")
    me.tap("核对数据")
    me.told("与服务器一致")


def test_storage_is_told_with_how_long_it_will_be_kept(hand):
    me = hand(SERVICE)
    me.go("/sync")
    storage = region(me, "本机存储")
    expect(storage).to_contain_text("已用")
    expect(storage).to_contain_text("MB")
    me.tap("请求长期保留")
    expect(
        me.page.get_by_role("status").filter(has_text="保留").or_(me.page.get_by_text("暂不同意"))
    ).to_be_visible()


def test_signing_out_with_unsent_work_offers_to_send_it_first(hand, customer, no_network):
    me = hand(SERVICE)
    with no_network():
        edit_source(me, customer, "网络预约")
        me.go("/me")
        me.tap("退出登录")
        expect(me.sheet("还有 1 条没有送出")).to_be_visible()
    me.tap("先送出再退出")
    expect(me.page.get_by_role("button", name="登录")).to_be_visible()


def test_two_people_share_a_phone_and_lose_nothing(hand, clinic, customer, no_network):
    me = hand(SERVICE)
    clinic.person("nurse")
    with no_network():
        edit_source(me, customer, "网络预约")
        me.go("/me")
        me.tap("退出登录")
        me.tap("仍要退出")
        expect(region(me, "在这台手机上登录过")).to_contain_text("1 条未送出")
    me.login = "nurse"
    me.sign_in()
    assert clinic.stored("customer")[customer]["source"] == "朋友介绍"
    me.go("/me")
    me.tap("退出登录")
    me.login = SERVICE
    me.sign_in()
    assert clinic.stored("customer")[customer]["source"] == "网络预约"
