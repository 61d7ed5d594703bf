"""What leaves the app about a case, on one page: the proposal of its plans, the report of how it went.

A proposal holds nothing medical beyond the plans. Whoever takes one out is entered in the log first.
"""

from datetime import date
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from marshmallow import Schema
from sqlalchemy import Connection

from server.clinic.customers import Customer
from server.clinic.fields import Id, list_of, one_of
from server.clinic.names import called
from server.clinic.performing import perform_now
from server.clinic.permissions import ACTS, allows, require
from server.clinic.settings import clinic_of
from server.clinic.sign_in import SignedIn
from server.clinic.staff import Partner, roles_of
from server.clinic.vip.cases import VipCase, case_of
from server.clinic.vip.plans import RELEASED, VipPlan
from server.instants import parsed, utc_now
from server.sync.acts import Act
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row
from server.sync.transaction import Actor, Transaction

Language = Literal["zh", "en"]
FORMATS = ("png", "pdf")
WHAT = ("proposal", "report")
MOST_PLANS = 3
OF_THE_SALON = "partner_consultant"


class PrintedArgs(Schema):
    case_id = Id(required=True)
    plan_ids = list_of(Id(), most=MOST_PLANS, load_default=list)
    what = one_of(*WHAT, required=True)
    format = one_of(*FORMATS, required=True)
    staff_id = Id(required=True)


@mutation("vip.printed", PrintedArgs, case_id=VipCase)
def printed(tx: Transaction, args: Args) -> None:
    """The server's own act: somebody takes a page about the case out. Refused where they may not."""
    require(tx, "vip.print")
    case = case_of(tx, args["case_id"])
    actor = Actor(args["staff_id"], roles_of(tx, args["staff_id"]))
    if not allows(tx, actor, f"vip.{args['what']}", case["id"]):
        raise Rejected("forbidden", "Your role does not take this out for this customer.")
    only_salon = not actor.roles & (set(ACTS["vip.proposal"]) - {OF_THE_SALON})
    for id in args["plan_ids"]:
        plan = tx.get(VipPlan, id)
        if plan is None or (only_salon and plan["status"] not in RELEASED):
            raise Rejected("not_found", "There is no such plan.")
        if plan["status"] == "draft":
            raise Rejected("gate", "The surgeon has not approved this plan.")


class Heading(NamedTuple):
    """What every page says of the case it is about."""

    clinic: Row
    customer: str
    partner: str
    today: date
    zone: ZoneInfo

    def day(self, at: str | None) -> str:
        return f"{parsed(at).astimezone(self.zone):%Y-%m-%d %H:%M}" if at else "–"


def enter(connection: Connection, person: SignedIn, **args: Any) -> None:
    """Enter it in the log, before it happens. Raises Forbidden, Gated or NotFound."""
    perform_now(connection, person.clinic_id, Act("vip.printed", {**args, "staff_id": person.staff_id}))


def heading_of(tx: Transaction, case: Row, language: Language) -> Heading:
    """The customer by surname only."""
    clinic, customer, partner = clinic_of(tx), tx.get(Customer, case["customer_id"]), case["partner_id"]
    assert customer
    zone = ZoneInfo(clinic["timezone"])
    salon = tx.get(Partner, partner) or {"name": ""}
    name = called(customer["name"], customer["gender"], language)
    return Heading(clinic, name, salon["name"], utc_now().astimezone(zone).date(), zone)
