"""Every screen in Chinese and English, light and dark, narrow, and in large type: nothing that keeps
somebody out.

A picture of each, light and dark, is left for people to look at: tests/artefacts/screens/.
"""

import json
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import insert, select

from server.clinic.dispatches import Dispatch
from server.clinic.opening import appoint_compliance, clinic_id_of
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.database import write
from server.demo import create_demo
from server.instants import utc_now
from tests.e2e import album
from tests.e2e.noon import in_hours
from tests.e2e.person import Person
from tests.rigs import camera
from tests.rigs.browser import PHONE, ROOT
from tests.rigs.client import Device, uuid7
from tests.rigs.doors import HttpDoor
from tests.rigs.people import PASSWORD


@dataclass(frozen=True)
class Screen:
    """Who comes to it, by which link, and what is tapped there: keys of the locale files."""

    name: str
    role: str
    path: str
    taps: tuple[str, ...] = ()


SERVICE, LEAD, ASSISTANT = "customer_service", "cs_lead", "consult_assistant"
NURSE, CONSULT_LEAD = "nurse", "consult_lead"
SCREENS = [
    Screen("today", SERVICE, "/"),
    Screen("today-lead", LEAD, "/"),
    Screen("today-front-desk", "front_desk", "/"),
    Screen("board", SERVICE, "/board"),
    Screen("board-lead", LEAD, "/board"),
    Screen("board-sign", SERVICE, "/board", ("board.sign",)),
    Screen("follow-up", SERVICE, "/followups/{followup}"),
    Screen("follow-up-question", SERVICE, "/followups/{quiet}", ("call.ring",)),
    Screen("record", SERVICE, "/followups/{followup}", ("record.title",)),
    Screen("record-something", SERVICE, "/followups/{followup}", ("record.title", "record.something")),
    Screen("record-later", SERVICE, "/followups/{followup}", ("record.title", "record.later")),
    Screen("record-severe", SERVICE, "/followups/{followup}", ("escalate.short",)),
    Screen("more", LEAD, "/followups/{followup}", ("act.more",)),
    Screen("more-hand-on", LEAD, "/followups/{followup}", ("act.more", "hand_on.title")),
    Screen("more-reschedule", LEAD, "/followups/{followup}", ("act.more", "reschedule.title")),
    Screen("more-assign", LEAD, "/followups/{followup}", ("act.more", "assign.title")),
    Screen("follow-up-missing", SERVICE, "/followups/00000000-0000-7000-8000-000000000000"),
    Screen("customers", ASSISTANT, "/customers"),
    Screen("file", LEAD, "/customers/{customer}"),
    Screen("file-menu", ASSISTANT, "/customers/{customer}", ("act.more",)),
    Screen("file-alert", ASSISTANT, "/customers/{customer}", ("act.more", "alert.raise")),
    Screen("file-appointment", ASSISTANT, "/customers/{customer}", ("appointment.book",)),
    Screen("profile", LEAD, "/customers/{customer}/profile"),
    Screen("medical", ASSISTANT, "/customers/{customer}/medical"),
    Screen("treatment", ASSISTANT, "/customers/{customer}/treatment"),
    Screen("follow-up-new", LEAD, "/customers/{customer}/followup"),
    Screen("customer-new", ASSISTANT, "/customers/new"),
    Screen("vip", LEAD, "/vip"),
    Screen("vip-case", LEAD, "/vip/{unclear}"),
    Screen("vip-move", LEAD, "/vip/{unclear}", ("vip.move",)),
    Screen("vip-report", LEAD, "/vip/{unclear}/report"),
    Screen("vip-next", NURSE, "/vip/next"),
    Screen("vip-handover", SERVICE, "/vip/handover"),
    Screen("vip-months", LEAD, "/reports/vip"),
    Screen("vip-form", SERVICE, "/vip/new?customer={untouched}"),
    Screen("vip-screening", SERVICE, "/vip/{reviewed}/screening"),
    Screen("vip-plans", SERVICE, "/vip/{planned}/plans"),
    Screen("vip-plan", CONSULT_LEAD, "/vip/{planned}/plans", ("vip_plan.edit",)),
    Screen("vip-proposal", SERVICE, "/vip/{planned}/plans", ("vip_plan.proposal",)),
    Screen("compare", NURSE, "/customers/{customer}/compare?region=face&view=F"),
    Screen("compare-sheet", NURSE, "/customers/{customer}/compare?region=face&view=F", ("sheet.title",)),
    Screen("compare-empty", NURSE, "/customers/{untouched}/compare"),
    Screen("photo", CONSULT_LEAD, "/photos/{photo}"),
    Screen("photo-void", CONSULT_LEAD, "/photos/{photo}", ("look.void",)),
    Screen("photo-missing", NURSE, "/photos/00000000-0000-7000-8000-000000000000"),
    Screen("file-photos", NURSE, "/customers/{customer}"),
    Screen("consent-revoke", NURSE, "/customers/{customer}", ("consents.revoke_of",)),
    Screen("today-nurse", NURSE, "/"),
    Screen("sets", NURSE, "/sets"),
    Screen("set-new", NURSE, "/sets/new?customer={untouched}&region=breast"),
    Screen("set-new-consented", NURSE, "/sets/new?customer={customer}"),
    Screen("consent", NURSE, "/sets/new?customer={untouched}", ("sets.consent_sign",)),
    Screen("set", NURSE, "/sets/{finished}"),
    Screen("set-taking", NURSE, "/sets/{taking}"),
    Screen("set-missing", NURSE, "/sets/00000000-0000-7000-8000-000000000000"),
    # Nobody has allowed the camera; with one it is seen by test_sets.py.
    Screen("capture-denied", NURSE, "/sets/{taking}/capture"),
    Screen("capture-skip", NURSE, "/sets/{taking}/capture", ("skip.act",)),
    Screen("me", LEAD, "/me"),
    Screen("inbox", "doctor", "/me/inbox"),
    Screen("notifications", "doctor", "/me/notifications"),
    Screen("notifications-admin", "clinic_admin", "/me/notifications"),
    Screen("clinic", "clinic_admin", "/me/clinic"),
    Screen("clinic-rules", "clinic_admin", "/me/clinic/rules"),
    Screen("clinic-rule", "clinic_admin", "/me/clinic/rules", ("rules.add",)),
    Screen("clinic-hours", "clinic_admin", "/me/clinic/hours"),
    Screen("clinic-texts", "clinic_admin", "/me/clinic/texts"),
    Screen("clinic-people", "clinic_admin", "/me/clinic/people"),
    Screen("clinic-person-new", "clinic_admin", "/me/clinic/people", ("people.add",)),
    Screen("file-export", "clinic_admin", "/customers/{customer}", ("act.more", "whole_file.title")),
    Screen("audit", "clinic_admin", "/me/audit"),
    Screen("audit-picture", LEAD, "/me/audit?about={photo}&kind=looks"),
    Screen("audit-field", LEAD, "/me/audit?about={customer}&field=source"),
    Screen("photo-officer", LEAD, "/photos/{photo}"),
    Screen("clinic-vip", "clinic_admin", "/me/clinic/vip"),
    Screen("clinic-vip-step", "clinic_admin", "/me/clinic/vip", ("journey.add_step",)),
    Screen("clinic-vip-stage", "clinic_admin", "/me/clinic/vip", ("journey.edit_stage",)),
    Screen("report", LEAD, "/reports"),
    Screen("sample", LEAD, "/reports/sample"),
    Screen("lock", LEAD, "/me/lock"),
    Screen("lock-factor", LEAD, "/me/lock", ("factor.set_up",)),
    Screen("lock-password", LEAD, "/me/lock", ("password.change",)),
    Screen("devices", LEAD, "/me/devices"),
    Screen("devices-admin", "clinic_admin", "/me/devices"),
    Screen("works-offline", LEAD, "/me/offline"),
    Screen("sync", LEAD, "/sync"),
]

DEMO_CUSTOMERS = 60
LANGUAGES = {"zh": "zh-CN", "en": "en"}
THEMES = ("light", "dark")


UNCOVER = """() => {
  document.querySelectorAll('[role=dialog]').forEach((one) => one.scrollTo(0, 1e6))
  document.querySelectorAll('.actions').forEach((one) => { one.style.position = 'static' })
}"""


# What the other theme can do to a screen that was good in the first. No language changes a colour.
COLOURS = ["color-contrast", "link-in-text-block"]


def faults_in_both_themes(me: Person, name: str) -> list[str]:
    """axe's findings, after a picture of each: name-light and name-dark. The dark theme, which differs in
    colours alone, is seen in Chinese."""
    chinese = name.endswith("-zh")
    for theme in THEMES if chinese else THEMES[:1]:
        show(me, theme)
        me.phone.screenshot(f"{name}-{theme}")
    # What a sheet's last row or the bar below covers is reached by scrolling, which axe does not know.
    me.page.evaluate(UNCOVER)
    found = [f"dark: {fault}" for fault in me.phone.accessibility_faults(only=COLOURS)] if chinese else []
    show(me, "light")
    return found + [
        f"light: {fault}" for fault in me.phone.accessibility_faults(without=() if chinese else COLOURS)
    ]


NARROW = {"width": 320, "height": 640}
LARGE = "document.documentElement.style.fontSize = '200%'"
USUAL = "document.documentElement.style.fontSize = ''"
BEYOND = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def sideways(me: Person, name: str) -> list[str]:
    """Where the screen has to be scrolled sideways, on a narrow phone and in letters twice as large; with a
    picture of it."""
    found = []
    me.page.set_viewport_size(NARROW)
    if beyond := me.page.evaluate(BEYOND):
        found.append(f"320 px: {beyond} px beyond, see {me.phone.screenshot(f'{name}-narrow')}")
    me.page.set_viewport_size(PHONE)
    me.page.evaluate(LARGE)
    if beyond := me.page.evaluate(BEYOND):
        found.append(f"200 % text: {beyond} px beyond, see {me.phone.screenshot(f'{name}-large')}")
    me.page.evaluate(USUAL)
    return found


def show(me: Person, theme: str) -> None:
    me.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    expect(me.page.locator("html")).to_have_attribute("data-theme", theme)


@pytest.fixture(scope="module")
def shown(app, server):
    """Of the demo clinic: somebody with a story, an alert and a conflict; follow-ups to be worked on."""
    with app.app_context():
        create_demo("demo", DEMO_CUSTOMERS, seed=1, now=utc_now(), password=PASSWORD)
        notice_in_vain()
        appoint_compliance(clinic_id_of("demo"), LEAD)
    lead, nurse = (Device(HttpDoor(server.url), "demo", login, PASSWORD) for login in (LEAD, "nurse"))
    for device in (lead, nurse):
        device.login()
    lead.pull()
    attempts = [row["customer_id"] for row in lead.rows("attempt").values()]
    customer = max(sorted(set(attempts)), key=attempts.count)
    for source in ("网络预约", "老顾客"):
        lead.do("customer.update", {"id": customer, "set": {"source": source}, "seen": {"source": "路边"}})
    alert = {"id": uuid7(), "customer_id": customer, "text": "利多卡因过敏", "severity": "danger"}
    nurse.do("alert.raise", alert)
    calls = [
        row
        for row in lead.rows("followup").values()
        if row["status"] == "open" and row["role"] == SERVICE and "call" in row["channels"]
    ]
    followup = max(calls, key=lambda row: (row["attempts"], row["id"]))
    quiet = next(row for row in calls if row["customer_id"] != followup["customer_id"])
    wish = {"set": {"preferences": {"contact": "no_call"}}, "seen": {}}
    lead.do("customer.update", {"id": quiet["customer_id"], **wish})
    return {
        "customer": customer, "followup": followup["id"], "quiet": quiet["id"],
        "untouched": quiet["customer_id"], **pictures(nurse, customer), **beginnings(lead),
    }  # fmt: skip


def beginnings(lead: Device) -> dict[str, str]:
    """VIP cases: one to be confirmed, one whose plans are on their way, one with a step set in two ways."""
    [reviewed] = [row["id"] for row in lead.rows("vip_case").values() if row["status"] == "reviewed"]
    plans = lead.rows("vip_plan").values()
    decided = {row["case_id"] for row in plans if row["status"] == "accepted"}
    [planned] = {row["case_id"] for row in plans} - decided
    [unclear] = {row["case_id"] for row in lead.rows("vip_step").values() if row["contested"]}
    return {"reviewed": reviewed, "planned": planned, "unclear": unclear}


def notice_in_vain() -> None:
    """One for the demo clinic's doctor that no way could deliver."""
    with write() as connection:
        query = select(Staff.clinic_id, Staff.id).join(Clinic, Clinic.id == Staff.clinic_id)
        clinic_id, doctor = connection.execute(
            query.where(Clinic.code == "demo", Staff.login == "doctor")
        ).one()
        row = {
            "id": uuid7(), "clinic_id": clinic_id, "staff_id": doctor, "kind": "escalation",
            "created_at": in_hours(-2), "expires_at": in_hours(22), "due_at": None, "channel": "wecom",
            "since": in_hours(-2), "reached": [], "tries": 1, "failure": "unknown_member",
        }  # fmt: skip
        connection.execute(insert(Dispatch).values(row))


def pictures(nurse: Device, customer: str) -> dict[str, str]:
    """A face before and after, with a treatment owing more, and a set that has just begun: their ids."""
    album.agree(nurse, customer)
    planned = {
        "id": uuid7(), "customer_id": customer, "category": "surgery", "name": "隆鼻", "sites": ["鼻部"],
        "planned_at": in_hours(1),
    }  # fmt: skip
    nurse.do("treatment.plan", planned)
    head = camera.head()
    for time_point, picture, days_ago in (
        ("pre", head, 40), ("d7", album.moved(head, 1.05, -2), 30), ("m1", album.moved(head, 0.92, 3), 0.1),
    ):  # fmt: skip
        last = album.photo_set(nurse, customer, time_point, {"F": picture, "LO": picture}, days_ago)
    begun = album.photo_set(nurse, customer, "m3", {"F": head}, 0, finished=False)
    nurse.do("photo_set.skip", {"id": begun["set"], "view": "LL", "reason": "有敷料"})
    return {"photo": last["F"], "finished": last["set"], "taking": begun["set"]}


@dataclass
class Walk:
    """Through all screens with one look; every role has a phone of its own."""

    hand: object
    look: str
    options: dict
    shown: dict
    phones: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        language = self.options["language"]
        words = (ROOT / "pwa" / "src" / "locales" / f"{language}.json").read_text()
        self.words = json.loads(words)

    def says(self, key: str) -> str:
        first, last = key.split(".")
        return self.words[first][last].split("{")[0].split("|")[0].strip()

    def person(self, role: str) -> Person:
        if role not in self.phones:
            me = self.hand(role, of="demo", signed_in=False, **self.options)
            me.page.emulate_media(reduced_motion="reduce")
            me.sign_in()
            self.phones[role] = me
        return self.phones[role]

    def visit(self, screen: Screen) -> Person:
        """The person before whom the screen stands, complete."""
        me = self.person(screen.role)
        path = screen.path.format(**self.shown)
        # A sheet that is open stands over whatever would come.
        me.go(path) if me.page.get_by_role("dialog").count() else me.go_on(path)
        expect(me.page.get_by_role("heading", level=1)).to_be_visible()
        for key in screen.taps:
            self._button(me, key).first.click()
        expect(me.page.locator(".picture.waiting")).to_have_count(0)
        expect(me.page.locator(".van-skeleton")).to_have_count(0)
        if screen.taps:
            expect(me.page.get_by_role("dialog")).to_have_count(1)
        return me

    def _button(self, me: Person, key: str) -> Locator:
        return me.page.get_by_role("button", name=self.says(key))


@pytest.mark.parametrize("look", LANGUAGES)
def test_no_screen_has_a_serious_fault_of_accessibility_or_scrolls_sideways(hand, shown, look):
    walk = Walk(hand, look, {"language": LANGUAGES[look]}, shown)
    faults = {}
    for screen in SCREENS:
        me = walk.visit(screen)
        name = f"{screen.name}-{look}"
        if found := sideways(me, name) + faults_in_both_themes(me, name):
            faults[screen.name] = found
    assert faults == {}


@pytest.mark.parametrize("look", LANGUAGES)
def test_signing_in_and_empty_screens_have_no_serious_fault_either(hand, clinic, look):
    walk = Walk(hand, look, {"language": LANGUAGES[look]}, {})
    me = hand(SERVICE, signed_in=False, **walk.options)
    expect(me.page.get_by_role("button", name=walk.says("sign_in.enter"), exact=True)).to_be_visible()
    faults = faults_in_both_themes(me, f"sign-in-{look}")
    me.sign_in()
    for name, path in {"today": "/", "customers": "/customers", "inbox": "/me/inbox"}.items():
        me.go(path)
        expect(me.page.get_by_role("heading", level=1)).to_be_visible()
        faults += faults_in_both_themes(me, f"{name}-empty-{look}")
    me.go("/me/lock")
    me.page.get_by_role("button", name=walk.says("lock.now")).click()
    expect(me.page.get_by_role("heading", name=walk.says("unlock.title"))).to_be_visible()
    faults += faults_in_both_themes(me, f"unlock-{look}")
    assert faults == []


@pytest.mark.parametrize("look", LANGUAGES)
def test_what_was_refused_and_what_waits_has_no_serious_fault_either(hand, clinic, look):
    walk = Walk(hand, look, {"language": LANGUAGES[look]}, {})
    customer = clinic.customer("王小美", source="朋友介绍")
    me = hand(ASSISTANT, signed_in=False, **walk.options)
    me.page.emulate_media(reduced_motion="reduce")
    me.sign_in()

    def refuse(route):
        sent = json.loads(route.request.post_data)["mutations"]
        error = {"code": "forbidden", "message": "Your role does not include this.", "fields": {}}
        results = [{"seq": one["seq"], "status": "rejected", "error": error} for one in sent]
        answer = {"applied_through": sent[-1]["seq"], "version": 1, "results": results}
        route.fulfill(json=answer)

    def edit(source):
        me.go(f"/customers/{customer}/profile")
        me.page.locator("input[name=source]").fill(source)
        me.page.locator("button[type=submit]").click()
        expect(me.page.get_by_role("status").filter(has_text=walk.says("saved.here"))).to_be_visible()

    me.page.route("**/api/sync/*", lambda route: route.abort())
    me.page.route("**/api/sync/push", refuse)
    edit("网络预约")
    me.go("/sync")
    expect(me.page.get_by_role("article")).to_be_visible()
    me.page.unroute("**/api/sync/push")
    edit("路过进店")
    me.go("/sync")
    expect(me.page.get_by_role("listitem").filter(has_text=walk.says("waiting.phone"))).to_be_visible()
    faults = faults_in_both_themes(me, f"sync-refused-{look}")
    for key in ("rejected.edit", "rejected.discard"):
        me.page.get_by_role("article").get_by_role("button", name=walk.says(key)).click()
        expect(me.page.get_by_role("dialog")).to_be_visible()
        faults += faults_in_both_themes(me, f"{key.replace('.', '-')}-{look}")
        me.page.get_by_role("dialog").get_by_role("button", name=walk.says("act.close")).click()
        expect(me.page.get_by_role("dialog")).to_be_hidden()
    assert faults == []
