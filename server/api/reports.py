"""Reports for leads."""

from datetime import date
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.api.throttle import PAGES
from server.clinic.fields import Day, one_of
from server.clinic.reports import COUNTS, STEPS, TRIES, Span, report
from server.clinic.vip.figures import vip_report
from server.instants import utc_now

blueprint = Blueprint("reports", __name__, url_prefix="/api/reports", description="Reports")


class SpanArgs(Schema):
    from_ = Day(required=True, data_key="from")
    to = Day(required=True)


def days(args: dict[str, Any]) -> tuple[date, date]:
    """The first and the last."""
    return date.fromisoformat(args["from_"]), date.fromisoformat(args["to"])


class ReportArgs(SpanArgs):
    step = one_of(*STEPS, load_default="day")


class _Keys(Schema):
    period = fields.String(required=True)
    staff_id = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True)


_counts: dict[str, Any] = {name: fields.Integer(required=True) for name in (*COUNTS, *TRIES)}
ReportRow = type("ReportRow", (_Keys,), _counts)


class EscalationRow(Schema):
    period = fields.String(required=True)
    raised = fields.Integer(required=True)
    attended = fields.Integer(required=True)
    minutes = fields.List(fields.Integer(), required=True)
    median_minutes = fields.Integer(required=True, allow_none=True)


class ReportAnswer(Schema):
    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    step = fields.String(required=True)
    at = fields.String(required=True)
    periods = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(ReportRow), required=True)
    escalations = fields.List(fields.Nested(EscalationRow), required=True)


@blueprint.get("/followups")
@may_answer(blueprint, 401, 403, 422, 429, 503)
@blueprint.arguments(ReportArgs, location="query")
@blueprint.response(200, ReportAnswer)
@session_required(costs=PAGES)
def followups(args: dict[str, Any]) -> Response:
    """How follow-ups of these days were worked, by period, person and rule; for leads and the
    administrator. No customer appears."""
    return jsonify(report(caller(), Span(*days(args), args["step"]), utc_now()))


class VipStageRow(Schema):
    stage = fields.String(required=True)
    steps = fields.Integer(required=True)
    done = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    in_time = fields.Integer(required=True)
    late = fields.Integer(required=True)


class VipCaseRow(Schema):
    case_id = fields.String(required=True)
    customer_id = fields.String(required=True)
    partner_id = fields.String(required=True)
    channel_dev_id = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    arrival_at = fields.String(required=True)
    month = fields.String(required=True)
    stages = fields.List(fields.Nested(VipStageRow), required=True)
    in_time = fields.Integer(required=True)
    late = fields.Integer(required=True)
    decision = fields.List(fields.String(), required=True)
    amount = fields.Integer(required=True, allow_none=True)


class VipMonthRow(Schema):
    month = fields.String(required=True)
    partner_id = fields.String(required=True)
    channel_dev_id = fields.String(required=True, allow_none=True)
    cases = fields.Integer(required=True)
    closed = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    amount = fields.Integer(required=True)
    in_time = fields.Integer(required=True)
    late = fields.Integer(required=True)


class VipReportAnswer(Schema):
    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    at = fields.String(required=True)
    cases = fields.List(fields.Nested(VipCaseRow), required=True)
    months = fields.List(fields.Nested(VipMonthRow), required=True)


@blueprint.get("/vip")
@may_answer(blueprint, 401, 403, 422, 429, 503)
@blueprint.arguments(SpanArgs, location="query")
@blueprint.response(200, VipReportAnswer)
@session_required(costs=PAGES)
def vip(args: dict[str, Any]) -> Response:
    """VIP cases that arrived on these days, and their sums by month, partner and channel developer; for leads
    and the administrator. Amounts in fen."""
    return jsonify(vip_report(caller(), *days(args), utc_now()))
