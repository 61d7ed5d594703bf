import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.rigs.chaos import Chaos


class Upstream:
    """A server that remembers the bodies it was sent, in order."""

    def __init__(self) -> None:
        heard: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) == length:
                    heard.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"heard")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.heard = heard
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        threading.Thread(target=self.httpd.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture(scope="module")
def listening() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.httpd.shutdown()
    upstream.httpd.server_close()


@pytest.fixture
def upstream(listening: Upstream) -> Upstream:
    listening.heard.clear()
    return listening


def post(chaos: Chaos, body: bytes) -> bytes | None:
    try:
        return requests.post(chaos.url, data=body, timeout=10).content
    except requests.RequestException:
        return None


def test_a_quiet_proxy_passes_everything(upstream):
    with Chaos(upstream.url, seed=1) as chaos:
        chaos.quiet()
        assert [post(chaos, b"%d" % n) for n in range(20)] == [b"heard"] * 20
    assert upstream.heard == [b"%d" % n for n in range(20)]


@pytest.mark.parametrize(
    ("fate", "answer", "heard"),
    [
        ("drop_request", None, []),
        ("cut_request", None, []),
        ("drop_response", None, [b"message"]),
        ("cut_response", None, [b"message"]),
        ("duplicate", b"heard", [b"message", b"message"]),
        ("delay", b"heard", [b"message"]),
    ],
)
def test_each_fate_does_what_its_name_says(upstream, fate, answer, heard):
    with Chaos(upstream.url, seed=1, rates={fate: 1.0}) as chaos:
        assert post(chaos, b"message") == answer
    assert upstream.heard == heard


def test_a_late_message_arrives_after_later_ones(upstream):
    with Chaos(upstream.url, seed=1, rates={"late": 1.0}) as chaos:
        assert post(chaos, b"early") is None
        assert upstream.heard == []
        chaos.rates = {}
        assert post(chaos, b"later") == b"heard"
    assert upstream.heard == [b"later", b"early"]


def test_the_same_seed_tells_the_same_story(upstream):
    stories = []
    for _ in range(2):
        with Chaos(upstream.url, seed=42) as chaos:
            stories.append([post(chaos, b"%d" % n) for n in range(40)])
    assert stories[0] == stories[1]
    assert None in stories[0]
    assert b"heard" in stories[0]
