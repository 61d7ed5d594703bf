"""A clinic with the people a test asks for, named by their role, and phones in their hands."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask

from server.clinic.opening import add_person, open_clinic
from tests.rigs.client import Device
from tests.rigs.doors import Door

PASSWORD = "correct horse battery"


class Clinic:
    """A clinic of its own. `open_door()` makes a new way in for each phone."""

    def __init__(self, app: Flask, open_door: Callable[[], Door]) -> None:
        self.app, self.open_door = app, open_door
        self.code = f"clinic-{secrets.token_hex(4)}"
        self._people: dict[str, str] = {}
        with app.app_context():
            self.id = open_clinic(self.code, "测试医美", "010-5555")

    def person(self, role: str, number: int = 1, roles: tuple[str, ...] = ()) -> str:
        """The id of the clinic's first, second, ... person of a role, engaged when first named."""
        login = role if number == 1 else f"{role}{number}"
        if login not in self._people:
            with self.app.app_context():
                self._people[login] = add_person(self.id, login, login, [role, *roles], PASSWORD)
        return self._people[login]

    def phone(self, role: str, number: int = 1, signed_in: bool = True) -> Device:
        """A new phone in that person's hands."""
        self.person(role, number)
        login = role if number == 1 else f"{role}{number}"
        device = Device(self.open_door(), self.code, login, PASSWORD, name=f"{login}'s phone")
        if signed_in:
            device.login()
        return device

    def credentials(self, phone: Device) -> dict[str, Any]:
        """The body of that phone's first sign-in, to be altered."""
        return {
            "clinic": phone.clinic,
            "login": phone.login_name,
            "password": phone.password,
            "device": {"name": phone.name, "platform": "test"},
        }

    def revoke(self, phone: Device, mode: str) -> None:
        """The administrator signs a phone off, by `collect` or `wipe`."""
        admin = self.phone("clinic_admin")
        reply = admin.call("POST", f"/api/devices/{phone.disk.device_id}/revoke", {"mode": mode})
        assert reply.status == 204, reply
