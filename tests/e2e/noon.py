"""A clinic where it is noon whenever a test runs, and what its people find there when a journey begins."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from flask import Flask

from server.clinic import opening, settings
from server.clinic.opening import change_password
from server.database import write
from server.sync.acts import Act, perform_all
from tests.rigs import people
from tests.rigs.client import instant, uuid7
from tests.rigs.doors import Door

OPEN = [["11:00", "13:30"], ["14:30", "17:30"], ["19:30", "20:30"]]
"""A call window that is open at noon."""
CLOSED = [["14:30", "17:30"], ["19:30", "20:30"]]


def noon_zone() -> str:
    """The time zone in which the clocks now show between 12:00 and 12:59."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def in_hours(hours: float) -> str:
    return instant(datetime.now(UTC) + timedelta(hours=hours))


class NoonClinic(people.Clinic):
    """What colleagues have entered before; every method answers the id of what it made."""

    def __init__(
        self, app: Flask, open_door: Callable[[], Door], windows: list[list[str]] | None = None
    ) -> None:
        in_zone = partial(opening.open_clinic, timezone=noon_zone())
        with (
            patch.object(people, "open_clinic", in_zone),
            patch.object(settings, "DEFAULT_CALL_WINDOWS", windows or OPEN),
        ):
            super().__init__(app, open_door)
        # Somebody whose acts are not the subject of any journey.
        self.person("consult_lead", 9, ("consult_assistant",))
        self.desk = self.phone("consult_lead", 9)

    def _made(self, name: str, args: dict[str, Any]) -> str:
        id = uuid7()
        result = self.desk.do(name, {"id": id, **args})
        assert result["status"] == "applied", result
        return id

    def new_id(self) -> str:
        return uuid7()

    def customer(self, name: str, phone: str = "13900001111", **more: Any) -> str:
        gender = more.pop("gender", "female")
        return self._made("customer.create", {"name": name, "phones": [phone], "gender": gender, **more})

    def treatment(self, customer_id: str, name: str, hours_ago: float, **more: Any) -> str:
        args = {
            "customer_id": customer_id, "category": "injectable", "name": name, "sites": ["下巴"],
            "performed_at": in_hours(-hours_ago), **more,
        }  # fmt: skip
        return self._made("treatment.complete", args)

    def followup(
        self, customer_id: str, role: str, begins: float = -1, due: float = 1, planned: float | None = None,
        channels: tuple[str, ...] = ("call", "text"), purpose: str = "关心恢复情况",
    ) -> str:  # fmt: skip
        """Owed by a role; times in hours from now."""
        args = {
            "customer_id": customer_id, "kind": "manual", "channels": list(channels), "purpose": purpose,
            "due_from": in_hours(begins), "due_at": in_hours(due), "role": role,
        }  # fmt: skip
        id = self._made("followup.create", args)
        if planned is not None:
            self.desk.do("followup.reschedule", {"id": id, "planned_at": in_hours(planned), "reason": "约好"})
        return id

    def attempt(self, followup_id: str, outcome: str, by: str = "customer_service", **more: Any) -> str:
        """What the second person of a role has recorded."""
        colleague = self.phone(by, 2)
        id = uuid7()
        args = {"id": id, "followup_id": followup_id, "channel": "call", "outcome": outcome, "content": {}}
        result = colleague.do("followup.attempt", {**args, **more})
        assert result["status"] == "applied", result
        return id

    def vip_case(self, customer_id: str, arrives: float, *team: str) -> str:
        """A confirmed case that arrives in so many hours. `team`: roles whose first person is on it; a
        partner consultant comes with the salon."""
        id, salon = uuid7(), self.salon()
        opened = {
            "id": id, "customer_id": customer_id, "partner_id": salon, "arrival_at": in_hours(arrives),
            "screening": {"contraindications": "肝功能异常"},
        }  # fmt: skip
        acts = [
            Act("vip.open", opened),
            Act("vip.review", {"case_id": id, "decision": "approve"}),
            Act("vip.confirm", {"case_id": id, "decision": "confirm"}),
        ]
        self._perform(*acts)
        for role in team:
            if role == "partner_consultant":
                self._perform(Act("staff.update", {"id": self.person(role), "partner_id": salon}))
            else:
                self.assign(id, role)
        return id

    def salon(self) -> str:
        id = uuid7()
        self._perform(Act("partner.add", {"id": id, "name": "星光美容院"}))
        return id

    def assign(self, case_id: str, role: str) -> None:
        """The role's first person joins the team of a VIP case."""
        self._perform(Act("vip.assign", {"case_id": case_id, "role": role, "staff_id": self.person(role)}))

    def appoint_compliance(self, role: str) -> None:
        """The role's first person is who looks after the law."""
        self._perform(Act("clinic.appoint_compliance", {"staff_id": self.person(role)}))

    def change_roles(self, login: str, roles: list[str]) -> None:
        """What an administrator does, also while the server is stopped."""
        self._perform(Act("staff.update", {"id": self._people[login], "roles": roles}))

    def insist_on_second_factors(self) -> None:
        """For administrators and leads, by an administrator."""
        self._perform(Act("clinic.set_second_factor", {"required": True}))

    def _perform(self, *acts: Act) -> None:
        """By the server itself."""
        with self.app.app_context(), write() as connection:
            perform_all(connection, self.id, list(acts))

    def new_password(self, login: str, password: str) -> None:
        with self.app.app_context():
            change_password(self.id, login, password)

    def stored(self, table: str) -> dict[str, dict[str, Any]]:
        """What the server holds, as far as a lead may read it."""
        self.desk.pull()
        return self.desk.rows(table)
