"""Reminders of many clinics, planned in one pass; and pushes to a service on loopback, by one worker.

The floor of the plan is the same statements through the bare driver, nothing made of their rows; that of the
pushes, as many requests of the same length over as many connections, nothing encrypted, nothing recorded.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import event, insert, select

from server import create_app
from server.clinic.dispatches import Dispatch
from server.clinic.followups import Followup
from server.clinic.notices import Notice
from server.clinic.planning import DEFAULT_CALL_WINDOWS
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.clinic.subscriptions import Subscription
from server.clinic.vip.cases import VipCase
from server.clinic.vip.steps import VipStep
from server.config import Config
from server.database import db, write
from server.notify import reminders
from server.notify.channels import channels_of
from server.notify.channels.http import session
from server.notify.channels.push import AT_ONCE
from server.notify.keys import current_key
from server.notify.sending import send_due
from server.sync.tables import ClinicHead, Device
from tests.bench.bare import Bare
from tests.bench.figures import Figure
from tests.rigs.client import instant, uuid7
from tests.rigs.postgres import Postgres, run_folder
from tests.rigs.push_service import Browser

CLINICS = 1000
OPEN = 200
"""Follow-ups in each clinic; as many more that are closed."""
CASES = 2
"""Running VIP cases in each clinic, of sixty steps; of those that are past due one in a hundred is late."""
PUSHES = 1000
ROUNDS = 5
QUIET_MINUTE = datetime(2026, 11, 23, 5, 40, tzinfo=UTC)
"""13:40 in China: nothing begins."""
WINDOW_OPENS = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ROLES = ("customer_service", "nurse", "consultant", "doctor")

SINK = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


def notify_figures() -> Iterator[Figure]:
    with ExitStack() as stack:
        postgres = Postgres(run_folder())
        stack.callback(postgres.close)
        url = stack.enter_context(postgres.database())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="meidang-bench-")))
        environment = {"DATABASE_URL": url, "DATA_DIR": str(folder), "PUSH_ALLOW_LOOPBACK": "1"}
        app = create_app(Config.from_env(environment))
        with app.app_context():
            flask_migrate.upgrade()
            _fill()
            yield _plan_figure(app, "quiet minute", QUIET_MINUTE)
            yield _plan_figure(app, "a call window opens everywhere", WINDOW_OPENS)
            yield _push_figure(app, stack)
            db.engine.dispose()


def _rows(table: Any, rows: list[dict[str, Any]]) -> None:
    with write() as connection:
        for start in range(0, len(rows), 5000):
            connection.execute(insert(table), rows[start : start + 5000])


def _synced(clinic_id: str, at: datetime) -> dict[str, Any]:
    stamps = dict.fromkeys(("created_at", "updated_at"), instant(at))
    return {"clinic_id": clinic_id, "id": uuid7(), "updated_by": None, **stamps}


def _fill() -> None:
    chance = random.Random(1)
    ids = [uuid7() for _ in range(CLINICS)]
    _rows(ClinicHead, [{"id": id, "version": 1, "log_n": 0, "log_hash": "", "horizon": 0} for id in ids])
    clinics, staff, followups = [], [], []
    for n, id in enumerate(ids):
        clinics.append({
            **_synced(id, QUIET_MINUTE), "id": id, "code": f"clinic-{n}", "name": "医美", "phone": "",
            "timezone": "Asia/Shanghai", "call_windows": DEFAULT_CALL_WINDOWS, "rules_version": 1,
        })  # fmt: skip
        people = [_synced(id, QUIET_MINUTE) for _ in range(12)]
        for number, person in enumerate(people):
            role = ROLES[number % len(ROLES)]
            staff.append({
                **person, "login": f"{role}{number}", "name": "员工", "roles": [role], "partner_id": None,
                "active": True, "scope_epoch": 1,
            })  # fmt: skip
        for number in range(2 * OPEN):
            due = QUIET_MINUTE + timedelta(hours=chance.uniform(-24, 24 * 30))
            if number % 3:
                due = due.replace(hour=15, minute=59, second=59, microsecond=0)  # the end of a day in China
            role = chance.choice(ROLES)
            followups.append({
                **_synced(id, QUIET_MINUTE - timedelta(days=1)), "customer_id": uuid7(), "rule": "cs_d3",
                "role": role, "channels": ["call", "text"], "due_from": instant(due - timedelta(days=1)),
                "assignee_id": people[2]["id"] if role == "consultant" else None,
                "due_at": instant(due), "planned_at": instant(due - timedelta(hours=5)), "purpose": "了解",
                "status": "open" if number < OPEN else "done", "attempts": 0, "unanswered": 0,
                "unanswered_days": [],
            })  # fmt: skip
    cases, steps = _vip_cases(ids, chance)
    for table, rows in (
        (Clinic, clinics), (Staff, staff), (Followup, followups), (VipCase, cases), (VipStep, steps)
    ):  # fmt: skip
        _rows(table, rows)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _vip_cases(clinic_ids: list[str], chance: random.Random) -> tuple[list[Any], list[Any]]:
    cases, steps = [], []
    for clinic_id in [id for id in clinic_ids for _ in range(CASES)]:
        case = {**_synced(clinic_id, QUIET_MINUTE), "customer_id": uuid7()}
        cases.append({
            **case, "partner_id": uuid7(), "status": "confirmed", "stage": "plan", "transport": {},
            "team": {}, "assigned": {}, "moves": [], "review": {},
        })  # fmt: skip
        for position in range(60):
            due = QUIET_MINUTE + timedelta(hours=chance.uniform(-72, 72))
            is_open = due > QUIET_MINUTE or chance.random() < 0.01
            steps.append({
                **_synced(clinic_id, QUIET_MINUTE), "customer_id": case["customer_id"], "case_id": case["id"],
                "stage": "plan", "position": position, "code": f"step_{position}", "mandatory": True,
                "title": {"zh": "步骤", "en": "Step"}, "owner_role": chance.choice(ROLES),
                "due_at": instant(due), "state": "todo" if is_open else "done", "history": [],
            })  # fmt: skip
    return cases, steps


def _plan_figure(app: Flask, name: str, now: datetime) -> Figure:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.append((statement, values))

    times, found = [], 0
    event.listen(db.engine, "before_cursor_execute", note)
    for _ in range(ROUNDS):
        statements.clear()
        start = perf_counter()
        planned = reminders.plan(now)
        times.append(perf_counter() - start)
        found = sum(map(len, planned.values()))
    event.remove(db.engine, "before_cursor_execute", note)
    bare, floors = Bare(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")), []
    for _ in range(ROUNDS):
        start = perf_counter()
        for statement, values in statements:
            bare.rows(statement, values)
        floors.append(perf_counter() - start)
    bare.close()
    return Figure(
        f"reminders of {CLINICS} clinics planned, {name}", "postgresql", min(times), "s", min(floors),
        f"{CLINICS * OPEN} open follow-ups, {CLINICS * CASES} VIP cases, {found} reasons, best of {ROUNDS}",
    )  # fmt: skip


def _push_figure(app: Flask, stack: ExitStack) -> Figure:
    sink = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    stack.callback(sink.kill)
    assert sink.stdout
    url = f"http://127.0.0.1:{int(sink.stdout.readline())}/push"
    config: Config = app.extensions["meidang"].config
    now = datetime.now(UTC)
    _wait_for_thousand(config, url, now)
    channels = channels_of(config)
    start = perf_counter()
    sent = send_due(now, channels)
    took = perf_counter() - start
    assert sent == PUSHES
    with db.engine.connect() as connection:
        assert connection.execute(select(Dispatch.id)).all() == []
    return Figure(
        f"{PUSHES} pushes by one worker", "postgresql", took, "s", _push_floor(url), "to a loopback service"
    )


def _wait_for_thousand(config: Config, url: str, now: datetime) -> None:
    """As many people of one clinic, each with a phone and a notice that is due."""
    with db.engine.connect() as connection:
        clinic = connection.scalar(select(Clinic.id).limit(1))
    assert clinic
    key, browser = current_key(config, now), Browser(url).subscription["keys"]
    staff, devices, subscriptions, notices, dispatches = [], [], [], [], []
    for number in range(PUSHES):
        person, device, notice = _synced(clinic, now), uuid7(), _synced(clinic, now)
        staff.append({
            **person, "login": f"person{number}", "name": "员工", "roles": ["nurse"], "partner_id": None,
            "active": True, "scope_epoch": 1,
        })  # fmt: skip
        of_person = {"clinic_id": clinic, "staff_id": person["id"]}
        devices.append({
            **of_person, "id": device, "name": "", "platform": "", "created_at": instant(now), "trying": [],
        })  # fmt: skip
        subscriptions.append({
            **of_person, **browser, "device_id": device, "endpoint": f"{url}/{number}", "key": key,
            "language": "zh", "renewed_at": instant(now),
        })  # fmt: skip
        notices.append({
            **notice, "staff_id": person["id"], "kind": "escalation", "target": f"/followups/{uuid7()}",
            "title": {"zh": "王女士：请医生处理", "en": "王女士: needs a doctor"}, "read_at": None,
            "deliveries": [],
        })  # fmt: skip
        dispatches.append({
            **of_person, "id": notice["id"], "kind": "escalation", "created_at": instant(now),
            "expires_at": instant(now + timedelta(hours=24)), "due_at": instant(now), "reached": [],
            "tries": 0,
        })  # fmt: skip
    for table, rows in ((Staff, staff), (Device, devices), (Subscription, subscriptions), (Notice, notices),
                        (Dispatch, dispatches)):  # fmt: skip
        _rows(table, rows)


def _push_floor(url: str) -> float:
    """Requests of the same length, by as many threads of one process."""
    plain, body = session(AT_ONCE), b"x" * 520
    with ThreadPoolExecutor(AT_ONCE) as pool:
        start = perf_counter()
        list(pool.map(lambda n: plain.post(f"{url}/{n}", body, timeout=10).status_code, range(PUSHES)))
        return perf_counter() - start
