"""Sending a picture by tus 1.0.0, one request at a time, as right or as wrong as a test likes."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from tests.rigs.client import Device, uuid7
from tests.rigs.doors import Reply

CHUNK = {"Content-Type": "application/offset+octet-stream"}
TUS = {"Tus-Resumable": "1.0.0"}


def in_base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def metadata(photo_id: str, sha256: str) -> str:
    return f"photo_id {in_base64(photo_id)},sha256 {in_base64(sha256)}"


def begin(phone: Device, data: bytes, photo_id: str | None = None, **headers: Any) -> Reply:
    """POST: announce `data` for a photo; `headers` (with _ for -) replace what would be right."""
    right = {
        **TUS, "Upload-Length": str(len(data)),
        "Upload-Metadata": metadata(photo_id or uuid7(), hashlib.sha256(data).hexdigest()),
    }  # fmt: skip
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.call("POST", "/api/uploads", b"", right | more)


@dataclass(frozen=True)
class Sending:
    """An upload that has begun, at its address."""

    phone: Device
    url: str

    @classmethod
    def of(cls, phone: Device, data: bytes, photo_id: str | None = None, **headers: Any) -> "Sending":
        reply = begin(phone, data, photo_id, **headers)
        assert reply.status == 201, reply
        return cls(phone, reply.headers["Location"])

    def by(self, phone: Device) -> "Sending":
        """The same address in somebody else's hands."""
        return Sending(phone, self.url)

    def chunk(self, data: bytes, offset: int, **headers: Any) -> Reply:
        right = {**TUS, **CHUNK, "Upload-Offset": str(offset)}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.phone.call("PATCH", self.url, data, right | more)

    def head(self) -> Reply:
        return self.phone.call("HEAD", self.url, None, TUS)

    def offset(self) -> int:
        """How far it is; of one that has all its bytes: after the server has kept it."""
        reply = self.head()
        assert reply.status == 200, reply
        return int(reply.headers["Upload-Offset"])

    def give_up(self) -> Reply:
        return self.phone.call("DELETE", self.url, None, TUS)
