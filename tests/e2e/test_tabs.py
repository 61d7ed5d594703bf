"""Two tabs of one browser: one talks to the server, both show the same."""

import pytest
from playwright.sync_api import expect

SERVICE = "customer_service"

# Who holds the lock of the leading tab, as the browser tells it.
LEADER = """navigator.locks.query().then(({held}) =>
  held.filter(({name}) => name.endsWith(':lead')).map(({clientId}) => clientId))"""
ME = """navigator.locks.request('who am I', async () =>
  (await navigator.locks.query()).held.find(({name}) => name === 'who am I').clientId)"""


def leads(page):
    return page.evaluate(ME) in page.evaluate(LEADER)


@pytest.fixture
def tabs(hand, clinic):
    """Two tabs of the customer service on Today, the first of them leading."""
    clinic.followup(clinic.customer("李雨桐", "13800000002"), SERVICE)
    me = hand(SERVICE)
    second = me.phone.new_tab()
    for page in (me.page, second):
        expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    return me.page, second


def record_all_normal(page):
    page.get_by_role("link", name="李女士").click()
    page.get_by_role("button", name="记录", exact=True).click()
    page.get_by_role("button", name="已接通 · 一切正常").click()
    expect(page.get_by_role("status").filter(has_text="已记：一切正常")).to_be_visible()


def test_one_tab_leads_and_both_show_what_happens(tabs, clinic):
    first, second = tabs
    assert [leads(page) for page in tabs] == [True, False]
    record_all_normal(second)
    expect(first.get_by_role("main").get_by_role("listitem")).to_have_count(0)
    clinic.followup(clinic.customer("王晓燕"), SERVICE)
    for page in tabs:
        expect(page.get_by_role("link", name="王女士")).to_be_visible()


def test_the_tab_that_does_not_lead_gets_its_answers_too(tabs):
    _, second = tabs
    second.goto(second.url + "sync")
    second.get_by_role("button", name="立即同步").click()
    expect(second.get_by_role("status").filter(has_text="已全部送达，本机是最新的")).to_be_visible()


def test_when_the_leading_tab_is_closed_the_other_takes_over(tabs, clinic):
    first, second = tabs
    first.close()
    clinic.followup(clinic.customer("王晓燕"), SERVICE)
    expect(second.get_by_role("link", name="王女士")).to_be_visible()
    assert leads(second)


def test_signing_out_in_one_tab_signs_out_the_other(tabs):
    first, _second = tabs
    first.goto(first.url + "me")
    first.get_by_role("button", name="退出登录").click()
    for page in tabs:
        expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
