"""Two people change the same field while apart: fields merge one by one, a clash is shown.

A field whose present value is neither what the author saw nor what the author wants is a clash.
The later change (corrected time, then mutation id) stands until a person chooses.
"""

from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema, fields
from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.fields import Id
from server.clinic.permissions import require
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Document, Row, Synced
from server.sync.transaction import Transaction


class Merged(Synced):
    """A table whose rows are edited field by field.

    field_times: {field: [at, mutation id, staff id]} of its last change; a field without an
    entry dates from the row's creation. write_act: who may edit and so resolve.
    """

    __abstract__ = True
    hidden = frozenset({"field_times"})
    write_act: str
    field_times: Mapped[dict[str, Any]] = mapped_column(JSON)

    @classmethod
    def guard(cls, tx: Transaction, row: Row, values: Args) -> None:
        """Refuse what needs more than `write_act`."""

    @classmethod
    def follow(cls, tx: Transaction, before: Row, after: Row) -> None:
        """What a change of these fields entails elsewhere."""


MERGED: dict[str, type[Merged]] = {}


class Conflict(Synced):
    """Both values of clashing fields; facet and subject are those of the row."""

    __tablename__ = "conflict"
    hidden = frozenset({"row_facet"})

    table: Mapped[str]
    row_id: Mapped[str]
    customer_id: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    row_facet: Mapped[str]

    @classmethod
    def publish(cls, row: Row) -> Any:
        yield Document("conflict", row["id"], row["row_facet"], row["customer_id"], cls.document_of(row))


def merge(tx: Transaction, table: type[Merged], row: Row, wanted: Args, seen: Args) -> None:
    """Apply {field: value} over what its author saw; clashes become a conflict row."""
    mine = [tx.at, tx.context.mutation_id, tx.actor.staff_id]
    times = dict(row["field_times"] or {})
    changes: Args = {}
    clashes: Args = {}
    for field, value in wanted.items():
        current = row[field]
        theirs = times.get(field) or [row["created_at"], "", row["updated_by"]]
        newer = mine[:2] > theirs[:2]
        if current not in (seen.get(field), value):
            kept, other, author = (value, current, theirs) if newer else (current, value, mine)
            clashes[field] = {"kept": kept, "other": other, "by": author[2], "at": author[0]}
            if not newer:
                continue
        changes[field] = value
        # Whoever saw the present value comes after it, whatever the clocks said.
        if newer or value != current:
            times[field] = mine
    if changes:
        table.follow(tx, row, tx.update(table, row["id"], **changes, field_times=times))
    if clashes:
        tx.insert(
            Conflict, str(uuid5(UUID(row["id"]), tx.context.mutation_id)),
            table=table.__tablename__, row_id=row["id"], customer_id=table.subject_of(row),
            fields=clashes, row_facet=table.facet,
        )  # fmt: skip


class ResolveArgs(Schema):
    id = Id(required=True)
    choice = fields.Dict(keys=fields.String(), required=True)


@mutation("conflict.resolve", ResolveArgs, id=Conflict)
def resolve(tx: Transaction, args: Args) -> None:
    """A person chooses, for each clashing field, one of both values; the conflict is over."""
    conflict = tx.get(Conflict, args["id"])
    if conflict is None:
        raise Rejected("not_found", "Somebody has resolved this already.")
    table = MERGED[conflict["table"]]
    require(tx, table.write_act, conflict["customer_id"])
    for field, value in args["choice"].items():
        both = conflict["fields"].get(field)
        if both is None or value not in (both["kept"], both["other"]):
            raise Rejected("validation", "Choose one of the two values.", **{field: ["choice"]})
    row = tx.get(table, conflict["row_id"])
    if row is not None:
        table.guard(tx, row, args["choice"])
        mine = [tx.at, tx.context.mutation_id, tx.actor.staff_id]
        times = (row["field_times"] or {}) | dict.fromkeys(args["choice"], mine)
        table.follow(tx, row, tx.update(table, row["id"], **args["choice"], field_times=times))
    tx.delete(Conflict, args["id"])
