"""An open stream of pokes, read by a thread of its own."""

import http.client
import json
import queue
import socket
import threading
from types import TracebackType
from urllib.parse import urlsplit

from tests.rigs.client import Device
from tests.rigs.doors import HttpDoor


class Stream:
    """with Stream(phone) as stream: ... stream.poke(at_least=7)"""

    def __init__(self, device: Device) -> None:
        assert isinstance(device.door, HttpDoor)
        address = urlsplit(device.door.url)
        cookies = "; ".join(f"{name}={value}" for name, value in device.door.session.cookies.items())
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._connection.connect()
        self._socket: socket.socket = self._connection.sock
        self._connection.request(
            "GET",
            "/api/sync/stream",
            headers={
                "Accept": "text/event-stream",
                "Accept-Encoding": "gzip",
                "Cookie": cookies,
                "X-Device": device.disk.device_id or "",
            },
        )
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.headers = dict(self._response.headers)
        self.versions: list[int] = []
        self._events: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        event = b""
        try:
            while line := self._response.readline():
                field, _, value = line.strip().partition(b":")
                if field == b"event":
                    event = value.strip()
                elif field == b"data" and event == b"poke":
                    self._events.put(json.loads(value)["version"])
        except (OSError, http.client.HTTPException):
            pass  # closed, by us or by the server
        self._events.put(None)

    def poke(self, at_least: int, timeout_s: float = 20) -> int:
        """Wait for a poke of at least this version; raises queue.Empty, or EOFError at the end."""
        while True:
            version = self._events.get(timeout=timeout_s)
            if version is None:
                raise EOFError("the stream ended")
            self.versions.append(version)
            if version >= at_least:
                return version

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone would wait for the reading thread.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._connection.close()
