"""The people of the clinic, for its administrator. They are read by sync like the rest of the directory."""

from typing import Any

from flask import Response
from marshmallow import Schema

from server.api.bodies import Blueprint
from server.api.schemas import CHANGE_ERRORS, may_answer
from server.api.session import caller, session_required
from server.clinic.fields import Id, list_of, one_of, text
from server.clinic.passwords import SHORTEST_PASSWORD
from server.clinic.people import change, dismiss, engage, give_password, remove_second_factor, take_back
from server.clinic.permissions import ROLES
from server.clinic.staff import AddStaffArgs
from server.instants import utc_now

blueprint = Blueprint("people", __name__, url_prefix="/api/staff", description="People of the clinic")


class PasswordArgs(Schema):
    password = text(1000, shortest=SHORTEST_PASSWORD, required=True)


class EngageArgs(PasswordArgs, AddStaffArgs):
    """A new person and their first password."""


class ChangeArgs(Schema):
    name = text(60, shortest=1)
    roles = list_of(one_of(*ROLES), least=1)
    partner_id = Id(allow_none=True)


class LeaveArgs(Schema):
    mode = one_of("collect", "wipe", required=True)


@blueprint.post("")
@may_answer(blueprint, *CHANGE_ERRORS)
@blueprint.arguments(EngageArgs)
@blueprint.response(204)
@session_required(changes=True)
def add(args: dict[str, Any]) -> Response:
    """A new person, who can sign in at once, and then first chooses a password of their own.

    The password is good for seven days. `weak_password` where it is easily guessed."""
    engage(caller(), **args)
    return Response(status=204)


@blueprint.patch("/<uuid:staff_id>")
@may_answer(blueprint, *CHANGE_ERRORS)
@blueprint.arguments(ChangeArgs)
@blueprint.response(204)
@session_required(changes=True)
def edit(args: dict[str, Any], staff_id: Any) -> Response:
    """Name, roles, salon. After a change of roles their devices hold only what the new ones read."""
    change(caller(), id=str(staff_id), **args)
    return Response(status=204)


@blueprint.post("/<uuid:staff_id>/leave")
@may_answer(blueprint, *CHANGE_ERRORS)
@blueprint.arguments(LeaveArgs)
@blueprint.response(204)
@session_required(changes=True)
def leave(args: dict[str, Any], staff_id: Any) -> Response:
    """Ends a person's access at once: no sign-in, no pushes, every device erases what it holds at its next
    contact; `collect` lets it deliver first. A clinic keeps an administrator: the last is refused, `gate`."""
    dismiss(caller(), str(staff_id), args["mode"], utc_now())
    return Response(status=204)


@blueprint.post("/<uuid:staff_id>/return")
@may_answer(blueprint, *CHANGE_ERRORS)
@blueprint.arguments(PasswordArgs)
@blueprint.response(204)
@session_required(changes=True)
def come_back(args: dict[str, Any], staff_id: Any) -> Response:
    """Somebody who had left is here again. Devices that were signed off stay so."""
    take_back(caller(), str(staff_id), args["password"])
    return Response(status=204)


@blueprint.post("/<uuid:staff_id>/password")
@may_answer(blueprint, *CHANGE_ERRORS)
@blueprint.arguments(PasswordArgs)
@blueprint.response(204)
@session_required(changes=True)
def password(args: dict[str, Any], staff_id: Any) -> Response:
    """A new password, as for a new person; they are signed out everywhere."""
    give_password(caller(), str(staff_id), args["password"])
    return Response(status=204)


@blueprint.post("/<uuid:staff_id>/second-factor/remove")
@may_answer(blueprint, *CHANGE_ERRORS)
@blueprint.response(204)
@session_required(changes=True)
def no_second_factor(staff_id: Any) -> Response:
    """Takes away the second factor of somebody who has lost it."""
    remove_second_factor(caller(), str(staff_id))
    return Response(status=204)
