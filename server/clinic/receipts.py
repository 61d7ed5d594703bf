"""What became of a notice on its way: one entry a channel in the notice, which its person sees."""

from datetime import datetime
from typing import Any

from server.clinic.dispatches import Dispatch
from server.clinic.notices import Notice
from server.database import write
from server.instants import instant
from server.sync.synced import Row
from server.sync.transaction import Actor, Context, Transaction


def mark(deliveries: list[Row], channel: str, **facts: Any) -> list[Row]:
    """The deliveries with these facts of a channel; what is known of one stays known."""
    entries = {entry["channel"]: entry for entry in deliveries}
    entries[channel] = {"channel": channel, **facts, **entries.get(channel, {})}
    return list(entries.values())


def receive(clinic_id: str, actor: Actor, receipts: list[Row], now: datetime) -> None:
    """A device says what it has shown of its person's notices, and what was opened."""
    with write() as connection:
        tx = Transaction(connection, clinic_id, instant(now))
        tx.context = Context(actor, instant(now), "")
        tx.preload(Notice, [receipt["notice_id"] for receipt in receipts])
        for receipt in receipts:
            notice = tx.get(Notice, receipt["notice_id"])
            if notice is None or notice["staff_id"] != actor.staff_id:
                continue  # withdrawn meanwhile, or nobody's business
            at = min(receipt["at"], instant(now))
            facts = {"shown_at": at} if receipt["state"] == "shown" else {"shown_at": at, "opened_at": at}
            deliveries = mark(notice["deliveries"], "push", **facts)
            if deliveries != notice["deliveries"]:
                tx.update(Notice, notice["id"], deliveries=deliveries)
            tx.delete(Dispatch, notice["id"])
        tx.flush()
