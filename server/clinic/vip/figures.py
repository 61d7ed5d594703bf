"""How VIP cases went: steps in time by stage, what was decided, for how much; by month, partner and channel.

Two statements for any number of cases. A step is late when it was done after it was due, or is due and open.
A case belongs to the month of its arrival by the clinic's calendar. No customer appears but by id.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, cast, func, or_, select

from server.clinic.permissions import ACTS
from server.clinic.reports import midnight
from server.clinic.settings import Clinic
from server.clinic.sign_in import SignedIn
from server.clinic.vip.cases import VipCase
from server.clinic.vip.history import OVER
from server.clinic.vip.plans import VipPlan
from server.clinic.vip.steps import VipStep
from server.database import read
from server.errors import Forbidden, Validation
from server.instants import instant, parsed
from server.sync.synced import Row

COUNTS = ("steps", "done", "skipped", "in_time", "late")
SUMS = ("cases", "closed", "accepted", "amount", "in_time", "late")
ARRIVED = ("confirmed", "closed")
MOST_DAYS = 1100


def vip_report(person: SignedIn, first: date, last: date, now: datetime) -> Row:
    """Confirmed cases that arrived on these days. Raises Forbidden and Validation."""
    if not any(role in ACTS["reports.read"] for role in person.roles):
        raise Forbidden("Your role does not include reports.")
    if not timedelta() <= last - first <= timedelta(days=MOST_DAYS):
        raise Validation("These days make no report.", to=["far"])
    with read() as connection:
        clinic_id = person.clinic_id
        zone = connection.scalar(select(Clinic.timezone).where(Clinic.clinic_id == clinic_id)) or "UTC"
        arrived = select(VipCase.__table__).where(
            VipCase.clinic_id == clinic_id, VipCase.status.in_(ARRIVED),
            VipCase.arrival_at >= midnight(first, zone),
            VipCase.arrival_at < midnight(last + timedelta(days=1), zone),
        ).order_by(VipCase.arrival_at, VipCase.id)  # fmt: skip
        rows = [dict(row) for row in connection.execute(arrived).mappings()]
        cases = figures(connection, clinic_id, rows, now)
    for row in cases:
        row["month"] = f"{parsed(row['arrival_at']).astimezone(ZoneInfo(zone)):%Y-%m}"
    return {
        "from": first.isoformat(), "to": last.isoformat(), "at": instant(now), "cases": cases,
        "months": by_month(cases),
    }  # fmt: skip


def figures(connection: Connection, clinic_id: str, cases: list[Row], now: datetime) -> list[Row]:
    """Of each case {case_id, customer_id, partner_id, channel_dev_id, status, arrival_at, in_time, late,
    stages: [{stage, *COUNTS}], decision: [labels], amount (fen; null: nothing accepted)}."""
    ids = [row["id"] for row in cases]
    stages, accepted = _stages(connection, clinic_id, ids, now), _accepted(connection, clinic_id, ids)
    told = []
    for row in cases:
        decision = accepted[row["id"]]
        of_case = stages[row["id"]]
        told.append({
            "case_id": row["id"], "customer_id": row["customer_id"], "partner_id": row["partner_id"],
            "channel_dev_id": row["team"].get("channel_dev"), "status": row["status"],
            "arrival_at": row["arrival_at"], "stages": of_case,
            "in_time": sum(stage["in_time"] for stage in of_case),
            "late": sum(stage["late"] for stage in of_case),
            "decision": sorted(decision), "amount": _amount(row["review"], decision),
        })  # fmt: skip
    return told


def by_month(cases: list[Row]) -> list[Row]:
    """[{month, partner_id, channel_dev_id, cases, closed, accepted, amount, in_time, late}]"""
    sums: dict[Any, Row] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for row in cases:
        of_month = sums[row["month"], row["partner_id"], row["channel_dev_id"] or ""]
        of_month["cases"] += 1
        of_month["closed"] += row["status"] == "closed"
        of_month["accepted"] += bool(row["decision"])
        of_month["amount"] += row["amount"] or 0
        for name in ("in_time", "late"):
            of_month[name] += row[name]
    return [
        {"month": month, "partner_id": partner, "channel_dev_id": channel or None, **sums[key]}
        for key in sorted(sums)
        for month, partner, channel in (key,)
    ]


def is_late(now: datetime) -> ColumnElement[bool]:
    """Condition on `VipStep`."""
    after = and_(VipStep.state == "done", VipStep.done_at > VipStep.due_at)
    return or_(after, and_(VipStep.state.not_in(OVER), VipStep.due_at < instant(now)))


def _stages(connection: Connection, clinic_id: str, ids: list[str], now: datetime) -> dict[str, list[Row]]:
    def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.sum(case((and_(*conditions), 1), else_=0)), Integer)

    done = VipStep.state == "done"
    rows = connection.execute(
        select(
            VipStep.case_id, VipStep.stage, func.count().label("steps"), count(done).label("done"),
            count(VipStep.state == "skipped").label("skipped"),
            count(done, VipStep.done_at <= VipStep.due_at).label("in_time"),
            count(is_late(now)).label("late"),
        )
        .where(VipStep.clinic_id == clinic_id, VipStep.case_id.in_(ids))
        .group_by(VipStep.case_id, VipStep.stage)
        .order_by(func.min(VipStep.position))
    ).mappings()  # fmt: skip
    stages: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        stages[row["case_id"]].append({name: row[name] for name in ("stage", *COUNTS)})
    return stages


def _accepted(connection: Connection, clinic_id: str, ids: list[str]) -> dict[str, dict[str, int]]:
    """By case, the prices of accepted plans by label."""
    plans: dict[str, dict[str, int]] = defaultdict(dict)
    rows = connection.execute(
        select(VipPlan.case_id, VipPlan.label, VipPlan.price).where(
            VipPlan.clinic_id == clinic_id, VipPlan.case_id.in_(ids), VipPlan.status == "accepted"
        )
    )
    for case_id, label, price in rows:
        plans[case_id][label] = price
    return plans


def _amount(review: Row, decision: dict[str, int]) -> int | None:
    """What the team says was paid, else what the accepted plans cost."""
    said = review.get("amount")
    if isinstance(said, int):
        return said
    return sum(decision.values()) if decision else None
