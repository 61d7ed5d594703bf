"""Answers that are files."""

from collections.abc import Iterable

from flask import Response

BYTES = {"type": "string", "format": "binary"}
"""A body of bytes, as the OpenAPI document says it."""


def attachment(data: bytes | Iterable[bytes], name: str, mimetype: str) -> Response:
    """To be saved under that name, never shown as anything else."""
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
