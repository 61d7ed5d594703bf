"""Whether somebody becomes a VIP: opened by the channel, reviewed by administration, confirmed by customer
service. Each decision names the person and the time; only the confirmation starts the rest."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id, Moment, one_of, text
from server.clinic.notices import tell
from server.clinic.permissions import require
from server.clinic.staff import Partner
from server.clinic.vip import template
from server.clinic.vip.cases import VipCase, VipScreening, case_of
from server.clinic.vip.steps import begin, follow
from server.clinic.vip.team import name, regrant, target, tell_role
from server.clinic.vip.templates import newest
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row, document_fields
from server.sync.transaction import Transaction

OPENERS = ("channel_dev", "customer_service")
"""Whoever opens a case in one of these roles is the case's person for it."""
MOST_PEOPLE = 200


def _only_entries(form: dict[str, Any]) -> None:
    taken = sorted(set(form) & {*document_fields(VipScreening), "clinic_id"})
    if taken:
        raise ValidationError(f"Not entries of the form: {', '.join(taken)}.")


def _form(**options: Any) -> fields.Dict:
    """The form's entries by name, whatever the clinic asks for."""
    return fields.Dict(keys=text(60, shortest=1), validate=_only_entries, **options)


def party() -> fields.Integer:
    return fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, MOST_PEOPLE)
    )


class OpenArgs(Schema):
    id = Id(required=True)
    customer_id = Id(required=True)
    partner_id = Id(required=True)
    screening = _form(required=True)
    arrival_at = Moment(load_default=None, allow_none=True)
    party_size = party()


class ReviewArgs(Schema):
    case_id = Id(required=True)
    decision = one_of("approve", "return", required=True)
    reason = text(500, load_default=None, allow_none=True)


class ResubmitArgs(Schema):
    case_id = Id(required=True)
    screening = _form(required=True)


class ConfirmArgs(ReviewArgs):
    decision = one_of("confirm", "decline", required=True)


@mutation("vip.open", OpenArgs, id=VipCase, customer_id=Customer, partner_id=Partner)
def open_case(tx: Transaction, args: Args) -> None:
    """A channel developer brings somebody: the form goes to administration."""
    customer_of(tx, args["customer_id"])
    require(tx, "vip.open", args["customer_id"])
    if tx.get(Partner, args["partner_id"]) is None:
        raise Rejected("not_found", "There is no such partner salon.")
    if tx.get(VipCase, args["id"]):
        raise Rejected("conflict", "This VIP case is open already.")
    me = tx.actor.staff_id
    known = {"arrival_at": args["arrival_at"], "party_size": args["party_size"], "transport": {}}
    move = {"by": me, "at": tx.at, "mutation_id": tx.context.mutation_id, **known}
    case = tx.insert(
        VipCase, args["id"], customer_id=args["customer_id"], partner_id=args["partner_id"],
        status="screening", stage=template.SCREENING, team={}, assigned={}, opened_by=me, moves=[move],
        review={}, template_version=newest(tx)["version"], **known,
    )  # fmt: skip
    tx.insert(
        VipScreening, case["id"], case_id=case["id"], customer_id=case["customer_id"],
        form=args["screening"], decisions=[],
    )  # fmt: skip
    begin(tx, case, screening=True)
    for role in OPENERS:
        if role in tx.actor.roles:
            case = name(tx, case, role, me)
    regrant(tx, case)
    follow(tx, case["id"], template.FORM, "done")
    tell_role(tx, case, "admin_office", "vip_asked")


@mutation("vip.review", ReviewArgs, case_id=VipCase)
def review(tx: Transaction, args: Args) -> None:
    """Administration approves, or returns the form with a reason."""
    case = _awaiting(tx, args["case_id"], "screening", "vip.review")
    if args["decision"] == "approve":
        case = _decide(tx, case, args, "reviewed")
        follow(tx, case["id"], template.REVIEW, "done")
        tell_role(tx, case, "customer_service", "vip_asked")
        return
    case = _decide(tx, case, args, "returned")
    follow(tx, case["id"], template.REVIEW, "blocked", args["reason"])
    tell(tx, case["opened_by"], "vip_decided", case["customer_id"], target(case))


@mutation("vip.resubmit", ResubmitArgs, case_id=VipCase)
def resubmit(tx: Transaction, args: Args) -> None:
    """The form, put right, goes to administration again."""
    case = _awaiting(tx, args["case_id"], "returned", "vip.resubmit")
    tx.update(VipScreening, case["id"], form=args["screening"])
    tx.update(VipCase, case["id"], status="screening")
    follow(tx, case["id"], template.REVIEW, "todo")
    tell_role(tx, case, "admin_office", "vip_asked")


@mutation("vip.confirm", ConfirmArgs, case_id=VipCase)
def confirm(tx: Transaction, args: Args) -> None:
    """Customer service confirms VIP status, which starts the journey, or declines with a reason."""
    case = _awaiting(tx, args["case_id"], "reviewed", "vip.confirm")
    confirms = args["decision"] == "confirm"
    case = _decide(tx, case, args, "confirmed" if confirms else "declined")
    if confirms:
        begin(tx, case, screening=False)
        follow(tx, case["id"], template.CONFIRMATION, "done")
    else:
        follow(tx, case["id"], template.CONFIRMATION, "blocked", args["reason"])
    tell(tx, case["opened_by"], "vip_decided", case["customer_id"], target(case))


def _awaiting(tx: Transaction, id: str, status: str, act: str) -> Row:
    """The case, if it waits for this; raises Rejected."""
    case = case_of(tx, id)
    require(tx, act, id)
    if case["status"] != status:
        raise Rejected("conflict", "The VIP case does not wait for this.")
    return case


def _decide(tx: Transaction, case: Row, args: Args, status: str) -> Row:
    if args["decision"] in ("return", "decline") and not args["reason"]:
        raise Rejected("validation", "Say why.", reason=["missing"])
    form = tx.get(VipScreening, case["id"])
    decision = {
        "by": tx.actor.staff_id, "at": tx.at, "decision": args["decision"], "reason": args["reason"],
    }  # fmt: skip
    tx.update(VipScreening, case["id"], decisions=[*(form["decisions"] if form else ()), decision])
    case = tx.update(VipCase, case["id"], status=status)
    regrant(tx, case)
    return case
