"""Two ways to the server for the same caller: over a socket, or straight into the application."""

import gzip
import json
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from flask import Flask

GZIP_FROM_BYTES = 1024


@dataclass(frozen=True)
class Reply:
    """An answer. `json` is None where the body is none."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body[:1] in (b"{", b"[") else None


class Door(Protocol):
    """A browser's cookie jar and its way to the server."""

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply: ...


def encoded(body: Any, headers: dict[str, str]) -> tuple[bytes | None, dict[str, str]]:
    """Bytes go as they are, everything else as JSON, compressed when it is long."""
    if body is None:
        return None, headers
    if isinstance(body, bytes):
        return body, headers
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", **headers}
    if len(data) < GZIP_FROM_BYTES:
        return data, headers
    return gzip.compress(data, 1), {"Content-Encoding": "gzip", **headers}


class HttpDoor:
    """Real HTTP with real connections."""

    def __init__(self, url: str, timeout_s: float = 30) -> None:
        self.url = url
        self.timeout_s = timeout_s
        self.session = requests.Session()
        self.session.trust_env = False

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        data, headers = encoded(body, headers)
        answer = self.session.request(
            method, self.url + path, data=data, headers=headers, timeout=self.timeout_s, allow_redirects=False
        )
        return Reply(answer.status_code, dict(answer.headers), answer.content)


class AppDoor:
    """Flask's test client: the same routes without processes, for tests that need no crash."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        data, headers = encoded(body, headers)
        answer = self.client.open(path, method=method, data=data, headers=headers)
        return Reply(answer.status_code, dict(answer.headers), answer.data)
