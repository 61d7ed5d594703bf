"""The keys by which push services know this server (VAPID, RFC 8292).

The first one is made when somebody first asks. A subscription belongs to the key under which the browser
made it, so older keys are kept for those that have not been renewed yet.
"""

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from server.config import Config
from server.database import Base, read, write
from server.instants import instant


class PushKey(Base):
    """Both halves, base64url: the uncompressed point, and the 32 bytes of the secret."""

    __tablename__ = "push_key"
    public: Mapped[str] = mapped_column(primary_key=True)
    private: Mapped[str]
    created_at: Mapped[str]


def current_key(config: Config, now: datetime) -> str:
    """The public key under which browsers subscribe now."""
    if config.vapid_private_key:
        return public_of(config.vapid_private_key)
    with read() as connection:
        key = _newest(connection)
    return key or rotate(now, only_first=True)


def rotate(now: datetime, only_first: bool = False) -> str:
    """Make a new key; phones renew their subscriptions when they next open the app."""
    private = base64url(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32))
    with write() as connection:
        if only_first and (key := _newest(connection)):
            return key
        values = {"public": public_of(private), "private": private, "created_at": instant(now)}
        connection.execute(insert(PushKey).values(**values))
    return values["public"]


def private_keys(config: Config) -> dict[str, str]:
    """Every key that a subscription may have been made under: public -> private."""
    with read() as connection:
        keys = {
            row.public: row.private for row in connection.execute(select(PushKey.public, PushKey.private))
        }
    if config.vapid_private_key:
        keys[public_of(config.vapid_private_key)] = config.vapid_private_key
    return keys


def public_of(private: str) -> str:
    """Raises ValueError for what is no key."""
    secret = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    if len(secret) != 32:
        raise ValueError("not 32 bytes")
    point = ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1()).public_key()
    return base64url(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _newest(connection: Connection) -> str | None:
    return connection.scalar(select(PushKey.public).order_by(PushKey.created_at.desc()).limit(1))
