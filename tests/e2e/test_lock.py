"""The lock: what the phone keeps is of use to its person alone."""

import re

import pytest
from playwright.sync_api import expect

SERVICE, NURSE = "customer_service", "nurse"
AWAY = "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})"
BACK = "delete document.visibilityState"
NAMES = ["李雨桐", "13800000002", "下巴有点肿", "花生过敏"]


@pytest.fixture
def owed(clinic):
    return clinic.followup(clinic.customer("李雨桐", "13800000002"), SERVICE)


def record(me, owed, note):
    me.go(f"/followups/{owed}")
    me.record_mild("李女士", note)


@pytest.mark.restarts
def test_nothing_of_a_customer_can_be_read_from_the_phones_files(hand, owed, tmp_path, clinic, no_network):
    """Work, drafts, the outbox and the search index, after the app was locked and closed."""
    me = hand(SERVICE)
    with no_network():
        record(me, owed, "下巴有点肿")
        me.go("/customers")
        me.page.get_by_role("searchbox").fill("李雨桐")
        expect(me.page.get_by_role("link", name="李雨桐")).to_be_visible()
        me.go("/customers/new")
        me.page.get_by_label("姓名").fill("花生过敏")
        me.go("/")
        me.lock()
    me.phone.close()
    found = [
        (str(file.relative_to(tmp_path)), name)
        for file in tmp_path.rglob("*")
        if file.is_file() and "profile" in str(file)
        for name in NAMES
        if any(name.encode(code) in file.read_bytes() for code in ("utf-8", "utf-16-le"))
    ]
    assert found == []


def test_a_locked_phone_shows_the_person_alone_and_loses_nothing(hand, owed, clinic, no_network):
    me = hand(SERVICE)
    with no_network():
        record(me, owed, "下巴有点肿")
        me.go_on(f"/followups/{owed}")
        me.lock()
        me.go(f"/followups/{owed}")
        expect(me.page.get_by_role("heading", name="已锁定")).to_be_visible()
        assert "李" not in me.page.locator("body").inner_text()
        me.page.locator("input[name=password]").fill("something else")
        me.tap("解锁")
        expect(me.page.get_by_role("alert")).to_have_text("密码不对，请再试一次")
        me.unlock()
        expect(me.page.get_by_text("下巴有点肿")).to_be_visible()
    me.go("/sync")
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")
    [attempt] = clinic.stored("attempt").values()
    assert attempt["note"] == "下巴有点肿"


def test_a_phone_that_was_put_away_is_locked_when_it_comes_back_in_every_tab(hand, owed):
    me = hand(SERVICE)
    other = me.phone.new_tab()
    expect(other.get_by_role("heading", name="今日")).to_be_visible()
    me.page.clock.install()
    me.page.evaluate(AWAY)
    me.come_back()
    me.page.clock.fast_forward("02:01")
    me.page.evaluate(BACK)
    me.come_back()
    expect(me.page.get_by_role("heading", name="已锁定")).to_be_visible()
    expect(other.get_by_role("heading", name="已锁定")).to_be_visible()
    me.unlock()
    expect(other.get_by_role("heading", name="今日")).to_be_visible()


def test_two_people_change_places_without_a_network(hand, owed, clinic, no_network):
    me = hand(SERVICE)
    clinic.person(NURSE)
    me.lock()
    me.page.get_by_role("link", name="换人登录").click()
    me.page.locator("input[name=login]").fill(NURSE)
    me.page.locator("input[name=password]").fill(me.password)
    me.tap("登录")
    expect(me.page.get_by_role("heading", name="今日")).to_be_visible()
    with no_network():
        me.lock()
        me.page.get_by_role("link", name="换人登录").click()
        me.page.get_by_role("button", name=re.compile(f"^{SERVICE}")).click()
        me.page.locator("input[name=password]").fill(me.password)
        me.tap("登录")
        expect(me.page.get_by_role("link", name="李女士")).to_be_visible()


def test_a_new_password_asks_once_for_the_one_before(hand, owed, clinic, no_network):
    me = hand(SERVICE)
    with no_network():
        record(me, owed, "下巴有点肿")
        me.lock()
    clinic.new_password(SERVICE, "a new password, long enough")
    me.page.get_by_role("link", name="换人登录").click()
    me.fill_in("a new password, long enough")
    sheet = me.sheet("密码换过了")
    sheet.get_by_label("之前的密码").fill(me.password)
    me.tap("登录", sheet)
    expect(me.sync_line("已全部送达")).to_be_visible()
    [attempt] = clinic.stored("attempt").values()
    assert attempt["note"] == "下巴有点肿"
    me.lock()
    me.unlock("a new password, long enough")


def test_the_own_password_is_changed_and_opens_the_app_from_then_on(hand, owed):
    me, tablet = hand(SERVICE), hand(SERVICE)
    me.go("/me/lock")
    me.tap("修改密码")
    sheet = me.sheet("修改密码")
    sheet.get_by_label("现在的密码").fill(me.password)
    sheet.get_by_label("新密码").fill("seven quiet lanterns")
    me.tap("修改密码", sheet)
    me.told("密码已修改，其他设备需要重新登录")
    me.lock()
    me.unlock("seven quiet lanterns")
    tablet.go("/sync")
    expect(tablet.sync_line("请重新登录以送出")).to_be_visible()


@pytest.mark.restarts
def test_face_or_finger_opens_the_app_once_it_is_set_up(hand, owed, server):
    me = hand(SERVICE, signed_in=False)
    authenticator = me.phone.cdp()
    authenticator.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "hasPrf": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    # A passkey belongs to a name; an address of numbers cannot have one.
    me.page.goto(server.url.replace("127.0.0.1", "localhost"))
    me.sign_in()
    me.go_on("/me/lock")
    me.tap("设置面容或指纹")
    me.page.locator("input[name=password]").fill(me.password)
    me.tap("继续")
    me.told("已设置，下次可以直接解锁")
    me.tap("现在锁定")
    me.tap("用面容或指纹解锁")
    expect(me.page.get_by_role("link", name="李女士")).to_be_visible()
