"""The short journey in the other engines: sign in, record without a network, come back, be sent."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import create_app
from server.config import Config
from tests.e2e.noon import NoonClinic
from tests.engines.browsers import Firefox, WebKit
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
    me.go("/sign-in")
    me.tap("中文")
    me.fill("input[name=clinic]", clinic.code)
    me.fill("input[name=login]", "customer_service")
    me.fill("input[name=password]", PASSWORD)
    me.tap("登录")
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


def folder() -> Path:
    path = ARTEFACTS / "engines"
    path.mkdir(parents=True, exist_ok=True)
    return path
