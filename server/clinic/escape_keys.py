"""The keys of escape files: the clinic's, to which they are encrypted, and each device's, which signs them.

A device tells its public half and learns the clinic's in one call, whenever the app starts: both are
there long before the server is out of reach. Keys travel as base64url of an uncompressed P-256 point.
"""

import base64
from binascii import Error as NotBase64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.sign_in import SignedIn
from server.database import Base, read, write
from server.errors import Validation
from server.instants import instant
from server.sync.tables import Device
from server.sync.transaction import Transaction

CURVE = ec.SECP256R1()


class EscapeKey(Base):
    """The secret half of a clinic's key: 32 bytes in base64url. Made when a device first asks."""

    __tablename__ = "escape_key"
    clinic_id: Mapped[str] = mapped_column(primary_key=True)
    private: Mapped[str]
    created_at: Mapped[str]


def exchange(person: SignedIn, told: str, now: datetime) -> str:
    """Remember the device's public key; returns the clinic's. Raises Validation for what is no key."""
    try:
        public_key(told)
    except ValueError:
        raise Validation("This is no public key.", key=["invalid"]) from None
    own = clinic_key(person.clinic_id) or _made(person.clinic_id, now)
    this = (Device.id == person.device_id, Device.public_key.is_distinct_from(told))
    with write() as connection:
        connection.execute(update(Device).where(*this).values(public_key=told))
    return _text(point(own.public_key()))


def _made(clinic_id: str, now: datetime) -> ec.EllipticCurvePrivateKey:
    secret = _text(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(32))
    with write() as connection:
        Transaction(connection, clinic_id, instant(now))  # the clinic's lock: somebody may be making one
        one = select(EscapeKey.private).where(EscapeKey.clinic_id == clinic_id)
        if kept := connection.scalar(one):
            return _private(kept)
        values = {"clinic_id": clinic_id, "private": secret, "created_at": instant(now)}
        connection.execute(insert(EscapeKey).values(**values))
    return _private(secret)


def clinic_key(clinic_id: str) -> ec.EllipticCurvePrivateKey | None:
    """None: no device has asked for it yet."""
    with read() as connection:
        kept = connection.scalar(select(EscapeKey.private).where(EscapeKey.clinic_id == clinic_id))
    return _private(kept) if kept else None


def device_key(clinic_id: str, device_id: str) -> ec.EllipticCurvePublicKey | None:
    """None: the clinic has no such device, or it has not told its key."""
    with read() as connection:
        kept = connection.scalar(
            select(Device.public_key).where(Device.clinic_id == clinic_id, Device.id == device_id)
        )
    return public_key(kept) if kept else None


def public_key(text: str) -> ec.EllipticCurvePublicKey:
    """Raises ValueError for what is no point of the curve."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except NotBase64:
        raise ValueError("not base64url") from None
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, data)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    secret = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return ec.derive_private_key(int.from_bytes(secret), CURVE)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
