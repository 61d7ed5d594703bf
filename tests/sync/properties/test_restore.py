"""Property 5: the server is restored from an old backup, phones come back in any order."""

import json
import random
from collections import Counter
from uuid import UUID, uuid5

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.rigs.client import Device, Key, Mutation, Row
from tests.rigs.doors import AppDoor
from tests.rigs.people import Clinic
from tests.sync.properties import snapshot, truth
from tests.sync.properties.acts import Chooser, Intent, makes
from tests.sync.properties.seeds import drawn, from_the_seed

LOGINS = (
    ("customer_service", 1),
    ("customer_service", 2),
    ("consultant", 1),
    ("consultant", 2),
    ("consult_lead", 1),
)
phones = st.integers(0, len(LOGINS) - 1)

# What depends on the order of other people's work, and may find that order changed. So does what somebody
# was allowed to do while a customer was theirs, and all that builds on something parked.
MAY_STAY_PARKED = {
    "treatment.void", "appointment.cancel", "alert.clear", "conflict.resolve", "rejection.dismiss",
    "followup.assign", "followup.reschedule",
}  # fmt: skip


class AfterTheFire(RuleBasedStateMachine):
    """Work, a backup, more work, the loss of the server, and everybody coming back."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app

    @initialize(seed=st.integers(0, 2**32))
    def open(self, seed: int) -> None:
        self.clinic = Clinic(self.app, lambda: AppDoor(self.app))
        self.phones = [self.clinic.phone(role, number) for role, number in LOGINS]
        self.chance = random.Random(seed)
        people = {phone.login_name: phone.staff["id"] for phone in self.phones}
        people["nurse"] = self.clinic.person("nurse")
        self.chooser = Chooser(self.chance, people)
        self.written: dict[str, tuple[Device, Mutation]] = {}
        for _ in range(3):
            self.write(self.phones[0], self.chooser.create_customer(self.phones[0]))
        for phone in self.phones:
            phone.sync()
        self.backup = snapshot.back_up(self.app, self.clinic.id)
        self.acknowledged: set[str] = set()
        self.lost = False
        self.away: set[int] = set()
        for _ in range(self.chance.randrange(3, 12)):
            self.one_builds_on_the_others_work(*self.chance.sample(range(len(LOGINS)), 2))

    def write(self, device: Device, intent: Intent) -> None:
        mutation = device.queue(*intent, at=self.chooser.at(), id=self.chooser.new_id())
        self.written[mutation.id] = (device, mutation)

    @rule(phone=phones, times=st.integers(1, 4))
    def work(self, phone: int, times: int) -> None:
        for _ in range(times):
            self.write(self.phones[phone], self.chooser.intent(self.phones[phone]))

    @rule(first=phones, second=phones)
    def one_builds_on_the_others_work(self, first: int, second: int) -> None:
        """So that after the fire neither can come back alone."""
        for phone in (first, second):
            if phone not in self.away:
                self.phones[phone].sync()
                self.work(phone, 3)
                self.phones[phone].sync()

    @rule(phone=phones)
    def push(self, phone: int) -> None:
        if phone not in self.away and self.phones[phone].disk.outbox:
            self.phones[phone].push()

    @rule(phone=phones)
    def sync(self, phone: int) -> None:
        if phone not in self.away:
            self.phones[phone].sync()

    @precondition(lambda self: not self.lost)
    @rule()
    def back_up(self) -> None:
        self.backup = snapshot.back_up(self.app, self.clinic.id)

    @precondition(lambda self: not self.lost and len(self.written) > 30)
    @rule()
    def lose_the_server(self) -> None:
        for id, (device, _) in self.written.items():
            result = device.disk.results.get(id)
            if result and not result["error"]:
                self.acknowledged.add(id)
        self.owed_by: dict[str, set[str]] = {}
        for (table, id), (_, doc) in truth.visible_to(self.phones[-1]).items():
            if table == "followup" and doc["treatment_id"]:
                self.owed_by.setdefault(doc["treatment_id"], set()).add(id)
        snapshot.restore(self.app, self.clinic.id, self.backup)
        self.lost = True
        self.away = set(range(len(self.phones)))

    @precondition(lambda self: self.away)
    @rule(phone=phones)
    def come_back(self, phone: int) -> None:
        if phone in self.away:
            self.phones[phone].login()
            self.away.remove(phone)

    @precondition(lambda self: self.away)
    @rule(phone=phones)
    def come_back_as_a_new_device(self, phone: int) -> None:
        """As when the journal has a gap."""
        if phone in self.away:
            self.phones[phone].login(anew=True)
            self.away.remove(phone)

    def teardown(self) -> None:
        if not hasattr(self, "phones"):
            return
        if not self.lost:
            self.lose_the_server()
        order = list(range(len(self.phones)))
        self.chance.shuffle(order)
        for phone in order:
            if phone in self.away:
                self.phones[phone].login()
            self.phones[phone].sync()
        for device in self.phones:
            device.sync()
            truth.check_convergence(device)
        self.check_nothing_is_lost()
        truth.check_chain(self.clinic)

    def check_nothing_is_lost(self) -> None:
        applied, parked = truth.applied_entries(self.clinic), truth.parked_ids(self.clinic)
        rows = truth.visible_to(self.phones[-1])
        excused = self.excused(parked, rows)
        for id, (_, mutation) in self.written.items():
            assert applied[id] <= 1, f"{mutation} came back twice"
        for id in self.acknowledged:
            _, mutation = self.written[id]
            assert applied[id] or id in parked, f"{mutation} was acknowledged and has not come back"
            if id in parked:
                assert id in excused, f"{mutation} is still parked: {parked[id]}"
            made = makes(mutation)
            assert not made or made in rows or id in parked, f"{mutation} is applied and not there"
        attempts = Counter(doc["followup_id"] for (table, _), (_, doc) in rows.items() if table == "attempt")
        for (table, id), (_, doc) in rows.items():
            assert table != "followup" or doc["attempts"] == attempts[id]

    def excused(self, parked: dict[str, str], rows: dict[Key, Row]) -> set[str]:
        """Those among the parked that may be, as MAY_STAY_PARKED says."""
        excused: set[str] = set()
        # Ids of documents that only these would make, or that their owner of once sees no longer.
        absent = self.of_changed_owners(rows)
        while True:
            more = {
                id
                for id, reason in parked.items()
                if id not in excused and self._may_stay(self.written[id][1], reason, absent)
            }
            if not more:
                return excused
            excused |= more
            for id in more:
                absent |= self.made_by(self.written[id][1])

    def made_by(self, mutation: Mutation) -> set[str]:
        """Ids of what it makes: its document, the follow-ups of a treatment, the task to correct a number."""
        made = makes(mutation)
        if not made:
            return set()
        task = {correction_of(made[1])} if mutation.args.get("outcome") == "wrong_number" else set()
        return {made[1], *self.owed_by.get(made[1], ()), *task}

    def of_changed_owners(self, rows: dict[Key, Row]) -> set[str]:
        """Ids of the customers who were given another owner, and of all that is kept of them."""
        customers = {
            mutation.args["id"]
            for _, mutation in self.written.values()
            if mutation.name == "customer.update" and "owner_id" in mutation.args["set"]
        }
        return customers | {id for (_, id), (_, doc) in rows.items() if doc.get("customer_id") in customers}

    @staticmethod
    def _may_stay(mutation: Mutation, reason: str, absent: set[str]) -> bool:
        if mutation.name in MAY_STAY_PARKED:
            return True
        code = json.loads(reason)["code"]
        return code == "forbidden" or (code == "not_found" and not absent.isdisjoint(refers_to(mutation)))


def correction_of(attempt_id: str) -> str:
    """The id of the follow-up that an attempt at a wrong number opens."""
    return str(uuid5(UUID(attempt_id), "correct_phone"))


def refers_to(mutation: Mutation) -> set[str]:
    return {value for value in mutation.args.values() if isinstance(value, str)}


@pytest.mark.random
def test_acknowledged_work_comes_back_from_the_phones_once(app: Flask):
    try:
        run_state_machine_as_test(
            from_the_seed(lambda: AfterTheFire(app)), settings=drawn(usually=3, soaking=1_900, steps=20)
        )
    finally:
        snapshot.never_backed_up(app)
