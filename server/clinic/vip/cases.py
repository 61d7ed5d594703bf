"""VIP cases and their screening form: one case carries one journey, from screening to farewell."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.sync.mutations import Rejected
from server.sync.synced import Document, Row, Synced
from server.sync.transaction import Transaction

OVER = ("declined", "closed")
INNER = ("moves", "review")
"""What partners do not see of a case."""


class VipCase(Synced):
    """The case (facet vip) and its head for partners, `vip_case_brief` (facet vip_early).

    `moves`: every schedule ever given, in order; `arrival_at`, `party_size`, `transport` follow from it.
    `assigned`: {role: [corrected time, mutation id]} of the last assignment, so that the later stands.
    """

    __tablename__ = "vip_case"
    __table_args__ = (Index(None, "clinic_id", "customer_id"),)
    facet = "vip"
    subject_column = "id"
    hidden = frozenset({"assigned"})

    customer_id: Mapped[str]
    partner_id: Mapped[str]
    status: Mapped[str]
    arrival_at: Mapped[str | None]
    party_size: Mapped[int | None]
    transport: Mapped[dict[str, Any]] = mapped_column(JSON)
    stage: Mapped[str]
    team: Mapped[dict[str, Any]] = mapped_column(JSON)
    assigned: Mapped[dict[str, Any]] = mapped_column(JSON)
    opened_by: Mapped[str | None]
    template_version: Mapped[int | None]
    moves: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})
    review: Mapped[dict[str, Any]] = mapped_column(JSON)

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        yield from super().publish(row)
        head = {name: value for name, value in cls.document_of(row).items() if name not in INNER}
        yield Document("vip_case_brief", row["id"], "vip_early", row["id"], head)


class VipScreening(Synced):
    """The screening form of a case, under its id. The form's own entries stand in the document beside
    `decisions` [{by, at, decision, reason}]."""

    __tablename__ = "vip_screening"
    facet = "vip_screening"
    subject_column = "case_id"
    hidden = frozenset({"form"})

    case_id: Mapped[str]
    customer_id: Mapped[str]
    form: Mapped[dict[str, Any]] = mapped_column(JSON)
    decisions: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})

    @classmethod
    def document_of(cls, row: Row) -> Row:
        return {**row["form"], **super().document_of(row)}


def case_of(tx: Transaction, id: str) -> Row:
    """The case; raises Rejected("not_found")."""
    case = tx.get(VipCase, id)
    if case is None:
        raise Rejected("not_found", "There is no such VIP case.")
    return case


def running_case(tx: Transaction, id: str) -> Row:
    """A confirmed case that is not closed; raises Rejected."""
    case = open_case(tx, id)
    if case["status"] != "confirmed":
        raise Rejected("gate", "Only the confirmation starts this.")
    return case


def open_case(tx: Transaction, id: str) -> Row:
    """A case that is neither declined nor closed; raises Rejected."""
    case = case_of(tx, id)
    if case["status"] in OVER:
        raise Rejected("conflict", "This VIP case is over.")
    return case
