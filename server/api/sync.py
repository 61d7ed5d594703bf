"""The protocol over HTTP: push, pull, digest, stream (docs/protocol.md)."""

import select
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, current_app, jsonify, request
from marshmallow import Schema, fields, validate

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.api.throttle import PULLS
from server.clinic.devices import saw
from server.clinic.fields import Id, Moment, one_of, text
from server.database import read
from server.errors import TooLarge, UpgradeRequired
from server.instants import parsed, utc_now
from server.sync import pull as pulling
from server.sync import push as pushing
from server.sync.digest import digest as digest_of
from server.sync.protocol import (
    LARGEST_PAGE_ROWS,
    MOST_MUTATIONS,
    OLDEST_PULL_SCHEMA,
    PAGE_ROWS,
    PUSH_SCHEMAS,
    SCHEMA,
)
from server.sync.push import Sender, Sent
from server.sync.stream import Pokes

blueprint = Blueprint("sync", __name__, url_prefix="/api/sync", description="The sync protocol")

SEEN_EVERY = timedelta(minutes=5)


class SentMutation(Schema):
    seq = fields.Integer(strict=True, required=True, validate=validate.Range(1, 2**53))
    id = Id(required=True)
    # Whatever a name is, it may not block what comes after.
    name = fields.String(required=True, validate=validate.Length(0, 100))
    args = fields.Raw(required=True, allow_none=True)
    at = Moment(required=True)
    first = one_of("applied", "rejected", load_default=None, allow_none=True)


class PushArgs(Schema):
    schema = fields.Integer(strict=True, required=True, validate=validate.OneOf(sorted(PUSH_SCHEMAS)))
    device_time = Moment(required=True)
    mutations = fields.List(fields.Nested(SentMutation), required=True)


class MutationResult(Schema):
    seq = fields.Integer(required=True)
    status = one_of("applied", "duplicate", "rejected", "parked", required=True)
    error = fields.Dict(required=True, allow_none=True)


class PushAnswer(Schema):
    applied_through = fields.Integer(required=True)
    version = fields.Integer(required=True)
    results = fields.List(fields.Nested(MutationResult), required=True)


class Outbox(Schema):
    """What the device has not been able to send, so that a silent stall is noticed."""

    count = fields.Integer(strict=True, required=True, validate=validate.Range(0, 2**31 - 1))
    oldest_at = Moment(load_default=None, allow_none=True)


class PullArgs(Schema):
    schema = fields.Integer(strict=True, required=True, validate=validate.Range(0, SCHEMA))
    cursor = text(1000, load_default=None, allow_none=True)
    limit = fields.Integer(strict=True, load_default=PAGE_ROWS, validate=validate.Range(1, LARGEST_PAGE_ROWS))
    outbox = fields.Nested(Outbox, load_default=None, allow_none=True)


class PullAnswer(Schema):
    cursor = fields.String(required=True)
    reset = fields.Boolean(required=True)
    more = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    applied_through = fields.Integer(required=True)
    backed_up_through = fields.Integer(required=True)
    rows = fields.List(fields.List(fields.Raw()), required=True)
    removed = fields.List(fields.List(fields.String()), required=True)


class DigestArgs(Schema):
    cursor = text(1000, required=True)


class TableDigest(Schema):
    count = fields.Integer(required=True)
    sum = fields.String(required=True)


class DigestAnswer(Schema):
    tables = fields.Dict(keys=fields.String(), values=fields.Nested(TableDigest), required=True)


@blueprint.post("/push")
@may_answer(blueprint, 400, 401, 403, 409, 413, 415, 503)
@blueprint.arguments(PushArgs)
@blueprint.response(200, PushAnswer)
@session_required(changes=True, delivers=True)
def push(args: dict[str, Any]) -> Response:
    """Mutations of this device in order; each is applied exactly once."""
    if len(args["mutations"]) > MOST_MUTATIONS:
        raise TooLarge()
    person = caller()
    answer = pushing.push(
        Sender(person.clinic_id, person.device_id, person.actor),
        [Sent(**mutation) for mutation in args["mutations"]],
        args["device_time"], utc_now(),
    )  # fmt: skip
    return jsonify(applied_through=answer.applied_through, version=answer.version, results=answer.results)


@blueprint.post("/pull")
@may_answer(blueprint, 400, 401, 403, 413, 415, 426, 429, 503)
@blueprint.arguments(PullArgs)
@blueprint.response(200, PullAnswer)
@session_required(costs=PULLS)
def pull(args: dict[str, Any]) -> Response:
    """The next page of what changed since the cursor."""
    if args["schema"] < OLDEST_PULL_SCHEMA:
        raise UpgradeRequired()
    person = caller()
    with read() as connection:
        body = pulling.pull(connection, person.viewer, person.device_id, args["cursor"], args["limit"])
    _note_contact(args["outbox"])
    return Response(body, mimetype="application/json")


def _note_contact(outbox: dict[str, Any] | None) -> None:
    """Every few minutes, and whenever the number of unsent entries changes."""
    person, now = caller(), utc_now()
    unsent = outbox["count"] if outbox else person.unsent
    stale = person.last_contact is None or now - parsed(person.last_contact) > SEEN_EVERY
    if stale or unsent != person.unsent:
        saw(person, unsent, outbox["oldest_at"] if outbox else None, now)


@blueprint.post("/digest")
@may_answer(blueprint, 400, 401, 403, 409, 413, 415, 429, 503)
@blueprint.arguments(DigestArgs)
@blueprint.response(200, DigestAnswer)
@session_required(costs=PULLS)
def digest(args: dict[str, Any]) -> Response:
    """Counts and sums of what this device should hold at that cursor."""
    with read() as connection:
        return jsonify(tables=digest_of(connection, caller().viewer, args["cursor"]))


@blueprint.get("/stream")
@may_answer(blueprint, 401, 403, 503)
@blueprint.response(200, {"type": "string"}, content_type="text/event-stream", description="`poke` events")
@session_required()
def stream() -> Response:
    """Server-sent events: something changed, pull."""
    pokes: Pokes = current_app.extensions["meidang"].pokes
    events = pokes.listen(caller().clinic_id, hung_up(request.environ.get("gunicorn.socket")))
    response = Response(events, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def hung_up(connection: socket.socket | None) -> Callable[[], bool]:
    """Tells whether the other end has closed: writing would notice it only at the second heartbeat.

    `connection` is gunicorn's; None with another server, which then has to notice by itself.
    """

    if connection is None:
        return lambda: False
    arrivals = select.poll()
    arrivals.register(connection, select.POLLIN)

    def gone() -> bool:
        try:
            return bool(arrivals.poll(0)) and connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    return gone
