"""Journeys run against a real server process.

They share it and its database, and have a clinic of their own: clinics know nothing of each other.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Error, expect

from server import create_app
from server.config import Config
from tests.e2e.noon import CLOSED, NoonClinic
from tests.e2e.person import Person
from tests.rigs.browser import ARTEFACTS, ROOT, Browsers, Phone
from tests.rigs.doors import HttpDoor
from tests.rigs.network import Network
from tests.rigs.people import PASSWORD
from tests.rigs.server import Server

BLOCKED = re.compile("Content Security Policy|TrustedScript|TrustedHTML|Permissions policy violation")
"""What the browser says of a page that does what its own headers forbid."""

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
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("data") / "meidang.sqlite3"
    app = application(database)
    with app.app_context():
        flask_migrate.upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    return database


@pytest.fixture(scope="session")
def app(database: Path) -> Flask:
    return application(database)


@pytest.fixture(scope="session")
def serving(database: Path):
    """serving(built_app): a server of these files."""

    def of(built_app: Path) -> Server:
        environment = {"APP_DIR": str(built_app), "PUSH_ALLOW_LOOPBACK": "1"}
        return Server(f"sqlite:///{database}", database.parent, environment)

    return of


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


@pytest.fixture(scope="session")
def server(serving, built_app: Path, network: Network) -> Iterator[Server]:
    """The server, at the address of its network."""
    server = serving(built_app)
    network.to(server.port)
    server.url = network.url
    with server:
        yield server


@pytest.fixture
def no_network(network: Network):
    """with no_network(): ... nobody reaches the server meanwhile."""
    return network.cut


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


@pytest.fixture(scope="session")
def browsers(browser_playwright) -> Iterator[Browsers]:
    shared = Browsers(browser_playwright)
    yield shared
    shared.close()


@pytest.fixture
def hand(request, browser_playwright, browsers: Browsers, tmp_path: Path, server: Server, clinic: NoonClinic):
    """hand("nurse"): a new phone in the hands of the clinic's nurse, signed in.

    `of` is another clinic, or "demo"; further options are Phone's. Every phone is closed at the end.
    Those that are opened again before must be of a test marked `restarts`.
    """
    people: list[Person] = []
    restarts = request.node.get_closest_marker("restarts")

    def give(role: str, number: int = 1, of=None, signed_in: bool = True, **options) -> Person:
        where = of or clinic
        if where != "demo":
            where.person(role, number)
        login = role if number == 1 else f"{role}{number}"
        home = tmp_path / f"profile-{len(people)}" if restarts else browsers
        phone = Phone(browser_playwright, home, server.url, **options)
        person = Person(phone, where if where == "demo" else where.code, login, PASSWORD)
        people.append(person)
        if signed_in:
            person.sign_in()
        return person

    yield give
    for person in people:
        with suppress(Error):  # closed already by its test
            person.phone.close()
    assert [said for person in people for said in person.phone.messages if BLOCKED.search(said)] == []


@pytest.fixture
def artefacts():
    """artefacts("name"): where a file goes that people may want to look at afterwards."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS.joinpath
