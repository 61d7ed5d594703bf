"""The one way to write shared data: rows and their feed entries in one transaction.

Rows are plain dicts of a table's columns. Reads see what this transaction has written. A
mutation runs in a savepoint (an undo log in memory: nothing reaches the database before
`flush`, which writes each table with one statement).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson
from sqlalchemy import Connection, Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.database import Base
from server.sync.grants import EVERYONE, KEEP, Grant
from server.sync.synced import Document, Kept, Row, Synced
from server.sync.tables import ClinicHead, Feed

IN_LIST = 500

Question = tuple[type[Kept], frozenset[tuple[str, Any]]]
"""What `find` was asked."""

UNBOUNDED = frozenset({"directory", "personal"})
"""Facets whose subjects (the clinic, a person) are not bounded by the working set."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, or the server itself (staff_id None, every right)."""

    staff_id: str | None
    roles: frozenset[str] = frozenset()


SERVER = Actor(None)


@dataclass
class Context:
    """Of the mutation that runs now: who, when (corrected instant), which, from which device."""

    actor: Actor
    at: str
    mutation_id: str


class Transaction:
    """Reads and writes of one clinic under its lock. `version` is what this one will be."""

    def __init__(self, connection: Connection, clinic_id: str, now: str) -> None:
        """Take the clinic's lock. Raises LookupError for an unknown clinic."""
        self.connection, self.clinic_id, self.now = connection, clinic_id, now
        if connection.dialect.name == "postgresql":
            key = func.hashtextextended(clinic_id, 0)
            connection.execute(select(func.pg_advisory_xact_lock(key)))
        head = (
            connection.execute(select(ClinicHead.__table__).where(ClinicHead.id == clinic_id))
            .mappings()
            .first()
        )
        if head is None:
            raise LookupError("no such clinic")
        self.head: Row = dict(head)
        self.version: int = head["version"] + 1
        self.context = Context(SERVER, now, "")
        self._rows: dict[type[Kept], dict[str, Row | None]] = defaultdict(dict)
        self._changed: dict[type[Kept], dict[str, None]] = defaultdict(dict)
        self._undo: list[tuple[type[Kept], str, Row | None, bool]] = []
        self._found: dict[Question, list[str]] = {}

    # --- who and when -----------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @property
    def at(self) -> str:
        return self.context.at

    # --- reading ----------------------------------------------------------------------------

    def get(self, table: type[Kept], id: str | None) -> Row | None:
        """The row, or None. Do not change it; say `update`."""
        if id is None:
            return None
        self.preload(table, (id,))
        return self._rows[table][id]

    def preload(self, table: type[Kept], ids: Iterable[str]) -> None:
        """Read rows ahead with few statements, so that `get` need not ask one by one."""
        known = self._rows[table]
        missing = list({id for id in ids if id not in known})
        for start in range(0, len(missing), IN_LIST):
            part = missing[start : start + IN_LIST]
            for id in part:
                known[id] = None
            for row in self._select(select(table.__table__).where(table.id.in_(part)), table):
                known[row["id"]] = row

    def find(self, table: type[Kept], /, **equal: Any) -> list[Row]:
        """Rows whose columns equal the values given (a list: are among them)."""
        question = _question(table, equal)
        ids = self._found.get(question)
        if ids is None:
            ids = self._found[question] = [row["id"] for row in self._stored(table, equal)]
        known = self._rows[table]
        rows = (known[id] for id in {**dict.fromkeys(ids), **self._changed[table]})
        return [row for row in rows if row is not None and _matches(row, equal)]

    def look_ahead(self, table: type[Kept], column: str, values: Iterable[Any], /, **equal: Any) -> None:
        """Ask with one statement what `find(table, column=value, **equal)` is about to ask for each value."""
        found: dict[Any, list[str]] = {value: [] for value in values}
        for row in self._stored(table, {column: list(found), **equal}) if found else ():
            found[row[column]].append(row["id"])
        for value, ids in found.items():
            self._found[_question(table, {column: value, **equal})] = ids

    def _stored(self, table: type[Kept], equal: dict[str, Any]) -> Iterator[Row]:
        """What the database holds that matches; nobody else writes to this clinic meanwhile."""
        columns = table.__table__.columns
        statement = select(table.__table__)
        for name, value in equal.items():
            column = columns[name]
            if isinstance(value, list):
                statement = statement.where(column.in_(value))
            else:
                statement = statement.where(column == value)  # None: IS NULL
        known = self._rows[table]
        for row in self._select(statement, table):
            known.setdefault(row["id"], row)
            yield row

    def _select(self, statement: Select[Any], table: type[Kept]) -> Iterator[Row]:
        scoped = statement.where(table.clinic_id == self.clinic_id)
        for row in self.connection.execute(scoped).mappings():
            yield dict(row)

    # --- writing ----------------------------------------------------------------------------

    def insert(self, table: type[Kept], id: str, /, **values: Any) -> Row:
        """A new row; columns not given are null (or their empty value)."""
        row: Row = {column.name: None for column in table.__table__.columns}
        row |= {"clinic_id": self.clinic_id, "id": id}
        if issubclass(table, Synced):
            row |= {"created_at": self.at, "updated_at": self.at, "updated_by": self.actor.staff_id}
        row |= values
        self._put(table, id, row)
        return row

    def update(self, table: type[Kept], id: str, /, **changes: Any) -> Row:
        """Change columns of a row that exists."""
        row = self.get(table, id)
        if row is None:
            raise LookupError(f"no {table.__tablename__} {id}")
        if issubclass(table, Synced):
            row = row | {"updated_at": self.at, "updated_by": self.actor.staff_id}
        row = row | changes
        self._put(table, id, row)
        return row

    def delete(self, table: type[Kept], id: str) -> None:
        """Remove a row; its documents become tombstones."""
        if self.get(table, id) is not None:
            self._put(table, id, None)

    def _put(self, table: type[Kept], id: str, row: Row | None) -> None:
        known = self._rows[table]
        self._undo.append((table, id, known.get(id), id in self._changed[table]))
        known[id] = row
        self._changed[table][id] = None

    # --- access -----------------------------------------------------------------------------

    def grant(self, staff_id: str | None, subject: str, reason: str) -> None:
        """Give a person a subject from this version on, if not given for that reason already."""
        if staff_id and not self._grants(staff_id, subject, reason):
            name = f"{staff_id}:{subject}:{reason}:{self.version}"
            self.insert(
                Grant, str(uuid5(NAMESPACE_OID, name)), staff_id=staff_id, subject=subject,
                reason=reason, since=self.version,
            )  # fmt: skip

    def revoke(self, staff_id: str | None, subject: str, reason: str) -> None:
        """End what `grant` gave."""
        for grant in self._grants(staff_id, subject, reason) if staff_id else ():
            self.update(Grant, grant["id"], until=self.version)

    def holds(self, staff_id: str | None, subject: str) -> bool:
        """True when the subject is the person's *own*."""
        rows = self.find(Grant, staff_id=staff_id, subject=subject, until=None)
        return any(row["reason"] != KEEP for row in rows)

    def _grants(self, staff_id: str, subject: str, reason: str) -> list[Row]:
        return self.find(Grant, staff_id=staff_id, subject=subject, reason=reason, until=None)

    # --- savepoint and flush ----------------------------------------------------------------

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """On an exception, undo what was written inside."""
        start = len(self._undo)
        try:
            yield
        except BaseException:
            while len(self._undo) > start:
                table, id, row, changed = self._undo.pop()
                self._rows[table][id] = row
                if not changed:
                    del self._changed[table][id]
            raise

    @property
    def changed(self) -> bool:
        """True when a flush would write something."""
        return any(self._changed.values())

    def flush(self) -> None:
        """Write all rows and their documents, stamped with this version; then begin anew."""
        if not self.changed:
            return
        before = {(table, id): row for table, id, row, _ in self._undo if row is not None}
        documents = self._documents(before)
        self._keep_at_hand(documents)
        for table, ids in self._changed.items():
            rows = [row for id in ids if (row := self._rows[table][id]) is not None]
            gone = [id for id in ids if self._rows[table][id] is None]
            if rows:
                self.connection.execute(_upsert(table, self.connection.dialect.name), rows)
            if gone:
                self._delete(table, gone)
        self._write_feed(documents)
        self.connection.execute(
            update(ClinicHead).where(ClinicHead.id == self.clinic_id).values(version=self.version)
        )
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_notify("poke", f"{self.clinic_id}:{self.version}")))
        self.head["version"] = self.version
        self.version += 1
        self._changed.clear()
        self._undo.clear()
        self._found.clear()

    def _documents(self, before: dict[tuple[type[Kept], str], Row]) -> list[Document]:
        """What the changed rows publish; of a row that is gone, what it published, emptied."""
        documents: list[Document] = []
        for table, ids in self._changed.items():
            for id in ids:
                row = self._rows[table][id]
                if row is not None:
                    documents.extend(table.publish(row))
                elif (table, id) in before:
                    old = table.publish(before[table, id])
                    documents.extend(replace(document, doc=None) for document in old)
        return documents

    def _keep_at_hand(self, documents: list[Document]) -> None:
        """Whoever is written about belongs to everyone's working set again."""
        subjects = {d.subject for d in documents if d.facet not in UNBOUNDED} - {self.clinic_id}
        active = self.find(Grant, staff_id=EVERYONE, subject=sorted(subjects), until=None)
        for subject in sorted(subjects - {row["subject"] for row in active}):
            self.grant(EVERYONE, subject, "activity")

    def _delete(self, table: type[Kept], ids: list[str]) -> None:
        self.connection.execute(delete(table).where(table.clinic_id == self.clinic_id, table.id.in_(ids)))

    def _write_feed(self, documents: list[Document]) -> None:
        entries = [
            {
                "clinic_id": self.clinic_id, "tbl": d.table, "id": d.id, "facet": d.facet,
                "subject": d.subject, "version": self.version, "at": self.now,
                "doc": None if d.doc is None else orjson.dumps(d.doc).decode(),
            }
            for d in documents
        ]  # fmt: skip
        if entries:
            self.connection.execute(
                _upsert(Feed, self.connection.dialect.name, ("version", "at", "doc")), entries
            )


def _question(table: type[Kept], equal: dict[str, Any]) -> Question:
    values = ((name, tuple(value) if isinstance(value, list) else value) for name, value in equal.items())
    return table, frozenset(values)


def _matches(row: Row, equal: dict[str, Any]) -> bool:
    return all(
        row[name] in value if isinstance(value, list) else row[name] == value for name, value in equal.items()
    )


@cache
def _upsert(table: type[Base], dialect: str, changes: tuple[str, ...] = ()) -> Any:
    """INSERT ... ON CONFLICT (primary key) DO UPDATE of all columns, or of `changes` only."""
    base = table.__table__
    keys = [column.name for column in base.primary_key]
    names = changes or [c.name for c in base.columns if c.name not in keys]
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(base)
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: insert.excluded[name] for name in names}
    )
