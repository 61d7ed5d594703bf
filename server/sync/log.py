"""The mutation log: appended under the clinic's lock, each entry hashed with the one before."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from server.sync.mutations import readable
from server.sync.synced import Row
from server.sync.tables import ClinicHead, MutationLog
from server.sync.transaction import Transaction

CHAINED = tuple(c.name for c in MutationLog.__table__.columns if c.name != "hash")


def entry_hash(previous: str, entry: Row) -> str:
    """SHA-256 (hex) over the previous hash and the entry's columns as a JSON array."""
    body = orjson.dumps([previous, *(entry[name] for name in CHAINED)])
    return hashlib.sha256(body).hexdigest()


class Log:
    """Entries of one transaction, written together by `flush`."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.entries: list[Row] = []
        self._n, self._hash = tx.head["log_n"], tx.head["log_hash"]

    def append(
        self, *, id: str, name: str, args: Any, status: str, error: Row | None = None,
        device_id: str | None = None, staff_id: str | None = None, seq: int | None = None,
        device_at: str, at: str, first: str | None = None,
    ) -> Row:  # fmt: skip
        """Chain one entry. `args` is kept whole whatever the result."""
        self._n += 1
        entry: Row = {
            "clinic_id": self.tx.clinic_id, "n": self._n, "id": id, "device_id": device_id,
            "staff_id": staff_id, "seq": seq, "name": readable(name), "args": _whole(args),
            "device_at": device_at, "at": at, "received_at": self.tx.now, "first": first,
            "status": status, "error": None if error is None else orjson.dumps(error).decode(),
            "version": self.tx.version,
        }  # fmt: skip
        entry["hash"] = self._hash = entry_hash(self._hash, entry)
        self.entries.append(entry)
        return entry

    def flush(self) -> dict[str, Any]:
        """Write the entries; returns the new end of the chain, for the clinic's head."""
        if self.entries:
            self.tx.connection.execute(insert(MutationLog), self.entries)
        return {"log_n": self._n, "log_hash": self._hash}


def _whole(args: Any) -> str:
    # Text with lone surrogates cannot be UTF-8, but escaped it is kept like any other.
    try:
        return orjson.dumps(args).decode()
    except orjson.JSONEncodeError:
        pass
    try:
        return json.dumps(args)
    except RecursionError:
        return json.dumps(readable(args))


def broken_links(connection: Connection, clinic_id: str) -> Iterable[int]:
    """Numbers of entries that were changed, removed or inserted after the fact."""
    previous, expected = "", 1
    rows = connection.execute(
        select(MutationLog.__table__).where(MutationLog.clinic_id == clinic_id).order_by(MutationLog.n)
    ).mappings()
    for row in rows:
        if row["n"] != expected or entry_hash(previous, dict(row)) != row["hash"]:
            yield row["n"]
        previous, expected = row["hash"], row["n"] + 1
    head = connection.execute(
        select(ClinicHead.log_n, ClinicHead.log_hash).where(ClinicHead.id == clinic_id)
    ).one()
    if (head.log_n, head.log_hash) != (expected - 1, previous):
        yield expected
