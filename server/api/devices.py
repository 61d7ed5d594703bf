"""A person's devices, and signing one off."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.clinic.devices import devices_of, revoke
from server.clinic.fields import one_of
from server.instants import utc_now

blueprint = Blueprint("devices", __name__, url_prefix="/api/devices", description="Devices")


class DeviceRow(Schema):
    id = fields.String(required=True)
    staff_id = fields.String(required=True)
    staff_name = fields.String(required=True)
    name = fields.String(required=True)
    platform = fields.String(required=True)
    created_at = fields.String(required=True)
    last_contact = fields.String(required=True, allow_none=True)
    unsent = fields.Integer(required=True)
    unsent_since = fields.String(required=True, allow_none=True)
    revoked_at = fields.String(required=True, allow_none=True)
    revoke_mode = fields.String(required=True, allow_none=True)


class DevicesAnswer(Schema):
    devices = fields.List(fields.Nested(DeviceRow), required=True)


class RevokeArgs(Schema):
    mode = one_of("collect", "wipe", required=True)


@blueprint.get("")
@may_answer(blueprint, 401, 403, 503)
@blueprint.response(200, DevicesAnswer)
@session_required()
def listing() -> Response:
    """The caller's devices; for an administrator all of the clinic's."""
    return jsonify(devices=devices_of(caller()))


@blueprint.post("/<uuid:device_id>/revoke")
@may_answer(blueprint, 400, 401, 403, 404, 413, 415, 503)
@blueprint.arguments(RevokeArgs)
@blueprint.response(204)
@session_required(changes=True)
def sign_off(args: dict[str, Any], device_id: Any) -> Response:
    """Take a device's access away; `collect` lets it deliver what it holds first."""
    revoke(caller(), str(device_id), args["mode"], utc_now())
    return Response(status=204)
