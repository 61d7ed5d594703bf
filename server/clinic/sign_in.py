"""Sign-in: sessions in the database, each of one device, with an end by age and by disuse."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Index, Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic import guessing
from server.clinic.passwords import NOBODYS, Credential, is_stale, keep_up, verified
from server.clinic.second_factor import ROLES_IN_NEED, SecondFactor, accept
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.clinic.subscriptions import forget
from server.database import Base, read, write
from server.errors import (
    DeviceRevoked,
    PasswordDue,
    PasswordStale,
    SecondFactorDue,
    SecondFactorRequired,
    Unauthenticated,
    WrongCode,
)
from server.instants import instant
from server.sync.audience import Viewer
from server.sync.domain import domain
from server.sync.tables import Device
from server.sync.transaction import Actor

SESSION_DAYS = 30
IDLE_DAYS = 14
"""Without a word from its device a session ends; so long a phone works by itself (its offline lease)."""
PROOF_MINUTES = 10
"""So long a code that was shown holds for further calls of the same sign-in."""


class Session(Base):
    """A signed-in device; only the SHA-256 of the cookie's token is kept."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "device_id"),)
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    clinic_id: Mapped[str]
    staff_id: Mapped[str]
    device_id: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    proved_at: Mapped[str | None]
    """When the second factor was last shown."""


@dataclass(frozen=True)
class SignedIn:
    """Who calls, from which device. `revoked`: None, or the mode under which it was revoked."""

    clinic_id: str
    staff_id: str
    login: str
    name: str
    roles: tuple[str, ...]
    epoch: int
    device_id: str
    device_name: str
    platform: str
    last_seq: int
    last_contact: str | None
    unsent: int
    revoked: str | None
    owes: str | None
    """What has to be done before anything else: a `password` of one's own, a `second_factor`."""
    has_second_factor: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.staff_id, frozenset(self.roles))

    @property
    def viewer(self) -> Viewer:
        audience = domain.audience(self.roles)
        return Viewer(self.clinic_id, self.staff_id, audience, self.epoch)


@dataclass(frozen=True)
class NewDevice:
    """What a phone says of itself; `id` when it was registered before."""

    name: str
    platform: str
    id: str | None


def sign_in(
    clinic: str, login: str, password: str, device: NewDevice, address: str, now: datetime,
    code: str | None = None, token_before: str | None = None,
) -> str:  # fmt: skip
    """The session token of a new session; `token_before`: of the session that the browser has.

    Raises Unauthenticated, PasswordStale, SecondFactorRequired, WrongCode or Throttled.
    """
    who = guessing.who(clinic, login)
    with read() as connection:
        guessing.refuse_too_many(connection, who, address, now)
        person = connection.execute(
            select(
                Staff.clinic_id, Staff.id, Credential.password_hash, Credential.given_at,
                SecondFactor.confirmed_at,
            )
            .join(Clinic, Clinic.id == Staff.clinic_id)
            .join(
                Credential,
                (Credential.clinic_id == Staff.clinic_id) & (Credential.staff_id == Staff.id),
            )
            .outerjoin(
                SecondFactor,
                (SecondFactor.clinic_id == Staff.clinic_id) & (SecondFactor.staff_id == Staff.id),
            )
            .where(Clinic.code == clinic, Staff.login == login, Staff.active.is_(True))
        ).one_or_none()  # fmt: skip
    # An unknown login takes as long as a wrong password.
    if not verified(person.password_hash if person else NOBODYS, password) or person is None:
        guessing.note_wrong(who, address, now)
        raise Unauthenticated("The clinic, the name or the password is not right.")
    if is_stale(person.given_at, now):
        raise PasswordStale()
    proved_at = None
    if person.confirmed_at:
        proved_at = _proved(person.clinic_id, person.id, token_before, now)
        if proved_at is None and code is None:
            raise SecondFactorRequired()
        with write() as connection:
            right = proved_at or accept(connection, person.clinic_id, person.id, code or "", now)
        if not right:
            guessing.note_wrong(who, address, now)
            raise WrongCode()
    token = secrets.token_urlsafe(32)
    with write() as connection:
        guessing.forgive(connection, who)
        keep_up(connection, person.password_hash, password)
        device_id = _registered(connection, person.clinic_id, person.id, device, instant(now))
        connection.execute(delete(Session).where(Session.device_id == device_id))
        connection.execute(
            insert(Session).values(
                token_hash=_token_hash(token), clinic_id=person.clinic_id, staff_id=person.id,
                device_id=device_id, created_at=instant(now),
                expires_at=instant(now + timedelta(days=SESSION_DAYS)),
                proved_at=proved_at or (instant(now) if person.confirmed_at else None),
            )
        )  # fmt: skip
    return token


_PERSON = (
    Staff.clinic_id, Staff.id, Staff.login, Staff.name, Staff.roles, Staff.scope_epoch, Staff.active,
    Device.id.label("device_id"), Device.name.label("device_name"), Device.platform, Device.last_seq,
    Device.last_contact, Device.unsent, Device.revoked_at, Device.revoke_mode,
)  # fmt: skip

_SIGNED_IN = (
    select(*_PERSON, Credential.given_at, Clinic.second_factor, SecondFactor.confirmed_at)
    .select_from(Session)
    .join(Device, Device.id == Session.device_id)
    .join(Staff, (Staff.clinic_id == Session.clinic_id) & (Staff.id == Session.staff_id))
    .join(Clinic, Clinic.id == Session.clinic_id)
    .outerjoin(Credential, (Credential.clinic_id == Staff.clinic_id) & (Credential.staff_id == Staff.id))
    .outerjoin(
        SecondFactor, (SecondFactor.clinic_id == Staff.clinic_id) & (SecondFactor.staff_id == Staff.id)
    )
    .where(Session.token_hash == bindparam("token_hash"), Session.expires_at > bindparam("now"))
)
"""Put together once: every request asks it."""


def signed_in(token: str, now: datetime) -> SignedIn:
    """The person behind a session token. Raises Unauthenticated."""
    with read() as connection:
        asked = {"token_hash": _token_hash(token), "now": instant(now)}
        row = connection.execute(_SIGNED_IN, asked).one_or_none()
    if row is None:
        raise Unauthenticated()
    has_factor, needs_factor = bool(row.confirmed_at), row.second_factor and ROLES_IN_NEED & {*row.roles}
    owes = "password" if row.given_at else "second_factor" if needs_factor and not has_factor else None
    person = replace(_signed_in(row), owes=owes, has_second_factor=has_factor)
    # A phone that was signed off may come late: by its session it learns that it has to erase.
    if not person.revoked and (person.last_contact or "") <= instant(now - timedelta(days=IDLE_DAYS)):
        raise Unauthenticated()
    return person


def holder_of(clinic_id: str, device_id: str) -> SignedIn | None:
    """The person of a device, whether it may still call or not; None: the clinic has no such device."""
    with read() as connection:
        row = connection.execute(
            select(*_PERSON)
            .join(Staff, (Staff.clinic_id == Device.clinic_id) & (Staff.id == Device.staff_id))
            .where(Device.clinic_id == clinic_id, Device.id == device_id)
        ).one_or_none()
    return _signed_in(row) if row else None


def _signed_in(row: Row[Any]) -> SignedIn:
    revoked = row.revoke_mode if row.revoked_at else None if row.active else "wipe"
    return SignedIn(
        row.clinic_id, row.id, row.login, row.name, tuple(row.roles), row.scope_epoch,
        row.device_id, row.device_name, row.platform, row.last_seq, row.last_contact, row.unsent,
        revoked, owes=None, has_second_factor=False,
    )  # fmt: skip


def sign_out(device_id: str) -> None:
    """End the device's session; it is sent nothing any more."""
    with write() as connection:
        connection.execute(delete(Session).where(Session.device_id == device_id))
        forget(connection, device_id)


def refuse_revoked(person: SignedIn, may_deliver: bool) -> None:
    """Raise DeviceRevoked, except for deliveries (push, uploads) of a device being collected."""
    if person.revoked and not (may_deliver and person.revoked == "collect"):
        raise DeviceRevoked(mode=person.revoked)


def refuse_owing(person: SignedIn) -> None:
    """Raise PasswordDue or SecondFactorDue for who has something to do before anything else."""
    if person.owes:
        raise PasswordDue() if person.owes == "password" else SecondFactorDue()


def end_sessions(connection: Connection, clinic_id: str, staff_id: str, but: str = "") -> None:
    """Sign a person out everywhere, except on the device `but`."""
    # The session of a phone that was signed off stays: by it the phone learns that it has to erase.
    kept = select(Device.id).where(Device.clinic_id == clinic_id, Device.revoked_at.is_not(None))
    mine = (Session.clinic_id == clinic_id, Session.staff_id == staff_id, Session.device_id != but)
    connection.execute(delete(Session).where(*mine, Session.device_id.not_in(kept)))


def forget_old(connection: Connection, now: datetime) -> None:
    """Remove expired sessions and yesterday's refused attempts."""
    connection.execute(delete(Session).where(Session.expires_at <= instant(now)))
    guessing.forget_old(connection, now)


def _proved(clinic_id: str, staff_id: str, token: str | None, now: datetime) -> str | None:
    """When the person has shown the second factor, if it was in this browser and a moment ago.

    A sign-in may take several calls (to register anew, to replace a password), a code is good for one.
    """
    with read() as connection:
        return connection.scalar(
            select(Session.proved_at).where(
                Session.token_hash == _token_hash(token or ""), Session.clinic_id == clinic_id,
                Session.staff_id == staff_id,
                Session.proved_at > instant(now - timedelta(minutes=PROOF_MINUTES)),
            )
        )  # fmt: skip


def _registered(connection: Connection, clinic_id: str, staff_id: str, device: NewDevice, now: str) -> str:
    """The device's id: its own if it is unknown or this person's, else a new one."""
    known = None
    if device.id:
        known = connection.execute(
            select(Device.clinic_id, Device.staff_id, Device.revoked_at).where(Device.id == device.id)
        ).one_or_none()
        if known and (known.clinic_id, known.staff_id, known.revoked_at) == (clinic_id, staff_id, None):
            connection.execute(
                update(Device).where(Device.id == device.id).values(
                    name=device.name, platform=device.platform, last_contact=now
                )
            )  # fmt: skip
            return device.id
    id = str(uuid4()) if known or not device.id else device.id
    connection.execute(
        insert(Device).values(
            id=id, clinic_id=clinic_id, staff_id=staff_id, name=device.name,
            platform=device.platform, created_at=now, last_contact=now, trying=[],
        )
    )  # fmt: skip
    return id


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
