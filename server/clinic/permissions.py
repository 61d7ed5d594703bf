"""Who reads and who does what: the table of roles, enforced by every mutator and every pull.

Reading is by facets (server.sync.audience), writing by acts. `OWN`: the customer is the
person's own (owner, on a treatment's team, assigned a follow-up). `ROLE`: the follow-up is the
role's or the person's.
"""

from enum import Enum
from typing import Any

from server.sync.domain import Audience
from server.sync.mutations import Rejected
from server.sync.transaction import Actor, Transaction


class Scope(Enum):
    ALL = "all"
    OWN = "own"
    ROLE = "role"


ALL, OWN, ROLE = Scope.ALL, Scope.OWN, Scope.ROLE

LEADS = frozenset({"consult_lead", "cs_lead", "ops_director"})
"""Who may pass a gate, or end what is not finished, with a reason."""

ROLES = (
    "front_desk", "consult_assistant", "consultant", "consult_lead", "cs_lead",
    "customer_service", "nurse", "doctor", "channel_dev", "partner_consultant", "admin_office",
    "finance", "ops_director", "clinic_admin",
)  # fmt: skip


def _reads(everything: str, own: str = "") -> Audience:
    return Audience(frozenset(["directory", *everything.split()]), frozenset(own.split()))


# `treatment` is a facet of its own beside `care`: some roles read every treatment and only
# their own follow-ups. `board`: whose day is signed off. `review`: what leads think of attempts.
AUDIENCES: dict[str, Audience] = {
    "front_desk": _reads("name profile alert schedule consent", "vip"),
    "consult_assistant": _reads(
        "name profile alert medical schedule treatment photo consent board", "care vip vip_screening"
    ),
    "consultant": _reads(
        "name board", "profile alert medical schedule treatment care photo consent vip vip_screening money"
    ),
    "consult_lead": _reads(
        "name profile alert medical schedule treatment care photo consent vip vip_screening money board "
        "review"
    ),
    "customer_service": _reads(
        "name profile alert medical schedule treatment care photo consent vip vip_screening board"
    ),
    "cs_lead": _reads(
        "name profile alert medical schedule treatment care photo consent vip vip_screening money board "
        "review"
    ),
    "nurse": _reads(
        "name profile alert medical schedule treatment care photo consent board", "vip vip_screening"
    ),
    "doctor": _reads(
        "name profile alert medical schedule treatment care photo consent board", "vip vip_screening"
    ),
    "channel_dev": _reads("", "name profile vip_screening photo consent vip"),
    "partner_consultant": _reads("", "name vip_early"),
    "admin_office": _reads("name vip", "vip_screening photo"),
    "finance": _reads("name schedule money", "vip"),
    "ops_director": _reads("name profile alert schedule treatment care consent vip money board review"),
    "clinic_admin": _reads("name"),
}

ACTS: dict[str, dict[str, Scope]] = {
    "customer.write": {
        "front_desk": ALL, "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL,
        "customer_service": ALL, "cs_lead": ALL, "channel_dev": OWN,
    },
    "customer.change_owner": {"consult_lead": ALL, "cs_lead": ALL},
    "medical.write": {"consult_assistant": ALL, "consultant": OWN, "nurse": ALL, "doctor": ALL},
    "treatment.write": {
        "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL, "nurse": ALL,
        "doctor": ALL,
    },
    "treatment.void": {"consult_lead": ALL},
    "appointment.write": {
        "front_desk": ALL, "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL,
        "customer_service": ALL, "cs_lead": ALL, "nurse": ALL, "doctor": ALL,
    },
    "followup.write": {
        "consult_assistant": OWN, "consultant": OWN, "consult_lead": ALL, "customer_service": ALL,
        "cs_lead": ALL, "nurse": ROLE, "doctor": ROLE,
    },
    "followup.assign": {"consult_lead": ALL, "cs_lead": ALL, "ops_director": ALL},
    "day.sign_off": {
        "consult_assistant": ALL, "consultant": ALL, "consult_lead": ALL, "customer_service": ALL,
        "cs_lead": ALL, "nurse": ALL, "doctor": ALL, "ops_director": ALL,
    },
    "attempt.review": {"consult_lead": ALL, "cs_lead": ALL},
    "reports.read": {"consult_lead": ALL, "cs_lead": ALL, "ops_director": ALL, "clinic_admin": ALL},
    "message.write": {
        "consult_assistant": OWN, "consultant": OWN, "consult_lead": ALL, "customer_service": ALL,
        "cs_lead": ALL, "nurse": ALL, "doctor": ALL,
    },
    "consent.write": {
        "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL, "nurse": ALL,
        "doctor": ALL, "channel_dev": OWN,
    },
    "photo.take": {
        "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL, "nurse": ALL,
        "doctor": ALL, "channel_dev": OWN,
    },
    "photo.look": {
        "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL, "customer_service": ALL,
        "cs_lead": ALL, "nurse": ALL, "doctor": ALL, "channel_dev": OWN, "admin_office": OWN,
    },
    "photo.void": {"consult_lead": ALL},
    "photo.export": {
        "consult_assistant": ALL, "consultant": OWN, "consult_lead": ALL, "nurse": ALL, "doctor": ALL,
    },
    "photo.store": {},
    "staff.password": {},
    "device.take_in": {},
    "customer.export": {},
    "clinic.settings": {"clinic_admin": ALL},
    "vip.open": {"channel_dev": OWN, "customer_service": ALL, "cs_lead": ALL, "ops_director": ALL},
    "vip.review": {"admin_office": ALL, "ops_director": ALL},
    "vip.resubmit": {"channel_dev": OWN, "customer_service": ALL, "cs_lead": ALL, "ops_director": ALL},
    "vip.confirm": {"customer_service": ALL, "cs_lead": ALL, "ops_director": ALL},
    "vip.assign": {"customer_service": ALL, "cs_lead": ALL, "consult_lead": ALL, "ops_director": ALL},
    "vip.arrival": {
        "channel_dev": OWN, "admin_office": ALL, "customer_service": ALL, "cs_lead": ALL,
        "ops_director": ALL,
    },
    "vip.close": {"customer_service": ALL, "cs_lead": ALL, "ops_director": ALL},
    "vip.plan.write": {"consultant": OWN, "consult_lead": ALL, "doctor": OWN},
    "vip.plan.approve": {"doctor": OWN},
    "vip.plan.release": {"customer_service": ALL, "cs_lead": ALL, "ops_director": ALL},
    "vip.plan.answer": {
        "partner_consultant": OWN, "customer_service": ALL, "cs_lead": ALL, "ops_director": ALL,
    },
    "vip.print": {},
    "vip.proposal": {
        "consultant": OWN, "consult_lead": ALL, "doctor": OWN, "channel_dev": OWN, "partner_consultant": OWN,
        "customer_service": ALL, "cs_lead": ALL, "ops_director": ALL,
    },
    "vip.report": {
        "consult_lead": ALL, "channel_dev": OWN, "customer_service": ALL, "cs_lead": ALL, "ops_director": ALL,
    },
    "vip.step": {
        "front_desk": ROLE, "consult_assistant": OWN, "consultant": OWN, "consult_lead": ALL,
        "customer_service": ALL, "cs_lead": ALL, "nurse": OWN, "doctor": OWN, "channel_dev": OWN,
        "admin_office": ROLE, "finance": ROLE, "ops_director": ALL,
    },
}  # fmt: skip


def may(tx: Transaction, act: str, customer_id: str | None = None, followup: Any = None) -> bool:
    """Whether the acting person may, for this customer or follow-up."""
    return allows(tx, tx.actor, act, customer_id, followup)


def allows(
    tx: Transaction, actor: Actor, act: str, customer_id: str | None = None, followup: Any = None
) -> bool:
    """Whether this person may, for this customer or follow-up."""
    if actor.staff_id is None:
        return True
    scopes = {ACTS[act].get(role) for role in actor.roles}
    if ALL in scopes:
        return True
    if followup is not None and scopes & {OWN, ROLE}:
        if followup["assignee_id"] == actor.staff_id:
            return True
        if any(ACTS[act].get(role) is ROLE and followup["role"] == role for role in actor.roles):
            return True
    holder = OWN in scopes or (ROLE in scopes and "doctor" in actor.roles)
    return holder and customer_id is not None and tx.holds(actor.staff_id, customer_id)


def require(tx: Transaction, act: str, customer_id: str | None = None, followup: Any = None) -> None:
    """Raise Rejected("forbidden") unless the acting person may."""
    if not may(tx, act, customer_id, followup):
        raise Rejected("forbidden", "Your role does not include this for this customer.")
