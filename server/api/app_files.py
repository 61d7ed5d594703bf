"""The built web app: hashed files for ever, everything else asked for anew, deep links to the shell."""

import re
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_from_directory
from werkzeug.routing import PathConverter
from werkzeug.security import safe_join

CONTENT_SECURITY_POLICY = "; ".join([
    "default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:", "connect-src 'self'", "worker-src 'self'",
    "manifest-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'",
])  # fmt: skip

WEB_ASSEMBLY = "; ".join([
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'",
])  # fmt: skip
"""Of the two workers that compile WebAssembly; no page may."""
COMPILING = re.compile(r"assets/(head/.*/worker|argon2\.worker-[^/]*)\.js")


class OutsideApi(PathConverter):
    """Any path but the API's, so that a wrong method there is told as one."""

    regex = "(?!api/)[^/].*?"


def init_app(app: Flask, folder: Path) -> None:
    app.url_map.converters["outside_api"] = OutsideApi
    blueprint = Blueprint("app_files", __name__)

    @blueprint.get("/", defaults={"path": "index.html"})
    @blueprint.get("/<outside_api:path>")
    def file(path: str) -> Response:
        found = safe_join(str(folder), path)
        if found is None or not Path(found).is_file():
            if "." in path.rsplit("/", 1)[-1] or not (folder / "index.html").is_file():
                abort(404)
            path = "index.html"
        response = send_from_directory(folder, path)
        if path.startswith("assets/"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            if COMPILING.fullmatch(path):
                response.headers["Content-Security-Policy"] = WEB_ASSEMBLY
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        return response

    app.register_blueprint(blueprint)
