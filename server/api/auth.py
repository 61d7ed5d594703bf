"""Signing in and out, and who is signed in."""

from typing import Any

from flask import Response, g, jsonify, request
from marshmallow import Schema, fields, validate

from server.api.bodies import Blueprint
from server.api.schemas import DeviceAnswer, PersonAnswer, may_answer
from server.api.session import caller, clear_session, session_required, set_session
from server.clinic.fields import Id, text
from server.clinic.identity import change_own_password
from server.clinic.passwords import SHORTEST_PASSWORD
from server.clinic.sign_in import NewDevice, SignedIn, sign_in, sign_out, signed_in
from server.instants import utc_now
from server.sync.protocol import SCHEMA

blueprint = Blueprint("auth", __name__, url_prefix="/api/auth", description="Sign-in")


class LoginDevice(Schema):
    name = text(100, required=True)
    platform = text(100, load_default="")
    id = Id(load_default=None, allow_none=True)


class LoginArgs(Schema):
    clinic = text(100, shortest=1, required=True)
    login = text(100, shortest=1, required=True)
    password = text(1000, shortest=1, required=True)
    device = fields.Nested(LoginDevice, required=True)


class LoginAnswer(Schema):
    staff = fields.Nested(PersonAnswer, required=True)
    device = fields.Nested(DeviceAnswer, required=True)
    roles = fields.List(fields.String(), required=True)
    clinic_id = fields.String(required=True)
    applied_through = fields.Integer(required=True)
    schema = fields.Integer(required=True, validate=validate.Equal(SCHEMA))
    owes = fields.String(required=True, allow_none=True, validate=validate.OneOf(["password"]))


class OwnPasswordArgs(Schema):
    old = text(1000, shortest=1, required=True)
    new = text(1000, shortest=SHORTEST_PASSWORD, required=True)


def _described(person: SignedIn) -> dict[str, Any]:
    return {
        "staff": {
            "id": person.staff_id, "login": person.login, "name": person.name,
            "roles": list(person.roles),
        },
        "device": {
            "id": person.device_id, "name": person.device_name, "platform": person.platform,
        },
        "roles": list(person.roles), "clinic_id": person.clinic_id,
        "applied_through": person.last_seq, "schema": SCHEMA, "owes": person.owes,
    }  # fmt: skip


@blueprint.post("/login")
@may_answer(blueprint, 400, 401, 413, 415, 429, 503)
@blueprint.arguments(LoginArgs)
@blueprint.response(200, LoginAnswer)
def login(args: dict[str, Any]) -> Response:
    """Sign a person in on a device; registers the device when it is new."""
    now = utc_now()
    token = sign_in(
        args["clinic"], args["login"], args["password"], NewDevice(**args["device"]),
        request.remote_addr or "", now,
    )  # fmt: skip
    g.person = signed_in(token, now)
    response = jsonify(_described(g.person))
    set_session(response, token)
    return response


@blueprint.post("/logout")
@may_answer(blueprint, 401, 403, 413, 422, 503)
@blueprint.response(204)
@session_required(changes=True, delivers=True, settles=True)
def logout() -> Response:
    """End the session; what the phone has not sent stays on the phone."""
    sign_out(caller().device_id)
    response = Response(status=204)
    clear_session(response)
    return response


@blueprint.get("/me")
@may_answer(blueprint, 401, 403, 503)
@blueprint.response(200, LoginAnswer)
@session_required(settles=True)
def me() -> Response:
    """Who is signed in here. `owes`: what has to be done before any other call is answered."""
    return jsonify(_described(caller()))


@blueprint.post("/password")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 429, 503)
@blueprint.arguments(OwnPasswordArgs)
@blueprint.response(204)
@session_required(changes=True, settles=True)
def password(args: dict[str, Any]) -> Response:
    """Another password of one's own. Every other device of the person signs in again."""
    change_own_password(caller(), args["old"], args["new"], request.remote_addr or "", utc_now())
    return Response(status=204)
