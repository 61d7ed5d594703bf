"""Synced tables: a row of the domain and the documents that phones get of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm import object_session as _object_session

from server.database import Base

Row = dict[str, Any]

TABLES: dict[str, type["Kept"]] = {}


@dataclass(frozen=True, slots=True)
class Document:
    """One row of the feed. `facet` and `subject` of an id never change; doc None = tombstone."""

    table: str
    id: str
    facet: str
    subject: str
    doc: Row | None


class Kept(Base):
    """A table written only through `Transaction`; keyed by clinic and id."""

    __abstract__ = True
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        """The documents this row appears as on phones; a plain kept table has none."""
        return iter(())

    @classmethod
    def subject_of(cls, row: Row) -> str | None:
        """The customer, case or person that the row belongs to; null: nobody's."""
        return None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__tablename__" in cls.__dict__:
            TABLES[cls.__tablename__] = cls


class Synced(Kept):
    """A table whose rows travel. `hidden` columns stay on the server."""

    __abstract__ = True
    facet: ClassVar[str]
    subject_column: ClassVar[str] = "customer_id"
    hidden: ClassVar[frozenset[str]] = frozenset()

    created_at: Mapped[str]
    updated_at: Mapped[str]
    updated_by: Mapped[str | None]

    @classmethod
    def subject_of(cls, row: Row) -> str:
        return str(row[cls.subject_column])

    @classmethod
    def document_of(cls, row: Row) -> Row:
        return {name: row[name] for name in document_fields(cls)}

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        yield Document(cls.__tablename__, row["id"], cls.facet, cls.subject_of(row), cls.document_of(row))


@cache
def document_fields(table: type[Synced]) -> tuple[str, ...]:
    """Columns that are part of the document: all but clinic_id and the hidden ones."""
    columns = [column.name for column in table.__table__.columns]
    return tuple(name for name in columns if name != "clinic_id" and name not in table.hidden)


@cache
def json_columns(table: type[Kept]) -> frozenset[str]:
    return frozenset(c.name for c in table.__table__.columns if isinstance(c.type, JSON))


def refuse_unpublished_changes(session: Session, *_: Any) -> None:
    """before_flush hook: the ORM may read kept tables, only `Transaction` writes them."""
    for changed in (*session.new, *session.dirty, *session.deleted):
        if isinstance(changed, Kept) and _object_session(changed):
            raise TypeError(f"{changed.__tablename__} is written through a Transaction only")
