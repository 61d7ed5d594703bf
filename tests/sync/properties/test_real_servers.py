"""Properties 1, 2 and 5 with real processes: a bad network, kill -9 at any moment, a restored backup.

Each case is a story drawn from its own seed. Phones work at the same time, each in a thread, while the
server is killed and started again under their hands.
"""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask

from server import create_app
from tests.conftest import configured, migrated
from tests.rigs.chaos import Chaos
from tests.rigs.client import Device, Mutation, Refused
from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.rigs.server import ROOT, Server
from tests.sync.properties import truth
from tests.sync.properties.acts import Chooser
from tests.sync.properties.seeds import SEED, examples

LOGINS = (
    ("customer_service", 1),
    ("customer_service", 2),
    ("consultant", 1),
    ("consultant", 2),
    ("consult_lead", 1),
)
PROCESSES = 2
ACTS = 12


class Story:
    """One clinic with five phones on a bad network, and a server that may die."""

    def __init__(self, app: Flask, server: Server, seed: int) -> None:
        self.server, self.seed = server, seed
        self.chance = random.Random(seed)
        self.chaos = Chaos(server.url, seed)
        self.clinic = Clinic(app, lambda: HttpDoor(self.chaos.url, timeout_s=30))
        self.written: dict[str, tuple[Device, Mutation]] = {}
        self.faults: list[BaseException] = []
        rates, self.chaos.rates = self.chaos.rates, {}
        with self.chaos:
            self.phones = [self.clinic.phone(role, number) for role, number in LOGINS]
            people = {phone.login_name: phone.staff["id"] for phone in self.phones}
            people["nurse"] = self.clinic.person("nurse")
            choosers = [Chooser(random.Random(f"{seed}:{number}"), people) for number in range(len(LOGINS))]
            self.chaos.rates = rates
            self.live(choosers)
            self.chaos.quiet()
            self.check()

    def live(self, choosers: list[Chooser]) -> None:
        threads = [
            threading.Thread(target=self.use, args=(phone, chooser))
            for phone, chooser in zip(self.phones, choosers, strict=True)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            threads[0].join(self.chance.uniform(0.2, 1.5))
            if self.chance.random() < 0.5:
                self.server.kill()
                self.server.start()
            for thread in threads[1:]:
                thread.join(0.01)
        assert not self.faults, self.faults[0]

    def use(self, phone: Device, chooser: Chooser) -> None:
        try:
            for _ in range(ACTS):
                self.step(phone, chooser)
        except BaseException as fault:
            self.faults.append(fault)

    def step(self, phone: Device, chooser: Chooser) -> None:
        for _ in range(chooser.chance.randrange(3)):
            mutation = phone.queue(*chooser.intent(phone), at=chooser.at(), id=chooser.new_id())
            self.written[mutation.id] = (phone, mutation)
        durable = phone.disk
        try:
            if chooser.chance.random() < 0.6 and phone.disk.outbox:
                phone.push(chooser.chance.choice((1, 500)))
            else:
                phone.pull(chooser.chance.choice((5, 1000)))
        except requests.RequestException:
            phone.restart()
        except Refused as refused:
            if refused.status != 503:
                raise  # only an outage is excused
        if chooser.chance.random() < 0.15:
            phone.disk = durable  # killed before the answer was on its disk
            phone.restart()

    def check(self) -> None:
        for phone in self.phones:
            phone.sync()
        for phone in self.phones:
            phone.sync()
            truth.check_convergence(phone)
        truth.check_exactly_once(self.clinic, self.phones, self.written, truth.visible_to(self.phones[-1]))
        truth.check_rejections(self.phones, self.written)
        truth.check_chain(self.clinic)


@pytest.fixture
def mortal(engine: str, fresh_database, tmp_path: Path) -> Iterator[tuple[Flask, Server]]:
    """A server to be killed, and the application on its database to set stories up with."""
    with fresh_database(engine) as url:
        app = migrated(create_app(configured(url, tmp_path)))
        with Server(url, tmp_path, processes=PROCESSES) as server:
            yield app, server


@pytest.mark.random
def test_nothing_is_lost_or_doubled_when_servers_die_and_networks_fail(mortal):
    for number in range(examples(usually=1, soaking=100)):
        seed = SEED + number
        print(f"SEED={seed}")
        Story(*mortal, seed)


def flask(server: Server, *command: str) -> None:
    """Run one of the product's own commands beside the server."""
    environment = {
        **os.environ, "DATABASE_URL": server.database_url, "DATA_DIR": str(server.data_dir),
        "FLASK_APP": "server:create_app",
    }  # fmt: skip
    subprocess.run([sys.executable, "-m", "flask", *command], cwd=ROOT, env=environment, check=True)


def test_work_after_an_old_backup_comes_back_and_nobody_revoked_does(mortal, tmp_path):
    """With the product's own backup and restore, around a kill -9."""
    app, server = mortal
    clinic = Clinic(app, lambda: HttpDoor(server.url))
    service, second = clinic.phone("customer_service"), clinic.phone("customer_service", 2)
    stolen, leaver = clinic.phone("consultant"), clinic.phone("nurse")
    admin = clinic.phone("clinic_admin")

    def create(phone: Device, name: str) -> str:
        customer = {"id": Chooser(random.Random(name), {}).new_id(), "name": name, "phones": []}
        assert phone.do("customer.create", customer)["error"] is None
        return customer["id"]

    before = create(service, "备份之前")
    backups = tmp_path / "backups"
    flask(server, "backup", str(backups))
    after = [create(service, "备份之后"), create(second, "也在之后")]
    refused = second.do("customer.create", {"id": before, "name": "重复", "phones": []})
    clinic.revoke(stolen, "wipe")
    assert admin.do("staff.update", {"id": leaver.staff["id"], "active": False})["error"] is None

    server.kill()
    [archive] = backups.glob("*.zip")
    flask(server, "restore", str(archive), "--yes")
    server.start()

    for phone in (stolen, leaver, service):
        with pytest.raises(Refused) as told:
            phone.pull()
        assert told.value.status == 401
    with pytest.raises(Refused):
        leaver.login()
    revoked = stolen.disk.device_id
    assert stolen.login()["device"]["id"] != revoked
    late = create(clinic.phone("customer_service", 3), "新的工作")
    for phone in (second, service):
        phone.login()
        phone.sync()
    for phone in (second, service):
        phone.sync()
        assert set(phone.rows("customer")) == {before, *after, late}
        truth.check_convergence(phone)
    assert refused["error"]["code"] == "conflict"
    assert second.rows("customer")[before]["name"] == "备份之前"
    applied = truth.applied_entries(clinic)
    assert max(applied.values()) == 1
    truth.check_chain(clinic)
