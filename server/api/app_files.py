"""The built web app: hashed files for ever, everything else asked for anew, deep links to the shell."""

import re
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_from_directory
from werkzeug.routing import PathConverter
from werkzeug.security import safe_join

CONTENT_SECURITY_POLICY = "; ".join([
    "default-src 'self'", "script-src 'self'", "style-src 'self'",
    "img-src 'self' data: blob:", "connect-src 'self'", "worker-src 'self'",
    "manifest-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types default vue",
])  # fmt: skip
"""Trusted types: `vue` is the framework's own, for the static parts of templates, `default` main.ts's."""

PERMISSIONS = ", ".join([
    "camera=(self)", "accelerometer=(self)", "gyroscope=(self)", "screen-wake-lock=(self)",
    "publickey-credentials-get=(self)", "publickey-credentials-create=(self)",
    *(f"{unused}=()" for unused in (
        "browsing-topics", "display-capture", "geolocation", "hid", "local-fonts", "magnetometer",
        "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
    )),
])  # fmt: skip
"""What the product uses, and what no script in it may ever ask for."""

WEB_ASSEMBLY = "; ".join([
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'",
])  # fmt: skip
"""Of the two workers that compile WebAssembly; no page may."""
COMPILING = re.compile(r"assets/(head/.*/worker|argon2\.worker-[^/]*)\.js")


class OutsideApi(PathConverter):
    """Any path but the API's, so that a wrong method there is told as one."""

    regex = "(?!api/)[^/].*?"


def init_app(app: Flask, folder: Path, secure: bool) -> None:
    """`secure`: people reach the product by https only."""
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
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        return response

    app.register_blueprint(blueprint)
