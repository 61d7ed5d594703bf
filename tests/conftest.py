"""The fixtures every test may ask for; what they are made of is in tests/rigs/.

A test that asks for a database runs twice, on SQLite and on PostgreSQL. Tests share the database
and the server process of their engine, and have a clinic of their own: clinics know nothing of
each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import argon2
import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Playwright

from server import create_app
from server.clinic import passwords
from server.config import Config
from tests.rigs.browser import why_no_browser
from tests.rigs.doors import AppDoor
from tests.rigs.people import Clinic
from tests.rigs.postgres import Postgres, run_folder
from tests.rigs.push_service import PushService
from tests.rigs.server import Server

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres(run_folder())
    yield server
    server.close()


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def fresh_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """fresh_database("sqlite"): a context with the address of an empty database."""

    @contextmanager
    def fresh(engine: str) -> Iterator[str]:
        if engine == "sqlite":
            yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'meidang.sqlite3'}"
            return
        postgres: Postgres = request.getfixturevalue("postgres")
        with postgres.database() as url:
            yield url

    return fresh


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hundreds of sign-ins need not cost 64 MiB each; a hash says itself how hard it is to verify."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def configured(database_url: str, data_dir: Path, public_url: str = "http://localhost") -> Config:
    """What the environment of a test says."""
    return Config.from_env(
        {"DATABASE_URL": database_url, "DATA_DIR": str(data_dir), "PUBLIC_URL": public_url}
    )


def migrated(app: Flask) -> Flask:
    with app.app_context():
        flask_migrate.upgrade()
    return app


@pytest.fixture(scope="session")
def config(engine: str, fresh_database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    with fresh_database(engine) as url:
        yield configured(url, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def app(config: Config) -> Flask:
    """The application in this process, on a migrated database."""
    return migrated(create_app(config))


@pytest.fixture(scope="session")
def server(app: Flask, config: Config) -> Iterator[Server]:
    """A server process on the same database. Not to be killed: others use it."""
    with Server(config.database_url, config.data_dir) as server:
        yield server


@pytest.fixture
def own_server(engine: str, fresh_database, tmp_path: Path) -> Iterator[Server]:
    """A server that a test may kill and start as it likes, with a database of its own; not started yet."""
    with fresh_database(engine) as url:
        config = configured(url, tmp_path)
        migrated(create_app(config))
        server = Server(config.database_url, config.data_dir)
        yield server
        server.kill()


@pytest.fixture
def push_service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


@pytest.fixture
def open_door(app: Flask):
    """A new way to the server for every phone; folders with real servers say otherwise."""
    return lambda: AppDoor(app)


@pytest.fixture
def clinic(app: Flask, open_door) -> Clinic:
    return Clinic(app, open_door)


@pytest.fixture
def outsider(app: Flask, open_door):
    """The phone of somebody who may do everything with customers, in another clinic."""
    return Clinic(app, open_door).phone("customer_service")


@pytest.fixture(scope="session")
def browser_playwright(playwright: Playwright) -> Playwright:
    """Playwright where a browser can be driven; elsewhere the test is skipped, with the reason."""
    reason = why_no_browser(playwright)
    if reason:
        pytest.skip(reason)
    return playwright
