"""What people change about how they sign in, each about themselves."""

from datetime import datetime

from sqlalchemy import select

from server.clinic import guessing
from server.clinic.passwords import Credential, refuse_guessable_of, set_password, verified
from server.clinic.sign_in import SignedIn, end_sessions
from server.database import read, write
from server.errors import WeakPassword, WrongPassword


def change_own_password(person: SignedIn, old: str, new: str, address: str, now: datetime) -> None:
    """Another password; other devices sign in again. Raises WrongPassword, WeakPassword or Throttled."""
    refuse_wrong(person, old, address, now)
    if new == old:
        raise WeakPassword("This is the password you have; choose another.", password=["same"])
    with write() as connection:
        refuse_guessable_of(connection, person.clinic_id, person.staff_id, new)
        set_password(connection, person.clinic_id, person.staff_id, new)
        end_sessions(connection, person.clinic_id, person.staff_id, but=person.device_id)


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
