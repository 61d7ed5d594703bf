"""Where a device's browser can be reached by push, and what became of what was sent there."""

from typing import Any

from flask import Response, current_app, jsonify
from marshmallow import Schema, fields, validate

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.clinic import subscriptions
from server.clinic.fields import Id, Moment, list_of, one_of, text
from server.clinic.receipts import receive
from server.clinic.undelivered import undelivered_for
from server.config import Config
from server.instants import utc_now
from server.notify.keys import current_key

blueprint = Blueprint("push", __name__, url_prefix="/api/push", description="Push")

BASE64URL = validate.Regexp("^[A-Za-z0-9_-]+=*$")


class KeyAnswer(Schema):
    key = fields.String(required=True, metadata={"description": "base64url, uncompressed P-256 point"})


class SubscriptionKeys(Schema):
    p256dh = fields.String(required=True, validate=[validate.Length(80, 100), BASE64URL])
    auth = fields.String(required=True, validate=[validate.Length(16, 40), BASE64URL])


class SubscriptionArgs(Schema):
    endpoint = text(2000, shortest=1, required=True)
    keys = fields.Nested(SubscriptionKeys, required=True)
    key = fields.String(
        validate=[validate.Length(80, 100), BASE64URL],
        metadata={"description": "under which it was made; without: the present one"},
    )
    language = one_of("zh", "en", load_default="zh")


class Receipt(Schema):
    notice_id = Id(required=True)
    state = one_of("shown", "opened", required=True)
    at = Moment(required=True)


class ReceiptsArgs(Schema):
    receipts = list_of(fields.Nested(Receipt), most=200, required=True)


class UndeliveredRow(Schema):
    staff_name = fields.String(required=True)
    kind = fields.String(required=True)
    channel = fields.String(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)


class UndeliveredAnswer(Schema):
    undelivered = fields.List(fields.Nested(UndeliveredRow), required=True)


def _config() -> Config:
    config: Config = current_app.extensions["meidang"].config
    return config


@blueprint.get("/key")
@may_answer(blueprint, 401, 403, 503)
@blueprint.response(200, KeyAnswer)
@session_required()
def key() -> Response:
    """The public key under which browsers subscribe."""
    return jsonify(key=current_key(_config(), utc_now()))


@blueprint.post("/subscriptions")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 503)
@blueprint.arguments(SubscriptionArgs)
@blueprint.response(204)
@session_required(changes=True)
def subscribe(args: dict[str, Any]) -> Response:
    """The device can be reached here; said anew at every launch."""
    subscriptions.refuse_private(args["endpoint"], _config().push_allow_loopback)
    subscriptions.refuse_unusable(args["keys"])
    person, now = caller(), utc_now()
    subscriptions.subscribe(
        {
            "device_id": person.device_id, "clinic_id": person.clinic_id, "staff_id": person.staff_id,
            "endpoint": args["endpoint"], "p256dh": args["keys"]["p256dh"], "auth": args["keys"]["auth"],
            "key": args.get("key") or current_key(_config(), now), "language": args["language"],
        },
        now,
    )  # fmt: skip
    return Response(status=204)


@blueprint.delete("/subscriptions")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 503)
@blueprint.arguments(SubscriptionArgs)
@blueprint.response(204)
@session_required(changes=True)
def unsubscribe(args: dict[str, Any]) -> Response:
    """The person wants no pushes on this device."""
    subscriptions.unsubscribe(caller().device_id, args["endpoint"])
    return Response(status=204)


@blueprint.post("/receipts")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 503)
@blueprint.arguments(ReceiptsArgs)
@blueprint.response(204)
@session_required(changes=True)
def receipts(args: dict[str, Any]) -> Response:
    """Which notices the device has shown, and which were opened there."""
    person = caller()
    receive(person.clinic_id, person.actor, args["receipts"], utc_now())
    return Response(status=204)


@blueprint.get("/undelivered")
@may_answer(blueprint, 401, 403, 503)
@blueprint.response(200, UndeliveredAnswer)
@session_required()
def undelivered() -> Response:
    """What no way could deliver, for the clinic's administrator."""
    names = UndeliveredRow().fields
    return jsonify(undelivered=[{name: row[name] for name in names} for row in undelivered_for(caller())])
