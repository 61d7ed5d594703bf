"""Setting a step of a case.

What is refused depends on the event alone, never on what came before it: whatever order phones come back
in, the same events are kept and the same state follows (server/clinic/vip/history.py).
"""

from marshmallow import Schema

from server.clinic.fields import Id, one_of, text
from server.clinic.permissions import LEADS, require
from server.clinic.photo_sets import Photo
from server.clinic.vip import template
from server.clinic.vip.cases import case_of
from server.clinic.vip.history import OVER
from server.clinic.vip.steps import VipStep, record
from server.clinic.vip.team import tell_role
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row
from server.sync.transaction import Transaction

STATES = ("todo", "doing", "done", "skipped", "blocked")


class StepArgs(Schema):
    id = Id(required=True)
    step_id = Id(required=True)
    state = one_of(*STATES, required=True)
    seen_state = one_of(*STATES, required=True)
    reason = text(500, load_default=None, allow_none=True)
    note = text(2000, load_default=None, allow_none=True)
    photo_id = Id(load_default=None, allow_none=True)


@mutation("vip.step", StepArgs, step_id=VipStep)
def set_step(tx: Transaction, args: Args) -> None:
    """Somebody sets a step: an event is added, nothing is erased."""
    step = tx.get(VipStep, args["step_id"])
    if step is None:
        raise Rejected("not_found", "There is no such step.")
    case = case_of(tx, step["case_id"])
    owner = {"assignee_id": step["assignee_id"], "role": step["owner_role"]}
    require(tx, "vip.step", case["id"], owner)
    if any(event["id"] == args["id"] for event in step["history"]):
        raise Rejected("conflict", "This has been recorded already.")
    _check_reason(args)
    _check_gate(tx, step, args["state"])
    photo = tx.get(Photo, args["photo_id"])
    if args["photo_id"] and (photo is None or photo["customer_id"] != case["customer_id"]):
        raise Rejected("not_found", "There is no such picture of this customer.")
    after = record(tx, case, step, {name: value for name, value in args.items() if name != "step_id"})
    if after["contested"] and after["contested"] != step["contested"]:
        tell_role(tx, case, "customer_service", "vip_unclear")


def _check_reason(args: Args) -> None:
    undoes = args["seen_state"] in OVER and args["state"] != args["seen_state"]
    if (undoes or args["state"] in ("skipped", "blocked")) and not args["reason"]:
        raise Rejected("validation", "Say why.", reason=["missing"])


def _check_gate(tx: Transaction, step: Row, state: str) -> None:
    if step["code"] in template.BY_DECISION or (step["code"] == template.ANSWER and state == "done"):
        raise Rejected("gate", "This follows from the case's own decision.")
    if state != "skipped" or step["gate"] is None:
        return
    if step["gate"] == template.CONSENT_GATE:
        raise Rejected("gate", "Consents are never skipped.")
    if tx.actor.staff_id is not None and not tx.actor.roles & LEADS:
        raise Rejected("gate", "Only a lead passes this gate without it being met.")
