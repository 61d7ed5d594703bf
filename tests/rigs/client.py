"""A client of the sync protocol, written from its document alone: it shares no code with the server.

What a phone keeps on its disk is one frozen value, `Disk`, replaced whole. A crash at any point is
therefore `device.restart()`: everything but the disk is forgotten.
"""

import hashlib
import os
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from tests.rigs.doors import Door, Reply

SCHEMA = 1
Row = tuple[int, dict[str, Any]]
Key = tuple[str, str]


def uuid7() -> str:
    """A new time-ordered id, RFC 9562."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return str(uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62)))


def instant(moment: datetime) -> str:
    """UTC, ISO 8601 with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Refused(Exception):
    """The server answered with an error: `status`, `code`, `fields`, `body`."""

    def __init__(self, reply: Reply) -> None:
        body = reply.json if isinstance(reply.json, dict) else {}
        super().__init__(f"{reply.status} {body}")
        self.status = reply.status
        self.body = body
        self.code = body.get("code")
        self.fields = body.get("fields") or {}


@dataclass(frozen=True)
class Mutation:
    """A named intent; `first` says how the server judged it the first time, when it is told again."""

    seq: int
    id: str
    name: str
    args: dict[str, Any]
    at: str
    first: str | None = None

    def wire(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "id": self.id,
            "name": self.name,
            "args": self.args,
            "at": self.at,
            "first": self.first,
        }


@dataclass(frozen=True)
class Disk:
    """All that survives: who and where we are, the confirmed rows, what waits, what was answered."""

    device_id: str | None = None
    cursor: str | None = None
    version: int = 0
    rows: dict[Key, Row] = field(default_factory=dict)
    outbox: tuple[Mutation, ...] = ()
    journal: tuple[Mutation, ...] = ()
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    next_seq: int = 1


class Device:
    """One browser profile of one person.

    Raises Refused where the server answers with an error, the door's own errors on a bad network.
    """

    def __init__(self, door: Door, clinic: str, login: str, password: str, name: str = "a phone") -> None:
        self.door = door
        self.clinic, self.login_name, self.password, self.name = clinic, login, password, name
        self.disk = Disk()
        self.staff: dict[str, Any] = {}
        self.clock_offset_s = 0.0

    # Talking

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        """One request as this device, whatever comes back."""
        device = {"X-Device": self.disk.device_id} if self.disk.device_id else {}
        return self.door.request(method, path, body, {**device, **(headers or {})})

    def ask(self, path: str, body: Any) -> dict[str, Any]:
        """POST; the JSON of a success, or Refused."""
        reply = self.call("POST", path, body)
        if reply.status != 200:
            raise Refused(reply)
        assert isinstance(reply.json, dict)
        return reply.json

    def now(self) -> str:
        """What this device's clock says."""
        return instant(datetime.fromtimestamp(time.time() + self.clock_offset_s, UTC))

    def login(self, anew: bool = False) -> dict[str, Any]:
        """Sign in, with the device id held unless `anew`. The server may answer with another id."""
        device: dict[str, Any] = {"name": self.name, "platform": "test"}
        if self.disk.device_id and not anew:
            device["id"] = self.disk.device_id
        answer = self.ask(
            "/api/auth/login",
            {"clinic": self.clinic, "login": self.login_name, "password": self.password, "device": device},
        )
        self.staff = answer["staff"]
        if answer["device"]["id"] != self.disk.device_id:
            self._renumber(answer["device"]["id"])
        self._catch_up(answer["applied_through"])
        return answer

    # Writing

    def queue(
        self, name: str, args: dict[str, Any], at: str | None = None, id: str | None = None
    ) -> Mutation:
        """Put an intent into the outbox; from here on it may not be lost."""
        mutation = Mutation(self.disk.next_seq, id or uuid7(), name, args, at or self.now())
        self.disk = replace(self.disk, outbox=(*self.disk.outbox, mutation), next_seq=mutation.seq + 1)
        return mutation

    def push_raw(self, mutations: Iterable[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """POST /api/sync/push with exactly these mutations."""
        return self.ask(
            "/api/sync/push",
            {"schema": SCHEMA, "device_time": self.now(), "mutations": list(mutations), **more},
        )

    def push(self, limit: int = 500) -> list[dict[str, Any]]:
        """Send the oldest part of the outbox; its results. What a 409 tells is healed: none, push again."""
        batch = self.disk.outbox[:limit]
        try:
            answer = self.push_raw(mutation.wire() for mutation in batch)
        except Refused as refused:
            if refused.code == "sequence_gap":
                self._catch_up(refused.body["applied_through"])
            elif refused.code == "sequence_conflict":
                self.login(anew=True)
            else:
                raise
            return []
        by_seq = {mutation.seq: mutation.id for mutation in batch}
        results = {by_seq[result["seq"]]: result for result in answer["results"]}
        self.disk = replace(self.disk, results={**self.disk.results, **results})
        self._acknowledge(answer["applied_through"])
        return list(answer["results"])

    def do(self, name: str, args: dict[str, Any], at: str | None = None) -> dict[str, Any]:
        """Queue one intent, send all that waits, and return its result."""
        mutation = self.queue(name, args, at)
        while any(waiting.id == mutation.id for waiting in self.disk.outbox):
            self.push()
        return self.disk.results[mutation.id]

    # Reading

    def pull_page(self, cursor: str | None, limit: int | None = None) -> dict[str, Any]:
        more = {} if limit is None else {"limit": limit}
        return self.ask("/api/sync/pull", {"schema": SCHEMA, "cursor": cursor, **more})

    def pull(self, limit: int | None = None) -> list[dict[str, Any]]:
        """Read all pages, then apply them at once, removed before rows. Returns the pages."""
        pages = [self.pull_page(self.disk.cursor, limit)]
        while pages[-1]["more"]:
            pages.append(self.pull_page(pages[-1]["cursor"], limit))
        last = pages[-1]
        rows = {} if last["reset"] else dict(self.disk.rows)
        for page in pages:
            for table, id in page["removed"]:
                rows.pop((table, id), None)
        for page in pages:
            rows.update({(table, id): (version, doc) for table, id, version, doc in page["rows"]})
        self.disk = replace(self.disk, rows=rows, cursor=last["cursor"], version=last["version"])
        self._catch_up(last["applied_through"])
        self._forget(last["backed_up_through"])
        return pages

    def sync(self) -> None:
        """Push until nothing waits, then pull."""
        while self.disk.outbox:
            self.push()
        self.pull()

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        """The confirmed documents of one table, by id."""
        return {id: doc for (name, id), (_, doc) in self.disk.rows.items() if name == table}

    def visible(self) -> dict[Key, Row]:
        """Everything this device holds, to be compared with another's."""
        return dict(self.disk.rows)

    def digest(self) -> dict[str, Any]:
        """What the server says this device should hold at its cursor."""
        tables = self.ask("/api/sync/digest", {"cursor": self.disk.cursor})["tables"]
        assert isinstance(tables, dict)
        return tables

    def own_digest(self) -> dict[str, Any]:
        """The same, computed from what this device really holds."""
        sums: dict[str, tuple[int, int]] = {}
        for (table, id), (version, _) in self.disk.rows.items():
            head = hashlib.sha256(f"{table}:{id}:{version}".encode()).digest()[:8]
            count, total = sums.get(table, (0, 0))
            sums[table] = (count + 1, (total + int.from_bytes(head, "big")) % 2**64)
        return {table: {"count": count, "sum": f"{total:016x}"} for table, (count, total) in sums.items()}

    # Surviving

    def restart(self) -> None:
        """The app was killed and opened again: only the disk is left, and the browser's cookies."""
        self.staff = {}

    def _acknowledge(self, applied_through: int) -> None:
        """Move what was answered from the outbox to the journal, with how it was judged.

        What the server has but whose answer was lost stays, and is sent once more: the server says
        `duplicate` and how it went. (And a phone restored from a backup finds out that it is one.)
        """
        done = {m.id for m in self.disk.outbox if m.seq <= applied_through and m.id in self.disk.results}
        answered = tuple(self._judged(m) for m in self.disk.outbox if m.id in done)
        self.disk = replace(
            self.disk,
            outbox=tuple(m for m in self.disk.outbox if m.id not in done),
            journal=self.disk.journal + answered,
        )

    def _judged(self, mutation: Mutation) -> Mutation:
        result = self.disk.results[mutation.id]
        return replace(mutation, first=mutation.first or ("rejected" if result["error"] else "applied"))

    def _catch_up(self, applied_through: int) -> None:
        """Bring outbox and journal in line with what the server says it has of this device.

        A server that has less than it once acknowledged was restored from a backup: the journal's
        entries above that go out again. Where the journal has a gap, we become a new device.
        """
        self._acknowledge(applied_through)
        again = tuple(m for m in self.disk.journal if m.seq > applied_through)
        outbox = again + self.disk.outbox
        self.disk = replace(
            self.disk,
            outbox=outbox,
            journal=tuple(m for m in self.disk.journal if m.seq <= applied_through),
            next_seq=self.disk.next_seq if outbox else applied_through + 1,
        )
        numbers = [m.seq for m in outbox]
        if numbers and (numbers[0] > applied_through + 1 or numbers[-1] - numbers[0] >= len(numbers)):
            self.login(anew=True)

    def _renumber(self, device_id: str) -> None:
        """Go on as another device: all that is held is numbered from 1; ids and contents stay.

        The journal goes along: whoever has it already answers `duplicate`.
        """
        held = (*self.disk.journal, *self.disk.outbox)
        outbox = tuple(replace(m, seq=seq) for seq, m in enumerate(held, start=1))
        self.disk = replace(
            self.disk, device_id=device_id, outbox=outbox, journal=(), cursor=None, next_seq=len(outbox) + 1
        )

    def _forget(self, backed_up_through: int) -> None:
        """Drop the journal's entries that are in a backup. (The seven days have passed in a test.)"""
        self.disk = replace(
            self.disk, journal=tuple(m for m in self.disk.journal if m.seq > backed_up_through)
        )
