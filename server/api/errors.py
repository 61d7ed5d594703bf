"""The one place where errors become answers: {"code", "message", "fields"}."""

import logging
from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from server.database import is_outage, outage_reason
from server.errors import AppError, DeviceRevoked, NotFound, PictureRefused, TooLarge, Unavailable, Validation

log = logging.getLogger("meidang.api")

# Codes of the answers that Flask and flask-smorest make themselves.
CODES = {
    400: "validation", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
    415: "validation", 422: "validation",
}  # fmt: skip


def _named(messages: Any) -> Any:
    """Marshmallow numbers the items of a list; JSON has only names."""
    if isinstance(messages, dict):
        return {str(name): _named(message) for name, message in messages.items()}
    return messages


def init_app(app: Flask) -> None:
    @app.errorhandler(AppError)
    def answer(error: AppError) -> tuple[Response, int]:
        response = jsonify(error.body())
        if "retry_after_s" in error.fields:
            response.headers["Retry-After"] = str(error.fields["retry_after_s"])
        if isinstance(error, PictureRefused):  # who asks by HEAD gets no body
            response.headers["Upload-Refused"] = error.fields["reason"]
        if isinstance(error, DeviceRevoked) and error.fields.get("mode") == "wipe":
            # Not its storage: somebody else who uses the same phone may have unsent work there.
            response.headers["Clear-Site-Data"] = '"cache"'
        return response, error.status

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 500
        details: Any = getattr(error, "data", None) or {}
        fields = _named(details.get("messages") or {})
        body = Validation(None, **fields) if status == 422 else None
        if body is not None:
            return answer(body)
        if status == 404:
            return answer(NotFound())
        if status == 413:
            return answer(TooLarge())
        code = CODES.get(status, "internal")
        response = jsonify(code=code, message=error.description or error.name, fields={})
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response, status

    @app.errorhandler(Exception)
    def fault(error: Exception) -> tuple[Response, int]:
        if is_outage(error):
            log.warning("an outage: %s", outage_reason(error))
            return answer(Unavailable())
        log.exception("unforeseen")
        return answer(AppError())
