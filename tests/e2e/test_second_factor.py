"""The second factor: set up by a lead, asked for at the next sign-in; and where the clinic insists."""

import time

import pyotp
from playwright.sync_api import expect

LEAD = "cs_lead"


def authenticator(sheet):
    """The secret is typed off the screen."""
    secret = sheet.locator(".secret").inner_text().replace(" ", "")
    return lambda steps=0: pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


def confirm(me, sheet):
    expect(sheet.get_by_role("img", name="验证器二维码")).to_be_visible()
    code = authenticator(sheet)
    sheet.get_by_label("验证码", exact=True).fill("000000")
    me.tap("确认", sheet)
    expect(sheet.get_by_role("alert")).to_have_text("验证码不对或已经用过，请等下一个")
    sheet.get_by_label("验证码", exact=True).fill(code())
    me.tap("确认", sheet)
    expect(sheet.get_by_role("listitem")).to_have_count(10)
    me.tap("我已抄好", sheet)
    return code


def test_who_has_set_one_up_signs_in_with_a_code(hand):
    me = hand(LEAD)
    me.go("/me/lock")
    me.tap("设置两步验证")
    sheet = me.sheet("两步验证")
    sheet.get_by_label("密码").fill(me.password)
    me.tap("继续", sheet)
    code = confirm(me, sheet)
    me.told("两步验证已开启")

    elsewhere = hand(LEAD, signed_in=False)
    elsewhere.fill_in()
    expect(elsewhere.page.get_by_role("alert")).to_have_text("请输入验证器上的六位验证码")
    elsewhere.page.get_by_label("验证码", exact=True).fill(code(+1))
    elsewhere.tap("登录")
    expect(elsewhere.page.get_by_role("heading", name="今日")).to_be_visible()


def test_a_clinic_that_insists_leads_there_at_the_next_sign_in(hand, clinic):
    me = hand(LEAD)
    clinic.insist_on_second_factors()
    me.go("/sync")
    me.page.get_by_role("link", name="重新登录", exact=True).click()
    me.fill_in()
    confirm(me, me.sheet("两步验证"))
    expect(me.page.get_by_role("heading", name="今日")).to_be_visible()
    expect(me.sync_line("已全部送达")).to_be_visible()
