"""Bodies: JSON strictly read and quickly written, gzip in both directions, sizes bounded."""

import io
import json
import zlib
from typing import Any

import orjson
from flask import Flask, request
from flask.json.provider import JSONProvider
from flask_compress import Compress
from werkzeug.wsgi import get_input_stream

from server.errors import TooLarge, Validation
from server.sync.protocol import LARGEST_BODY_BYTES


class StrictJSON(JSONProvider):
    """Reads what the standard says and text with lone surrogates (refused later, one mutation at
    a time, so that it cannot block an outbox); writes with orjson."""

    def loads(self, s: str | bytes, **_: Any) -> Any:
        try:
            return json.loads(s, parse_constant=_no_number)
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError(type(error).__name__, "", 0) from error

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def init_app(app: Flask) -> None:
    app.json = StrictJSON(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    app.config["COMPRESS_MIMETYPES"] = [
        "application/json", "text/html", "text/css", "text/javascript", "application/javascript",
        "application/manifest+json", "image/svg+xml",
    ]  # fmt: skip
    app.config["COMPRESS_ALGORITHM"] = ["gzip"]
    app.config["COMPRESS_LEVEL"] = 6
    app.config["COMPRESS_STREAMS"] = True
    Compress(app)

    @app.before_request
    def inflate() -> None:
        encoding = request.headers.get("Content-Encoding", "").lower()
        if encoding in ("", "identity"):
            return
        if encoding != "gzip":
            raise Validation("Bodies come plain or as gzip.")
        inflater = zlib.decompressobj(wbits=31)
        try:
            # Not request.get_data: it would remember the packed stream.
            packed = get_input_stream(request.environ, max_content_length=LARGEST_BODY_BYTES).read()
            body = inflater.decompress(packed, LARGEST_BODY_BYTES)
        except zlib.error as error:
            raise Validation("The body is not gzip.") from error
        if inflater.unconsumed_tail:
            raise TooLarge()
        if not inflater.eof:
            raise Validation("The body ends too early.")
        request.environ["wsgi.input"] = io.BytesIO(body)
        request.environ["CONTENT_LENGTH"] = str(len(body))
        request.environ.pop("HTTP_CONTENT_ENCODING", None)
