"""From the time that has come to the thing itself: a worker, a real encrypted push, a tap."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from server.notify import reminders
from server.notify.channels import channels_of
from server.notify.sending import send_due
from tests.rigs.desktop import Desktop, why_no_desktop
from tests.rigs.pushes import Pushes

SERVICE = "customer_service"


@pytest.fixture
def worker(app):
    """A look of a worker: who is to be reminded is, and what is due goes out."""
    config = replace(app.extensions["meidang"].config, push_allow_loopback=True)

    def look():
        with app.app_context():
            now = datetime.now(UTC)
            reminders.remind(now)
            send_due(now, channels_of(config, at_once=1))

    return look


@pytest.fixture
def desktop():
    if reason := why_no_desktop():
        pytest.skip(reason)
    with Desktop() as desktop:
        yield desktop


@pytest.mark.restarts
def test_a_reminder_reaches_the_lock_screen_and_a_tap_leads_to_the_thing_without_a_network(
    hand, clinic, push_service, worker, no_network, desktop
):
    customer = clinic.customer("王晓燕")
    followup = clinic.followup(customer, SERVICE, due=0.2, purpose="关心恢复情况")
    me = hand(SERVICE, desktop=desktop)
    pushes = Pushes(me.phone, push_service)

    me.go("/")
    me.tap("看看怎么开")
    expect(me.page.get_by_text("锁屏上只出现姓氏")).to_be_visible()
    me.tap("允许通知")
    me.told("已开启")

    worker()
    [message] = [m for m in pushes.browser.messages if "到期" in m["notification"]["title"]]
    pushes.browser.messages[:] = [message]
    assert message["notification"]["title"] == "王女士：快到期了"
    pushes.deliver()
    pushes.expect_shown(["王女士：快到期了"])
    with no_network():
        desktop.tap("王女士：快到期了")
        expect(me.page.get_by_role("heading", name="王女士")).to_be_visible()
        assert f"/followups/{followup}" in me.page.url
        pushes.expect_shown([])
        me.restart(f"/followups/{followup}?notice={message['notification']['data']['notice']}")
        expect(me.page.get_by_role("heading", name="王女士")).to_be_visible()
    me.go("/me/inbox")
    expect(me.page.get_by_role("listitem").filter(has_text="快到期了")).to_contain_text("推送已打开")
    me.screenshot("inbox-delivered")
    expect(me.page.get_by_role("listitem").filter(has_text="快到期了")).not_to_contain_text("未读")

    # Whoever acts first clears it for the others.
    other = clinic.followup(clinic.customer("李静"), SERVICE, due=0.2)
    pushes.equip()
    worker()
    pushes.deliver()
    pushes.expect_shown(["李女士：快到期了"])
    clinic.attempt(other, "reached")
    pushes.expect_shown([])

    # Closed, the app is opened by the tap.
    clinic.followup(clinic.customer("赵敏"), SERVICE, due=0.2)
    worker()
    pushes.deliver()
    pushes.expect_shown(["赵女士：快到期了"])
    me.page.goto("about:blank")
    with me.phone.context.expect_page() as opened:
        desktop.tap("赵女士：快到期了")
    expect(opened.value.get_by_role("heading", name="赵女士")).to_be_visible()
