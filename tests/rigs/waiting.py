"""Waiting for a state, where nothing says that it has come."""

import time
from collections.abc import Callable
from typing import Any


def until(what: Callable[[], Any], wanted: Any, timeout_s: float = 30) -> None:
    """Ask until it is so."""
    end = time.monotonic() + timeout_s
    while (found := what()) != wanted:
        assert time.monotonic() < end, found
        time.sleep(0.02)
