"""Bodies: JSON strictly read and quickly written, gzip both ways, sizes bounded, kept by no cache."""

import io
import json
import zlib
from typing import Any

import orjson
from flask import Flask, Request, Response, current_app, request
from flask.json.provider import JSONProvider
from flask_compress import Compress
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest
from werkzeug.wsgi import get_input_stream

from server.errors import TooLarge, Validation
from server.sync.protocol import LARGEST_BODY_BYTES


class StrictJSON(JSONProvider):
    """Reads what the standard says and text with lone surrogates (refused later, one mutation at
    a time, so that it cannot block an outbox); writes with orjson."""

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Raises ValueError, or RecursionError for what is nested too deeply."""
        return json.loads(s, parse_constant=_no_number)

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class StrictParser(FlaskParser):
    """webargs reads JSON its own way, where NaN passes and deep nesting is a fault of the server."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        data = req.get_data() if req.is_json else b""
        if not data:
            return missing
        try:
            return current_app.json.loads(data)
        except (ValueError, RecursionError):
            raise BadRequest("The body is not JSON.") from None


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """flask-smorest's, reading bodies strictly."""

    ARGUMENTS_PARSER = StrictParser()


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

    @app.after_request
    def keep_nowhere(response: Response) -> Response:
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.before_request
    def inflate() -> None:
        encoding = request.headers.get("Content-Encoding", "").lower()
        if encoding in ("", "identity") or request.method in ("GET", "HEAD"):
            return
        if encoding != "gzip":
            raise Validation("Bodies come plain or as gzip.")
        inflater = zlib.decompressobj(wbits=31)
        try:
            # Not request.get_data: it would remember the packed stream.
            packed = get_input_stream(request.environ, max_content_length=LARGEST_BODY_BYTES).read()
            body = inflater.decompress(packed, LARGEST_BODY_BYTES + 1)
        except zlib.error as error:
            raise Validation("The body is not gzip.") from error
        if len(body) > LARGEST_BODY_BYTES:
            raise TooLarge()
        if not inflater.eof:
            raise Validation("The body ends too early.")
        request.environ["wsgi.input"] = io.BytesIO(body)
        request.environ["CONTENT_LENGTH"] = str(len(body))
        request.environ.pop("HTTP_CONTENT_ENCODING", None)
