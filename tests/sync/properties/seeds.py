"""How many random cases a property tries, and from which seed.

Without a wish it is always the same: whoever changes something else must not meet a new case. `SOAK=1`
tries as many as `make soak` promises, from a seed of its own, `SOAK=0.1` a tenth of them; `SEED=123` begins
where another run did; `SHRINK=1` makes a failing case small, which takes minutes.
"""

import os
import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

SOAK = float(os.environ.get("SOAK") or 0)
SEED = int(os.environ.get("SEED") or (random.SystemRandom().randrange(2**32) if SOAK else 20261122))


def examples(usually: int, soaking: int) -> int:
    return max(1, round(soaking * SOAK)) if SOAK else usually


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


def from_the_seed(make: Callable[[], Any]) -> Callable[[], Any]:
    """The factory of a state machine, whose draws begin at SEED; a failing test shows which it was."""
    print(f"SEED={SEED}")
    return seed(SEED)(make)
