"""The server's figures: push, first pull, incremental pull, and twenty clients at once.

Each stands beside its floor: the same rows, through the bare driver, into or out of a copy of the
same database on the same disk, in the same run.
"""

import gzip
import threading
import time
from collections.abc import Iterator
from itertools import count
from time import perf_counter
from typing import Any

from server.database import gather_statistics, write
from tests.bench.bare import Bare, Batch, in_parallel, read_joined_packed, write_batches
from tests.bench.door import TimedDoor
from tests.bench.figures import Figure, percentile
from tests.bench.workplace import Workplace
from tests.rigs.client import uuid7

ATTEMPTS = 1000
BATCH = 100
ROUNDS = 5
BEST = f"best of {ROUNDS}"
PAGE = 1000
PULLS = 100
CHANGES = 10
CLIENTS = 20
SECONDS = 10

VISIBLE = "SELECT tbl, id, version, doc FROM feed WHERE clinic_id = ? AND doc IS NOT NULL"
CHANGED = f"{VISIBLE} AND version > ? AND version <= ? ORDER BY version, tbl, id"


def attempt(followup_id: str, outcome: str = "reached") -> dict[str, Any]:
    """Arguments of followup.attempt as a phone sends them after an ordinary call."""
    return {
        "id": uuid7(),
        "followup_id": followup_id,
        "channel": "call",
        "outcome": outcome,
        "content": {
            "reaction": "none",
            "adherence": "yes",
            "recovery": 5,
            "mood": "calm",
            "questions_answered": True,
            "next_revisit": "reminded",
        },
        "note": "恢复良好，无不适。",
    }


def push_figure(work: Workplace) -> Figure:
    """(a) A thousand attempts in batches of a hundred, each on a follow-up of its own."""
    copy_url = work.copy()
    phone = work.phone()
    phone.pull(5000)
    followups = iter(sorted(phone.rows("followup")))
    times, floors = [], []
    for _ in range(ROUNDS):
        for _ in range(ATTEMPTS):
            phone.queue("followup.attempt", attempt(next(followups)))
        with work.app.app_context(), write() as connection:
            gather_statistics(connection)  # as autovacuum does every minute: the tables begin empty
        before = work.version()
        start = perf_counter()
        while phone.disk.outbox:
            results = phone.push(BATCH)
            assert {result["status"] for result in results} == {"applied"}
        times.append(perf_counter() - start)
        floors.append(write_batches(copy_url, list(work.written(before, work.version()))))
    return Figure(
        f"push {ATTEMPTS} attempts, {BATCH} a batch", work.engine, min(times), "s", min(floors), BEST
    )


def first_pull_figure(work: Workplace) -> Figure:
    """(b) Everything, for a device that has nothing, in pages as the app asks for them."""
    phone = work.phone()
    door = phone.door
    assert isinstance(door, TimedDoor)
    times, floors, rows, level = [], [], 0, 0
    query = f"{VISIBLE} ORDER BY version, tbl, id"
    for _ in range(ROUNDS):
        cursor, more, total, rows = None, True, 0.0, 0
        while more:
            page = phone.pull_page(cursor, PAGE)
            total += door.took_s
            level = level or compression_level(door.received)
            cursor, more = page["cursor"], page["more"]
            rows += len(page["rows"])
        times.append(total)
        floors.append(read_joined_packed(work.url, query, [work.clinic.id], PAGE, level))
    return Figure(
        f"first pull of {rows} documents", work.engine, min(times), "s", min(floors),
        f"{BEST}, pages of {PAGE}, gzip {level}",
    )  # fmt: skip


def compression_level(packed: bytes) -> int:
    """The level of gzip that comes nearest to what the server sent: the floor packs as hard."""
    plain = gzip.decompress(packed)
    return min(range(1, 10), key=lambda level: abs(len(gzip.compress(plain, level)) - len(packed)))


def incremental_pull_figures(work: Workplace) -> list[Figure]:
    """(c) A pull after ten changes, a hundred times; the floor reads the same rows."""
    writer, reader = work.phone(), work.phone()
    door = reader.door
    assert isinstance(door, TimedDoor)
    writer.pull(5000)
    reader.pull(5000)
    times, spans = [], []
    for _ in range(PULLS):
        for _ in range(CHANGES):
            writer.queue("customer.create", {"id": uuid7(), "name": "李静", "phones": ["13900000000"]})
        writer.push()
        before = reader.disk.version
        [page] = reader.pull()
        assert len(page["rows"]) >= CHANGES
        times.append(door.took_s * 1000)
        spans.append((work.clinic.id, before, reader.disk.version))
    bare, floors = Bare(work.url), []
    for span in spans:
        start = perf_counter()
        ",".join(doc for *_, doc in bare.rows(CHANGED, span))
        floors.append((perf_counter() - start) * 1000)
    bare.close()
    name = f"pull after {CHANGES} changes, {work.size} documents"
    return [
        Figure(f"{name}, p{share:.0%}".rstrip("%"), work.engine, percentile(times, share), "ms",
               percentile(floors, share))
        for share in (0.5, 0.95)
    ]  # fmt: skip


def crowd_figure(work: Workplace) -> Figure:
    """(d) Twenty clients, each pushing one attempt and pulling, for ten seconds."""
    phones = [work.phone() for _ in range(CLIENTS)]
    in_parallel(CLIENTS, lambda n: phones[n].pull(5000))
    followups = sorted(phones[0].rows("followup"))
    before, acknowledged, lock = work.version(), set[str](), threading.Lock()
    end = time.monotonic() + SECONDS

    def work_on(number: int) -> None:
        phone = phones[number]
        for turn in count():
            if time.monotonic() >= end:
                return
            args = attempt(followups[(turn * CLIENTS + number) % len(followups)], "refused")
            assert phone.do("followup.attempt", args)["status"] == "applied"
            with lock:
                acknowledged.add(args["id"])
            phone.pull()

    start = perf_counter()
    in_parallel(CLIENTS, work_on)
    rate = len(acknowledged) / (perf_counter() - start)
    in_parallel(CLIENTS, lambda n: phones[n].pull())
    missing = sum(len(acknowledged - set(phone.rows("attempt"))) for phone in phones)
    floor = _crowd_floor(work, list(work.written(before, work.version())))
    return Figure(
        f"{CLIENTS} clients, push one and pull", work.engine, rate, "pushes/s", floor,
        f"{len(acknowledged)} acknowledged, {missing} missing on any device",
    )  # fmt: skip


def _crowd_floor(work: Workplace, batches: list[Batch]) -> float:
    """Commits of the same rows each second, from as many threads, one writer at a time.

    After each commit a thread reads what changed since its last one, as the clients do.
    """
    url = work.copy()
    turn, done, end = threading.Lock(), [0] * CLIENTS, time.monotonic() + SECONDS / 2
    version = work.version()

    def work_on(number: int) -> None:
        bare = Bare(url)
        for n in count(number, CLIENTS):
            if time.monotonic() >= end:
                break
            with turn, bare.transaction():
                for table, rows in batches[n % len(batches)]:
                    bare.write(table, rows)
            ",".join(doc for *_, doc in bare.rows(CHANGED, (work.clinic.id, version - CLIENTS, version)))
            done[number] += 1
        bare.close()

    start = perf_counter()
    in_parallel(CLIENTS, work_on)
    return sum(done) / (perf_counter() - start)


def server_figures(work: Workplace, many: int) -> Iterator[Figure]:
    """All of them, on one engine; then (c) again when the clinic has `many` documents."""
    yield first_pull_figure(work)
    yield push_figure(work)
    small = incremental_pull_figures(work)
    yield from small
    yield crowd_figure(work)
    work.grow(many)
    large = incremental_pull_figures(work)
    yield from large
    yield Figure(
        "p95 of that pull, many documents over few", work.engine, large[1].value / small[1].value, "x"
    )
