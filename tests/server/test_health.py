"""Alive, ready, and what happens to work while the database is in trouble: told, kept, taken up again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import make_url

from server import create_app
from server.database import db
from tests.conftest import configured, migrated
from tests.rigs.doors import AppDoor
from tests.rigs.people import Clinic
from tests.sync.protocol.wire import new_customer


class Patient:
    """An application whose database can be troubled. `limits`: what its next connections are told."""

    def __init__(self, url: str, folder: Path, postgres) -> None:
        self.url, self.postgres = url, postgres
        self.app: Flask = migrated(create_app(configured(url, folder)))
        self.path = Path(make_url(url).database or "")
        self.limits = ["PRAGMA busy_timeout=100"]
        if url.startswith("sqlite"):
            with self.app.app_context():
                event.listen(db.engine, "connect", self._limit)
            self.reconnect()
        self.clinic = Clinic(self.app, lambda: AppDoor(self.app))

    def _limit(self, connection, _record) -> None:
        for limit in self.limits:
            connection.execute(limit)

    def reconnect(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def locked(self) -> Iterator[None]:
        other = sqlite3.connect(self.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()

    @contextmanager
    def full(self) -> Iterator[None]:
        with sqlite3.connect(self.path) as other:
            other.execute("VACUUM")
            pages = other.execute("PRAGMA page_count").fetchone()[0]
        self.limits.append(f"PRAGMA max_page_count={pages}")
        self.reconnect()
        yield
        self.limits.pop()
        self.reconnect()

    @contextmanager
    def moved_away(self) -> Iterator[None]:
        with sqlite3.connect(self.path) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        aside = self.path.with_suffix(".aside")
        self.path.rename(aside)
        yield
        aside.replace(self.path)

    @contextmanager
    def overwritten(self) -> Iterator[None]:
        self.reconnect()  # which empties the log into the file
        aside = self.path.with_suffix(".aside")
        self.path.rename(aside)
        self.path.write_bytes(b"this is no database\n" * 1000)
        yield
        aside.replace(self.path)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        name = self.path.name
        self.postgres.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        self.postgres.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        yield
        self.postgres.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


TROUBLES = [
    ("sqlite", "locked"), ("sqlite", "full"), ("sqlite", "moved_away"), ("sqlite", "overwritten"),
    ("postgresql", "stopped"),
]  # fmt: skip


@pytest.fixture
def patient(request, fresh_database, tmp_path):
    engine = request.param
    with fresh_database(engine) as url:
        postgres = request.getfixturevalue("postgres") if engine == "postgresql" else None
        patient = Patient(url, tmp_path, postgres)
        yield patient
        patient.reconnect()


@pytest.mark.parametrize(("patient", "trouble"), TROUBLES, indirect=["patient"], ids=lambda value: str(value))
def test_in_trouble_work_is_told_to_wait_and_is_done_once_afterwards(patient, trouble):
    phone, other = patient.clinic.phone("customer_service"), patient.clinic.phone("cs_lead")
    phone.do("customer.create", new_customer())
    for _ in range(40):
        phone.queue("customer.create", new_customer(source="长" * 200))
    body = {
        "schema": 1, "device_time": phone.now(),
        "mutations": [mutation.wire() for mutation in phone.disk.outbox],
    }  # fmt: skip
    with getattr(patient, trouble)():
        for _ in range(4):  # more often than a mutation may fail by itself
            reply = phone.call("POST", "/api/sync/push", body)
            assert (reply.status, reply.json["code"]) == (503, "unavailable")
            assert reply.json["message"]
    phone.sync()
    assert [result["status"] for result in phone.disk.results.values()] == ["applied"] * 41
    other.pull()
    assert len(other.rows("customer")) == 41
    assert other.digest() == other.own_digest()
    assert patient.app.test_cli_runner().invoke(args=["audit-verify"]).exit_code == 0


GONE = [trouble for trouble in TROUBLES if trouble[1] in ("moved_away", "overwritten", "stopped")]


@pytest.mark.parametrize(("patient", "trouble"), GONE, indirect=["patient"], ids=lambda value: str(value))
def test_without_its_database_it_is_alive_and_not_ready(patient, trouble):
    phone = patient.clinic.phone("nurse")
    calls = [
        ("POST", "/api/sync/pull", {"schema": 1, "cursor": None}), ("GET", "/api/auth/me", None),
        ("GET", "/api/customers/search?q=wang", None), ("GET", "/api/devices", None),
        ("POST", "/api/auth/login", patient.clinic.credentials(phone)), ("GET", "/api/ready", None),
    ]  # fmt: skip
    with getattr(patient, trouble)():
        for method, path, body in calls:
            reply = phone.call(method, path, body)
            assert (path, reply.status, reply.json["code"]) == (path, 503, "unavailable")
        assert phone.call("GET", "/api/health").status == 200
    assert phone.call("GET", "/api/ready").status == 200
    phone.pull()


@pytest.mark.parametrize("patient", ["sqlite"], indirect=True)
def test_while_somebody_writes_for_long_reading_goes_on(patient):
    phone = patient.clinic.phone("nurse")
    with patient.locked():
        phone.pull()
        assert phone.call("GET", "/api/ready").status == 200
