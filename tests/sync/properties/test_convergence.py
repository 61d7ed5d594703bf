"""Properties 1, 3 and 4 with many cases: any history of work and mishaps ends in the same state.

Here the server is in this process and mishaps are played step by step, so that a case costs little
and a failing one is made small; test_real_servers.py tries the same with real ones.
"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from server.database import write
from server.sync.compaction import compact
from server.sync.working_set import recompute
from tests.rigs.client import Device, Mutation
from tests.rigs.doors import AppDoor
from tests.rigs.people import Clinic
from tests.server.scene import Scene
from tests.sync.properties import truth
from tests.sync.properties.acts import Chooser
from tests.sync.properties.seeds import drawn, from_the_seed

LOGINS = (
    ("customer_service", 1), ("customer_service", 1), ("consultant", 1), ("consultant", 2), ("nurse", 1),
    ("consult_lead", 1),
)  # fmt: skip
phones = st.integers(0, len(LOGINS) - 1)


class Life(RuleBasedStateMachine):
    """Six phones of five people in one clinic."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app

    @initialize(seed=st.integers(0, 2**32))
    def open(self, seed: int) -> None:
        self.clinic = Clinic(self.app, lambda: AppDoor(self.app))
        self.scene = Scene(self.clinic)
        self.phones = [self.clinic.phone(role, number) for role, number in LOGINS]
        self.written: dict[str, tuple[Device, Mutation]] = {}
        self.chance = random.Random(seed)
        people = {phone.login_name: phone.staff["id"] for phone in self.phones}
        self.chooser = Chooser(self.chance, people)
        self.begin()

    def begin(self) -> None:
        """Everybody knows a few customers, some of whom are a consultant's."""
        service = self.phones[0]
        for _ in range(4):
            mutation = service.queue(*self.chooser.create_customer(service), id=self.chooser.new_id())
            self.written[mutation.id] = (service, mutation)
        for device in self.phones:
            device.sync()
        for _ in range(self.chance.randrange(8)):
            self.two_work_apart(*self.chance.sample(range(len(LOGINS)), 2))

    @rule(phone=phones, times=st.integers(1, 6))
    def work_with_a_network(self, phone: int, times: int) -> None:
        self.work(phone, times)
        self.phones[phone].sync()
        truth.check_convergence(self.phones[phone])

    @rule(first=phones, second=phones)
    def two_work_apart(self, first: int, second: int) -> None:
        for phone in (first, second):
            self.work(phone, 2)
        for phone in (second, first, second):
            self.phones[phone].sync()

    @rule(phone=st.sampled_from((2, 3)))
    def customers_are_handed_over(self, phone: int) -> None:
        """Between two looks of the consultants at their phones."""
        lead = self.phones[5]
        lead.sync()
        for _ in range(2):
            if intent := self.chooser.change_owner(lead):
                mutation = lead.queue(*intent, id=self.chooser.new_id())
                self.written[mutation.id] = (lead, mutation)
        lead.push()
        self.phones[phone].pull()
        truth.check_convergence(self.phones[phone])

    @rule(phone=phones, times=st.integers(1, 4))
    def work(self, phone: int, times: int) -> None:
        device = self.phones[phone]
        for _ in range(times):
            mutation = device.queue(
                *self.chooser.intent(device), at=self.chooser.at(), id=self.chooser.new_id()
            )
            self.written[mutation.id] = (device, mutation)

    @rule(phone=phones, limit=st.sampled_from((1, 2, 500)))
    def push(self, phone: int, limit: int) -> None:
        if self.phones[phone].disk.outbox:
            self.phones[phone].push(limit)

    @rule(phone=phones, limit=st.sampled_from((1, 7, 1000)))
    def pull(self, phone: int, limit: int) -> None:
        self.phones[phone].pull(limit)
        truth.check_convergence(self.phones[phone])

    @rule(phone=phones, limit=st.sampled_from((1, 500)))
    def push_and_die_before_the_answer(self, phone: int, limit: int) -> None:
        """Also what a lost or repeated answer comes to."""
        device = self.phones[phone]
        before = device.disk
        if before.outbox:
            device.push(limit)
            device.disk = before
            device.restart()

    @rule(phone=phones)
    def an_old_request_arrives_late(self, phone: int) -> None:
        device = self.phones[phone]
        old = [m.wire() for _, m in self.written.values() if m in device.disk.journal]
        late = sorted(old, key=lambda wire: wire["seq"])[: self.chance.randrange(5)]
        if late:
            answer = device.push_raw(late)
            assert {result["status"] for result in answer["results"]} == {"duplicate"}

    @rule(phone=phones, limit=st.sampled_from((1, 5)))
    def pull_and_die_half_way(self, phone: int, limit: int) -> None:
        device = self.phones[phone]
        page = device.pull_page(device.disk.cursor, limit)
        if page["more"] and self.chance.random() < 0.5:
            device.pull_page(page["cursor"], limit)
        device.restart()

    @rule(phone=phones)
    def a_phone_comes_back_from_a_backup(self, phone: int) -> None:
        """What was sent after the backup is sent again, with other work, by a device with other numbers."""
        device = self.phones[phone]
        self.work(phone, 2)
        backup = device.disk
        device.push()
        self.work(phone, 1)
        device.push()
        device.disk = replace(backup, results=device.disk.results)
        self.work(phone, 1)
        device.push()

    @rule(role=st.sampled_from(("consultant", "nurse", "admin_office", "consult_lead")))
    def change_roles(self, role: str) -> None:
        person = self.chooser.people["consultant2"]
        self.scene.perform("staff.update", {"id": person, "roles": [role]})

    @rule(days=st.sampled_from((0, 91, 121, 400)))
    def night_falls(self, days: int) -> None:
        then = datetime.now(UTC) + timedelta(days=days)
        with self.app.app_context():
            with write() as connection:
                recompute(connection, self.clinic.id, then)
            with write() as connection:
                compact(connection, self.clinic.id, then)

    @invariant()
    def numbers_have_no_gap(self) -> None:
        for device in getattr(self, "phones", ()):
            numbers = [m.seq for m in device.disk.outbox]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True

    def teardown(self) -> None:
        if not hasattr(self, "phones"):
            return
        for device in self.phones:
            device.sync()
        for device in self.phones:
            device.pull()
            truth.check_convergence(device)
        lead = self.phones[5]
        keep_all(self.scene, self.clinic)
        truth.check_exactly_once(self.clinic, self.phones, self.written, truth.visible_to(lead))
        truth.check_rejections(self.phones, self.written)
        truth.check_chain(self.clinic)


def keep_all(scene: Scene, clinic: Clinic) -> None:
    """Bring every customer back into everybody's working set, to look at all of them."""
    from server.clinic.customers import Customer

    with scene.transaction() as tx:
        for row in tx.find(Customer):
            tx.update(Customer, row["id"])


@pytest.mark.random
def test_any_history_of_work_and_mishaps_converges(app: Flask):
    run_state_machine_as_test(
        from_the_seed(lambda: Life(app)), settings=drawn(usually=6, soaking=3_000, steps=25)
    )
