"""The floor under a figure: the same rows through the bare database driver, and nothing else.

Both drivers run as durable as the product does: SQLite in WAL with synchronous=FULL, PostgreSQL
with fsync and synchronous_commit on.
"""

import gzip
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import psycopg
from psycopg.types.json import set_json_loads

Rows = list[tuple[Any, ...]]


class Bare:
    """One connection. Statements are written with `?`."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite:///")
        self._connection: Any
        if self.sqlite:
            self._connection = sqlite3.connect(
                url.removeprefix("sqlite:///"), isolation_level=None, timeout=60
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
        else:
            self._connection = psycopg.connect(url, autocommit=True)
            # Rows are carried, not read.
            set_json_loads(lambda data: bytes(data).decode(), self._connection)  # type: ignore[arg-type]
        self._cursor = self._connection.cursor()

    def _sql(self, statement: str) -> str:
        return statement if self.sqlite else statement.replace("?", "%s")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Rows:
        self._cursor.execute(self._sql(statement), values)
        return list(self._cursor.fetchall())

    def columns(self, table: str) -> list[str]:
        self._cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        return [column[0] for column in self._cursor.description]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._cursor.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        try:
            yield
        except BaseException:
            self._cursor.execute("ROLLBACK")
            raise
        self._cursor.execute("COMMIT")

    def write(self, table: "Table", rows: Rows) -> None:
        self._cursor.executemany(self._sql(table.upsert), rows)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._cursor.execute(self._sql(statement), values)

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Table:
    """A table's columns and the columns of its key."""

    name: str
    columns: list[str]
    key: tuple[str, ...]

    @property
    def upsert(self) -> str:
        names = ", ".join(f'"{column}"' for column in self.columns)
        marks = ", ".join("?" for _ in self.columns)
        changes = ", ".join(f'"{c}" = excluded."{c}"' for c in self.columns if c not in self.key)
        return (
            f"INSERT INTO {self.name} ({names}) VALUES ({marks}) "
            f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}"
        )


Batch = list[tuple[Table, Rows]]
"""What one transaction of the product wrote."""


def write_batches(url: str, batches: list[Batch]) -> float:
    """Seconds to write these with one commit a batch."""
    bare = Bare(url)
    start = perf_counter()
    for batch in batches:
        with bare.transaction():
            for table, rows in batch:
                bare.write(table, rows)
    took = perf_counter() - start
    bare.close()
    return took


def read_joined_packed(url: str, statement: str, values: Sequence[Any], page: int, level: int) -> float:
    """Seconds to read (table, id, version, document) rows, join them as JSON and compress each page."""
    bare = Bare(url)
    start = perf_counter()
    rows = bare.rows(statement, values)
    for first in range(0, len(rows), page):
        text = ",".join(f'["{t}","{i}",{v},{doc}]' for t, i, v, doc in rows[first : first + page])
        gzip.compress(text.encode(), level)
    took = perf_counter() - start
    bare.close()
    return took


def in_parallel(count: int, work: Callable[[int], Any]) -> None:
    """Run work(0) ... work(count - 1) in threads; the first error is raised here."""
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
