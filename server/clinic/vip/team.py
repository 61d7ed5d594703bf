"""Who belongs to a case: who gets its rows at the next pull, and who has lost them."""

from typing import Any

from marshmallow import Schema

from server.clinic.fields import Id, one_of
from server.clinic.notices import tell
from server.clinic.permissions import ROLES, require
from server.clinic.photo_sets import PhotoSet
from server.clinic.staff import Staff, people_with
from server.clinic.vip.cases import VipCase, open_case
from server.clinic.vip.steps import VipStep, follow
from server.sync.grants import Grant
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row
from server.sync.transaction import Transaction

UNDER_REVIEW = ("screening", "returned", "reviewed")
WHOLE_ROLE = ("customer_service", "admin_office", "finance")
"""Roles that look after all cases: as long as nobody is named, everybody who holds the role."""
COORDINATOR, REVIEWER = "customer_service", "admin_office"
COMES_WITH_THE_SALON = "partner_consultant"
TICKS = {"consultant": "assign_consultant", "nurse": "assign_after_care"}
"""Steps that are done by naming somebody."""


class AssignArgs(Schema):
    case_id = Id(required=True)
    role = one_of(*(role for role in ROLES if role != COMES_WITH_THE_SALON), required=True)
    staff_id = Id(required=True, allow_none=True)


@mutation("vip.assign", AssignArgs, case_id=VipCase)
def assign(tx: Transaction, args: Args) -> None:
    """Name who does this role's steps, or nobody any more; of two who say so, the later stands."""
    case = open_case(tx, args["case_id"])
    require(tx, "vip.assign", case["id"])
    role, staff_id = args["role"], args["staff_id"]
    person = tx.get(Staff, staff_id)
    if staff_id and (person is None or not person["active"]):
        raise Rejected("not_found", "There is no such person.")
    if person and role not in person["roles"]:
        raise Rejected("validation", "This person does not hold the role.", staff_id=["role"])
    said = [tx.at, tx.context.mutation_id]
    if case["assigned"].get(role, ["", ""]) > said:
        return
    name(tx, case, role, staff_id)
    if staff_id:
        if role in TICKS:
            follow(tx, case["id"], TICKS[role], "done")
        tell(tx, staff_id, "vip_assigned", case["customer_id"], target(case))


def name(tx: Transaction, case: Row, role: str, staff_id: str | None) -> Row:
    """The person becomes the role's one on the team, with the steps that go with it."""
    team = {**case["team"], role: staff_id} if staff_id else _without(case["team"], role)
    said = {**case["assigned"], role: [tx.at, tx.context.mutation_id]}
    case = tx.update(VipCase, case["id"], team=team, assigned=said)
    for step in tx.find(VipStep, case_id=case["id"], owner_role=role):
        tx.update(VipStep, step["id"], assignee_id=staff_id)
    regrant(tx, case)
    return case


def regrant(tx: Transaction, case: Row) -> None:
    """Give and take access until everybody of the clinic has what belongs to them."""
    reason = f"vip:{case['id']}"
    due = {
        (person["id"], subject)
        for person in tx.find(Staff, active=True)
        for subject in _subjects_for(tx, case, person)
    }
    subjects = [case["id"], case["customer_id"]]
    there = {
        (grant["staff_id"], grant["subject"])
        for grant in tx.find(Grant, subject=subjects, reason=reason, until=None)
    }
    for staff_id, subject in sorted(there - due):
        tx.revoke(staff_id, subject, reason)
    for staff_id, subject in sorted(due - there):
        tx.grant(staff_id, subject, reason)


def _subjects_for(tx: Transaction, case: Row, person: Row) -> tuple[str, ...]:
    """Of case and customer, what this person is given because of the case."""
    roles, both = person["roles"], (case["id"], case["customer_id"])
    named = {role for role, id in case["team"].items() if id == person["id"]}
    if person["id"] == case["opened_by"] or named - {REVIEWER}:
        return both
    if COMES_WITH_THE_SALON in roles and person["partner_id"] == case["partner_id"]:
        return both
    reviews = REVIEWER in roles and case["status"] in UNDER_REVIEW
    if reviews and _has_no_other_pictures(tx, case):
        return both
    is_paid = "finance" in roles and case["status"] in ("confirmed", "closed")
    return both[:1] if reviews or is_paid or named else ()


def _has_no_other_pictures(tx: Transaction, case: Row) -> bool:
    """Of who reviews the first pictures none but those are shown: pictures go by customer."""
    sets = tx.find(PhotoSet, customer_id=case["customer_id"])
    return all(one["vip_case_id"] == case["id"] for one in sets)


def pictures_begun(tx: Transaction, customer_id: str) -> None:
    """A set has begun: whether administration may look at this customer's is asked anew."""
    for case in tx.find(VipCase, customer_id=customer_id, status=list(UNDER_REVIEW)):
        regrant(tx, case)


def staff_changed(tx: Transaction) -> None:
    """Somebody came, left, or has another role or salon: running cases look again."""
    for case in tx.find(VipCase, status=[*UNDER_REVIEW, "confirmed"]):
        regrant(tx, case)


def people_for(tx: Transaction, case: Row, role: str) -> list[str]:
    """Who acts in this role for the case: the one named, if still there, or whoever looks after all cases."""
    there, named = people_with(tx, role), case["team"].get(role)
    if role == COMES_WITH_THE_SALON:
        salon = {p["id"] for p in tx.find(Staff, active=True, partner_id=case["partner_id"])}
        return [id for id in there if id in salon]
    if named in there:
        return [named]
    return there if role in WHOLE_ROLE else []


def tell_role(tx: Transaction, case: Row, role: str, kind: str) -> None:
    for staff_id in people_for(tx, case, role):
        tell(tx, staff_id, kind, case["customer_id"], target(case))


def target(case: Row) -> str:
    """Where a notice about the case leads."""
    return f"/vip/{case['id']}"


def _without(team: dict[str, Any], role: str) -> dict[str, Any]:
    return {one: id for one, id in team.items() if one != role}
