"""What people do on their phones: intents drawn from what the phone shows at that moment."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.rigs.client import Device, Mutation, instant

Intent = tuple[str, dict[str, Any]]

# The id that a mutation makes a document of, and in which table.
MAKES = {
    "customer.create": "customer",
    "treatment.plan": "treatment",
    "treatment.complete": "treatment",
    "appointment.book": "appointment",
    "followup.create": "followup",
    "followup.escalate": "followup",
    "followup.hand_on": "followup",
    "followup.attempt": "attempt",
    "message.sent": "message",
}


class Chooser:
    """Draws intents for one phone. `people`: {login: staff id} of the clinic."""

    def __init__(self, chance: random.Random, people: dict[str, str]) -> None:
        self.chance, self.people = chance, people

    def intent(self, phone: Device) -> Intent:
        """Something to do here; a new customer where nothing else can be done."""
        for _ in range(4):
            make: Callable[[Device], Intent | None] = self.chance.choice(ALL)
            intent = make(self, phone)  # type: ignore[call-arg]
            if intent:
                return intent
        return self.create_customer(phone)

    def new_id(self) -> str:
        """As random as the seed: told again, the same story has the same ids."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def at(self) -> str:
        """Some time within the last two days, on a phone that was offline."""
        return instant(datetime.now(UTC) - timedelta(minutes=self.chance.randrange(2 * 24 * 60)))

    def _one(self, phone: Device, table: str, creates: str = "") -> str | None:
        """A row the phone shows: confirmed, or made here and not sent yet."""
        ids = list(phone.rows(table))
        ids += [m.args["id"] for m in phone.disk.outbox if m.name == creates]
        return self.chance.choice(sorted(ids)) if ids else None

    def _customer(self, phone: Device) -> str | None:
        return self._one(phone, "customer", "customer.create")

    def _followup(self, phone: Device) -> str | None:
        return self._one(phone, "followup", "followup.create")

    def create_customer(self, _phone: Device) -> Intent:
        owners = [None, self.people["consultant"], self.people["consultant2"]]
        return "customer.create", {
            "id": self.new_id(), "name": self.chance.choice(("王小美", "李静", "欧阳明")),
            "phones": ["13800000000"], "owner_id": self.chance.choice(owners),
        }  # fmt: skip

    def update_customer(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        field, values = self.chance.choice(
            (("source", ["朋友", "网络", None]), ("gender", ["female", "male"]))
        )
        seen = phone.rows("customer").get(id or "", {}).get(field)
        args = {"id": id, "set": {field: self.chance.choice(values)}, "seen": {field: seen}}
        return ("customer.update", args) if id else None

    def change_owner(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        owner = self.people[self.chance.choice(("consultant", "consultant2"))]
        seen = phone.rows("customer").get(id or "", {}).get("owner_id")
        args = {"id": id, "set": {"owner_id": owner}, "seen": {"owner_id": seen}}
        return ("customer.update", args) if id else None

    def update_medical(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        notes = phone.rows("customer_medical").get(id or "", {}).get("notes", "")
        args = {"id": id, "set": {"notes": self.chance.choice("甲乙丙")}, "seen": {"notes": notes}}
        return ("customer.update_medical", args) if id else None

    def keep(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        return (
            (self.chance.choice(("customer.keep", "customer.release")), {"customer_id": id}) if id else None
        )

    def raise_alert(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        args = {"id": self.new_id(), "customer_id": id, "text": "过敏", "severity": "danger"}
        return ("alert.raise", args) if id else None

    def clear_alert(self, phone: Device) -> Intent | None:
        id = self._one(phone, "customer_alert")
        return ("alert.clear", {"id": id, "reason": "误报"}) if id else None

    def complete(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        args = {
            "id": self.new_id(), "customer_id": id, "category": "dental", "name": "洁牙", "sites": ["全口"],
            "performed_at": self.at(),
        }  # fmt: skip
        return ("treatment.complete", args) if id else None

    def void(self, phone: Device) -> Intent | None:
        id = self._one(phone, "treatment")
        return ("treatment.void", {"id": id, "reason": "录错"}) if id else None

    def book(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        args = {"id": self.new_id(), "customer_id": id, "at": self.at(), "kind": "check"}
        return ("appointment.book", args) if id else None

    def cancel(self, phone: Device) -> Intent | None:
        id = self._one(phone, "appointment", "appointment.book")
        return ("appointment.cancel", {"id": id, "reason": "不来了"}) if id else None

    def owe(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        receiver = self.chance.choice(
            ({"role": "customer_service"}, {"role": "nurse"}, {"assignee_id": self.people["consultant"]})
        )
        args = {
            "id": self.new_id(), "customer_id": id, "kind": "check", "channels": ["call", "text"],
            "due_from": instant(datetime.now(UTC)), "due_at": "2090-01-01T00:00:00.000Z",
            "purpose": "回访", **receiver,
        }  # fmt: skip
        return ("followup.create", args) if id else None

    def attempt(self, phone: Device) -> Intent | None:
        id = self._followup(phone)
        outcome = self.chance.choice(("reached", "texted", "no_answer", "wrong_number", "refused"))
        args = {"id": self.new_id(), "followup_id": id, "channel": "call", "outcome": outcome, "content": {}}
        return ("followup.attempt", args) if id else None

    def assign(self, phone: Device) -> Intent | None:
        id = self._followup(phone)
        person = self.people[self.chance.choice(("consultant", "consultant2", "nurse"))]
        return ("followup.assign", {"id": id, "assignee_id": person}) if id else None

    def escalate(self, phone: Device) -> Intent | None:
        id = self._followup(phone)
        return (
            ("followup.escalate", {"id": self.new_id(), "followup_id": id, "reason": "红肿"}) if id else None
        )

    def hand_on(self, phone: Device) -> Intent | None:
        id = self._followup(phone)
        args = {"id": self.new_id(), "followup_id": id, "role": "nurse", "question": "何时化妆"}
        return ("followup.hand_on", args) if id else None

    def message(self, phone: Device) -> Intent | None:
        id = self._customer(phone)
        args = {"id": self.new_id(), "customer_id": id, "template": None, "body": "您好", "channel": "sms"}
        return ("message.sent", args) if id else None

    def resolve(self, phone: Device) -> Intent | None:
        id = self._one(phone, "conflict")
        if id is None:
            return None
        fields = phone.rows("conflict")[id]["fields"]
        return "conflict.resolve", {
            "id": id,
            "choice": {name: both["other"] for name, both in fields.items()},
        }

    def dismiss(self, phone: Device) -> Intent | None:
        id = self._one(phone, "rejection")
        return ("rejection.dismiss", {"id": id}) if id else None

    def nonsense(self, _phone: Device) -> Intent:
        nameless = {"id": self.new_id(), "phones": []}
        return self.chance.choice((("no.such.thing", {}), ("customer.create", nameless)))


ALL = (
    Chooser.create_customer, Chooser.update_customer, Chooser.update_customer, Chooser.change_owner,
    Chooser.update_medical, Chooser.keep, Chooser.raise_alert, Chooser.clear_alert, Chooser.complete,
    Chooser.void, Chooser.book, Chooser.cancel, Chooser.owe, Chooser.attempt, Chooser.attempt,
    Chooser.attempt, Chooser.assign, Chooser.escalate, Chooser.hand_on, Chooser.message,
    Chooser.resolve, Chooser.dismiss, Chooser.nonsense,
)  # fmt: skip


def makes(mutation: Mutation) -> tuple[str, str] | None:
    """(table, id) of the document that this one makes, if it makes one."""
    table = MAKES.get(mutation.name)
    return (table, mutation.args["id"]) if table else None
