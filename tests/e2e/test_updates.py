"""A new version is offered, never forced, and never over something that is being typed."""

import re
import secrets
import shutil

import pytest
from playwright.sync_api import expect

from tests.e2e import album
from tests.rigs import camera

SERVICE = "customer_service"


@pytest.fixture(scope="module")
def built_app(built_app, tmp_path_factory):
    """Files of this file's own: it deploys."""
    return shutil.copytree(built_app, tmp_path_factory.mktemp("deployed") / "dist")


@pytest.fixture(scope="module")
def server(serving, built_app):
    with serving(built_app) as server:
        yield server


@pytest.fixture
def deploy(built_app):
    """deploy(): another version is on the server; answers its name."""

    def next_version() -> str:
        name = f"build-{secrets.token_hex(4)}"
        page, worker = built_app / "index.html", built_app / "sw.js"
        page.write_text(re.sub("<html[^>]*>", f'<html lang="zh-CN" data-build="{name}">', page.read_text()))
        entry = r'"revision":"[^"]*","url":"index\.html"'
        changed, times = re.subn(entry, f'"revision":"{name}","url":"index.html"', worker.read_text())
        assert times == 1
        worker.write_text(changed)
        return name

    return next_version


def offer(me):
    return me.page.get_by_role("status", name="有新版本")


def found(me):
    """The app has looked for a new version, and has it waiting."""
    me.come_back()
    me.page.evaluate(
        """navigator.serviceWorker.ready.then((registration) => new Promise((done, never) => {
          const look = () => (registration.waiting ? done() : setTimeout(look, 50))
          look()
          setTimeout(() => never(new Error('no new version was found')), 30_000)
        }))"""
    )


def build(me):
    return me.page.locator("html").get_attribute("data-build")


def test_a_new_version_is_offered_and_taken_when_the_person_says_so(hand, deploy):
    me = hand(SERVICE)
    name = deploy()
    found(me)
    expect(offer(me)).to_be_visible()
    assert build(me) != name
    me.tap("现在更新")
    expect(me.page.locator("html")).to_have_attribute("data-build", name)
    expect(me.page.get_by_role("heading", name="今日")).to_be_visible()


def test_a_new_version_can_wait(hand, deploy):
    me = hand(SERVICE)
    name = deploy()
    found(me)
    me.tap("以后")
    expect(offer(me)).to_have_count(0)
    me.page.reload()
    expect(offer(me)).to_be_visible()
    assert build(me) != name


def test_nothing_is_offered_over_what_is_being_typed(hand, clinic, deploy):
    clinic.followup(clinic.customer("李雨桐"), SERVICE)
    me = hand(SERVICE)
    me.page.get_by_role("link", name="李女士").click()
    me.tap("记录")
    me.tap("有情况…")
    note = me.page.get_by_label("备注")
    note.fill("下巴有点肿")
    deploy()
    found(me)
    expect(note).to_have_value("下巴有点肿")
    expect(offer(me)).to_have_count(0)
    me.tap("关闭")
    me.tap("返回")
    expect(offer(me)).to_be_visible()


def test_unsent_work_survives_the_update(hand, clinic, deploy):
    followup = clinic.followup(clinic.customer("李雨桐"), SERVICE)
    me = hand(SERVICE)
    me.page.get_by_role("link", name="李女士").click()
    me.tap("记录")
    me.tap("已接通 · 一切正常")
    me.told("已记：一切正常")
    name = deploy()
    found(me)
    me.tap("现在更新")
    expect(me.page.locator("html")).to_have_attribute("data-build", name)
    expect(me.sync_line("已全部送达")).to_be_visible()
    assert clinic.stored("followup")[followup]["status"] == "done"


def test_nothing_is_offered_while_pictures_are_taken(hand, clinic, deploy):
    customer = clinic.customer("周洁")
    album.agree(clinic.desk, customer)
    begun = album.photo_set(clinic.desk, customer, "pre", {}, 0, finished=False)
    me = hand("nurse", flags=camera.REFUSED)
    me.go(f"/sets/{begun['set']}/capture")
    expect(me.page.get_by_role("heading", name="正位")).to_be_visible()
    deploy()
    found(me)
    expect(offer(me)).to_have_count(0)
    me.tap("退出拍照，看这组照片")
    expect(me.page.get_by_role("button", name="继续拍照")).to_be_visible()
    expect(offer(me)).to_have_count(0)
    me.tap("返回")
    me.go("/sets")
    expect(offer(me)).to_be_visible()
