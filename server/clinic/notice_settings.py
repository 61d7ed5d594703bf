"""How a person wants to be told: which kinds, when not, and over which channels."""

import re
from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.fields import list_of, one_of, text
from server.sync.mutations import Args, mutation
from server.sync.synced import Row, Synced
from server.sync.transaction import Transaction

KINDS = ("morning", "window", "deadline", "hand_on", "unreachable", "parked")
"""What can be switched off. An escalation cannot: somebody's health may hang on it."""
CHANNELS = ("push", "wecom", "sms")
QUIET = {"from": "21:00", "to": "08:00"}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class NoticeSettings(Synced):
    """Of one person, by whom the id is derived. No row: the defaults."""

    __tablename__ = "notice_settings"
    __table_args__ = (Index(None, "staff_id"),)
    facet = "personal"
    subject_column = "staff_id"
    hidden = frozenset({"staff_id"})

    staff_id: Mapped[str]
    kinds_off: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    quiet: Mapped[dict[str, Any]] = mapped_column(JSON)
    channels: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    wecom_id: Mapped[str | None]
    phone: Mapped[str | None]


DEFAULTS: Row = {
    "kinds_off": [], "quiet": QUIET, "channels": list(CHANNELS), "wecom_id": None, "phone": None,
}  # fmt: skip


def settings_id(staff_id: str) -> str:
    return str(uuid5(UUID(staff_id), "notice_settings"))


def _a_clock(value: str) -> None:
    if not _CLOCK.fullmatch(value):
        raise ValidationError("Not a time of day.")


class QuietHours(Schema):
    """The same time twice: never quiet."""

    from_ = fields.String(required=True, validate=_a_clock, data_key="from", attribute="from")
    to = fields.String(required=True, validate=_a_clock)


class SettingsArgs(Schema):
    kinds_off = list_of(one_of(*KINDS), required=True)
    quiet = fields.Nested(QuietHours, required=True)
    channels = list_of(one_of(*CHANNELS), most=len(CHANNELS), required=True)
    wecom_id = text(64, required=True, allow_none=True)
    phone = text(20, required=True, allow_none=True)


@mutation("notice.settings", SettingsArgs)
def choose(tx: Transaction, args: Args) -> None:
    """The person's own choice; the latest one stands."""
    person = tx.actor.staff_id
    assert person, "the server has no phone"
    id = settings_id(person)
    if tx.get(NoticeSettings, id):
        tx.update(NoticeSettings, id, **args)
    else:
        tx.insert(NoticeSettings, id, staff_id=person, **args)
