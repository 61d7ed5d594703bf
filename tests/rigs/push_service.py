"""A push service on loopback: takes what RFC 8030 says, and decrypts it as a browser would (RFC 8291).

It shares no code with what sends: the keys are derived here from the letters of the RFCs.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rigs.loopback import Answer, Loopback


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


@dataclass
class Browser:
    """One subscription: its keys, and what has come for it, decrypted."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    messages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": b64(_point(self.private.public_key())), "auth": b64(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys}

    @property
    def titles(self) -> list[str]:
        return [message["notification"]["title"] for message in self.messages]

    def decrypt(self, body: bytes) -> bytes:
        """RFC 8188 (one record) with the keys of RFC 8291, 3.4."""
        salt, key_length = body[:16], body[20]
        sender, text = body[21 : 21 + key_length], body[21 + key_length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        secret = self.private.exchange(ec.ECDH(), theirs)
        own = _point(self.private.public_key())
        info = b"WebPush: info\0" + own + sender + b"\1"
        pseudo_random = _hmac(salt, _hmac(_hmac(self.auth, secret), info))
        key = _hmac(pseudo_random, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _hmac(pseudo_random, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, text, None).rstrip(b"\0")
        assert padded[-1:] == b"\2", "not the last record"
        return padded[:-1]


class PushService(Loopback):
    """`browser()` subscribes one. `answers`: what is said instead of 201, in turn: (status, headers), or None
    for no answer at all. `down`: always that."""

    def __init__(self) -> None:
        super().__init__()
        self.browsers: dict[str, Browser] = {}
        self.answers: list[tuple[int, dict[str, str]] | None] = []
        self.down: tuple[int, dict[str, str]] | None = None
        self.calls = 0
        self.key: str | None = None
        """The application server's public key, if it is to be verified."""

    def browser(self) -> Browser:
        path = f"/push/{secrets.token_hex(8)}"
        self.browsers[path] = Browser(self.url + path)
        return self.browsers[path]

    def revoke(self, browser: Browser) -> None:
        """The person has forbidden notifications, or the browser is no more."""
        self.browsers = {path: one for path, one in self.browsers.items() if one is not browser}

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        self.calls += 1
        if self.down or self.answers:
            said = self.down or self.answers.pop(0)
            return said and (*said, b"")
        browser = self.browsers.get(path)
        if browser is None:
            return 410, {}, b""
        self._verify(headers, body)
        browser.messages.append(json.loads(browser.decrypt(body)))
        browser.headers.append(headers)
        return 201, {}, b""

    def _verify(self, headers: dict[str, str], body: bytes) -> None:
        """RFC 8292: a token for this service, signed with the key that came with it."""
        scheme, _, rest = headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        signed, _, signature = parts["t"].rpartition(".")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
        raw = unb64(signature)
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        key.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
        claims = json.loads(unb64(signed.split(".")[1]))
        assert scheme == "vapid"
        assert claims["aud"] == self.url
        assert claims["sub"].startswith(("mailto:", "https:"))
        assert self.key in (None, parts["k"])
        assert len(body) <= 4096
