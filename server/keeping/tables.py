"""Tables as they are in the database, whatever revision it has: read out and written back.

The columns are the database's own, not the models': a backup can be made before an upgrade, and
one of an older revision is loaded as it was and upgraded then. JSON travels as its text.
"""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, MetaData, Table, Text, cast, insert, select
from sqlalchemy.types import UserDefinedType

LEFT_OUT = frozenset({"alembic_version", "session", "sign_in_failure"})
"""The revision is in the manifest; nobody stays signed in over a restore."""

ROWS_AT_ONCE = 1000


class JsonText(UserDefinedType[str]):
    """A JSON column that is given its text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSON"


def tables_of(connection: Connection) -> list[Table]:
    """What there is to keep."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """The table's columns, then its rows, a JSON array each."""
    columns = [cast(c, Text) if isinstance(c.type, JSON) else c for c in table.columns]
    yield orjson.dumps([column.name for column in table.columns]) + b"\n"
    rows = connection.execute(
        select(*columns).order_by(*table.primary_key), execution_options={"yield_per": ROWS_AT_ONCE}
    )
    for row in rows:
        yield orjson.dumps(tuple(row)) + b"\n"


def load(connection: Connection, table: Table, lines: Iterator[list[Any]]) -> None:
    """Replace the table's rows by those that `lines_of` gave."""
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JsonText()
    connection.execute(table.delete())
    columns = next(lines)
    rows: list[dict[str, Any]] = []
    for line in lines:
        rows.append(dict(zip(columns, line, strict=True)))
        if len(rows) == ROWS_AT_ONCE:
            connection.execute(insert(table), rows)
            rows.clear()
    if rows:
        connection.execute(insert(table), rows)


def drop_everything(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)
