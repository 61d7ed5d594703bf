"""A follow-up from the brief to the record."""

from uuid import UUID, uuid5

import pytest
from playwright.sync_api import expect

SERVICE = "customer_service"


@pytest.fixture
def followup(clinic):
    """The two-hour call after a treatment; the customer has an allergy and a wish."""
    doctor = clinic.person("doctor")
    customer = clinic.customer("李雨桐", "13800000002", preferences={"drink": "温水"})
    clinic.desk.do("customer.update_medical", {"id": customer, "set": {"allergies": ["青霉素"]}, "seen": {}})
    treatment = clinic.treatment(customer, "玻尿酸", hours_ago=1, doctor_id=doctor)
    return str(uuid5(UUID(treatment), "cs_2h"))


@pytest.fixture
def me(hand, followup):
    person = hand(SERVICE)
    person.go(f"/followups/{followup}")
    return person


def called(me):
    """Rings, talks, hangs up, and is back in the app."""
    me.tap("致电 李女士")
    assert me.left_for() == ["tel:13800000002"]
    me.come_back()
    return me.sheet("记录 · 李女士")


def on_the_server(clinic, followup):
    return clinic.stored("followup")[followup]


def test_the_brief_has_all_that_must_be_known_before_calling(me):
    page = me.page
    expect(page.get_by_role("region", name="警示")).to_contain_text("过敏 青霉素")
    what = page.get_by_role("region", name="回访内容")
    expect(what).to_contain_text("玻尿酸 · 下巴 · 1 小时")
    expect(what).to_contain_text("确认已平安到家")
    expect(page.get_by_role("region", name="偏好")).to_contain_text("温水")


def test_a_text_announces_the_call_and_is_kept_on_record(me, clinic):
    me.tap("短信预告")
    [text] = me.left_for()
    assert text.startswith("sms:13800000002?body=李女士您好，我是测试医美的customer_service")
    me.told("预告短信已记录")
    expect(me.sync_line("已全部送达")).to_have_count(0)
    me.page.get_by_role("link", name="打开").click()
    expect(me.page.get_by_role("region", name="经过")).to_contain_text("稍后想给您打个回访电话")


def test_all_normal_is_two_taps_after_hanging_up_and_can_be_undone(me, followup):
    record = called(me)
    me.tap("已接通 · 一切正常", record)
    me.told("已记：一切正常")
    me.tap("撤销")
    me.told("已撤销")
    me.go(f"/followups/{followup}")
    expect(me.page.get_by_role("region", name="回访内容")).to_contain_text("到期")


def test_what_was_recorded_is_sent_when_it_can_no_longer_be_undone(hand, followup, clinic):
    me = hand(SERVICE)
    me.go(f"/followups/{followup}")
    record = called(me)
    me.page.clock.install()
    me.tap("已接通 · 一切正常", record)
    me.told("已记：一切正常")
    assert on_the_server(clinic, followup)["status"] == "open"
    me.page.clock.fast_forward(10_500)
    expect(me.sync_line("已全部送达")).to_be_visible()
    assert on_the_server(clinic, followup)["status"] == "done"
    [attempt] = clinic.stored("attempt").values()
    assert attempt["content"]["reaction"] == "none"
    assert attempt["outcome"] == "reached"


def test_no_answer_leads_to_the_missed_call_text_and_the_next_window(me):
    record = called(me)
    me.tap("未接 → 发短信", record)
    [text] = me.left_for()
    assert text.startswith("sms:13800000002?body=李女士您好")
    assert "刚才致电未能接通" in text
    me.told("已记未接 · 下次 今天 14:30")


def test_the_customer_asks_to_be_called_back_later(me):
    record = called(me)
    me.tap("稍后再打", record)
    me.tap("一小时后", me.sheet("稍后再打 · 李女士"))
    me.told("再打")
    expect(me.page.get_by_role("button", name="等回电 1")).to_be_visible()


def test_a_severe_reaction_reaches_the_doctor_in_three_taps(hand, me, followup, clinic, no_network):
    doctor = hand("doctor")
    me.go("/")
    me.page.get_by_role("link", name="李女士").first.click()
    me.tap("上报")
    expect(me.page.get_by_role("group", name="反应").get_by_role("radio", name="严重")).to_be_checked()
    me.tap("立即上报医生")
    me.told("已上报医生")
    expect(doctor.page.get_by_role("listitem").filter(has_text="医生处理")).to_contain_text("李女士")
    assert on_the_server(clinic, followup)["status"] == "escalated"

    # From then on every phone that shows it knows by its own clock how long the doctor has been away.
    me.page.clock.install()
    me.go(f"/followups/{followup}")
    chain = me.page.get_by_role("region", name="上报经过")
    expect(chain).to_contain_text("customer_service 上报给 doctor")
    expect(chain).to_contain_text("医生须在")
    with no_network():
        me.page.clock.fast_forward("02:00:30")
        expect(chain).to_contain_text("已过 2 小时，医生还没有处理")


def test_something_up_is_told_in_chips_and_words(me, followup):
    record = called(me)
    me.tap("有情况…", record)
    me.choose("反应", "轻微")
    me.page.get_by_label("什么反应").fill("淤青")
    me.choose("恢复（1 差 - 5 好）", "4")
    me.tap("保存", me.sheet("有情况 · 李女士"))
    me.told("已保存在本机")
    me.go(f"/followups/{followup}")
    last = me.page.get_by_role("region", name="上次情况")
    expect(last).to_contain_text("反应：轻微 · 淤青 · 恢复：4/5")


def test_a_question_is_handed_on_to_the_doctor(hand, me):
    doctor = hand("doctor")
    me.tap("更多")
    me.tap("转交问题")
    me.choose("交给", "医生")
    sheet = me.sheet("转交问题")
    sheet.get_by_label("问题").fill("可以化妆吗？")
    me.tap("保存", sheet)
    me.told("已转交")
    doctor.page.get_by_role("listitem").filter(has_text="转交").get_by_role("link").click()
    expect(doctor.page.get_by_text("可以化妆吗？")).to_be_visible()


def test_another_time_needs_a_reason(me):
    me.tap("更多")
    me.tap("改时间")
    sheet = me.sheet("改时间")
    expect(sheet.get_by_role("button", name="保存")).to_be_disabled()
    sheet.get_by_label("原因").fill("顾客在开会")
    me.tap("保存", sheet)
    me.told("已改到")


def test_a_lead_gives_it_to_somebody(hand, followup, clinic):
    clinic.person(SERVICE, 2)
    lead = hand("cs_lead")
    lead.go(f"/followups/{followup}")
    lead.tap("更多")
    lead.tap("指派")
    lead.page.get_by_label("指派给").select_option("customer_service2")
    lead.tap("保存", lead.sheet("指派"))
    lead.told("已指派给 customer_service2")
    expect(lead.page.get_by_role("region", name="回访内容")).to_contain_text("customer_service2")


def test_somebody_who_may_not_assign_is_not_offered_it(me):
    me.tap("更多")
    expect(me.page.get_by_role("button", name="改时间")).to_be_visible()
    expect(me.page.get_by_role("button", name="指派")).to_have_count(0)


@pytest.mark.restarts
def test_thrown_away_during_the_call_the_app_comes_back_to_the_record(me):
    me.tap("致电 李女士")
    me.left_for()
    me.restart()
    expect(me.sheet("记录 · 李女士")).to_be_visible()
