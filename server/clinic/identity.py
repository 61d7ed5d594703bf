"""What people change about how they sign in, each about themselves."""

from datetime import datetime

from sqlalchemy import select, update

from server.clinic import guessing, second_factor
from server.clinic.passwords import Credential, refuse_guessable_of, set_password, verified
from server.clinic.sign_in import Session, SignedIn, end_sessions
from server.database import read, write
from server.errors import WeakPassword, WrongCode, WrongPassword
from server.instants import instant


def change_own_password(person: SignedIn, old: str, new: str, address: str, now: datetime) -> None:
    """Another password; other devices sign in again. Raises WrongPassword, WeakPassword or Throttled."""
    refuse_wrong(person, old, address, now)
    if new == old:
        raise WeakPassword("This is the password you have; choose another.", password=["same"])
    with write() as connection:
        refuse_guessable_of(connection, person.clinic_id, person.staff_id, new)
        set_password(connection, person.clinic_id, person.staff_id, new)
        end_sessions(connection, person.clinic_id, person.staff_id, but=person.device_id)


def begin_second_factor(person: SignedIn, password: str, address: str, now: datetime) -> str:
    """The secret of a new authenticator. Raises WrongPassword, Throttled, or Conflict where there is one."""
    refuse_wrong(person, password, address, now)
    with write() as connection:
        return second_factor.begin(connection, person.clinic_id, person.staff_id)


def confirm_second_factor(person: SignedIn, code: str, address: str, now: datetime) -> list[str]:
    """The recovery codes of an authenticator that works. Raises WrongCode or Throttled."""
    who = guessing.who(person.clinic_id, person.staff_id)
    with write() as connection:
        guessing.refuse_too_many(connection, who, address, now)
        codes = second_factor.confirm(connection, person.clinic_id, person.staff_id, code, now)
        if codes:
            here = Session.device_id == person.device_id
            connection.execute(update(Session).where(here).values(proved_at=instant(now)))
    if codes is None:
        guessing.note_wrong(who, address, now)
        raise WrongCode()
    return codes


def remove_own_second_factor(person: SignedIn, password: str, code: str, address: str, now: datetime) -> None:
    """For another authenticator. Raises WrongPassword, WrongCode or Throttled."""
    refuse_wrong(person, password, address, now)
    with write() as connection:
        right = second_factor.accept(connection, person.clinic_id, person.staff_id, code, now)
        if right:
            second_factor.remove(connection, person.clinic_id, person.staff_id)
    if not right:
        guessing.note_wrong(guessing.who(person.clinic_id, person.staff_id), address, now)
        raise WrongCode()


def refuse_wrong(person: SignedIn, password: str, address: str, now: datetime) -> None:
    """Raise WrongPassword unless it is the person's, and Throttled after too many of those."""
    who = guessing.who(person.clinic_id, person.staff_id)
    with read() as connection:
        guessing.refuse_too_many(connection, who, address, now)
        password_hash = connection.scalar(
            select(Credential.password_hash).where(
                Credential.clinic_id == person.clinic_id, Credential.staff_id == person.staff_id
            )
        )
    if not verified(password_hash or "", password):
        guessing.note_wrong(who, address, now)
        raise WrongPassword()
