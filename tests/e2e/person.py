"""Somebody with a phone in hand: what they do with it in every journey."""

from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Locator, Page, expect

from tests.rigs.browser import Phone

# The dialler and the messages of a phone are other apps: what they would have been given is kept.
OTHER_APPS = """(() => {
  const leaves = (link) => /^(tel|sms):/.test(link.href)
  const click = HTMLAnchorElement.prototype.click
  const left = []
  let tell = null
  const answer = () => {
    if (!tell || !left.length) return
    tell(left.splice(0))
    tell = null
  }
  const leave = (link) => { left.push(link.href); answer() }
  window.leftFor = () => new Promise((told, gaveUp) => {
    tell = told
    answer()
    setTimeout(() => gaveUp(new Error('no other app was opened')), 20_000)
  })
  window.stayed = () => left.length === 0
  HTMLAnchorElement.prototype.click = function () {
    leaves(this) ? leave(this) : click.call(this)
  }
  addEventListener('click', (event) => {
    const link = event.target.closest('a[href]')
    if (!link || !leaves(link)) return
    event.preventDefault()
    leave(link)
  }, true)
})()"""

FOLLOW = """(path) => {
  history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}"""

SERVED = """() => new Promise((served) => {
  const look = () => navigator.serviceWorker.controller && served()
  navigator.serviceWorker.addEventListener('controllerchange', look)
  look()
})"""


class Person:
    def __init__(self, phone: Phone, clinic: str, login: str, password: str) -> None:
        self.phone = phone
        self.clinic, self.login, self.password = clinic, login, password
        self._equip()

    def _equip(self) -> None:
        self.phone.context.add_init_script(OTHER_APPS)
        self.page.evaluate(OTHER_APPS)

    @property
    def page(self) -> Page:
        return self.phone.page

    def open(self, path: str = "/") -> None:
        """Start the browser again, with what its profile holds, and unlock the app."""
        self.phone.open(path)
        self._equip()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        if self.page.url.partition("?")[0] == f"{self.phone.url}/unlock":
            self.unlock()

    def unlock(self, password: str | None = None) -> None:
        self.page.locator("input[name=password]").fill(password or self.password)
        self.tap("解锁")
        self.page.wait_for_url(lambda address: "/unlock" not in address)

    def restart(self, path: str = "/") -> None:
        self.phone.close()
        self.open(path)

    def sign_in(self, password: str | None = None) -> None:
        """From the sign-in screen, in any language, to a Today that has been synced."""
        self.fill_in(password)
        expect(self.page.locator("a[href='/sync'].fine")).to_be_visible()
        self.served()

    def served(self) -> None:
        """From here on the app opens without a network, and stays unlocked when it is loaded anew."""
        self.page.evaluate(SERVED)

    def fill_in(self, password: str | None = None) -> None:
        self.page.locator("input[name=clinic]").fill(self.clinic)
        self.page.locator("input[name=login]").fill(self.login)
        self.page.locator("input[name=password]").fill(password or self.password)
        self.page.locator("button[type=submit]").click()

    def sync_line(self, words: str) -> Locator:
        """The truth about sync, as the line says it."""
        return self.page.get_by_role("link", name=words)

    def go(self, path: str) -> None:
        """To a deep link."""
        self.page.goto(self.phone.url + path)

    def go_on(self, path: str) -> None:
        """The same without starting the app again, as by a link in it."""
        self.page.evaluate(FOLLOW, path)

    def tap(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def choose(self, group: str, option: str) -> None:
        """One of a row of chips."""
        self.page.get_by_role("group", name=group).get_by_role("radio", name=option, exact=True).check()

    def lock(self) -> None:
        self.go_on("/me/lock")
        self.tap("现在锁定")
        expect(self.page.get_by_role("heading", name="已锁定")).to_be_visible()

    def record_mild(self, whom: str, note: str) -> None:
        """The follow-up of `whom`, which is open, with a mild reaction."""
        self.tap("记录")
        self.tap("有情况…")
        self.choose("反应", "轻微")
        self.page.get_by_label("备注").fill(note)
        self.tap("保存", self.sheet(f"有情况 · {whom}"))
        self.told("已保存在本机")

    def sheet(self, title: str) -> Locator:
        return self.page.get_by_role("dialog", name=title)

    def told(self, words: str) -> None:
        """The line at the bottom has said so."""
        expect(self.page.get_by_role("status").filter(has_text=words)).to_be_visible()

    def left_for(self) -> list[str]:
        """Waits until other apps of the phone have been opened; the addresses they were given."""
        return [unquote(address) for address in self.page.evaluate("leftFor()")]

    def stayed(self) -> bool:
        """No other app has been opened."""
        return bool(self.page.evaluate("stayed()"))

    def come_back(self) -> None:
        """From the dialler or the messages."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def screenshot(self, name: str) -> Path:
        return self.phone.screenshot(name)
