"""Escape files: their keys, and taking one in."""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, jsonify, request
from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from server.api.bodies import Blueprint
from server.api.files import BYTES
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.api.sync import SentMutation
from server.clinic.escape import opened, take_in
from server.clinic.escape_keys import exchange
from server.clinic.fields import Id, Moment, text
from server.clinic.uploads import LARGEST_BYTES
from server.errors import EscapeRefused, UnsupportedMediaType
from server.instants import utc_now
from server.sync.protocol import PUSH_SCHEMAS
from server.sync.push import Sent

blueprint = Blueprint("escape", __name__, url_prefix="/api/escape", description="Escape files")

LARGEST_FILE_BYTES = 8 * 1024**3
FILE_TYPE = "application/octet-stream"
MOST_OFFSET_MS = 100 * 365 * 24 * 60 * 60 * 1000


class KeyBody(Schema):
    key = text(200, required=True, metadata={"description": "P-256 point, uncompressed, base64url"})


class WrittenOriginal(Schema):
    photo_id = Id(required=True)
    sha256 = fields.String(required=True, validate=validate.Regexp("^[0-9a-f]{64}$"))
    size_bytes = fields.Integer(strict=True, required=True, validate=validate.Range(1, LARGEST_BYTES))


class Content(Schema):
    """What a device wrote into a file."""

    class Meta:
        unknown = INCLUDE  # files of later versions may say more

    schema = fields.Integer(strict=True, required=True, validate=validate.OneOf(sorted(PUSH_SCHEMAS)))
    made_at = Moment(required=True)
    offset_ms = fields.Integer(
        strict=True, required=True, validate=validate.Range(-MOST_OFFSET_MS, MOST_OFFSET_MS)
    )
    mutations = fields.List(fields.Nested(SentMutation), required=True)
    originals = fields.List(fields.Nested(WrittenOriginal), required=True)


class EntryCounts(Schema):
    taken = fields.Integer(required=True)
    known = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    refused = fields.Integer(required=True)


class OriginalCounts(Schema):
    taken = fields.Integer(required=True)
    known = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    missing = fields.Integer(required=True)


class RefusedPart(Schema):
    name = fields.String(required=True, metadata={"description": "Of the mutation, or `original`"})
    at = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)


class TakenIn(Schema):
    staff_name = fields.String(required=True)
    device_name = fields.String(required=True)
    made_at = fields.String(required=True)
    entries = fields.Nested(EntryCounts, required=True)
    originals = fields.Nested(OriginalCounts, required=True)
    refusals = fields.List(fields.Nested(RefusedPart), required=True)


@blueprint.post("/keys")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 503)
@blueprint.arguments(KeyBody)
@blueprint.response(200, KeyBody)
@session_required(changes=True)
def keys(args: dict[str, Any]) -> Response:
    """Tell the device's public key and learn the clinic's: whenever the app starts."""
    return jsonify(key=exchange(caller(), args["key"], utc_now()))


@blueprint.post("")
@may_answer(blueprint, 401, 403, 413, 415, 422, 503)
@blueprint.response(200, TakenIn)
@blueprint.doc(requestBody={"required": True, "content": {FILE_TYPE: {"schema": BYTES}}})
@session_required(changes=True)
def bring() -> Response:
    """Take an escape file in, for the administrator. Again, where the answer was lost: it is taken once."""
    if request.mimetype != FILE_TYPE:
        raise UnsupportedMediaType(f"An escape file is {FILE_TYPE}.")
    request.max_content_length = LARGEST_FILE_BYTES
    file = opened(caller(), request.stream)
    try:
        written = Content().load(current_app.json.loads(file.content))
    except (ValidationError, ValueError, RecursionError):
        raise EscapeRefused(reason="format") from None
    report = take_in(
        caller(), file, [Sent(**sent) for sent in written["mutations"]], written["originals"],
        timedelta(milliseconds=written["offset_ms"]), current_app.extensions["meidang"].uploads, utc_now(),
    )  # fmt: skip
    return jsonify(
        staff_name=file.person.name, device_name=file.person.device_name, made_at=written["made_at"], **report
    )
