"""Leads look at attempts that others have made: fine, or to be talked about."""

from marshmallow import Schema
from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from server.clinic.attempts import Attempt
from server.clinic.fields import Id, one_of, text
from server.clinic.permissions import require
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Synced
from server.sync.transaction import Transaction


class AttemptReview(Synced):
    """What a lead thinks of an attempt; the newest counts. For leads only."""

    __tablename__ = "attempt_review"
    __table_args__ = (Index(None, "clinic_id", "attempt_id"),)
    facet = "review"

    attempt_id: Mapped[str]
    customer_id: Mapped[str]
    verdict: Mapped[str]
    note: Mapped[str | None]
    by: Mapped[str | None]
    at: Mapped[str]


class ReviewArgs(Schema):
    id = Id(required=True)
    attempt_id = Id(required=True)
    verdict = one_of("fine", "talk", required=True)
    note = text(1000, load_default=None, allow_none=True)


@mutation("attempt.review", ReviewArgs, id=AttemptReview, attempt_id=Attempt)
def review(tx: Transaction, args: Args) -> None:
    attempt = tx.get(Attempt, args["attempt_id"])
    if attempt is None:
        raise Rejected("not_found", "There is no such attempt.")
    require(tx, "attempt.review", attempt["customer_id"])
    if tx.get(AttemptReview, args["id"]):
        raise Rejected("conflict", "This has been noted already.")
    tx.insert(
        AttemptReview, args["id"], attempt_id=attempt["id"], customer_id=attempt["customer_id"],
        verdict=args["verdict"], note=args["note"], by=tx.actor.staff_id, at=tx.at,
    )  # fmt: skip
