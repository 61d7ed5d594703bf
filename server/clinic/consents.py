"""Consents: what a customer has agreed to, signed on the phone, revocable."""

from marshmallow import Schema
from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id, Moment, one_of, text
from server.clinic.permissions import require
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Synced
from server.sync.transaction import Transaction

PURPOSES = ("record", "teaching", "publish_face", "publish_no_face", "recording")
SIGNATURE_BYTES = 64 * 1024


class Consent(Synced):
    """One signature for one purpose. `signature`: SVG path data, which stays on the server."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "clinic_id", "customer_id"),)
    facet = "consent"
    hidden = frozenset({"signature", "revoke_reason"})

    customer_id: Mapped[str]
    purpose: Mapped[str]
    wording_version: Mapped[str]
    signature: Mapped[str] = mapped_column(Text)
    guardian: Mapped[str | None]
    signed_at: Mapped[str]
    revoked_at: Mapped[str | None]
    revoke_reason: Mapped[str | None]


class SignArgs(Schema):
    id = Id(required=True)
    customer_id = Id(required=True)
    purpose = one_of(*PURPOSES, required=True)
    wording_version = text(40, shortest=1, required=True)
    signature = text(SIGNATURE_BYTES, shortest=1, required=True)
    signed_at = Moment(required=True)
    guardian = text(100, load_default=None, allow_none=True)


class RevokeArgs(Schema):
    id = Id(required=True)
    consent_id = Id(required=True)
    reason = text(500, shortest=1, required=True)


@mutation("consent.sign", SignArgs, id=Consent, customer_id=Customer)
def sign(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["customer_id"])
    require(tx, "consent.write", args["customer_id"])
    if tx.get(Consent, args["id"]):
        raise Rejected("conflict", "This consent is on file already.")
    tx.insert(Consent, args.pop("id"), **args)


@mutation("consent.revoke", RevokeArgs, consent_id=Consent)
def revoke(tx: Transaction, args: Args) -> None:
    """Ends what rests on it from now on; pictures of the record are kept by law."""
    consent = tx.get(Consent, args["consent_id"])
    if consent is None:
        raise Rejected("not_found", "There is no such consent.")
    require(tx, "consent.write", consent["customer_id"])
    if consent["revoked_at"]:
        raise Rejected("conflict", "This consent has been revoked already.")
    tx.update(Consent, consent["id"], revoked_at=tx.at, revoke_reason=args["reason"])


def has_consent(tx: Transaction, customer_id: str, purpose: str) -> bool:
    """Whether the customer's consent to this purpose stood when the act was done.

    `signed_at` is what the phone's clock said and does not count: that it is on file does.
    """
    return any(
        consent["revoked_at"] is None or consent["revoked_at"] > tx.at
        for consent in tx.find(Consent, customer_id=customer_id, purpose=purpose)
    )
