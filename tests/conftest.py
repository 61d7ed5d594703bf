"""The fixtures every test may ask for; what they are made of is in tests/rigs/."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from tests.rigs.browser import why_no_browser
from tests.rigs.postgres import Postgres, run_folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres(run_folder())
    yield server
    server.close()


@pytest.fixture(scope="session")
def browser_playwright(playwright: Playwright) -> Playwright:
    """Playwright where a browser can be driven; elsewhere the test is skipped, with the reason."""
    reason = why_no_browser(playwright)
    if reason:
        pytest.skip(reason)
    return playwright
