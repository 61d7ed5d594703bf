"""Language, theme, the home screen, and the page about working offline."""

import pytest
from playwright.sync_api import expect

SERVICE = "customer_service"


@pytest.mark.restarts
def test_the_language_is_the_phones_until_one_is_chosen(hand):
    me = hand(SERVICE, signed_in=False, language="en-GB")
    me.sign_in()
    expect(me.page.get_by_role("heading", name="Today")).to_be_visible()
    me.go("/me")
    me.page.get_by_role("radio", name="中文").check()
    expect(me.page.get_by_role("heading", name="我", exact=True)).to_be_visible()
    me.restart()
    expect(me.page.get_by_role("heading", name="今日")).to_be_visible()
    expect(me.page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.restarts
def test_the_theme_is_the_phones_until_one_is_chosen(hand):
    me = hand(SERVICE, dark=True)
    expect(me.page.locator("html")).to_have_attribute("data-theme", "dark")
    me.go("/me")
    me.choose("外观", "浅色")
    expect(me.page.locator("html")).to_have_attribute("data-theme", "light")
    me.restart()
    expect(me.page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_app_offers_itself_for_the_home_screen(hand):
    me = hand(SERVICE)
    me.go("/me")
    expect(me.page.get_by_role("heading", name="我", exact=True)).to_be_visible()
    # Headless Chromium never offers it by itself.
    me.page.evaluate(
        """() => dispatchEvent(Object.assign(new Event('beforeinstallprompt'), {
          prompt: async () => { document.title = 'asked' },
          userChoice: Promise.resolve({ outcome: 'accepted' }),
        }))"""
    )
    me.tap("添加到主屏幕")
    me.told("已添加")
    expect(me.page).to_have_title("asked")
    expect(me.page.get_by_role("button", name="添加到主屏幕")).to_have_count(0)


def test_what_works_offline_is_explained_before_anybody_signs_in(hand, no_network):
    me = hand(SERVICE, signed_in=False)
    me.page.get_by_role("link", name="离线能做什么").click()
    expect(me.page.get_by_text("没有信号时照常工作")).to_be_visible()
    me.tap("返回")
    expect(me.page.get_by_role("button", name="登录", exact=True)).to_be_visible()


def test_a_link_opened_before_signing_in_is_reached_afterwards(hand, clinic):
    customer = clinic.customer("李雨桐")
    me = hand("consult_assistant", signed_in=False)
    me.go(f"/customers/{customer}")
    expect(me.page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    me.fill_in()
    expect(me.page.get_by_role("heading", name="李雨桐")).to_be_visible()
