"""The compliance officer and the administrator: who saw this picture, who changed this field."""

import pytest
from playwright.sync_api import expect

from tests.e2e import album
from tests.rigs import camera

OFFICER, NURSE = "consult_lead", "nurse"


@pytest.fixture
def customer(clinic):
    customer = clinic.customer("李雨桐", "13800000002")
    album.agree(clinic.desk, customer)
    return customer


@pytest.fixture
def picture(hand, clinic, customer):
    """Its original has been looked at by the nurse, on the nurse's phone."""
    id = album.photo_set(clinic.desk, customer, "pre", {"F": camera.head()}, days_ago=1)["F"]
    nurse = hand(NURSE)
    nurse.go(f"/photos/{id}")
    nurse.tap("看原图")
    expect(nurse.page.locator(".picture:not(.waiting) img")).to_have_count(1)
    expect(nurse.page.get_by_role("button", name="谁看过原图")).to_have_count(0)
    return id


def entries(person):
    return person.page.get_by_role("main").get_by_role("listitem")


def name_of(clinic, role):
    return clinic.stored("staff")[clinic.person(role)]["name"]


def test_from_a_picture_the_compliance_officer_comes_to_who_has_seen_it(hand, clinic, customer, picture):
    clinic.appoint_compliance(OFFICER)
    officer = hand(OFFICER)
    officer.go(f"/photos/{picture}")
    officer.tap("谁看过原图")
    expect(officer.page.get_by_text("关于李雨桐的一张照片")).to_be_visible()
    expect(entries(officer)).to_have_count(1)
    expect(entries(officer)).to_contain_text("查看原图")
    expect(entries(officer)).to_contain_text(name_of(clinic, NURSE))


def test_the_administrator_comes_to_it_from_any_act_with_the_picture(hand, clinic, picture):
    admin = hand("clinic_admin")
    admin.go("/me/audit")
    admin.choose("看什么", "查看照片")
    expect(entries(admin)).to_have_count(1)
    admin.page.get_by_role("link", name="谁看过原图").click()
    expect(admin.page.get_by_text("关于李女士的一张照片")).to_be_visible()
    expect(entries(admin)).to_contain_text(name_of(clinic, NURSE))
    admin.choose("看什么", "修改")
    expect(entries(admin).filter(has_text="照片送达")).to_have_count(1)


def test_from_a_field_the_compliance_officer_comes_to_who_changed_it(hand, clinic, customer):
    clinic.appoint_compliance(OFFICER)
    desk = clinic.phone("front_desk")
    changed = {"id": customer, "set": {"phones": ["13800000003"]}, "seen": {"phones": ["13800000002"]}}
    assert desk.do("customer.update", changed)["status"] == "applied"
    officer = hand(OFFICER)
    officer.go(f"/customers/{customer}/profile")
    officer.tap("电话", officer.page.get_by_role("navigation", name="谁改过"))
    expect(officer.page.get_by_role("combobox", name="改了什么")).to_have_value("phones")
    expect(entries(officer)).to_have_count(2)
    expect(entries(officer).first).to_contain_text(name_of(clinic, "front_desk"))
    officer.page.get_by_role("combobox", name="改了什么").select_option("owner_id")
    expect(officer.page.get_by_text("没有找到")).to_be_visible()
