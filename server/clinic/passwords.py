"""Passwords: kept as Argon2id, judged before they are set, replaced when somebody else has given them."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.names import pinyin_of
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.database import Base
from server.errors import WeakPassword
from server.instants import parsed

SHORTEST_PASSWORD = 8
STRENGTH = 3
"""Of 0 to 4, as zxcvbn counts: more than 10^8 guesses."""
JUDGED_CHARACTERS = 72
"""zxcvbn takes no more; what follows can only make a password better."""
GIVEN_DAYS = 7
"""So long somebody may come in with a password that an administrator has given them."""

_hasher = PasswordHasher()
NOBODYS = _hasher.hash("a password that nobody has")


class Credential(Base):
    """A person's password; apart from the directory, so that it can never travel."""

    __tablename__ = "credential"
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    given_at: Mapped[str | None]
    """When an administrator gave it; null: its person has chosen it."""


def set_password(
    connection: Connection, clinic_id: str, staff_id: str, password: str, given_at: str | None = None
) -> None:
    """Give a person a password, whatever it is worth."""
    one = (Credential.clinic_id == clinic_id, Credential.staff_id == staff_id)
    connection.execute(delete(Credential).where(*one))
    connection.execute(
        insert(Credential).values(
            clinic_id=clinic_id, staff_id=staff_id, password_hash=hashed(password), given_at=given_at
        )
    )


def hashed(password: str) -> str:
    return _hasher.hash(password)


def verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def keep_up(connection: Connection, password_hash: str, password: str) -> None:
    """Hash a password anew that was hashed when guessing cost less."""
    if _hasher.check_needs_rehash(password_hash):
        old = Credential.password_hash == password_hash
        connection.execute(update(Credential).where(old).values(password_hash=hashed(password)))


def is_stale(given_at: str | None, now: datetime) -> bool:
    """Whether a password was given too long ago to come in with."""
    return given_at is not None and now - parsed(given_at) > timedelta(days=GIVEN_DAYS)


def refuse_guessable_of(connection: Connection, clinic_id: str, staff_id: str, password: str) -> None:
    """Raise WeakPassword if it is easily guessed, also by who knows the person and the clinic."""
    known = connection.execute(
        select(Clinic.name, Clinic.code, Staff.name, Staff.login)
        .join(Staff, Staff.clinic_id == Clinic.id)
        .where(Clinic.id == clinic_id, Staff.id == staff_id)
    ).one()
    refuse_guessable(password, *known)


def refuse_guessable(password: str, *known: str) -> None:
    """Raise WeakPassword for what is common, was leaked, or is made of what people around know."""
    from zxcvbn import zxcvbn  # megabytes of words, and needed seldom

    words = [form for word in known for form in (word, pinyin_of(word).replace(" ", ""))]
    found = zxcvbn(password[:JUDGED_CHARACTERS], user_inputs=["meidang", *words])
    if len(password) < SHORTEST_PASSWORD or found["score"] < STRENGTH:
        raise WeakPassword(password=["guessable"])
