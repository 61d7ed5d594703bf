"""The administrator's hand on the people of the clinic; what is taken away is gone at once.

Who has left: no sign-in, no session that answers anything but how to erase the phone, no pushes.
A password is never in the mutation log; that it was given is. Who was given one replaces it at once.
"""

from datetime import datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import Connection, delete, select

from server.clinic.devices import sign_off
from server.clinic.fields import Id
from server.clinic.passwords import Credential, refuse_guessable_of, set_password
from server.clinic.performing import perform_now
from server.clinic.permissions import require
from server.clinic.second_factor import remove
from server.clinic.sign_in import SignedIn, end_sessions
from server.clinic.staff import Staff
from server.database import write
from server.errors import Forbidden
from server.instants import instant, utc_now
from server.sync.acts import Act
from server.sync.mutations import Args, Rejected, mutation
from server.sync.tables import Device
from server.sync.transaction import Transaction


class PasswordGivenArgs(Schema):
    """To whom, and by whom."""

    person_id = Id(required=True)
    staff_id = Id(required=True)


@mutation("staff.password_given", PasswordGivenArgs, person_id=Staff)
def password_given(tx: Transaction, args: Args) -> None:
    """The server's own act: an administrator has given somebody a password. The log is all it changes."""
    _require_person(tx, args)


class SecondFactorRemovedArgs(PasswordGivenArgs):
    """Whose, and by whom."""


@mutation("staff.second_factor_removed", SecondFactorRemovedArgs, person_id=Staff)
def second_factor_removed(tx: Transaction, args: Args) -> None:
    """The server's own act: an administrator has taken away a second factor that somebody lost."""
    _require_person(tx, args)


def _require_person(tx: Transaction, args: Args) -> None:
    require(tx, "staff.password")
    if tx.get(Staff, args["person_id"]) is None:
        raise Rejected("not_found", "There is no such person.")


def engage(administrator: SignedIn, password: str, **args: Any) -> None:
    """A new person who can sign in. `args`: as of staff.add."""
    with write() as connection:
        _perform(connection, administrator, "staff.add", args)
        _give(connection, administrator, args["id"], password)


def change(administrator: SignedIn, **args: Any) -> None:
    """Another name, other roles, another salon. `args`: as of staff.update."""
    with write() as connection:
        _perform(connection, administrator, "staff.update", args)


def dismiss(administrator: SignedIn, staff_id: str, mode: str, now: datetime) -> None:
    """End a person's access. `mode`: whether their phones hand in what they hold before they erase it."""
    with write() as connection:
        _perform(connection, administrator, "staff.update", {"id": staff_id, "active": False})
        end_access(connection, administrator.clinic_id, staff_id, mode, now)


def take_back(administrator: SignedIn, staff_id: str, password: str) -> None:
    """Somebody who had left is here again, with a new password and on devices new to the clinic."""
    with write() as connection:
        _perform(connection, administrator, "staff.update", {"id": staff_id, "active": True})
        _give(connection, administrator, staff_id, password)


def give_password(administrator: SignedIn, staff_id: str, password: str) -> None:
    """A new password for somebody, who signs in again everywhere."""
    with write() as connection:
        _give(connection, administrator, staff_id, password)


def remove_second_factor(administrator: SignedIn, staff_id: str) -> None:
    """Somebody has lost their authenticator and their recovery codes; the password alone lets them in."""
    with write() as connection:
        _note(connection, administrator, "staff.second_factor_removed", staff_id)
        remove(connection, administrator.clinic_id, staff_id)


def end_access(connection: Connection, clinic_id: str, staff_id: str, mode: str, now: datetime) -> int:
    """Sign off all devices of somebody who has left, and forget their password; returns how many devices."""
    whose = (Credential.clinic_id == clinic_id, Credential.staff_id == staff_id)
    connection.execute(delete(Credential).where(*whose))
    remove(connection, clinic_id, staff_id)
    mine = (Device.clinic_id == clinic_id, Device.staff_id == staff_id, Device.revoked_at.is_(None))
    devices = list(connection.scalars(select(Device.id).where(*mine)))
    for device_id in devices:
        sign_off(connection, clinic_id, staff_id, device_id, mode, now)
    return len(devices)


def change_password(
    connection: Connection, clinic_id: str, staff_id: str, password: str, given_at: str | None = None
) -> None:
    """Give a person a new password and sign them out everywhere. Raises WeakPassword."""
    refuse_guessable_of(connection, clinic_id, staff_id, password)
    set_password(connection, clinic_id, staff_id, password, given_at)
    end_sessions(connection, clinic_id, staff_id)


def _give(connection: Connection, administrator: SignedIn, staff_id: str, password: str) -> None:
    _note(connection, administrator, "staff.password_given", staff_id)
    change_password(connection, administrator.clinic_id, staff_id, password, instant(utc_now()))


def _note(connection: Connection, administrator: SignedIn, name: str, staff_id: str) -> None:
    """Enter into the log what an administrator does to somebody's sign-in. Raises Forbidden, NotFound."""
    if "clinic_admin" not in administrator.roles:
        raise Forbidden()
    done = {"person_id": staff_id, "staff_id": administrator.staff_id}
    perform_now(connection, administrator.clinic_id, Act(name, done))


def _perform(connection: Connection, administrator: SignedIn, name: str, args: dict[str, Any]) -> None:
    perform_now(connection, administrator.clinic_id, Act(name, args, administrator.staff_id))
