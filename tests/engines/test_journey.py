"""The short journey in the other engines: sign in, record without a network, come back, be sent."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import create_app
from server.config import Config
from tests.e2e.noon import NoonClinic
from tests.e2e.pictures import begun_set
from tests.engines.browsers import Firefox, WebKit
from tests.photos.pictures import encoded, scene
from tests.rigs.browser import ARTEFACTS
from tests.rigs.doors import HttpDoor
from tests.rigs.people import PASSWORD
from tests.rigs.server import Server

# Writing a field as typing does, so that the app hears of it.
FILL = """((selector, text) => {
  const field = document.querySelector(selector)
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text)
  field.dispatchEvent(new Event('input', { bubbles: true }))
})"""
CHOOSE = """((selector, data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
  const chosen = new DataTransfer()
  chosen.items.add(new File([bytes], 'front.jpg', { type: 'image/jpeg' }))
  const field = document.querySelector(selector)
  field.files = chosen.files
  field.dispatchEvent(new Event('change', { bubbles: true }))
})"""
TAP = """((name) => {
  const named = (one) => (one.getAttribute('aria-label') ?? one.textContent).trim().startsWith(name)
  const found = [...document.querySelectorAll("button, a, label")].find(named)
  found?.click()
  return Boolean(found)
})"""


class Hand:
    """Waits for what it asks for, as a person would."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser, self.url = browser, url

    def go(self, path: str) -> None:
        self.browser.goto(self.url + path)

    def sign_in(self, clinic: str, login: str) -> None:
        self.go("/sign-in")
        self.tap("中文")
        self.fill("input[name=clinic]", clinic)
        self.fill("input[name=login]", login)
        self.fill("input[name=password]", PASSWORD)
        self.tap("登录")
        self.sees("已全部送达")

    def choose(self, selector: str, file: bytes) -> None:
        """A file from the phone's gallery."""
        self._until(f"Boolean(document.querySelector({json.dumps(selector)}))", selector)
        data = json.dumps(base64.b64encode(file).decode())
        self.browser.run(f"{CHOOSE}({json.dumps(selector)}, {data})")

    def fill(self, selector: str, text: str) -> None:
        self._until(f"Boolean(document.querySelector({json.dumps(selector)}))", selector)
        self.browser.run(f"{FILL}({json.dumps(selector)}, {json.dumps(text)})")

    def tap(self, name: str) -> None:
        self._until(f"{TAP}({json.dumps(name)})", name)

    def sees(self, words: str) -> None:
        self._until(f"document.body.innerText.includes({json.dumps(words)})", words)

    def _until(self, script: str, what: str) -> None:
        deadline = time.monotonic() + 40
        while not self.browser.run(script):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what!r} never came; on the screen: {self.browser.run(TEXT)}")
            time.sleep(0.1)


TEXT = "document.body.innerText"


@pytest.fixture(params=[Firefox, WebKit], ids=["Firefox", "WebKitGTK"])
def phone(request: pytest.FixtureRequest) -> Iterator[Any]:
    if reason := request.param.why_not():
        pytest.skip(reason)
    browser = request.param()
    yield browser
    browser.quit()


def test_recorded_without_a_network_and_sent_later(phone: Any, own_server: Server) -> None:
    own_server.start()
    app = create_app(
        Config.from_env({"DATABASE_URL": own_server.database_url, "DATA_DIR": str(own_server.data_dir)})
    )
    clinic = NoonClinic(app, lambda: HttpDoor(own_server.url))
    clinic.person("customer_service")
    followup = clinic.followup(clinic.customer("李雨桐", "13800000002"), "customer_service")
    me = Hand(phone, own_server.url)
    me.sign_in(clinic.code, "customer_service")
    me.sees("李女士")
    phone.run("navigator.serviceWorker.ready.then(() => true)")
    own_server.kill()
    me.go(f"/followups/{followup}")
    me.tap("记录")
    me.tap("已接通 · 一切正常")
    me.sees("已记：一切正常")
    me.go("/sync")
    me.sees("在本机等待 · 1")
    phone.screenshot(folder() / f"{type(phone).__name__}.png")
    own_server.start()
    me.tap("立即同步")
    me.sees("已全部送达，本机是最新的")
    assert clinic.stored("followup")[followup]["status"] == "done"


def test_a_picture_kept_without_a_network_is_sent_later_byte_for_byte(phone: Any, own_server: Server) -> None:
    own_server.start()
    app = create_app(
        Config.from_env({"DATABASE_URL": own_server.database_url, "DATA_DIR": str(own_server.data_dir)})
    )
    clinic = NoonClinic(app, lambda: HttpDoor(own_server.url))
    nurse = clinic.phone("nurse")
    set_id = begun_set(clinic, nurse)
    picture = encoded(scene(640, 480))
    me = Hand(phone, own_server.url)
    me.sign_in(clinic.code, "nurse")
    phone.run("navigator.serviceWorker.ready.then(() => true)")
    me.go(f"/sets/{set_id}/capture")
    me.sees("正位")
    own_server.kill()
    me.go(f"/sets/{set_id}/capture")
    me.sees("正位")
    me.choose("input[type=file]", picture)
    me.sees("左45度")
    me.go("/sync")
    me.sees("1 条、1 张照片在本机，等待网络")
    phone.screenshot(folder() / f"{type(phone).__name__}-picture.png")
    own_server.start()
    me.tap("立即同步")
    me.sees("已全部送达，本机是最新的")
    ((photo_id, photo),) = clinic.stored("photo").items()
    assert photo["stored"]
    assert nurse.call("GET", f"/api/photos/{photo_id}/original").body == picture


def folder() -> Path:
    path = ARTEFACTS / "engines"
    path.mkdir(parents=True, exist_ok=True)
    return path
