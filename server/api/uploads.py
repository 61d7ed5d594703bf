"""Uploads of originals by tus 1.0.0: creation, checksum, termination, expiration."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import ClientDisconnected

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.clinic.uploads import LARGEST_BYTES, Progress, Uploads
from server.errors import Malformed, UnsupportedMediaType, UnsupportedVersion
from server.instants import parsed, utc_now

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

blueprint = Blueprint("uploads", __name__, url_prefix="/api/uploads", description="Originals (tus)")

VERSION = "1.0.0"
CHECKSUMS = ("sha1", "sha256")
CAPABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,checksum,termination,expiration",
    "Tus-Max-Size": str(LARGEST_BYTES),
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
}
CHUNK_TYPE = "application/offset+octet-stream"
PIECE_BYTES = 64 * 1024
SILENCE_S = 30
METHODS = ("OPTIONS", "POST", "HEAD", "PATCH", "DELETE")


def _header(name: str, description: str, required: bool = True) -> dict[str, Any]:
    """A request header, for the document."""
    return {
        "in": "header", "name": name, "required": required, "description": description,
        "schema": {"type": "string"},
    }  # fmt: skip


RESUMABLE = _header("Tus-Resumable", VERSION)
LENGTH = _header("Upload-Length", "Bytes of the whole file")
METADATA = _header("Upload-Metadata", "`photo_id` and `sha256` (hex, of the whole file), base64 each")
OFFSET = _header("Upload-Offset", "Where this chunk begins: what HEAD said")
CHECKSUM = _header("Upload-Checksum", "`sha1` or `sha256` and the base64 digest of this chunk", False)


def init_app(app: Flask) -> None:
    """A method named by X-HTTP-Method-Override MUST stand for the actual one (tus 1.0.0), for
    networks that let no PATCH pass."""
    answer = app.wsgi_app

    def overridden(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if method in METHODS and environ.get("PATH_INFO", "").startswith(blueprint.url_prefix):
            environ["REQUEST_METHOD"] = method
        return answer(environ, start_response)

    app.wsgi_app = overridden  # type: ignore[method-assign]


def _uploads() -> Uploads:
    uploads: Uploads = current_app.extensions["meidang"].uploads
    return uploads


@blueprint.before_request
def check_version() -> None:
    """The server MUST answer 412 to a version it does not speak (tus 1.0.0, Tus-Resumable)."""
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        raise UnsupportedVersion()
    request.max_content_length = LARGEST_BYTES


@blueprint.after_request
def say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    if response.status_code == UnsupportedVersion.status:
        response.headers["Tus-Version"] = VERSION
    if request.method == "OPTIONS":
        response.headers.update(CAPABILITIES)
    if request.method == "HEAD":
        response.set_data(b"")  # where it was a POST by its actual method, a body would be waited for
    return response


@blueprint.route("", methods=["OPTIONS"])
@blueprint.response(204)
def capabilities() -> Response:
    """What this server speaks."""
    return Response(status=204)


@blueprint.route("", methods=["POST"])
@may_answer(blueprint, 400, 401, 403, 412, 413, 422, 429, 503)
@blueprint.response(201)
@session_required(changes=True, delivers=True)
@blueprint.doc(parameters=[RESUMABLE, LENGTH, METADATA])
def create() -> Response:
    """Begin an upload."""
    length = _whole("Upload-Length")
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    photo_id, sha256 = metadata.get("photo_id", "").lower(), metadata.get("sha256", "").lower()
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", photo_id):
        raise Malformed("Upload-Metadata needs a photo_id.")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Malformed("Upload-Metadata needs the sha256 of the file, as hex.")
    if length == 0:
        raise Malformed("An original has at least one byte.")
    id = _uploads().create(caller(), length, photo_id, sha256, utc_now())
    progress = _uploads().progress(caller(), id, utc_now())
    return Response(status=201, headers={"Location": f"/api/uploads/{id}", **_expiry(progress)})


@blueprint.route("/<uuid:upload_id>", methods=["HEAD"])
@may_answer(blueprint, 401, 403, 404, 412, 422, 423, 503)
@blueprint.response(200)
@session_required(delivers=True)
@blueprint.doc(parameters=[RESUMABLE])
def progress(upload_id: Any) -> Response:
    """How far it has come. When all has: what became of it; a refusal says why in `Upload-Refused`."""
    found = _uploads().progress(caller(), str(upload_id), utc_now())
    return Response(
        status=200,
        headers={
            "Upload-Offset": str(found.offset), "Upload-Length": str(found.length),
            "Cache-Control": "no-store", **_expiry(found),
        },
    )  # fmt: skip


@blueprint.route("/<uuid:upload_id>", methods=["PATCH"])
@may_answer(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 423, 460, 503)
@blueprint.response(204)
@session_required(changes=True, delivers=True)
@blueprint.doc(parameters=[RESUMABLE, OFFSET, CHECKSUM])
def append(upload_id: Any) -> Response:
    """Add the next chunk. The answer to the last one does not wait for the look at the picture."""
    if request.mimetype != CHUNK_TYPE:
        raise UnsupportedMediaType(f"A chunk is {CHUNK_TYPE}.")
    found = _uploads().append(
        caller(), str(upload_id), _whole("Upload-Offset"), _pieces(), _checksum(), utc_now()
    )
    if found.offset == found.length and not found.finished:
        current_app.extensions["meidang"].finisher.soon(str(upload_id))
    return Response(status=204, headers={"Upload-Offset": str(found.offset), **_expiry(found)})


@blueprint.route("/<uuid:upload_id>", methods=["DELETE"])
@may_answer(blueprint, 401, 403, 404, 412, 423, 503)
@blueprint.response(204)
@session_required(changes=True, delivers=True)
@blueprint.doc(parameters=[RESUMABLE])
def terminate(upload_id: Any) -> Response:
    """Give it up."""
    _uploads().terminate(caller(), str(upload_id), utc_now())
    return Response(status=204)


def _pieces() -> Iterator[bytes]:
    """The body as it comes; a connection that is cut or silent ends it, and what came is kept.

    A phone that changes its network leaves a connection that says nothing for ever: it would keep
    the upload locked against the phone's next try.
    """
    if connection := request.environ.get("gunicorn.socket"):
        connection.settimeout(SILENCE_S)
    try:
        while piece := request.stream.read(PIECE_BYTES):
            yield piece
    except (ClientDisconnected, OSError):
        return


def _whole(name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Malformed(f"{name} must be a whole number.")
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """{key: decoded value} of `key base64,key base64` (tus 1.0.0, Upload-Metadata)."""
    found = {}
    for pair in filter(None, header.split(",")):
        key, _, encoded = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Malformed("Upload-Metadata is not base64.") from None
    return found


def _checksum() -> tuple[str, bytes] | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise Malformed("Upload-Checksum is not base64.") from None
    # The server MUST answer 400 to an algorithm it does not know (tus 1.0.0, Checksum).
    if algorithm not in CHECKSUMS:
        raise Malformed("This checksum algorithm is not supported.")
    return algorithm, digest


def _expiry(found: Progress) -> dict[str, str]:
    moment = parsed(found.expires_at).astimezone(UTC)
    return {"Upload-Expires": format_datetime(moment, usegmt=True)}
