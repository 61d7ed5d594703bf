"""A second factor: codes of an authenticator (RFC 6238), and recovery codes for the day it is lost."""

import re
import secrets
from datetime import datetime
from hmac import compare_digest

import pyotp
from sqlalchemy import JSON, Connection, Row, Update, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.passwords import hashed, verified
from server.clinic.permissions import LEADS
from server.database import Base
from server.errors import Conflict
from server.instants import instant

ROLES_IN_NEED = LEADS | {"clinic_admin"}
"""Who must have one where the clinic says so."""
STEP_SECONDS = 30
RECOVERY_CODES = 10
# Copied by hand: nothing that looks like something else. Ten of them are 49 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SecondFactor(Base):
    """A person's authenticator. It counts once a first code has confirmed it."""

    __tablename__ = "second_factor"
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[str]
    confirmed_at: Mapped[str | None]
    last_step: Mapped[int]
    """Of the last code that was taken: none is good twice."""
    recovery: Mapped[list[str]] = mapped_column(JSON)
    """Hashes of the recovery codes that are left."""


def begin(connection: Connection, clinic_id: str, staff_id: str) -> str:
    """A new secret (base32), not confirmed yet. Raises Conflict where a confirmed one is."""
    if (factor := _of(connection, clinic_id, staff_id)) and factor.confirmed_at:
        raise Conflict("There is a second factor already.")
    remove(connection, clinic_id, staff_id)
    secret = pyotp.random_base32()
    connection.execute(
        insert(SecondFactor).values(
            clinic_id=clinic_id, staff_id=staff_id, secret=secret, last_step=0, recovery=[]
        )
    )
    return secret


def confirm(
    connection: Connection, clinic_id: str, staff_id: str, code: str, now: datetime
) -> list[str] | None:
    """The recovery codes, this once; None: not the code, or nothing to confirm."""
    factor = _of(connection, clinic_id, staff_id)
    if factor is None or factor.confirmed_at or not accept(connection, clinic_id, staff_id, code, now):
        return None
    codes = [f"{_drawn()}-{_drawn()}" for _ in range(RECOVERY_CODES)]
    connection.execute(
        _change(clinic_id, staff_id).values(
            confirmed_at=instant(now), recovery=[hashed(_bare(code)) for code in codes]
        )
    )
    return codes


def accept(connection: Connection, clinic_id: str, staff_id: str, code: str, now: datetime) -> bool:
    """Whether it is the authenticator's code of now, just before or after, or a recovery code; each once."""
    factor = _of(connection, clinic_id, staff_id)
    if factor is None:
        return False
    code = _bare(code)
    totp, at = pyotp.TOTP(factor.secret), int(now.timestamp()) // STEP_SECONDS
    for step in (at - 1, at, at + 1):
        if step > factor.last_step and compare_digest(totp.generate_otp(step).encode(), code.encode()):
            connection.execute(_change(clinic_id, staff_id).values(last_step=step))
            return True
    for kept in factor.recovery if len(code) > totp.digits else []:
        if verified(kept, code):
            left = [other for other in factor.recovery if other != kept]
            connection.execute(_change(clinic_id, staff_id).values(recovery=left))
            return True
    return False


def remove(connection: Connection, clinic_id: str, staff_id: str) -> None:
    """From now on the password alone."""
    connection.execute(
        delete(SecondFactor).where(SecondFactor.clinic_id == clinic_id, SecondFactor.staff_id == staff_id)
    )


def _of(connection: Connection, clinic_id: str, staff_id: str) -> Row[str, str | None, int, list[str]] | None:
    """Locked where the database can: two calls must not take one code."""
    return connection.execute(
        select(SecondFactor.secret, SecondFactor.confirmed_at, SecondFactor.last_step, SecondFactor.recovery)
        .where(SecondFactor.clinic_id == clinic_id, SecondFactor.staff_id == staff_id)
        .with_for_update()
    ).one_or_none()


def _change(clinic_id: str, staff_id: str) -> Update:
    return update(SecondFactor).where(SecondFactor.clinic_id == clinic_id, SecondFactor.staff_id == staff_id)


def _bare(code: str) -> str:
    """Without what only helps to read it."""
    return re.sub(r"[\s-]", "", code).lower()


def _drawn() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))
