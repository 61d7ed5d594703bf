"""A door with next to no cost of its own, and a stop-watch: seconds from send to the last byte."""

import gzip
import http.client
from http.cookies import SimpleCookie
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from tests.rigs.doors import Reply, encoded


class TimedDoor:
    """One kept connection. `took_s`, `received`, `packed`: of the last answer, before unpacking."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        self._cookies: dict[str, str] = {}
        self.took_s = 0.0
        self.received = b""
        self.packed = False

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        data, headers = encoded(body, headers)
        headers = {"Accept-Encoding": "gzip", **headers}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        start = perf_counter()
        self._connection.request(method, path, data, headers)
        response = self._connection.getresponse()
        self.received = response.read()
        self.took_s = perf_counter() - start
        for line in response.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        self.packed = response.headers.get("Content-Encoding") == "gzip"
        plain = gzip.decompress(self.received) if self.packed else self.received
        return Reply(response.status, dict(response.headers), plain)
