"""Firefox and WebKitGTK behind the four things the journey needs.

WebKitGTK stands in for Safari; its WebDriver always gives an empty profile that ends with the browser.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.rigs.browser import ROOT

MINI_BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))


class Firefox:
    """Debian's Firefox ESR through puppeteer-core: WebDriver BiDi needs no geckodriver."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="meidang-firefox-", ignore_cleanup_errors=True)
        self._node = subprocess.Popen(
            ["node", Path(__file__).with_name("firefox.cjs"), shutil.which("firefox-esr") or "",
             self._profile.name],
            cwd=ROOT / "pwa",
            env={**os.environ, "NODE_PATH": str(ROOT / "pwa" / "node_modules")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    @staticmethod
    def why_not() -> str | None:
        return None if shutil.which("firefox-esr") else "no Firefox, and it may not be installed here"

    def goto(self, url: str) -> None:
        self._ask({"do": "goto", "url": url})

    def run(self, script: str) -> Any:
        return self._ask({"do": "run", "script": script})

    def screenshot(self, path: Path) -> None:
        self._ask({"do": "screenshot", "path": str(path)})

    def quit(self) -> None:
        assert self._node.stdin
        self._node.stdin.close()
        self._node.wait(20)
        self._profile.cleanup()

    def _ask(self, command: dict[str, Any]) -> Any:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(command) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]


class WebKit:
    """WebKitGTK's MiniBrowser through WebKitWebDriver; needs a screen, Xvfb's is enough."""

    def __init__(self) -> None:
        options = Options()
        options.binary_location = str(MINI_BROWSERS[-1])
        options.add_argument("--automation")
        driver = shutil.which("WebKitWebDriver")
        self._driver = webdriver.WebKitGTK(options=options, service=Service(driver))
        self._driver.set_script_timeout(30)
        self._driver.set_window_size(430, 900)

    @staticmethod
    def why_not() -> str | None:
        there = MINI_BROWSERS and shutil.which("WebKitWebDriver") and os.environ.get("DISPLAY")
        return None if there else "no WebKitGTK, or no screen, and it may not be installed here"

    def goto(self, url: str) -> None:
        self._driver.get(url)

    def run(self, script: str) -> Any:
        return self._driver.execute_async_script(
            f"const done = arguments[arguments.length - 1]; Promise.resolve({script}).then(done)"
        )

    def screenshot(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))

    def quit(self) -> None:
        self._driver.quit()
