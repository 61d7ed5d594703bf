"""Grants: who has access to which subject, from which clinic version until which."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from server.sync.synced import Kept

EVERYONE = "*"
"""The staff id under which membership of the working set is stored."""

KEEP = "keep"
"""The reason of a grant that only keeps a subject on a person's devices."""


class Grant(Kept):
    """A person's (or everyone's) access to a subject, for one reason, over a span of versions."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_subject", "clinic_id", "subject", "staff_id"),
        Index("ix_grants_since", "clinic_id", "since"),
        Index("ix_grants_until", "clinic_id", "until"),
    )
    staff_id: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]
    since: Mapped[int]
    until: Mapped[int | None]
