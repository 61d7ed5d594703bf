"""Signing in and out, and who is signed in."""

from typing import Any

from flask import Response, current_app, g, jsonify, request
from marshmallow import Schema, fields, validate
from pyotp import TOTP

from server.api.bodies import Blueprint
from server.api.schemas import DeviceAnswer, PersonAnswer, may_answer
from server.api.session import address, caller, clear_session, cookie_name, session_required, set_session
from server.clinic.fields import Id, text
from server.clinic.identity import (
    begin_second_factor,
    change_own_password,
    confirm_second_factor,
    remove_own_second_factor,
)
from server.clinic.passwords import SHORTEST_PASSWORD
from server.clinic.sign_in import NewDevice, SignedIn, sign_in, sign_out, signed_in
from server.config import Config
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
    code = text(20, load_default=None, allow_none=True)


class LoginAnswer(Schema):
    staff = fields.Nested(PersonAnswer, required=True)
    device = fields.Nested(DeviceAnswer, required=True)
    roles = fields.List(fields.String(), required=True)
    clinic_id = fields.String(required=True)
    applied_through = fields.Integer(required=True)
    schema = fields.Integer(required=True, validate=validate.Equal(SCHEMA))
    owes = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["password", "second_factor"])
    )
    second_factor = fields.Boolean(required=True)


class SecondFactorArgs(Schema):
    password = text(1000, shortest=1, required=True)


class CodeArgs(Schema):
    code = text(20, shortest=1, required=True)


class RemoveSecondFactorArgs(SecondFactorArgs, CodeArgs):
    """Both factors, to give one up."""


class SecretAnswer(Schema):
    secret = fields.String(required=True)
    uri = fields.String(required=True)


class RecoveryAnswer(Schema):
    recovery_codes = fields.List(fields.String(), required=True)


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
        "second_factor": person.has_second_factor,
    }  # fmt: skip


@blueprint.post("/login")
@may_answer(blueprint, 400, 401, 403, 413, 415, 429, 503)
@blueprint.arguments(LoginArgs)
@blueprint.response(200, LoginAnswer)
def login(args: dict[str, Any]) -> Response:
    """Sign a person in on a device; registers the device when it is new. `code`: of the second factor, for
    who has one: six digits of the authenticator, or a recovery code."""
    now = utc_now()
    config: Config = current_app.extensions["meidang"].config
    token = sign_in(
        args["clinic"], args["login"], args["password"], NewDevice(**args["device"]),
        address(), now, args["code"], request.cookies.get(cookie_name(config)),
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
    change_own_password(caller(), args["old"], args["new"], address(), utc_now())
    return Response(status=204)


@blueprint.post("/second-factor")
@may_answer(blueprint, 400, 401, 403, 409, 413, 415, 422, 429, 503)
@blueprint.arguments(SecondFactorArgs)
@blueprint.response(200, SecretAnswer)
@session_required(changes=True, settles=True)
def second_factor(args: dict[str, Any]) -> Response:
    """A secret for an authenticator (RFC 6238), which counts once `confirm` has had a code of it."""
    person = caller()
    secret = begin_second_factor(person, args["password"], address(), utc_now())
    uri = TOTP(secret).provisioning_uri(name=person.login, issuer_name="Meidang")
    return jsonify(secret=secret, uri=uri)


@blueprint.post("/second-factor/confirm")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 429, 503)
@blueprint.arguments(CodeArgs)
@blueprint.response(200, RecoveryAnswer)
@session_required(changes=True, settles=True)
def confirm(args: dict[str, Any]) -> Response:
    """From now on a sign-in needs a code. Answers ten recovery codes, which are never shown again."""
    codes = confirm_second_factor(caller(), args["code"], address(), utc_now())
    return jsonify(recovery_codes=codes)


@blueprint.post("/second-factor/remove")
@may_answer(blueprint, 400, 401, 403, 413, 415, 422, 429, 503)
@blueprint.arguments(RemoveSecondFactorArgs)
@blueprint.response(204)
@session_required(changes=True)
def remove(args: dict[str, Any]) -> Response:
    """Gives up one's own second factor, with a code of it: to set up another, or none."""
    remove_own_second_factor(caller(), args["password"], args["code"], address(), utc_now())
    return Response(status=204)
