"""Pictures, to the audience of their photo only; what is under an address never changes."""

from typing import Any, BinaryIO

from flask import Response, current_app, request

from photos.containers import recognize
from photos.renditions import CONTENT_TYPE
from photos.stores import Store
from server.api.bodies import Blueprint
from server.api.files import BYTES
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.api.throttle import PICTURES
from server.clinic.pictures import note_look, original, photo_for, rendition

blueprint = Blueprint("photos", __name__, url_prefix="/api/photos", description="Pictures")

FOR_EVER = "private, max-age=31536000, immutable"
ASK_EACH_TIME = "private, no-cache, immutable"
"""Of originals, so that the audit trail has every look at one, not only the first on a phone."""

CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "heic": "image/heic"}
PIECE_BYTES = 256 * 1024


def _store() -> Store:
    store: Store = current_app.extensions["meidang"].store
    return store


@blueprint.get("/<uuid:photo_id>/original")
@blueprint.alt_response(304, description="The caller has it")
@may_answer(blueprint, 401, 403, 404, 429, 503)
@blueprint.response(200, BYTES, description="The original, byte for byte", content_type="image/*")
@session_required(costs=PICTURES)
def show_original(photo_id: Any) -> Response:
    """The picture as it was taken. Every look is in the audit trail."""
    photo = photo_for(caller(), str(photo_id))
    note_look(caller(), photo)
    if _is_known(photo["sha256"]):
        return _unchanged(photo["sha256"], ASK_EACH_TIME)
    stream = original(_store(), caller(), photo)
    start = stream.read(64)
    stream.seek(0)
    return _picture(stream, photo["sha256"], CONTENT_TYPES[recognize(start)], ASK_EACH_TIME)


@blueprint.get("/<uuid:photo_id>/screen")
@blueprint.alt_response(304, description="The caller has it")
@may_answer(blueprint, 401, 403, 404, 429, 503)
@blueprint.response(200, BYTES, description="At most 1600 px, upright", content_type=CONTENT_TYPE)
@session_required(costs=PICTURES)
def show_screen(photo_id: Any) -> Response:
    """The picture for a phone's screen."""
    return _rendition(str(photo_id), "screen")


@blueprint.get("/<uuid:photo_id>/thumb")
@blueprint.alt_response(304, description="The caller has it")
@may_answer(blueprint, 401, 403, 404, 429, 503)
@blueprint.response(200, BYTES, description="At most 320 px, upright", content_type=CONTENT_TYPE)
@session_required(costs=PICTURES)
def show_thumb(photo_id: Any) -> Response:
    """The picture for lists."""
    return _rendition(str(photo_id), "thumb")


def _rendition(photo_id: str, name: str) -> Response:
    photo = photo_for(caller(), photo_id)
    if _is_known(photo["sha256"]):
        return _unchanged(photo["sha256"], FOR_EVER)
    return _picture(rendition(_store(), caller(), photo, name), photo["sha256"], CONTENT_TYPE, FOR_EVER)


def _is_known(sha256: str) -> bool:
    return request.if_none_match.contains(sha256)


def _unchanged(sha256: str, caching: str) -> Response:
    return _cached(Response(status=304), sha256, caching)


def _picture(stream: BinaryIO, sha256: str, content_type: str, caching: str) -> Response:
    response = Response(
        iter(lambda: stream.read(PIECE_BYTES), b""), mimetype=content_type, direct_passthrough=True
    )
    response.call_on_close(stream.close)
    return _cached(response, sha256, caching)


def _cached(response: Response, sha256: str, caching: str) -> Response:
    response.set_etag(sha256)
    response.headers["Cache-Control"] = caching
    # What a browser must not do with a file that it thinks it knows better.
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
