"""The tables the protocol itself needs. Synced rows of the domain are declared with `synced`."""

from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base


class Deployment(Base):
    """One row: which life of the database this is (new at creation and at every restore)."""

    __tablename__ = "deployment"
    id: Mapped[int] = mapped_column(primary_key=True)
    incarnation: Mapped[str]
    backed_up_at: Mapped[str | None]


class ClinicHead(Base):
    """A clinic's counters; changed only under the clinic's lock.

    version: of the last transaction that changed synced rows. log_n, log_hash: end of the
    mutation log's chain. horizon: tombstones up to this version may be gone.
    """

    __tablename__ = "clinic_head"
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    log_n: Mapped[int] = mapped_column(default=0)
    log_hash: Mapped[str] = mapped_column(default="")
    horizon: Mapped[int] = mapped_column(default=0)
    parked: Mapped[int] = mapped_column(default=0)


class Device(Base):
    """One browser profile signed in by one person. `trying`: mutation ids of a running push.
    `public_key`: by which its escape files are known (server.clinic.escape_keys)."""

    __tablename__ = "device"
    __table_args__ = (Index(None, "clinic_id", "staff_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    clinic_id: Mapped[str]
    staff_id: Mapped[str]
    name: Mapped[str]
    platform: Mapped[str]
    last_seq: Mapped[int] = mapped_column(default=0)
    backed_up_seq: Mapped[int] = mapped_column(default=0)
    trying: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[str]
    last_contact: Mapped[str | None]
    unsent: Mapped[int] = mapped_column(default=0)
    unsent_since: Mapped[str | None]
    revoked_at: Mapped[str | None]
    revoke_mode: Mapped[str | None]
    public_key: Mapped[str | None]


class Feed(Base):
    """The latest document of every synced row; `doc` is serialized JSON, null a tombstone."""

    __tablename__ = "feed"
    __table_args__ = (
        Index("ix_feed_version", "clinic_id", "version", "tbl", "id"),
        Index("ix_feed_subject", "clinic_id", "subject", "facet"),
    )
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    tbl: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    facet: Mapped[str]
    subject: Mapped[str]
    version: Mapped[int]
    at: Mapped[str]
    doc: Mapped[str | None] = mapped_column(Text)


class MutationLog(Base):
    """Every consumed mutation and its result, hash-chained per clinic by `n`.

    It is the audit trail and the answer to retries. `seq` and `device_id` are null for what the
    server itself performs. `first` is what a journal said of it after a restore.
    """

    __tablename__ = "mutation_log"
    __table_args__ = (
        Index("ix_mutation_log_seq", "device_id", "seq", unique=True),
        Index("ix_mutation_log_id", "clinic_id", "id"),
    )
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    device_id: Mapped[str | None]
    staff_id: Mapped[str | None]
    seq: Mapped[int | None]
    name: Mapped[str]
    args: Mapped[str] = mapped_column(Text)
    device_at: Mapped[str]
    at: Mapped[str]
    received_at: Mapped[str]
    first: Mapped[str | None]
    status: Mapped[str]
    error: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]
    hash: Mapped[str]


class Parked(Base):
    """A replayed mutation that waits for another phone's work to come back."""

    __tablename__ = "parked"
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    staff_id: Mapped[str]
    device_id: Mapped[str]
    name: Mapped[str]
    args: Mapped[str] = mapped_column(Text)
    device_at: Mapped[str]
    at: Mapped[str]
    parked_at: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    listed_at: Mapped[str | None]


class MutationTry(Base):
    """How often a mutation has crashed the server; after three it is quarantined."""

    __tablename__ = "mutation_try"
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
