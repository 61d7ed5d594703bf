"""How many random cases a property tries, and from which seed.

`SOAK=1` tries as many as `make soak` promises; `SEED=123` tells one run again; `SHRINK=1` makes a
failing case small, which takes minutes.
"""

import os
import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

SOAK = bool(os.environ.get("SOAK"))
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))


def examples(usually: int, soaking: int) -> int:
    return soaking if SOAK else usually


def drawn(usually: int, soaking: int, steps: int) -> settings:
    """Settings of a random test."""
    shrink = (Phase.shrink,) if os.environ.get("SHRINK") else ()
    return settings(
        max_examples=examples(usually, soaking),
        stateful_step_count=steps,
        phases=(Phase.explicit, Phase.generate, *shrink),
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


def from_the_seed(machine: Any) -> Callable[[], Any]:
    """A state machine's factory whose draws begin at SEED; it says so when the test fails."""
    print(f"SEED={SEED}")
    return seed(SEED)(machine)  # type: ignore[no-any-return]
