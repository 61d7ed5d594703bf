"""Push subscriptions: where a device's browser lets itself be reached, as it last said."""

import base64
import ipaddress
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, Index, delete, insert, or_
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, write
from server.errors import Validation
from server.instants import instant


class Subscription(Base):
    """Of one device. `key`: the server's public key under which the browser made it."""

    __tablename__ = "subscription"
    __table_args__ = (Index(None, "clinic_id", "staff_id"), Index(None, "endpoint"))
    device_id: Mapped[str] = mapped_column(primary_key=True)
    clinic_id: Mapped[str]
    staff_id: Mapped[str]
    endpoint: Mapped[str]
    p256dh: Mapped[str]
    auth: Mapped[str]
    key: Mapped[str]
    language: Mapped[str]
    renewed_at: Mapped[str]


def subscribe(subscription: dict[str, str], now: datetime) -> None:
    """Keep a device's subscription instead of the one before. A browser has one: it is this person's now."""
    with write() as connection:
        connection.execute(
            delete(Subscription).where(
                or_(
                    Subscription.device_id == subscription["device_id"],
                    Subscription.endpoint == subscription["endpoint"],
                )
            )
        )
        connection.execute(insert(Subscription).values(**subscription, renewed_at=instant(now)))


def unsubscribe(device_id: str, endpoint: str) -> None:
    """The person wants none on this device."""
    with write() as connection:
        forget(connection, device_id, endpoint)


def forget(connection: Connection, device_id: str, endpoint: str | None = None) -> None:
    """The device is not reached any more; with an endpoint, unless it has named another since."""
    gone = delete(Subscription).where(Subscription.device_id == device_id)
    connection.execute(gone if endpoint is None else gone.where(Subscription.endpoint == endpoint))


def refuse_unusable(keys: dict[str, str]) -> None:
    """Keys that nothing can be encrypted for: a point off the curve, a secret of another length."""
    try:
        point = base64.urlsafe_b64decode(keys["p256dh"] + "==")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        if len(point) != 65 or len(base64.urlsafe_b64decode(keys["auth"] + "==")) != 16:
            raise ValueError
    except ValueError:
        raise Validation("These are no keys of a browser.", keys=["unusable"]) from None


def refuse_private(endpoint: str, loopback: bool) -> None:
    """A push service is public and reached over HTTPS: the server calls no address of its own network.

    What a name leads to is looked at when it is called (server.notify.channels.public)."""
    address = urlsplit(endpoint)
    host = address.hostname or ""
    if loopback and host in ("localhost", "127.0.0.1", "::1"):
        return
    if address.scheme != "https" or "." not in host or not _is_public(host):
        raise Validation("The endpoint is not a public push service.", endpoint=["not public"])


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return not host.endswith((".local", ".internal", ".localhost", "."))
