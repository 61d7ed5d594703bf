"""Reports for leads."""

from datetime import date
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.clinic.fields import Day, one_of
from server.clinic.reports import COUNTS, STEPS, TRIES, Span, report
from server.instants import utc_now

blueprint = Blueprint("reports", __name__, url_prefix="/api/reports", description="Reports")


class ReportArgs(Schema):
    from_ = Day(required=True, data_key="from")
    to = Day(required=True)
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
@may_answer(blueprint, 401, 403, 422, 503)
@blueprint.arguments(ReportArgs, location="query")
@blueprint.response(200, ReportAnswer)
@session_required()
def followups(args: dict[str, Any]) -> Response:
    """How follow-ups of these days were worked, by period, person and rule; for leads and the
    administrator. No customer appears."""
    first, last = (date.fromisoformat(args[name]) for name in ("from_", "to"))
    return jsonify(report(caller(), Span(first, last, args["step"]), utc_now()))
