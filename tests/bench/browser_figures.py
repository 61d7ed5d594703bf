"""The app's figures in Chromium with the processor slowed four times, as on a cheap phone.

Times are taken inside the page, by its own clock, up to the frame that shows the thing. The
service worker runs in a process that the browser does not slow.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright

from server import create_app
from server.config import Config
from server.demo import create_demo
from tests.bench.figures import Figure, percentile
from tests.bench.fill import add_customers, add_vip_cases, documents
from tests.bench.lighthouse import lighthouse_figures
from tests.rigs.browser import Phone, why_no_browser
from tests.rigs.people import PASSWORD, Clinic
from tests.rigs.server import Server
from tests.rigs.vault import lay_open

SLOWER = 4
DEMO_CUSTOMERS = 400  # a good 10,000 documents
CUSTOMERS = 5000
COLD_STARTS = 5
CASES = 200  # running VIP cases, some 60 steps each
OPENINGS = 7
WORDS = ("wang", "lxm", "李", "zhangjing", "8000", "chen l")

# A promise of the time at which a follow-up that can be worked on has been painted.
WATCH_TODAY = """window.usable = new Promise((usable) => {
  const look = () => {
    if (!document.querySelector("a[href^='/followups/']")) return requestAnimationFrame(look)
    requestAnimationFrame(() => setTimeout(() => usable(performance.now())))
  }
  look()
})"""

# When the lock could first be seen.
LOCK_SHOWN = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

# One more letter in the search field; resolves to milliseconds until its result is painted.
TYPE_ONE = """async (text) => {
  const field = document.querySelector("input[type=search]")
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set
  const start = performance.now()
  set.call(field, text)
  field.dispatchEvent(new Event("input", { bubbles: true }))
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))
  return performance.now() - start
}"""

# From the tap on the bottom bar's tab to the board's first cases on the screen, in milliseconds.
OPEN_BOARD = """async () => {
  const start = performance.now()
  document.querySelector("nav a[href='/vip']").click()
  while (!document.querySelector("main li a[href^='/vip/']")) await new Promise(requestAnimationFrame)
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))
  return performance.now() - start
}"""


@contextmanager
def _site(folder: Path) -> Iterator[tuple[Flask, Server]]:
    config = Config.from_env({"DATA_DIR": str(folder)})
    app = create_app(config)
    with app.app_context():
        flask_migrate.upgrade()
    server = Server(config.database_url, folder, processes=2)
    yield app, server
    server.kill()


def _sign_in(phone: Phone, clinic: str, login: str) -> None:
    phone.page.locator("input[name=clinic]").fill(clinic)
    phone.page.locator("input[name=login]").fill(login)
    phone.page.locator("input[name=password]").fill(PASSWORD)


def _usable(phone: Phone) -> float:
    """Milliseconds of the page's clock when Today could be used."""
    return float(phone.page.evaluate("window.usable"))


def today_figures(playwright: Playwright) -> Iterator[Figure]:
    """First sync, then cold starts with the server gone."""
    with tempfile.TemporaryDirectory(prefix="meidang-bench-") as name:
        folder = Path(name)
        with _site(folder) as (app, server):
            with app.app_context():
                clinic_id = create_demo(
                    "demo", DEMO_CUSTOMERS, seed=1, now=datetime.now(UTC), password=PASSWORD
                )
            size = documents(app, clinic_id)
            server.start()
            phone = Phone(playwright, folder / "profile", server.url, memory_gb=4)
            phone.page.evaluate("navigator.serviceWorker.ready")
            _sign_in(phone, "demo", "customer_service")
            phone.slow(SLOWER)
            start = phone.page.evaluate(f"{WATCH_TODAY}; performance.now()")
            phone.page.locator("button[type=submit]").click()
            yield Figure(
                f"first sync of {size} documents to Today", "Chromium", (_usable(phone) - start) / 1000, "s"
            )
            phone.slow(1)
            phone.page.get_by_role("link", name="已全部送达").wait_for()
            server.stop()
            yield from _opening_figures(phone, size)
            phone.close()
            times = [_cold_start(phone) for _ in range(COLD_STARTS)]
            opened, unlocked = (percentile([each[part] for each in times], 0.5) / 1000 for part in (0, 1))
            yield Figure(
                f"cold start offline to Today, {size} documents", "Chromium", opened + unlocked, "s",
                note=f"median of {COLD_STARTS}: {opened:.2f} s to the lock, then {unlocked:.2f} s",
            )  # fmt: skip


def _opening_figures(phone: Phone, size: int) -> Iterator[Figure]:
    """What sealing costs: the app loaded anew over the same documents, sealed and (by this bench) plain."""
    phone.context.add_init_script(WATCH_TODAY)
    sealed = percentile([_opening(phone) for _ in range(COLD_STARTS)], 0.5)
    lay_open(phone.page)
    plain = percentile([_opening(phone) for _ in range(COLD_STARTS)], 0.5)
    yield Figure(
        f"opening {size} sealed documents to Today", "Chromium", sealed / 1000, "s",
        note=f"{sealed / plain:.2f} of the same plain ({plain / 1000:.2f} s), median of {COLD_STARTS}",
    )  # fmt: skip


def _opening(phone: Phone) -> float:
    phone.slow(SLOWER)
    phone.page.reload()
    usable = _usable(phone)
    phone.slow(1)
    return usable


def _cold_start(phone: Phone) -> tuple[float, float]:
    """Milliseconds until the password can be typed, and from there until Today can be used."""
    phone.start()
    phone.context.add_init_script(WATCH_TODAY)
    phone.slow(SLOWER)
    phone.page.goto(phone.url)
    phone.page.locator("input[name=password]").fill(PASSWORD)
    opened = float(phone.page.evaluate(LOCK_SHOWN))
    asked = float(phone.page.evaluate("performance.now()"))
    phone.page.locator("button[type=submit]").click()
    usable = _usable(phone)
    phone.close()
    return opened, usable - asked


def search_figure(playwright: Playwright) -> Figure:
    """Each keystroke of a few searches over 5,000 customers on the phone."""
    with tempfile.TemporaryDirectory(prefix="meidang-bench-") as name:
        folder = Path(name)
        with _site(folder) as (app, server):
            clinic = Clinic(app, lambda: NotImplemented)
            clinic.person("customer_service")
            add_customers(app, clinic.id, CUSTOMERS)
            server.start()
            phone = Phone(playwright, folder / "profile", server.url)
            _sign_in(phone, clinic.code, "customer_service")
            phone.page.locator("button[type=submit]").click()
            phone.page.get_by_role("link", name="已全部送达").wait_for(timeout=120_000)
            phone.page.goto(f"{server.url}/customers")
            phone.page.get_by_text(f"本机 {CUSTOMERS} 位顾客").wait_for()
            # A hand needs longer to the field than the phone to have nothing else to do.
            phone.page.evaluate("new Promise((idle) => requestIdleCallback(() => setTimeout(idle)))")
            phone.slow(SLOWER)
            times = []
            for word in WORDS:
                for length in range(1, len(word) + 1):
                    times.append(float(phone.page.evaluate(TYPE_ONE, word[:length])))
                phone.page.evaluate(TYPE_ONE, "")
            phone.close()
    return Figure(
        f"search keystroke over {CUSTOMERS} customers, p95", "Chromium", percentile(times, 0.95), "ms",
        note=f"p50 {percentile(times, 0.5):.0f} ms, worst {max(times):.0f} ms",
    )  # fmt: skip


def board_figure(playwright: Playwright) -> Figure:
    """The board of all running VIP cases: opened for the first time, and again from Today."""
    with tempfile.TemporaryDirectory(prefix="meidang-bench-") as name:
        folder = Path(name)
        with _site(folder) as (app, server):
            clinic = Clinic(app, lambda: NotImplemented)
            clinic.person("customer_service")
            add_vip_cases(app, clinic.id, CASES)
            server.start()
            times = []
            phone = Phone(playwright, folder / "profile", server.url)
            _sign_in(phone, clinic.code, "customer_service")
            phone.page.locator("button[type=submit]").click()
            phone.page.get_by_role("link", name="已全部送达").wait_for(timeout=120_000)
            for _ in range(OPENINGS):
                # The screen is made anew each time: a board that was kept would cost nothing.
                phone.slow(1)
                phone.page.goto(server.url)
                phone.page.locator("nav a[href='/vip']").wait_for()
                phone.page.evaluate("new Promise((idle) => requestIdleCallback(() => setTimeout(idle)))")
                phone.slow(SLOWER)
                times.append(float(phone.page.evaluate(OPEN_BOARD)))
            phone.close()
    return Figure(
        f"board of {CASES} running VIP cases", "Chromium", percentile(times, 0.5), "ms",
        note=f"median of {OPENINGS}, worst {max(times):.0f} ms",
    )  # fmt: skip


def browser_figures() -> Iterator[Figure]:
    """All of them; nothing, with a sentence, where there is no browser."""
    with sync_playwright() as playwright:
        reason = why_no_browser(playwright)
        if reason:
            print(f"No browser figures: {reason}")
            return
        yield from today_figures(playwright)
        yield search_figure(playwright)
        yield board_figure(playwright)
    yield from lighthouse_figures()
