"""A phone: Debian's Chromium with a profile of its own, that survives being closed.

Offline means that nothing listens at the server's address (rigs/network.py, or a server that is
stopped): it is the one way that also blocks what the service worker fetches by itself.
"""

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page, Playwright

from tests.rigs.desktop import Desktop

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing leaves the machine.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@cache
def chromium(whole: bool = False) -> str | None:
    """Debian's Chromium, without its windows where there is such a package: it takes half the processor,
    but has no notifications, which the `whole` one has. None: use Playwright's own, if it is installed.
    """
    return (not whole and shutil.which("chromium-headless-shell")) or shutil.which("chromium")


def why_no_browser(playwright: Playwright) -> str | None:
    """The reason why browser tests cannot run here, or None."""
    if chromium() is None and not Path(playwright.chromium.executable_path).exists():
        return "no Chromium, and it may not be installed here (see CONTRIBUTING.md)"
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return None if fonts.stdout else "no Chinese font, and it may not be installed here"


def _how(flags: tuple[str, ...], whole: bool = False) -> dict[str, Any]:
    """How the browser is started."""
    browser = chromium(whole)
    windows = [] if browser == shutil.which("chromium-headless-shell") else ["--headless=new"]
    return {"executable_path": browser, "headless": True, "args": [*FLAGS, *windows, *flags]}


class Browsers:
    """Browsers that phones share: to start one takes longer than most journeys. One for each set of flags."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._started: dict[tuple[str, ...], Browser] = {}

    def with_flags(self, flags: tuple[str, ...]) -> Browser:
        if flags not in self._started:
            self._started[flags] = self._playwright.chromium.launch(**_how(flags))
        return self._started[flags]

    def close(self) -> None:
        for browser in self._started.values():
            browser.close()


class Phone:
    """One person's storage, and `page`, its open tab.

    With `home` a folder it has a browser to itself, whose profile is kept there: `close` and `open` again is
    a restart. In `Browsers` it shares one, and what it holds is gone with `close`. `desktop`: where it shows
    notifications (it then has a folder). A phone of little memory (as browsers tell it) is cheaper to unlock.
    """

    def __init__(
        self,
        playwright: Playwright,
        home: Path | Browsers,
        url: str,
        language: str = "zh-CN",
        dark: bool = False,
        viewport: dict[str, int] = PHONE,
        flags: tuple[str, ...] = (),
        desktop: Desktop | None = None,
        memory_gb: int = 2,
    ) -> None:
        self._playwright = playwright
        self._home, self.url = home, url
        self._flags, self._desktop = flags, desktop
        self._memory = f"Object.defineProperty(navigator, 'deviceMemory', {{ get: () => {memory_gb} }})"
        self._options: dict[str, Any] = {
            "viewport": viewport,
            "locale": language,
            "timezone_id": "Asia/Shanghai",
            "color_scheme": "dark" if dark else "light",
            "has_touch": viewport == PHONE,
            "is_mobile": viewport == PHONE,
            "device_scale_factor": 1,
        }
        self.messages: list[str] = []
        self.started = False
        self.context: BrowserContext
        self.page: Page
        self.open()

    def open(self, path: str = "/") -> Page:
        """Start the browser with what the profile holds, and go to `path`."""
        page = self.start()
        page.goto(self.url + path)
        return page

    def start(self) -> Page:
        """Start the browser, on an empty page."""
        if isinstance(self._home, Browsers):
            if self.started:
                raise RuntimeError("a phone that is opened again needs a folder: mark its test `restarts`")
            self.context = self._home.with_flags(self._flags).new_context(**self._options)
            self.page = self.context.new_page()
        else:
            how = _how(self._flags, whole=self._desktop is not None)
            if self._desktop:
                how["env"] = self._desktop.environment
            self.context = self._playwright.chromium.launch_persistent_context(
                self._home, **how, **self._options
            )
            self.page = self.context.pages[0]
        self.started = True
        self.context.add_init_script(self._memory)
        self.context.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        self.context.on("weberror", lambda error: self.messages.append(f"uncaught: {error.error}"))
        return self.page

    def new_tab(self, path: str = "/") -> Page:
        page = self.context.new_page()
        page.goto(self.url + path)
        return page

    def close(self) -> None:
        """The person closes the app."""
        self.context.close()

    def kill(self) -> None:
        """The system ends the app: every process of this profile, with kill -9."""
        mine = [
            process
            for process in psutil.process_iter(["cmdline"])
            if f"--user-data-dir={self._home}" in (process.info["cmdline"] or [])
        ]
        for process in mine:
            process.kill()
        psutil.wait_procs(mine, timeout=10)
        try:
            self.context.close()
        except Error:
            return  # it is gone, as wanted

    def cdp(self, page: Page | None = None) -> CDPSession:
        return self.context.new_cdp_session(page or self.page)

    def slow(self, rate: float) -> None:
        """Slow the page's processor down by this factor."""
        self.cdp().send("Emulation.setCPUThrottlingRate", {"rate": rate})

    def screenshot(self, name: str) -> Path:
        """A picture of what is on the screen, kept in the artefact folder."""
        path = ARTEFACTS / "screens" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, scale="css")
        return path

    def accessibility_faults(
        self, only: Sequence[str] | None = None, without: Sequence[str] = ()
    ) -> list[str]:
        """axe's serious and critical findings on this screen, a line each. `only` these rules, or all."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        rules = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": AXE_RULES}
        how = {
            "runOnly": rules, "rules": {rule: {"enabled": False} for rule in without},
            "resultTypes": ["violations"],
        }  # fmt: skip
        result = self.page.evaluate("how => axe.run(how)", how)
        return [
            f"{finding['id']} ({finding['impact']}): {node['target']} {node['failureSummary']}"
            for finding in result["violations"]
            if finding["impact"] in ("serious", "critical")
            for node in finding["nodes"]
        ]
