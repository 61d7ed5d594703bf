"""The ways to a person: one small interface, and those that this installation has."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from server.config import Config


@dataclass(frozen=True)
class Address:
    """Where a device's browser is reached."""

    device_id: str
    endpoint: str
    p256dh: str
    auth: str
    key: str
    language: str


@dataclass(frozen=True)
class Recipient:
    """A person, as the channels need them. `due`: how many follow-ups wait for them, for the app's icon."""

    staff_id: str
    clinic: str
    wecom_id: str | None = None
    phone: str | None = None
    addresses: tuple[Address, ...] = ()
    due: int = 0


@dataclass(frozen=True)
class Letter:
    """One notice to one person over one channel. `addresses`: those it has not reached yet.
    `topic`: the same for everything about one thing, so that the newer replaces the older."""

    id: str
    title: dict[str, str]
    target: str
    topic: str
    urgency: str
    expires_at: datetime
    to: Recipient
    addresses: tuple[Address, ...] = ()


@dataclass
class Outcome:
    """`failure`: a code, of what went wrong last. `again`: it may be tried again, not before `not_before`.
    `reached`, `gone`: devices that have it, and subscriptions that are no more."""

    failure: str | None = None
    again: bool = False
    not_before: datetime | None = None
    reached: list[str] = field(default_factory=list)
    gone: list[Address] = field(default_factory=list)


class Channel(Protocol):
    def serves(self, person: Recipient) -> bool:
        """Whether this person can be reached this way."""
        ...

    def send(self, letters: list[Letter], now: datetime) -> list[Outcome]:
        """One outcome a letter, in their order; never raises for what the other side does."""
        ...


def channels_of(config: Config, **options: Any) -> dict[str, Channel]:
    """By name. Imported here and not above: web processes never send."""
    from server.notify.channels.push import WebPush
    from server.notify.channels.sms import Sms
    from server.notify.channels.wecom import WeComMessages

    channels: dict[str, Channel] = {"push": WebPush(config, **options)}
    if config.wecom:
        channels["wecom"] = WeComMessages(config.wecom, config.public_url)
    if config.sms:
        channels["sms"] = Sms(config.sms)
    return channels
