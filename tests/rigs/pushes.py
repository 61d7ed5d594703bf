"""Pushes on a browser that has no push service: subscribing is played, everything after it is real."""

import json
from typing import Any

from tests.rigs.browser import Phone
from tests.rigs.push_service import Browser, PushService

# Chromium subscribes at a service of its maker only: the keys are those of ours on loopback.
STUB = """(() => {
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '')
  if (!window.PushManager) return
  PushManager.prototype.subscribe = async (options) => {
    const made = await window.subscribeHere(text(options.applicationServerKey))
    return { options, toJSON: () => made, unsubscribe: async () => true }
  }
})()"""


class Pushes:
    """The notifications of one phone's browser."""

    def __init__(self, phone: Phone, service: PushService) -> None:
        self.phone, self.service = phone, service
        self.browser: Browser | None = None
        self.equip()

    def equip(self) -> None:
        """Again after every start of the browser."""
        context = self.phone.context
        context.grant_permissions(["notifications"], origin=self.phone.url)
        context.expose_function("subscribeHere", self._subscribe)
        context.add_init_script(STUB)
        self.phone.page.evaluate(STUB)

    def _subscribe(self, key: str) -> dict[str, Any]:
        self.service.key = key
        self.browser = self.browser or self.service.browser()
        return self.browser.subscription

    def deliver(self) -> None:
        """Hand over to the service worker what the push service has decrypted since the last time."""
        assert self.browser
        session = self.phone.cdp()
        found: list[dict[str, Any]] = []
        session.on(
            "ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"])
        )
        session.send("ServiceWorker.enable")
        while not found:
            self.phone.page.wait_for_timeout(20)  # the event comes by itself
        for message in self.browser.messages:
            session.send(
                "ServiceWorker.deliverPushMessage",
                {
                    "origin": self.phone.url, "registrationId": found[0]["registrationId"],
                    "data": json.dumps(message, ensure_ascii=False),
                },
            )  # fmt: skip
        self.browser.messages.clear()

    def expect_shown(self, titles: list[str]) -> None:
        there = """async (titles) => {
            const registration = await navigator.serviceWorker.ready
            const shown = (await registration.getNotifications()).map(({ title }) => title)
            return JSON.stringify(shown.sort()) === JSON.stringify(titles.sort())
        }"""
        self.phone.page.wait_for_function(there, arg=titles, timeout=20_000, polling=200)
