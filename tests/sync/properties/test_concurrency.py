"""Property 6: a reader who sees a version has seen everything before it, however many write at once."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from server import create_app
from tests.conftest import configured, migrated
from tests.rigs.client import Device, Refused, uuid7
from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.rigs.server import Server
from tests.sync.properties import truth

CLIENTS = 20
PROCESSES = 3
SECONDS = float(os.environ.get("CROWD_SECONDS", "5"))


@pytest.fixture
def crowded(engine: str, fresh_database, tmp_path) -> Iterator[Clinic]:
    """A clinic behind several server processes, with a phone for each of the crowd."""
    with fresh_database(engine) as url:
        config = configured(url, tmp_path)
        app = migrated(create_app(config))
        with Server(url, tmp_path, processes=PROCESSES) as server:
            yield Clinic(app, lambda: HttpDoor(server.url))


@pytest.mark.random
def test_no_acknowledged_row_is_missing_on_any_device_of_a_crowd(crowded: Clinic):
    phones = [crowded.phone("customer_service") for _ in range(CLIENTS)]
    acknowledged: list[list[str]] = [[] for _ in phones]
    faults: list[str] = []
    together = threading.Barrier(CLIENTS)

    def write_and_read(number: int, phone: Device) -> None:
        together.wait()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            customer = {"id": uuid7(), "name": f"王{number}", "phones": []}
            try:
                if phone.do("customer.create", customer)["error"] is None:
                    acknowledged[number].append(customer["id"])
                phone.pull()
            except Refused as refused:
                faults.append(str(refused))

    threads = [
        threading.Thread(target=write_and_read, args=(number, phone)) for number, phone in enumerate(phones)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    everybodys = {id for ids in acknowledged for id in ids}
    assert len(everybodys) > CLIENTS
    missing = 0
    for phone in phones:
        phone.pull()
        missing += len(everybodys - set(phone.rows("customer")))
    print(f"{len(everybodys)} acknowledged rows, {missing} missing on some device")
    assert missing == 0
    truth.check_convergence(phones[0])
    truth.check_chain(crowded)
