import http.server
import threading
from functools import partial

import pytest

from tests.rigs.browser import Phone

FAULTY = """<!doctype html><html lang="zh"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>测试</title><main><h1>测试</h1>
<script>document.title = localStorage.seen ?? '首次'; localStorage.seen = '再次'</script>
<button></button></main></html>"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "index.html").write_text(FAULTY)
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def phone(browser_playwright, tmp_path, site):
    phone = Phone(browser_playwright, tmp_path / "profile", site)
    yield phone
    phone.close()


def test_a_phone_remembers_after_being_closed(phone):
    assert phone.page.title() == "首次"
    phone.close()
    assert phone.open().title() == "再次"


def test_axe_finds_a_button_without_a_name(phone):
    assert [fault.split(" ")[0] for fault in phone.accessibility_faults()] == ["button-name"]


def test_a_phone_is_a_phone_in_shanghai(phone):
    assert phone.page.evaluate(
        "[innerWidth, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]"
    ) == [390, "zh-CN", "Asia/Shanghai"]


def test_a_killed_phone_starts_again(phone):
    phone.kill()
    assert phone.page.is_closed()
    assert phone.open().title() in ("首次", "再次")
