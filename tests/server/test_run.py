"""`python -m server.run`: from an empty folder to a clinic at work, and to an end without leftovers."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from server import create_app, worker
from server.clinic.opening import open_clinic
from server.clinic.parked_list import list_parked
from server.clinic.permissions import ROLES
from server.demo.vips import JOURNEYS
from tests.conftest import configured, migrated
from tests.rigs.client import Device
from tests.rigs.doors import HttpDoor
from tests.rigs.server import free_port

ROOT = Path(__file__).parents[2]


class Run:
    """One life of the product, from start to SIGTERM."""

    def __init__(self, url: str, data: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = os.environ | {
            "PORT": str(self.port), "DATA_DIR": str(data), "DATABASE_URL": url, "PUBLIC_URL": self.url,
            "WEB_CONCURRENCY": "1", "DEMO_PASSWORD": "fictional",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.run"], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert self.process.stdout
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Listening at" in line:
                return
        raise AssertionError(f"it ended by itself:\n{self.said}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def ended(self) -> int:
        """The exit code; all that it said is read, and nobody is left."""
        assert self.process.stdout
        self.said += self.process.stdout.read()
        return self.process.wait(60)


@pytest.fixture
def database(fresh_database, engine):
    with fresh_database(engine) as url:
        yield url


@pytest.fixture
def start():
    """start(database, folder): a life of the product, ended with the test."""
    lives: list[Run] = []

    def start(url: str, data: Path) -> Run:
        lives.append(Run(url, data))
        return lives[-1]

    yield start
    for life in lives:
        if life.process.poll() is None:
            life.process.terminate()
            life.process.wait()


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run; one whose parent died first may stay listed, ended."""
    return [process for process in processes if process.is_running() and process.status() != "zombie"]


def test_it_comes_up_from_nothing_ends_cleanly_and_goes_on_where_it_was(start, database, tmp_path):
    first = start(database, tmp_path)
    phone = Device(HttpDoor(first.url), "demo", "nurse", "fictional")
    phone.login()
    phone.pull()
    clinics = phone.rows("clinic")
    assert len(phone.rows("customer")) == 400 + len(JOURNEYS)
    children = first.family()
    assert len(children) == 3  # gunicorn, its process, the worker
    first.process.send_signal(signal.SIGTERM)
    assert first.ended() == 0, first.said
    assert alive(children) == []
    assert first.url in first.said
    assert all(role in first.said for role in ROLES)

    second = start(database, tmp_path)
    phone.door = HttpDoor(second.url)
    phone.login()
    phone.pull()
    assert phone.rows("clinic") == clinics
    assert "Making the demo clinic" not in second.said
    second.process.send_signal(signal.SIGINT)
    assert second.ended() == 0


# Whatever the database: once is enough.
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("which", ["worker", "gunicorn"])
def test_when_a_part_dies_the_whole_ends_and_says_so(start, database, tmp_path, which):
    app = migrated(create_app(configured(database, tmp_path)))
    with app.app_context():
        open_clinic("some", "没有演示数据", "")
    life = start(database, tmp_path)
    children = life.family()
    part = next(child for child in children if any(which in word for word in child.cmdline()))
    part.kill()
    assert life.ended() != 0
    psutil.wait_procs(children, timeout=20)  # gunicorn's process sees within a second that it is alone
    assert alive(children) == []


def test_the_worker_waits_an_outage_out(database, tmp_path, monkeypatch):
    app, stop = create_app(configured(database, tmp_path)), threading.Event()
    looks = []

    def look(now) -> int:
        looks.append(now)
        if len(looks) == 2:
            migrated(app)  # until here there was no database worth the name
        found = list_parked(now)
        stop.set()
        return found

    monkeypatch.setattr(worker, "list_parked", look)
    monkeypatch.setattr(worker, "EVERY", worker.EVERY * 0)
    worker.work(app, stop)
    assert len(looks) == 2
