"""A running case: its arrival moves, and one day it is closed."""

from marshmallow import Schema, fields

from server.clinic.fields import Id, Moment, text
from server.clinic.permissions import LEADS, require
from server.clinic.vip.cases import VipCase, open_case, running_case
from server.clinic.vip.deciding import party
from server.clinic.vip.history import in_order, schedule
from server.clinic.vip.steps import follow, open_mandatory, replan, take_reminders_back
from server.clinic.vip.team import tell_role
from server.sync.mutations import Args, Rejected, mutation
from server.sync.transaction import Transaction

LAST = "team_review"
"""The step that closing the case is."""


class ArrivalArgs(Schema):
    case_id = Id(required=True)
    arrival_at = Moment(required=True)
    party_size = party()
    transport = fields.Dict(keys=text(60), load_default=None, allow_none=True)


class CloseArgs(Schema):
    case_id = Id(required=True)
    review = fields.Dict(keys=text(60), required=True)


@mutation("vip.arrival", ArrivalArgs, case_id=VipCase)
def arrival(tx: Transaction, args: Args) -> None:
    """The schedule changes: open lead times move with it, and whoever has an open step is told."""
    case = open_case(tx, args["case_id"])
    require(tx, "vip.arrival", case["id"])
    move = {
        "by": tx.actor.staff_id, "at": tx.at, "mutation_id": tx.context.mutation_id,
        **{name: value for name, value in args.items() if name != "case_id"},
    }  # fmt: skip
    opening, *later = case["moves"]
    moves = [opening, *in_order([*later, move])]
    case = tx.update(VipCase, case["id"], moves=moves, **schedule(moves))
    waiting = replan(tx, case)
    for role in sorted({step["owner_role"] for step in waiting}):
        tell_role(tx, case, role, "vip_moved")


@mutation("vip.close", CloseArgs, case_id=VipCase)
def close(tx: Transaction, args: Args) -> None:
    """The team's review ends the case; with mandatory steps open, only a lead ends it, saying why."""
    case = running_case(tx, args["case_id"])
    require(tx, "vip.close", case["id"])
    waiting = [step["code"] for step in open_mandatory(tx, case["id"]) if step["code"] != LAST]
    overruled = tx.actor.roles & LEADS and args["review"].get("reason")
    if waiting and not overruled:
        raise Rejected(
            "gate", "Mandatory steps are open; only a lead ends it now, with a reason.", steps=waiting
        )
    follow(tx, case["id"], LAST, "done")
    tx.update(VipCase, case["id"], status="closed", review=args["review"])
    take_reminders_back(tx, case["id"])
