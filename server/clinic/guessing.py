"""Wrong passwords and codes: counted by name and address, and refused where there are too many."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, Index, delete, func, insert, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, write
from server.errors import Throttled
from server.instants import instant

WINDOW_MINUTES = 15
FAILURES_PER_LOGIN = 10
FAILURES_PER_ADDRESS = 100


class SignInFailure(Base):
    """A refused attempt, by a hash of clinic and login and by address; kept for a day."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "login_hash", "at"), Index(None, "address", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    login_hash: Mapped[str]
    address: Mapped[str]
    at: Mapped[str]


def who(clinic: str, person: str) -> str:
    """Under what attempts at somebody are counted."""
    return hashlib.sha256(f"{clinic}\0{person}".encode()).hexdigest()


def refuse_too_many(connection: Connection, login_hash: str, address: str, now: datetime) -> None:
    """Raise Throttled after too many: by name and address, so that no stranger locks a person out."""
    since = instant(now - timedelta(minutes=WINDOW_MINUTES))
    same_login = SignInFailure.login_hash == login_hash
    count = func.count(SignInFailure.id)
    by_login, by_address = connection.execute(
        select(
            count.filter(same_login, SignInFailure.address == address),
            count.filter(SignInFailure.address == address),
        ).where(SignInFailure.at > since, or_(same_login, SignInFailure.address == address))
    ).one()
    if by_login >= FAILURES_PER_LOGIN or by_address >= FAILURES_PER_ADDRESS:
        raise Throttled(retry_after_s=WINDOW_MINUTES * 60)


def note_wrong(login_hash: str, address: str, now: datetime) -> None:
    """Count one."""
    with write() as connection:
        connection.execute(
            insert(SignInFailure).values(login_hash=login_hash, address=address, at=instant(now))
        )


def forgive(connection: Connection, login_hash: str) -> None:
    """It was the person after all."""
    connection.execute(delete(SignInFailure).where(SignInFailure.login_hash == login_hash))


def forget_old(connection: Connection, now: datetime) -> None:
    """Remove yesterday's."""
    connection.execute(delete(SignInFailure).where(SignInFailure.at < instant(now - timedelta(days=1))))
