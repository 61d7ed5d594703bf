"""Journeys run against a real server process.

Each file has one, on a database of its own that already has the demo clinic in it.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Error, expect

from server import create_app
from server.config import Config
from server.demo import create_demo
from server.instants import utc_now
from tests.e2e.noon import CLOSED, NoonClinic
from tests.e2e.person import Person
from tests.rigs.browser import ARTEFACTS, ROOT, Phone
from tests.rigs.doors import HttpDoor
from tests.rigs.people import PASSWORD
from tests.rigs.server import Server

DEMO_CUSTOMERS = 60

# States are waited for as long as a busy machine needs; a journey that works does not come near it.
expect.set_options(timeout=20_000)


def application(database: Path) -> Flask:
    return create_app(
        Config.from_env({"DATABASE_URL": f"sqlite:///{database}", "DATA_DIR": str(database.parent)})
    )


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built files, so that building again does not change what a running test is served."""
    built = Path(os.environ.get("APP_DIR", ROOT / "pwa" / "dist"))
    return Path(shutil.copytree(built, tmp_path_factory.mktemp("app") / "dist"))


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, copied for each file."""
    database = tmp_path_factory.mktemp("template") / "meidang.sqlite3"
    app = application(database)
    with app.app_context():
        flask_migrate.upgrade()
        create_demo("demo", DEMO_CUSTOMERS, seed=1, now=utc_now(), password=PASSWORD)
        app.extensions["sqlalchemy"].engine.dispose()
    return database


@pytest.fixture(scope="module")
def database(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("data") / "meidang.sqlite3"
    with closing(sqlite3.connect(template_database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


@pytest.fixture(scope="module")
def app(database: Path) -> Flask:
    return application(database)


@pytest.fixture(scope="module")
def server(database: Path, built_app: Path) -> Iterator[Server]:
    url = f"sqlite:///{database}"
    # One process starts twice as fast as two, and these servers are started again and again.
    environment = {"APP_DIR": str(built_app), "WEB_CONCURRENCY": "1", "PUSH_ALLOW_LOOPBACK": "1"}
    with Server(url, database.parent, environment) as server:
        yield server


@pytest.fixture
def no_network(server: Server):
    """with no_network(): ... the server is stopped meanwhile, which no worker or stream can get around."""

    @contextmanager
    def stopped() -> Iterator[None]:
        server.kill()
        try:
            yield
        finally:
            server.start()

    return stopped


@pytest.fixture
def open_door(server: Server):
    return lambda: HttpDoor(server.url)


@pytest.fixture
def clinic(app: Flask, open_door) -> NoonClinic:
    """A clinic in whose time zone it is noon, in the middle of a call window."""
    return NoonClinic(app, open_door)


@pytest.fixture
def resting_clinic(app: Flask, open_door) -> NoonClinic:
    """The same, but nobody is to be called at this hour."""
    return NoonClinic(app, open_door, CLOSED)


@pytest.fixture
def hand(browser_playwright, tmp_path: Path, server: Server, clinic: NoonClinic):
    """hand("nurse"): a new phone in the hands of the clinic's nurse, signed in.

    `of` is another clinic, or "demo"; further options are Phone's. Every phone is closed at the end.
    """
    people: list[Person] = []

    def give(role: str, number: int = 1, of=None, signed_in: bool = True, **options) -> Person:
        where = of or clinic
        if where != "demo":
            where.person(role, number)
        login = role if number == 1 else f"{role}{number}"
        phone = Phone(browser_playwright, tmp_path / f"profile-{len(people)}", server.url, **options)
        person = Person(phone, where if where == "demo" else where.code, login, PASSWORD)
        people.append(person)
        if signed_in:
            person.sign_in()
        return person

    yield give
    for person in people:
        with suppress(Error):  # closed already by its test
            person.phone.close()


@pytest.fixture
def artefacts():
    """artefacts("name"): where a file goes that people may want to look at afterwards."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS.joinpath
