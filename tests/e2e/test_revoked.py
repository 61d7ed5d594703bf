"""A phone that the clinic signs off: it hands in what it has, or forgets it at once."""

import pytest
from playwright.sync_api import expect

from tests.rigs.vault import kept

SERVICE = "customer_service"


def held(me):
    """Everything readable that this browser still holds for the site."""
    return f"{kept(me.page)} {me.page.evaluate('JSON.stringify(localStorage)')}"


@pytest.fixture
def me(hand, clinic):
    """With what a day's work needs, a customer's name among it."""
    clinic.followup(clinic.customer("李雨桐", "13800000002"), SERVICE)
    person = hand(SERVICE)
    assert "李雨桐" in held(person)
    return person


def record(me):
    me.page.get_by_role("link", name="李女士").click()
    me.record_mild("李女士", "下巴有点肿")


def sign_off(hand, way, told):
    """The administrator's own screen, while that phone is out of reach."""
    admin = hand("clinic_admin")
    admin.go("/me/devices")
    admin.page.get_by_role("listitem").filter(has_text=SERVICE).get_by_role("button").click()
    admin.tap(way)
    admin.told(told)


def gone(me):
    expect(me.page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    return "李雨桐" not in held(me) and "下巴" not in held(me)


@pytest.mark.restarts
def test_collect_takes_what_is_unsent_and_then_erases(hand, clinic, me):
    me.phone.context.set_offline(True)
    record(me)
    me.phone.close()
    sign_off(hand, "停用，先收回未送出的内容", "已停用，正在收回内容")
    me.open()
    assert gone(me)
    [attempt] = clinic.stored("attempt").values()
    assert attempt["note"] == "下巴有点肿"


@pytest.mark.restarts
def test_wipe_erases_at_once(hand, clinic, me):
    me.phone.context.set_offline(True)
    record(me)
    me.phone.close()
    sign_off(hand, "立即清空", "已停用，下次联网即清空")
    me.phone.open()  # and nobody unlocks it
    assert gone(me)
    assert clinic.stored("attempt") == {}


def test_a_phone_in_use_is_emptied_when_it_is_next_looked_at(hand, me):
    sign_off(hand, "立即清空", "已停用，下次联网即清空")
    me.come_back()
    assert gone(me)
