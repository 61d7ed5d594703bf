"""What browsers do differently is not in the database: one is enough here."""

import pytest


@pytest.fixture(scope="session")
def engine() -> str:
    return "sqlite"
