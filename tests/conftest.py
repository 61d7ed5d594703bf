"""The fixtures every test may ask for; what they are made of is in tests/rigs/."""

from collections.abc import Iterator

import pytest

from tests.rigs.postgres import Postgres, run_folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres(run_folder())
    yield server
    server.close()
