"""The steps of a VIP case, ticked by those they belong to, as far as the day has come."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from server.clinic.vip import template
from server.clinic.vip.lead_times import due
from server.clinic.vip.steps import step_id
from server.clinic.vip.team import TICKS
from server.demo import visits
from server.demo.script import TIMEZONE, Due, Guest, Script
from server.instants import later

BY_THEMSELVES = {
    *template.BY_DECISION, template.ANSWER, *TICKS.values(), "write_plans", "approve_plans", "release_plans",
    "team_review",
}  # fmt: skip
"""Steps that follow from an act on the case."""
OPERATED = "call"
"""The step after which the treatment is entered."""


@dataclass
class Case:
    """A case as far as the script must remember it. `people`: staff id by role."""

    script: Script
    id: str
    guest: Guest
    people: dict[str, str]
    opened_at: str
    arrival_at: str

    def after(self, minutes: float) -> str:
        """So long after the case was opened."""
        return later(self.opened_at, minutes=minutes)

    def act(self, at: str, role: str, name: str, /, **args: Any) -> None:
        """Unless that moment has not come."""
        if at < self.script.now:
            self.script.act(at, self.people[role], name, **args)

    def set(self, at: str, role: str, code: str, state: str, **more: Any) -> None:
        """Somebody sets a step that nobody has set before."""
        said = {"state": state, "seen_state": "todo", **more}
        self.act(at, role, "vip.step", id=self.script.new_id(at), step_id=step_id(self.id, code), **said)


def coordinate(case: Case, treatment: int, forgotten: Collection[str], contested: str) -> list[Due]:
    """From the arrangements to the review; returns what the treatment (number in the catalogue) owes."""
    script, at = case.script, case.arrival_at
    dues: list[Due] = []
    for step in template.STEPS:
        if step.code in BY_THEMSELVES:
            continue
        if step.code == "first_photos":
            ticked = case.after(5)
        elif step.lead:
            ticked = script.after(due(step.lead, case.arrival_at, TIMEZONE) or at, -20, 2)
        else:
            ticked = script.after(at, 5, 12)
        at = max(at, ticked)
        if step.code in forgotten or not (step.mandatory or script.chance(0.5)):
            continue
        case.set(ticked, step.owner_role, step.code, "done")
        if step.code == contested:
            case.set(later(ticked, minutes=1), "cs_lead", step.code, "blocked", reason="电梯检修")
        if step.code == OPERATED and at < script.now:
            dues += visits.treat(script, case.guest, at, treatment)
    review = {"well": "接机准时，交接清楚", "badly": "病房空调开晚了", "feedback": "顾客很满意，愿意介绍朋友"}
    case.act(
        later(at, hours=18), "customer_service", "vip.close", case_id=case.id, review=review
    )  # fmt: skip
    return dues
