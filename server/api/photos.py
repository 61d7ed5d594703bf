"""Pictures, to the audience of their photo only; what is under an address never changes."""

from typing import Any, BinaryIO

from flask import Response, current_app, request
from flask_smorest import Blueprint
from photos.renditions import CONTENT_TYPE

from photos.containers import recognize
from photos.stores import Store
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.clinic.pictures import original, photo_for, rendition

blueprint = Blueprint("photos", __name__, url_prefix="/api/photos", description="Pictures")

CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "heic": "image/heic"}
PIECE_BYTES = 256 * 1024


def _store() -> Store:
    store: Store = current_app.extensions["meidang"].store
    return store


@blueprint.get("/<uuid:photo_id>/original")
@may_answer(blueprint, 401, 403, 404, 503)
@blueprint.response(200, description="The original, byte for byte")
@session_required()
def show_original(photo_id: Any) -> Response:
    """The picture as it was taken. Every look is in the audit trail."""
    photo = photo_for(caller(), str(photo_id))
    if _is_known(photo["sha256"]):
        return _unchanged(photo["sha256"])
    stream = original(_store(), caller(), photo)
    start = stream.read(64)
    stream.seek(0)
    return _picture(stream, photo["sha256"], CONTENT_TYPES[recognize(start)])


@blueprint.get("/<uuid:photo_id>/screen")
@may_answer(blueprint, 401, 403, 404, 503)
@blueprint.response(200, description="JPEG, at most 1600 px, upright")
@session_required()
def show_screen(photo_id: Any) -> Response:
    """The picture for a phone's screen."""
    return _rendition(str(photo_id), "screen")


@blueprint.get("/<uuid:photo_id>/thumb")
@may_answer(blueprint, 401, 403, 404, 503)
@blueprint.response(200, description="JPEG, at most 320 px, upright")
@session_required()
def show_thumb(photo_id: Any) -> Response:
    """The picture for lists."""
    return _rendition(str(photo_id), "thumb")


def _rendition(photo_id: str, name: str) -> Response:
    photo = photo_for(caller(), photo_id)
    if _is_known(photo["sha256"]):
        return _unchanged(photo["sha256"])
    return _picture(rendition(_store(), caller(), photo, name), photo["sha256"], CONTENT_TYPE)


def _is_known(sha256: str) -> bool:
    return request.if_none_match.contains(sha256)


def _unchanged(sha256: str) -> Response:
    response = Response(status=304)
    response.set_etag(sha256)
    return response


def _picture(stream: BinaryIO, sha256: str, content_type: str) -> Response:
    response = Response(
        iter(lambda: stream.read(PIECE_BYTES), b""), mimetype=content_type, direct_passthrough=True
    )
    response.call_on_close(stream.close)
    response.set_etag(sha256)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
