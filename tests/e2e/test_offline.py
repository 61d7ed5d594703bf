"""All of the day's work without a network, and what becomes of it."""

import time
from uuid import UUID, uuid5

import pytest
from playwright.sync_api import expect

from tests.rigs.vault import kept

SERVICE = "customer_service"


@pytest.fixture
def owed(clinic):
    """Two follow-ups of the customer service, of two customers: their ids."""
    treatment = clinic.treatment(clinic.customer("李雨桐", "13800000002"), "玻尿酸", hours_ago=1)
    other = clinic.followup(clinic.customer("王晓燕", "13800000001"), SERVICE, due=5)
    return str(uuid5(UUID(treatment), "cs_2h")), other


def row(person, name):
    return person.page.get_by_role("main").get_by_role("listitem").filter(has_text=name)


@pytest.mark.restarts
def test_a_record_made_offline_survives_a_restart_is_sent_and_seen_by_a_colleague(
    hand, clinic, owed, no_network
):
    me, colleague = hand(SERVICE), hand("cs_lead")
    colleague.go(f"/followups/{owed[0]}")
    seen = colleague.page.get_by_role("region", name="回访内容")
    expect(seen).to_contain_text("到期")
    with no_network():
        me.tap("致电 李女士")
        assert me.left_for() == ["tel:13800000002"]
        me.come_back()
        me.tap("已接通 · 一切正常")
        me.told("已记：一切正常")
        expect(me.sync_line("1 条在本机，等待网络")).to_be_visible()
        me.restart()
        expect(me.sync_line("1 条在本机，等待网络")).to_be_visible()
        expect(row(me, "王女士")).to_have_count(1)
        expect(row(me, "李女士")).to_have_count(0)
        me.page.get_by_role("link", name="1 条在本机").click()
        expect(row(me, "回访记录")).to_contain_text("李女士")
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    assert clinic.stored("followup")[owed[0]]["status"] == "done"
    expect(seen).to_contain_text("已完成")


def test_a_colleague_sees_it_by_a_poke_not_by_asking(hand, clinic, owed, artefacts):
    """Phones ask by themselves once a minute; the expectation here ends long before that."""
    me, colleague = hand(SERVICE), hand("cs_lead")
    colleague.go(f"/followups/{owed[0]}")
    expect(colleague.page.get_by_role("region", name="回访内容")).to_contain_text("到期")
    me.go(f"/followups/{owed[0]}")
    me.tap("上报")
    me.tap("立即上报医生")
    me.told("已上报医生")
    begun = time.monotonic()
    expect(colleague.page.get_by_role("region", name="回访内容")).to_contain_text("等医生处理")
    artefacts("seen-by-a-colleague.txt").write_text(f"{time.monotonic() - begun:.2f} s after saving\n")


@pytest.mark.restarts
def test_the_whole_working_day_is_done_offline(hand, clinic, owed, no_network):
    me = hand("consult_assistant")
    lives = clinic.customer("周洁", "13800000004")
    me.go(f"/customers/{lives}")
    expect(me.page.get_by_role("heading", name="周洁")).to_be_visible()
    with no_network():
        me.restart("/customers")
        me.page.get_by_role("searchbox", name="搜索顾客").fill("zj")
        row(me, "周洁").get_by_role("link").click()
        me.tap("更多")
        me.tap("修改资料")
        me.page.get_by_label("饮品").fill("红茶")
        me.tap("保存")
        me.told("已保存在本机")
        me.tap("预约")
        me.tap("预约", me.sheet("预约"))
        me.told("已预约 明天 10:00")
        me.tap("治疗")
        me.choose("类别", "光电皮肤")
        me.page.get_by_label("项目").fill("光子嫩肤")
        me.tap("完成治疗")
        me.told("已完成，生成 7 个回访")
        me.go("/customers/new")
        me.page.get_by_label("姓名").fill("新顾客")
        me.tap("保存")
        me.told("已添加，保存在本机")
        me.restart("/sync")
        expect(me.page.get_by_role("heading", name="在本机等待 · 4")).to_be_visible()
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    expect(me.page.get_by_text("没有等待送出的内容")).to_be_visible()
    assert clinic.stored("customer")[lives]["preferences"] == {"drink": "红茶"}
    assert "新顾客" in [row["name"] for row in clinic.stored("customer").values()]


@pytest.mark.restarts
def test_every_screen_opens_cold_from_a_link_without_a_network(hand, owed, clinic, no_network):
    me = hand(SERVICE)
    customer = clinic.stored("followup")[owed[0]]["customer_id"]
    with no_network():
        me.restart("/me/offline")
        expect(me.page.get_by_role("heading", name="离线能做什么")).to_be_visible()
        me.go("/")
        me.unlock()
        for path, title in {
            f"/followups/{owed[0]}": "李女士",
            f"/customers/{customer}": "李雨桐",
            f"/customers/{customer}/profile": "修改资料",
            "/customers": "顾客",
            "/customers/new": "添加顾客",
            "/sync": "同步",
            "/me": "我",
            "/me/inbox": "通知",
            "/me/devices": "设备",
        }.items():
            me.go(path)
            expect(me.page.get_by_role("heading", name=title, level=1)).to_be_visible()


@pytest.mark.restarts
def test_killed_right_after_saving_the_phone_has_lost_nothing(hand, clinic, owed, no_network):
    me = hand(SERVICE)
    me.restart(f"/followups/{owed[0]}")
    with no_network():
        me.tap("记录")
        me.tap("已接通 · 一切正常")
        me.told("已记：一切正常")
        me.phone.kill()
        me.open("/sync")
        expect(me.page.get_by_role("heading", name="在本机等待 · 1")).to_be_visible()
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    assert clinic.stored("followup")[owed[0]]["status"] == "done"


def draft(me, name):
    """A form in the making that is kept under this name, as text; none: empty."""
    return "".join(str(value) for key, value in kept(me.page, "meta") if key == name)


def until_kept(me, name, words):
    deadline = time.monotonic() + 20
    while words not in draft(me, name):
        assert time.monotonic() < deadline, "the form was never kept"


@pytest.mark.restarts
def test_what_was_being_typed_when_the_phone_ended_the_app_is_still_there(hand, owed):
    me = hand(SERVICE)
    me.go(f"/followups/{owed[0]}")
    me.tap("记录")
    me.tap("有情况…")
    me.choose("反应", "轻微")
    me.page.get_by_label("什么反应").fill("淤青")
    until_kept(me, f"draft:record:{owed[0]}", "淤青")
    me.phone.kill()
    me.open(f"/followups/{owed[0]}")
    me.tap("记录")
    me.tap("有情况…")
    expect(me.page.get_by_label("什么反应")).to_have_value("淤青")
    me.tap("保存", me.sheet("有情况 · 李女士"))
    me.told("已保存在本机")
    me.go(f"/followups/{owed[0]}")
    expect(me.page.get_by_role("region", name="上次情况")).to_contain_text("淤青")
    assert draft(me, f"draft:record:{owed[0]}") == ""


@pytest.mark.restarts
def test_a_form_says_that_it_is_as_it_was_left(hand, clinic):
    customer = clinic.customer("周洁", "13800000004")
    me = hand("consult_assistant")
    me.go(f"/customers/{customer}/profile")
    me.page.get_by_label("饮品").fill("红茶")
    until_kept(me, f"draft:profile:{customer}", "红茶")
    me.phone.kill()
    me.open(f"/customers/{customer}/profile")
    me.told("已恢复上次未保存的内容")
    expect(me.page.get_by_label("饮品")).to_have_value("红茶")


def test_the_first_sync_may_be_interrupted(hand, owed):
    """A reload before anything has come: the app goes on by itself."""
    me = hand(SERVICE, signed_in=False)
    me.page.route("**/api/sync/pull", lambda route: route.abort())
    me.fill_in()
    expect(me.page.get_by_role("heading", name="今日")).to_be_visible()
    expect(me.page.get_by_text("第一次使用需要网络，连上后自动继续。")).to_be_visible()
    me.served()
    me.page.unroute("**/api/sync/pull")
    me.page.reload()
    expect(row(me, "李女士")).to_have_count(1)
    expect(me.sync_line("已全部送达")).to_be_visible()


def test_signing_in_without_a_network_says_what_to_do(hand, no_network):
    me = hand(SERVICE, signed_in=False)
    expect(me.page.get_by_role("button", name="登录")).to_be_visible()
    with no_network():
        me.fill_in()
        expect(me.page.get_by_role("alert")).to_contain_text("没有网络。登录需要连一次网")
