"""The channel-VIP journey: cases, their team, plans, printing, steps, and the template they start from."""

from server.clinic.vip import (
    cases,
    deciding,
    editing,
    going,
    plans,
    printing,
    steps,
    team,
    templates,
    ticking,
)

__all__ = [
    "cases",
    "deciding",
    "editing",
    "going",
    "plans",
    "printing",
    "steps",
    "team",
    "templates",
    "ticking",
]
