"""Structured logs, one JSON object a line, without personal content: routes, not addresses."""

import logging
import sys
import time
from typing import Any

import orjson
from flask import Flask, Response, g, request

log = logging.getLogger("meidang.http")

REFUSED = (401, 403, 429)
"""Of these the address is logged, too: who tries doors is looked for by it."""


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname.lower(),
            "area": record.name, "message": record.getMessage(),
        }  # fmt: skip
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = _trace(record)
        return orjson.dumps(line).decode()


def _trace(record: logging.LogRecord) -> list[str]:
    """Where it happened and the kind of error; its message may quote what a person entered."""
    error = record.exc_info[1] if record.exc_info else None
    frames = []
    traceback = error.__traceback__ if error else None
    while traceback:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return [*frames, type(error).__name__]


def set_up() -> None:
    """Send the product's logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("meidang")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False


def init_app(app: Flask) -> None:
    """Log every call of the API: method, route, status, milliseconds, device; of refused ones the address."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def note(response: Response) -> Response:
        if request.path.startswith("/api/"):
            person = g.get("person")
            fields = {
                "method": request.method, "route": str(request.url_rule),
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.started) * 1000, 1),
                "device": person.device_id if person else None,
            }  # fmt: skip
            if response.status_code in REFUSED:
                fields["address"] = request.remote_addr
            log.info("request", extra={"fields": fields})
        return response
