"""Pokes: tell open streams that a clinic has a new version. One watcher thread a process.

SQLite: `PRAGMA data_version` moves when any other connection commits. PostgreSQL: LISTEN/NOTIFY.
A poke carries no content; losing one costs a delay, never a row, because devices also poll.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from server.errors import Unavailable
from server.sync.tables import ClinicHead

log = logging.getLogger("meidang.stream")

HEARTBEAT_S = 25.0
# How soon the place of a phone that has gone is free again.
GONE_EVERY_S = 1.0
LOOK_EVERY_S = 0.1
RECONNECT_S = 1.0
CLOSED = -1


class Pokes:
    """Streams of this process, by clinic."""

    def __init__(self, engine: Engine, capacity: int) -> None:
        self.engine, self.capacity = engine, capacity
        self._lock = threading.Lock()
        self._open: dict[queue.SimpleQueue[int], str] = {}
        self._watching = False

    def close(self) -> None:
        """End all streams: the process is about to stop, and devices come back elsewhere."""
        with self._lock:
            self.capacity = 0
            for mailbox in self._open:
                mailbox.put(CLOSED)

    def listen(self, clinic_id: str, gone: Callable[[], bool]) -> Iterator[str]:
        """Server-sent events for one device until it is `gone`. Raises Unavailable at the process's cap."""
        mailbox: queue.SimpleQueue[int] = queue.SimpleQueue()
        with self._lock:
            if len(self._open) >= self.capacity:
                raise Unavailable("No more live connections here; the app polls instead.")
            self._open[mailbox] = clinic_id
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="pokes", daemon=True).start()
        return self._events(mailbox, clinic_id, gone)

    def _events(
        self, mailbox: "queue.SimpleQueue[int]", clinic_id: str, gone: Callable[[], bool]
    ) -> Iterator[str]:
        try:
            yield "retry: 2000\n\n"
            # The watcher may only be about to listen; what was missed until then is told by this.
            mailbox.put(self._versions().get(clinic_id, 0))
            silent_since = time.monotonic()
            while not gone():
                try:
                    version = mailbox.get(timeout=GONE_EVERY_S)
                    if version == CLOSED:
                        return
                    yield f'event: poke\ndata: {{"version": {version}}}\n\n'
                except queue.Empty:
                    if time.monotonic() - silent_since < HEARTBEAT_S:
                        continue
                    yield ": still here\n\n"
                silent_since = time.monotonic()
        finally:
            with self._lock:
                self._open.pop(mailbox, None)

    def _tell(self, clinic_id: str, version: int) -> None:
        with self._lock:
            for mailbox, whose in self._open.items():
                if whose == clinic_id:
                    mailbox.put(version)

    def _watch(self) -> None:
        watch = self._watch_sqlite
        if self.engine.dialect.name == "postgresql":
            watch = self._watch_postgresql
        while True:
            try:
                watch()
            except (DBAPIError, OSError) as error:
                log.warning("watching for pokes again: %s", type(error).__name__)
                time.sleep(RECONNECT_S)

    def _watch_sqlite(self) -> None:
        with self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            seen, versions = -1, self._versions()
            while True:
                (data_version,) = raw.execute("PRAGMA data_version").fetchone()
                if data_version != seen:
                    seen, now = data_version, self._versions()
                    for clinic_id, version in now.items():
                        if versions.get(clinic_id) != version:
                            self._tell(clinic_id, version)
                    versions = now
                time.sleep(LOOK_EVERY_S)

    def _versions(self) -> dict[str, int]:
        with self.engine.connect() as connection, connection.begin():
            rows = connection.execute(select(ClinicHead.id, ClinicHead.version))
            return {row.id: row.version for row in rows}

    def _watch_postgresql(self) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("LISTEN poke")
            for notice in raw.notifies():
                clinic_id, _, version = notice.payload.rpartition(":")
                self._tell(clinic_id, int(version))
