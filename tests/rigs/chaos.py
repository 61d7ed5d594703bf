"""A proxy that treats messages as a bad network does: loses, repeats, delays, reorders and cuts them.

Every request draws its fate from the seed and its own number, so a run can be told again. Rates are
probabilities: {"delay": 0.2, "drop_request": 0.1}; what is left over passes untouched.
"""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urlsplit

DEFAULT_RATES = {
    "drop_request": 0.08,  # the server never hears of it
    "drop_response": 0.08,  # the server did it, the client never hears of it
    "duplicate": 0.08,  # the server gets it twice
    "late": 0.06,  # the client gives up, the server gets it after later ones
    "delay": 0.10,  # slow, but whole
    "cut_request": 0.05,  # the connection breaks inside the request's body
    "cut_response": 0.05,  # the connection breaks inside the response's body
}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
LONGEST_DELAY_S = 0.15


class Message(NamedTuple):
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Chaos:
    """with Chaos("http://127.0.0.1:8000", seed=7) as chaos: ... chaos.url ... chaos.quiet()"""

    def __init__(self, upstream: str, seed: int, rates: Mapping[str, float] = DEFAULT_RATES) -> None:
        self.seed = seed
        self.rates = dict(rates)
        self.fates: Counter[str] = Counter()
        address = urlsplit(upstream)
        self._upstream = (address.hostname or "127.0.0.1", address.port or 80)
        self._lock = threading.Lock()
        self._number = 0
        self._late: list[Message] = []
        chaos = self

        class Handler(_Handler):
            proxy = chaos

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._httpd.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._httpd.server_port}"

    def quiet(self) -> None:
        """From now on everything passes; what was held back is delivered first."""
        self.rates = {}
        self.deliver_late()

    def fate(self) -> tuple[str, random.Random]:
        """What happens to the next request, and its own source of chance."""
        with self._lock:
            self._number += 1
            chance = random.Random(f"{self.seed}:{self._number}")
            draw, fate = chance.random(), "pass"
            for name, rate in self.rates.items():
                if draw < rate:
                    fate = name
                    break
                draw -= rate
            self.fates[fate] += 1
            return fate, chance

    def hold(self, message: Message) -> None:
        with self._lock:
            self._late.append(message)

    def deliver_late(self) -> None:
        """Send what was held back; nobody waits for the answers."""
        with self._lock:
            late, self._late = self._late, []
        for message in reversed(late):
            self.send(message)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self._upstream, timeout=60)

    def send(self, message: Message, cut_body_at: int | None = None) -> Answer | None:
        """Pass a message on and return the answer; None when the server gave none."""
        connection = self.connect()
        try:
            connection.putrequest(message.method, message.path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", f"{self._upstream[0]}:{self._upstream[1]}")
            for name, value in message.headers:
                connection.putheader(name, value)
            if message.body or message.method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(message.body)))
            connection.endheaders(message.body[:cut_body_at] or None)
            if cut_body_at is not None:
                return None
            response = connection.getresponse()
            headers = [
                (name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP
            ]
            return Answer(response.status, headers, response.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def __enter__(self) -> "Chaos":
        threading.Thread(target=self._httpd.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Chaos

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
        message = Message(self.command, self.path, headers, body)
        if "text/event-stream" in self.headers.get("Accept", ""):
            return self.relay(message)
        fate, chance = self.proxy.fate()
        if fate == "late":
            self.proxy.hold(message)
            return self.hang_up()
        if fate == "drop_request":
            return self.hang_up()
        if fate == "cut_request":
            self.proxy.send(message, cut_body_at=chance.randrange(len(body)) if body else None)
            return self.hang_up()
        if fate == "delay":
            time.sleep(chance.uniform(0, LONGEST_DELAY_S))
        if fate == "duplicate":
            self.proxy.send(message)
        answer = self.proxy.send(message)
        self.proxy.deliver_late()
        if answer is None or fate == "drop_response":
            return self.hang_up()
        return self.reply(answer, chance.randrange(len(answer.body) or 1) if fate == "cut_response" else None)

    def reply(self, answer: Answer, cut_body_at: int | None) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:cut_body_at])
        if cut_body_at is not None:
            self.hang_up()

    def relay(self, message: Message) -> None:
        """A stream of events passes as it comes, until either side ends it."""
        self.close_connection = True
        connection = self.proxy.connect()
        try:
            connection.request(message.method, message.path, headers=dict(message.headers))
            response = connection.getresponse()
            self.send_response_only(response.status)
            self.send_header("Content-Type", response.headers.get("Content-Type", ""))
            self.send_header("Connection", "close")
            self.end_headers()
            while piece := response.read1():
                self.wfile.write(piece)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """The server's log is the one to read."""

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_one
