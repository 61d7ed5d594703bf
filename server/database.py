"""The database: engines set up for durability, and the two ways to use it, `read` and `write`."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DatabaseError, DBAPIError, DisconnectionError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import DeclarativeBase

MIGRATIONS = Path(__file__).parent / "migrations"
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(db=db, directory=str(MIGRATIONS))

_writers = threading.Lock()

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's state for a table that is not there (yet); SQLite calls it operational anyway."""


def init_app(app: Flask, url: str) -> None:
    """Bind the product's database at `url` (SQLite or PostgreSQL) to the application."""
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "pool_size": 8,
        "max_overflow": 24,
    }
    if url.startswith("postgresql"):
        options |= {"pool_pre_ping": True, "connect_args": {"options": "-c timezone=UTC"}}
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _set_up_sqlite(db.engine)


def _set_up_sqlite(engine: Engine) -> None:
    def file() -> tuple[int, int] | None:
        """Which file it is, whatever its name; None when it is gone."""
        try:
            found = os.stat(engine.url.database or ":memory:")
        except OSError:
            return None
        return found.st_dev, found.st_ino

    connected = False

    @event.listens_for(engine, "do_connect")
    def before_connecting(*_: Any) -> None:
        if connected and file() is None:  # SQLite would go on with a new, empty one
            raise FileNotFoundError("the database file is gone")

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        # SQLAlchemy must decide when a transaction begins, not the driver.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=10000")
        record.info["file"] = file()
        nonlocal connected
        connected = record.info["file"] is not None

    @event.listens_for(engine, "checkout")
    def checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        # A connection keeps a file that was moved away or deleted: what it writes is lost.
        if record.info["file"] != file():
            raise DisconnectionError("the database file was replaced")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def read() -> Iterator[Connection]:
    """A transaction that sees one snapshot from its first statement to its last."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection, connection.begin():
            yield connection
        return
    with (
        db.engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def write(durable: bool = True) -> Iterator[Connection]:
    """A writing transaction; committed at the end, rolled back on any exception.

    SQLite has one writer for all clinics: writers queue here, in the process and through a
    file lock between processes, instead of busy-waiting in the engine.
    `durable=False` survives the death of the process but not of the machine.
    """
    if db.engine.dialect.name == "sqlite":
        with _turn_to_write(db.engine), db.engine.connect() as connection:
            if not durable:
                connection.connection.execute("PRAGMA synchronous=NORMAL")
            try:
                with connection.execution_options(writes=True).begin():
                    yield connection
            finally:
                if not durable:
                    connection.connection.execute("PRAGMA synchronous=FULL")
        return
    with db.engine.begin() as connection:
        if not durable:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        yield connection


def is_outage(error: BaseException) -> bool:
    """True for faults of database or disk (locked, full, gone, deadlock), not of what was asked."""
    if isinstance(error, DBAPIError):
        # The bare DatabaseError is SQLite's for a file that is damaged or none of its own.
        outage = isinstance(error, OperationalError | InternalError) or type(error) is DatabaseError
        outage = outage and not _is_sqlite_mistake(error)
        unmigrated = getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE
        return outage or unmigrated or error.connection_invalidated
    return isinstance(error, OSError | PoolExhausted)


def _is_sqlite_mistake(error: DBAPIError) -> bool:
    """SQLite calls what is wrong with a statement an OperationalError, too."""
    mistaken = getattr(error.orig, "sqlite_errorname", None) == "SQLITE_ERROR"
    return mistaken and not str(error.orig).startswith("no such table")


def outage_reason(error: BaseException) -> str:
    """What the driver says, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {cause}".splitlines()[0]


@contextmanager
def _turn_to_write(engine: Engine) -> Iterator[None]:
    name = engine.url.database
    with _writers:
        if not name or name == ":memory:":
            yield
            return
        with open(f"{name}.writer", "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def gather_statistics(connection: Connection) -> None:
    """After a great many new rows: PostgreSQL plans by what it knew before, until autovacuum comes by.

    SQLite never gathers any by itself, and our statements are written so that it needs none.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")
