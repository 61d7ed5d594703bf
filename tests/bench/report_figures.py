"""The lead's report of a clinic with many years of follow-ups behind it.

Its floor is the same statements through the bare driver, nothing made of their rows.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import event, insert

from server.clinic.attempts import Attempt
from server.clinic.followups import ESCALATION, Followup
from server.clinic.reports import Span, report
from server.clinic.sign_in import holder_of
from server.database import db, gather_statistics, write
from tests.bench.bare import Bare
from tests.bench.door import TimedDoor
from tests.bench.figures import Figure
from tests.bench.workplace import Workplace
from tests.rigs.client import Device, instant, uuid7

MANY = 200_000
"""Follow-ups, each with an attempt, over three years."""
DAYS = 3 * 365
ROUNDS = 5
RULES = ("cs_d1", "cs_d3", "nurse_d1", "nurse_d7", "consultant_m1", ESCALATION)
LAST = date(2026, 11, 22)
END = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
"""The end of that day in China."""
SPANS = {
    "a year by month": Span(LAST - timedelta(days=364), LAST, "month"),
    "three years by month": Span(LAST - timedelta(days=DAYS - 1), LAST, "month"),
    "a fortnight by day": Span(LAST - timedelta(days=13), LAST, "day"),
}


def report_figures(work: Workplace) -> Iterator[Figure]:
    _fill(work)
    lead = work.clinic.phone("cs_lead")
    door = lead.door
    assert isinstance(door, TimedDoor)
    for name, span in SPANS.items():
        asked = f"/api/reports/followups?from={span.first}&to={span.last}&step={span.step}"
        times, due = [], 0
        for _ in range(ROUNDS):
            rows = lead.call("GET", asked).json["rows"]
            times.append(door.took_s)
            due = sum(row["due"] for row in rows)
        yield Figure(
            f"report of {name}", work.engine, min(times), "s", _floor(work, lead, span),
            f"{due} of {MANY} follow-ups, {len(rows)} lines, best of {ROUNDS}",
        )  # fmt: skip


def _fill(work: Workplace) -> None:
    chance, clinic_id = random.Random(1), work.clinic.id
    people = [
        work.clinic.person(role, n) for role in ("customer_service", "nurse", "doctor") for n in (1, 2, 3)
    ]
    followups, attempts = [], []
    for _ in range(MANY):
        due = END - timedelta(days=chance.uniform(0, DAYS))
        closed, by = due - timedelta(hours=chance.uniform(-9, 9)), chance.choice(people)
        of_both = {
            "clinic_id": clinic_id, "customer_id": uuid7(), "updated_by": by,
            **dict.fromkeys(("created_at", "updated_at"), instant(due - timedelta(days=2))),
        }  # fmt: skip
        followup = {
            **of_both, "id": uuid7(), "rule": chance.choice(RULES), "role": "nurse", "channels": ["call"],
            "due_from": instant(due - timedelta(days=1)), "due_at": instant(due),
            "planned_at": instant(due - timedelta(hours=5)), "purpose": "了解", "attempts": 1,
            "status": chance.choices(("done", "unreachable", "open"), (18, 1, 1))[0], "closed_by": by,
            "closed_at": instant(closed), "unanswered": 0, "unanswered_days": [],
        }  # fmt: skip
        followups.append(followup)
        attempts.append({
            **of_both, "id": uuid7(), "followup_id": followup["id"], "channel": "call", "outcome": "reached",
            "content": {"reaction": "none", "recovery": 5}, "note": "恢复良好", "by": by,
            "at": instant(closed), "after_close": False,
        })  # fmt: skip
    with work.app.app_context():
        for table, rows in ((Followup, followups), (Attempt, attempts)):
            with write() as connection:
                for start in range(0, MANY, 5000):
                    connection.execute(insert(table), rows[start : start + 5000])
        with write() as connection:
            gather_statistics(connection)


def _floor(work: Workplace, lead: Device, span: Span) -> float:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, values))

    with work.app.app_context():
        assert lead.disk.device_id
        person = holder_of(work.clinic.id, lead.disk.device_id)
        assert person
        event.listen(db.engine, "before_cursor_execute", note)
        report(person, span, datetime.now(UTC))
        event.remove(db.engine, "before_cursor_execute", note)
    bare, times = Bare(work.url), []
    for _ in range(ROUNDS):
        start = perf_counter()
        for statement, values in statements:
            bare.rows(statement, values)
        times.append(perf_counter() - start)
    bare.close()
    return min(times)
