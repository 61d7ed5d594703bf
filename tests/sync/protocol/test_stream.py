"""The stream of pokes."""

import time
from collections.abc import Iterator

import pytest

from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.rigs.server import Server
from tests.sync.protocol.wire import wire


@pytest.fixture
def cramped(app, config) -> Iterator[Clinic]:
    """A clinic whose server has room for one stream."""
    with Server(config.database_url, config.data_dir, {"STREAMS_PER_PROCESS": "1"}) as server:
        yield Clinic(app, lambda: HttpDoor(server.url))


def test_a_change_pokes_everybody_of_the_clinic(clinic, listen):
    writer, reader = clinic.phone("customer_service"), clinic.phone("nurse")
    with listen(reader) as stream:
        version = writer.push_raw([wire(1)])["version"]
        assert stream.poke(at_least=version) == version


def test_another_clinics_change_pokes_nobody(clinic, outsider, listen):
    writer, reader = clinic.phone("customer_service"), clinic.phone("nurse")
    with listen(reader) as stream:
        version = writer.push_raw([wire(1)])["version"]
        stream.poke(at_least=version)
        for seq in range(1, 9):
            theirs = outsider.push_raw([wire(seq)])["version"]
        version = writer.push_raw([wire(2)])["version"]
        assert stream.poke(at_least=version) == version < theirs


def test_it_is_a_stream_of_events_that_nobody_stores(clinic, listen):
    with listen(clinic.phone("nurse")) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "no-store" in stream.headers["Cache-Control"]
        assert "Content-Encoding" not in stream.headers


def test_the_place_of_a_phone_that_has_gone_is_free_long_before_a_heartbeat(cramped, listen):
    gone, next_one = cramped.phone("customer_service"), cramped.phone("nurse")
    with listen(gone) as stream:
        assert stream.status == 200
        with listen(next_one) as refused:
            assert refused.status == 503
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with listen(next_one) as stream:
            if stream.status == 200:
                return
    pytest.fail("the place stayed taken")
