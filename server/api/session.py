"""Who is calling: the session cookie, and the device header that cross-site requests lack."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request
from flask_smorest import Blueprint

from server.api.throttle import Allowance, Buckets
from server.clinic.sign_in import SESSION_DAYS, SignedIn, refuse_owing, refuse_revoked, signed_in
from server.config import Config
from server.errors import DeviceMismatch, Unauthenticated
from server.instants import utc_now


def cookie_name(config: Config) -> str:
    return "__Host-meidang" if config.secure else "meidang"


def set_session(response: Response, token: str) -> None:
    """Lax, not Strict: Strict signs installed apps out at launch."""
    config: Config = current_app.extensions["meidang"].config
    response.set_cookie(
        cookie_name(config), token, max_age=SESSION_DAYS * 86400, path="/", httponly=True,
        secure=config.secure, samesite="Lax",
    )  # fmt: skip


def clear_session(response: Response) -> None:
    config: Config = current_app.extensions["meidang"].config
    response.delete_cookie(cookie_name(config), path="/", secure=config.secure, httponly=True)


def address() -> str:
    """Where the call comes from."""
    return request.remote_addr or ""


def caller() -> SignedIn:
    """The person of this request, as `session_required` found them."""
    person: SignedIn = g.person
    return person


DEVICE_HEADER = {
    "in": "header", "name": "X-Device", "required": True, "schema": {"type": "string", "format": "uuid"},
    "description": "The device that the session belongs to.",
}  # fmt: skip


def session_required(
    changes: bool = False, delivers: bool = False, settles: bool = False, costs: Allowance | None = None
) -> Callable[..., Any]:
    """Decorator: only with a session. `changes`: and the X-Device header that belongs to it.
    `delivers`: a revoked device that is being collected may still call. `settles`: so may who has to
    do something else before anything else. `costs`: more than others, and so bounded."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            config: Config = current_app.extensions["meidang"].config
            token = request.cookies.get(cookie_name(config))
            if not token:
                raise Unauthenticated()
            person = signed_in(token, utc_now())
            device = request.headers.get("X-Device")
            if device != person.device_id and (changes or device is not None):
                raise DeviceMismatch()
            refuse_revoked(person, delivers)
            if not settles:
                refuse_owing(person)
            if costs:
                buckets: Buckets = current_app.extensions["meidang"].buckets
                buckets.take(costs, person.device_id, address())
            g.person = person
            return view(*args, **kwargs)

        documented: dict[str, Any] = {"security": [{"session": []}]}
        if changes:
            documented["parameters"] = [DEVICE_HEADER]
        described: Callable[..., Any] = Blueprint.doc(**documented)(checked)
        return described

    return decorate
