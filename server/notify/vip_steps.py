"""VIP steps: whoever does one is reminded of it, and the coordinator of what is late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from server.clinic.notices import remind_of
from server.clinic.vip.cases import VipCase
from server.clinic.vip.history import OVER
from server.clinic.vip.steps import VipStep, step_target
from server.clinic.vip.team import COORDINATOR, people_for
from server.instants import instant
from server.notify.moments import BEFORE_DEADLINE
from server.sync.transaction import Transaction

SOON, LATE = "vip_soon", "vip_late"
STILL_TOLD = timedelta(hours=12)
"""So long after it was due the coordinator is yet told, should no worker have run."""


class Pressing(NamedTuple):
    """A step, and what is to be said of it. Due at another time, it is said again."""

    clinic_id: str
    kind: str
    step_id: str
    due_at: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.step_id}:{self.due_at}"


def pressing(connection: Connection, now: datetime) -> Iterator[Pressing]:
    """Open steps of running cases that are due within a quarter of an hour, and mandatory ones that have been
    due. One range of the index on due time."""
    rows = connection.execute(
        select(VipStep.clinic_id, VipStep.id, VipStep.due_at, VipStep.mandatory)
        .join(VipCase, and_(VipCase.clinic_id == VipStep.clinic_id, VipCase.id == VipStep.case_id))
        .where(
            VipStep.due_at.between(instant(now - STILL_TOLD), instant(now + BEFORE_DEADLINE)),
            VipStep.state.not_in(OVER), VipCase.status == "confirmed",
        )
    )  # fmt: skip
    for clinic_id, id, due_at, mandatory in rows:
        is_late = str(due_at) <= instant(now)
        if mandatory or not is_late:
            yield Pressing(clinic_id, LATE if is_late else SOON, id, str(due_at))


def tell_of(tx: Transaction, kind: str, step_id: str, due_at: str) -> None:
    """Those who do it (the coordinator, where nobody is named), or of what is late the coordinator."""
    step = tx.get(VipStep, step_id)
    case = tx.get(VipCase, step["case_id"]) if step else None
    if step is None or case is None or step["state"] in OVER or step["due_at"] != due_at:
        return
    doing = people_for(tx, case, step["owner_role"]) if kind == SOON else []
    for person in doing or people_for(tx, case, COORDINATOR):
        remind_of(tx, person, kind, case["customer_id"], step_target(step))
