"""Pages about VIP cases: proposals for the customer, reports for the team."""

from typing import Any

from flask import Response
from marshmallow import Schema

from server.api.bodies import Blueprint
from server.api.files import BYTES
from server.api.schemas import CHANGE_ERRORS, may_answer
from server.api.session import caller, session_required
from server.api.sheets import as_file
from server.api.throttle import PAGES
from server.clinic.fields import Id, list_of, one_of
from server.clinic.vip.case_report import make_case_report
from server.clinic.vip.printing import FORMATS, MOST_PLANS
from server.clinic.vip.proposals import Order, make_proposal

blueprint = Blueprint("vip", __name__, url_prefix="/api/vip", description="Pages about VIP cases")


class PageArgs(Schema):
    format = one_of(*FORMATS, required=True)
    language = one_of("zh", "en", required=True)


class ProposalArgs(PageArgs):
    plan_ids = list_of(Id(), most=MOST_PLANS, least=1, required=True)


class CaseReportArgs(PageArgs):
    case_id = Id(required=True)


@blueprint.post("/proposals")
@may_answer(blueprint, *CHANGE_ERRORS, 429)
@blueprint.arguments(ProposalArgs)
@blueprint.response(200, BYTES, description="One page of A4", content_type="application/pdf")
@session_required(changes=True, costs=PAGES)
def proposals(args: dict[str, Any]) -> Response:
    """Plans of one case side by side, as PNG or PDF: only what the surgeon has approved, for the partner
    consultant only what has been released. Every one is in the audit trail."""
    return as_file(make_proposal(caller(), Order(**args)), "proposal", args["format"])


@blueprint.post("/case-reports")
@may_answer(blueprint, *CHANGE_ERRORS, 429)
@blueprint.arguments(CaseReportArgs)
@blueprint.response(200, BYTES, description="One page of A4", content_type="application/pdf")
@session_required(changes=True, costs=PAGES)
def case_reports(args: dict[str, Any]) -> Response:
    """How a case went, on one page, as PNG or PDF. Every one is in the audit trail."""
    return as_file(make_case_report(caller(), **args), "case-report", args["format"])
