"""A customer's whole file, for the customer who asks for it: a ZIP.

Documents as JSON, and original pictures. The administrator makes it; who did is in the log before the
first byte leaves.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import orjson
from marshmallow import Schema
from sqlalchemy import Connection, select

from photos.containers import recognize
from photos.stores import Address, Missing, Store
from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id
from server.clinic.performing import perform_now
from server.clinic.permissions import require
from server.clinic.sign_in import SignedIn
from server.clinic.staff import roles_of
from server.clinic.vip.cases import VipCase
from server.database import write
from server.sync.acts import Act
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row
from server.sync.tables import Feed
from server.sync.transaction import Transaction

PIECE_BYTES = 256 * 1024


class ExportedArgs(Schema):
    customer_id = Id(required=True)
    staff_id = Id(required=True)


@mutation("customer.exported", ExportedArgs, customer_id=Customer)
def exported(tx: Transaction, args: Args) -> None:
    """The server's own act: somebody takes a whole file out. The log is all it changes."""
    require(tx, "customer.export")
    if "clinic_admin" not in roles_of(tx, args["staff_id"]):
        raise Rejected("forbidden", "Only the administrator takes a whole file out.")
    customer_of(tx, args["customer_id"])


def whole_file(store: Store, person: SignedIn, customer_id: str) -> Iterator[bytes]:
    """The ZIP, piece by piece. Raises Forbidden or NotFound, before it begins."""
    with write() as connection:
        act = Act("customer.exported", {"customer_id": customer_id, "staff_id": person.staff_id})
        perform_now(connection, person.clinic_id, act)
        documents = _documents(connection, person.clinic_id, customer_id)
    return _packed(store, person.clinic_id, documents)


def _documents(connection: Connection, clinic_id: str, customer_id: str) -> dict[str, list[Row]]:
    """{table: documents} of the customer and of their VIP cases."""
    cases = select(VipCase.id).where(VipCase.clinic_id == clinic_id, VipCase.customer_id == customer_id)
    subjects = [customer_id, *connection.scalars(cases)]
    rows = connection.execute(
        select(Feed.tbl, Feed.doc)
        .where(Feed.clinic_id == clinic_id, Feed.subject.in_(subjects), Feed.doc.is_not(None))
        .order_by(Feed.tbl, Feed.id)
    )
    found: dict[str, list[Row]] = {}
    for table, doc in rows:
        found.setdefault(table, []).append(orjson.loads(doc or "null"))
    return found


def _packed(store: Store, clinic_id: str, documents: dict[str, list[Row]]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        text = orjson.dumps(documents, option=orjson.OPT_INDENT_2)
        archive.writestr("file.json", text, zipfile.ZIP_DEFLATED)
        yield sink.taken()
        for photo in documents.get("photo", ()):
            try:
                source = store.open(Address(clinic_id, photo["sha256"]))
            except Missing:  # it has not arrived yet: the document says so
                continue
            with source:
                piece = source.read(PIECE_BYTES)
                name = f"pictures/{photo['id']}.{recognize(piece[:64])}"
                with archive.open(name, "w") as entry:
                    while piece:
                        entry.write(piece)
                        yield sink.taken()
                        piece = source.read(PIECE_BYTES)
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken; nothing can be sought in it."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._kept += data
        return len(data)

    def taken(self) -> bytes:
        data, self._kept = bytes(self._kept), bytearray()
        return data
