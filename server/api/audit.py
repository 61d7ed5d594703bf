"""The audit trail, searched."""

from datetime import date
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.api.throttle import PAGES
from server.clinic.audit import KINDS, Question, search
from server.clinic.fields import Day, Id, one_of, text

blueprint = Blueprint("audit", __name__, url_prefix="/api/audit", description="The audit trail")


class QuestionArgs(Schema):
    about = Id()
    by = Id()
    kind = one_of(*KINDS)
    field = text(60, shortest=1)
    from_ = Day(data_key="from")
    to = Day()
    before = fields.Integer(validate=validate.Range(1, 2**62))


class EntryAnswer(Schema):
    n = fields.Integer(required=True)
    at = fields.String(required=True)
    received_at = fields.String(required=True)
    staff_id = fields.String(required=True, allow_none=True)
    device = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    customer_id = fields.String(required=True, allow_none=True)
    photo_id = fields.String(required=True, allow_none=True)


class AuditAnswer(Schema):
    entries = fields.List(fields.Nested(EntryAnswer), required=True)
    next = fields.Integer(required=True, allow_none=True)


@blueprint.get("")
@may_answer(blueprint, 401, 403, 422, 429, 503)
@blueprint.arguments(QuestionArgs, location="query")
@blueprint.response(200, AuditAnswer)
@session_required(costs=PAGES)
def entries(args: dict[str, Any]) -> Response:
    """Who did what, and who looked at which picture, newest first, for the administrator and the compliance
    officer. Names of changed fields, never their contents. A page may be short though `next` says there
    is more."""
    first, last = args.pop("from_", None), args.pop("to", None)
    span: dict[str, Any] = {
        "first": first and date.fromisoformat(first),
        "last": last and date.fromisoformat(last),
    }
    return jsonify(search(caller(), Question(**args, **span)))
