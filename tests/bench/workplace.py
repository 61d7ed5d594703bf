"""A clinic of a given size behind a real server, and copies of its database for the floors."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import flask_migrate
from flask import Flask
from sqlalchemy.engine import make_url

from server import create_app
from server.config import Config
from server.database import Base
from tests.bench.bare import Bare, Batch, Rows, Table
from tests.bench.door import TimedDoor
from tests.bench.fill import fill
from tests.rigs.client import Device
from tests.rigs.people import Clinic
from tests.rigs.postgres import Postgres, run_folder
from tests.rigs.server import Server

WRITTEN = ("attempt", "followup", "feed", "mutation_log")
"""What a push of attempts writes a row a mutation of."""


class Workplace:
    """with Workplace("sqlite", 10_000) as work: ... work.phone() ... work.copy()"""

    def __init__(self, engine: str, size: int) -> None:
        self.engine = engine
        self._stack = ExitStack()
        if engine == "postgresql":
            self._postgres = Postgres(run_folder())
            self._stack.callback(self._postgres.close)
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="meidang-bench-")))
        self.url = self._new_database("meidang.sqlite3")
        environment = {"DATABASE_URL": self.url, "DATA_DIR": str(self.folder)}
        self.config = Config.from_env(environment)
        self.app = self._application()
        self.server = Server(self.config.database_url, self.folder, processes=2)
        self.clinic = Clinic(self.app, lambda: TimedDoor(self.server.url))
        self.size = fill(self.app, self.clinic.id, size)
        self.tables = {name: self._table(name) for name in WRITTEN}

    def _application(self) -> Flask:
        app = create_app(self.config)
        with app.app_context():
            flask_migrate.upgrade()
        return app

    def _new_database(self, name: str, template: str = "template1") -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self.folder / name}"
        return self._stack.enter_context(self._postgres.database(template))

    def _table(self, name: str) -> Table:
        table = Base.metadata.tables[name]
        return Table(name, [c.name for c in table.columns], tuple(c.name for c in table.primary_key))

    def phone(self) -> Device:
        """A new device of somebody who sees the whole clinic."""
        return self.clinic.phone("customer_service")

    def grow(self, size: int) -> None:
        """Add customers until the clinic has this many documents."""
        self.size = fill(self.app, self.clinic.id, size)

    def copy(self) -> str:
        """The address of a copy of the database as it is now; nobody is using the original."""
        self.server.stop()
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()
        if self.engine == "sqlite":
            bare = Bare(self.url)
            bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            bare.close()
            url = self._new_database(f"copy-{len(list(self.folder.iterdir()))}.sqlite3")
            shutil.copyfile(self.url.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        else:
            name = make_url(self.url).database
            assert name
            url = self._new_database("", template=name)
        self.server.start()
        return url

    def version(self) -> int:
        """The clinic's version now."""
        bare = Bare(self.url)
        [(version,)] = bare.rows("SELECT version FROM clinic_head WHERE id = ?", [self.clinic.id])
        bare.close()
        return int(version)

    def written(self, after: int, until: int) -> Iterator[Batch]:
        """The rows that the transactions between two versions wrote, one transaction at a time."""
        bare = Bare(self.url)
        for version in range(after + 1, until + 1):
            rows: dict[str, Rows] = defaultdict(list)
            for name in ("feed", "mutation_log"):
                rows[name] = self._rows(bare, name, "version = ?", [version])
            for _, name, id, *_ in rows["feed"]:
                if name in self.tables:
                    rows[name] += self._rows(bare, name, "id = ?", [id])
            yield [(self.tables[name], found) for name, found in rows.items()]
        bare.close()

    def _rows(self, bare: Bare, name: str, condition: str, values: list[object]) -> Rows:
        columns = ", ".join(f'"{column}"' for column in self.tables[name].columns)
        statement = f"SELECT {columns} FROM {name} WHERE clinic_id = ? AND {condition}"
        return bare.rows(statement, [self.clinic.id, *values])

    def __enter__(self) -> "Workplace":
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.kill()
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()
        self._stack.close()
