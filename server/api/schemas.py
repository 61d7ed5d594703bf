"""Shapes of requests and answers that more than one blueprint speaks of."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields


class ErrorAnswer(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.Dict(data_key="fields", attribute="fields", required=True)
    applied_through = fields.Integer(metadata={"description": "beside 409 answers of a push"})


class PersonAnswer(Schema):
    id = fields.String(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class DeviceAnswer(Schema):
    id = fields.String(required=True)
    name = fields.String()
    platform = fields.String()


DESCRIPTIONS = {
    400: "Cannot be read", 401: "No session, or a revoked device", 403: "Not this device or role",
    404: "Not there, or not for you", 412: "Not tus 1.0.0", 423: "Another chunk is on its way",
    460: "The chunk arrived damaged", 409: "Does not continue where the server stands",
    413: "Too large", 415: "Of another content type", 422: "Not of the documented shape", 426: "App too old",
    429: "Too much at once", 503: "Try again later",
}  # fmt: skip


CHANGE_ERRORS = (400, 401, 403, 404, 409, 413, 415, 422, 503)
"""What may come back from a route that is told what to do to something."""


def may_answer(blueprint: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Document the errors that a view can answer with."""

    def decorate(view: Any) -> Any:
        for status in statuses:
            view = blueprint.alt_response(status, schema=ErrorAnswer, description=DESCRIPTIONS[status])(view)
        return view

    return decorate
