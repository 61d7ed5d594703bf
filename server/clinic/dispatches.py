"""Notices on their way to people's phones: the outbox of the server (server/notify sends from it).

A dispatch is written in the transaction of its notice, under its id: there is one if and only if the
notice is there. It goes when nothing is left to do; what could not be sent at all stays, for the
administrator.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.instants import instant, parsed
from server.sync.synced import Kept
from server.sync.transaction import Transaction


@dataclass(frozen=True)
class Manner:
    """How a kind of notice is sent: how long it is worth saying, how urgently, whether at night."""

    lasts: timedelta
    urgency: str = "normal"
    wakes: bool = False


ORDINARY = Manner(timedelta(hours=12))
MANNERS = {
    "escalation": Manner(timedelta(hours=24), "high", wakes=True),
    "unattended": Manner(timedelta(hours=24), "high", wakes=True),
    "deadline": Manner(timedelta(hours=4), "high"),
    "vip_soon": Manner(timedelta(hours=1), "high", wakes=True),
    "vip_late": Manner(timedelta(hours=4), "high"),
    "window": Manner(timedelta(hours=3)),
    "hand_on": Manner(timedelta(hours=24)),
    "unreachable": Manner(timedelta(hours=24), "low"),
    "parked": Manner(timedelta(hours=24), "low"),
}


class Dispatch(Kept):
    """`due_at`: when a worker looks at it next (a claim moves it ahead); null: given up, with `failure`.
    `since`: when `channel` began. `reached`: devices that the present channel has reached.
    `tries` counts claims, so that only the latest one is recorded."""

    __tablename__ = "dispatch"
    __table_args__ = (Index(None, "due_at"),)

    staff_id: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    due_at: Mapped[str | None]
    channel: Mapped[str | None]
    since: Mapped[str | None]
    reached: Mapped[list[Any]] = mapped_column(JSON)
    tries: Mapped[int]
    failure: Mapped[str | None]


def dispatch(tx: Transaction, notice_id: str, staff_id: str, kind: str) -> None:
    """Send a notice that this transaction writes."""
    manner = MANNERS.get(kind, ORDINARY)
    tx.insert(
        Dispatch, notice_id, staff_id=staff_id, kind=kind, created_at=tx.now, due_at=tx.now,
        expires_at=instant(parsed(tx.now) + manner.lasts), reached=[], tries=0,
    )  # fmt: skip
