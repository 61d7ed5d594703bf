"""A writer of escape files, from the document of the protocol alone: it shares no code with server or app."""

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rigs.client import Device
from tests.rigs.doors import Reply

CURVE = ec.SECP256R1()


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Keys:
    """What a phone has for the day on which it reaches nobody: its own key and the clinic's."""

    device_id: str
    own: ec.EllipticCurvePrivateKey
    clinic: bytes

    @classmethod
    def of(cls, phone: Device) -> "Keys":
        own = ec.generate_private_key(CURVE)
        answer = phone.ask("/api/escape/keys", {"key": base64url(point(own))})
        text = answer["key"]
        return cls(str(phone.disk.device_id), own, base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@dataclass(frozen=True)
class Written:
    """The parts of a file, each of which a test may replace."""

    keys: Keys
    content: dict[str, Any]
    originals: tuple[bytes, ...] = ()
    header: dict[str, Any] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Written":
        return replace(self, **changes)

    def file(self) -> bytes:
        ephemeral = ec.generate_private_key(CURVE)
        clinic = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, self.keys.clinic)
        info = b"meidang escape" + point(ephemeral) + self.keys.clinic
        key = AESGCM(HKDF(SHA256(), 32, None, info).derive(ephemeral.exchange(ec.ECDH(), clinic)))
        header = {"device": self.keys.device_id, "key": base64url(point(ephemeral)), **self.header}
        sealed = key.encrypt(bytes(12), json.dumps(self.content).encode(), None)
        signed = b"meidang\x01"
        for part in (json.dumps(header).encode(), sealed):
            signed += len(part).to_bytes(4, "big") + part
        r, s = decode_dss_signature(self.keys.own.sign(signed, ec.ECDSA(SHA256())))
        originals = (
            key.encrypt(number.to_bytes(12, "big"), data, None)
            for number, data in enumerate(self.originals, start=1)
        )
        return b"".join([signed, r.to_bytes(32, "big"), s.to_bytes(32, "big"), *originals])


def written(phone: Device, keys: Keys, pictures: dict[str, bytes] | None = None, **more: Any) -> Written:
    """All that waits on the phone, and these originals, by the ids of their photos."""
    pictures = pictures or {}
    content = {
        "schema": 1,
        "made_at": phone.now(),
        "offset_ms": 0,
        "mutations": [mutation.wire() for mutation in phone.disk.outbox],
        "originals": [
            {"photo_id": id, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
            for id, data in pictures.items()
        ],
        **more,
    }
    return Written(keys, content, tuple(pictures.values()))


def bring(administrator: Device, file: bytes) -> Reply:
    """POST: the administrator takes the file in."""
    return administrator.call("POST", "/api/escape", file, {"Content-Type": "application/octet-stream"})
