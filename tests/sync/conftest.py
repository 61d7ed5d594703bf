"""Here every phone talks to a real server over HTTP."""

import pytest

from tests.rigs.doors import HttpDoor
from tests.rigs.stream import Stream


@pytest.fixture
def open_door(server):
    """A new way in for every phone: its own cookies and connections."""
    return lambda: HttpDoor(server.url)


@pytest.fixture
def listen():
    """listen(phone): its stream of pokes, for a `with`."""
    return Stream
