"""The worker: what has to happen without anybody asking. Any number of them may run."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

from flask import Flask
from sqlalchemy import select

from server import create_app, logs
from server.clinic import days
from server.clinic.parked_list import list_parked
from server.clinic.sign_in import forget_old
from server.clinic.vip import templates
from server.config import ConfigError
from server.database import is_outage, outage_reason, read, write
from server.instants import instant, utc_now
from server.notify import reminders
from server.notify.channels import Channel, channels_of
from server.notify.sending import send_due
from server.sync.compaction import compact
from server.sync.tables import ClinicHead, Device
from server.sync.working_set import recompute

log = logging.getLogger("meidang.worker")

EVERY = timedelta(minutes=1)
SENDS_EVERY = timedelta(seconds=2)
BATCHES = 20
"""Between two looks, so that a flood does not keep the minute's work waiting."""
STALLED_AFTER = timedelta(days=1)
NIGHT_HOUR_UTC = 19
"""03:00 in China, where the clinics are."""


def nightly(now: datetime) -> None:
    """Per clinic: who leaves the working set, what no cursor needs, the VIP journey; and old sessions."""
    with read() as connection:
        clinics = list(connection.scalars(select(ClinicHead.id)))
    for clinic_id in clinics:
        with write() as connection:
            idle = recompute(connection, clinic_id, now)
        with write() as connection:
            reminders.forget_old(connection, clinic_id, now)
        with write() as connection:
            days.forget_old(connection, clinic_id, now)
        with write() as connection:
            templates.see_to_one(connection, clinic_id, now)
        with write() as connection:
            purged = compact(connection, clinic_id, now)
        log.info("night work", extra={"fields": {"idle": idle, "purged": purged}})
    with write() as connection:
        forget_old(connection, now)


def report_stalls(now: datetime) -> None:
    """Say so when a device has had unsent entries for a day: the age counts, not the connection."""
    with read() as connection:
        stalled = connection.scalars(
            select(Device.id).where(Device.unsent > 0, Device.unsent_since < instant(now - STALLED_AFTER))
        ).all()
    for device_id in stalled:
        log.warning("a device cannot send", extra={"fields": {"device": device_id}})


def work(app: Flask, stop: threading.Event) -> None:
    """Look once a minute, and send what is due every few seconds; a fault of the database is waited out."""
    done_on = None
    channels: dict[str, Channel] = {}
    while not stop.is_set():
        now = utc_now()
        with _outages_are_waited_out(app):
            list_parked(now)
            reminders.remind(now)
            app.extensions["meidang"].uploads.forget_expired(now)
            if now.hour == NIGHT_HOUR_UTC and done_on != now.date():
                nightly(now)
                report_stalls(now)
                done_on = now.date()
            app.extensions["meidang"].uploads.finish_orphans()
        channels = channels or channels_of(app.extensions["meidang"].config)
        next_look = time.monotonic() + EVERY.total_seconds()
        while not stop.is_set() and time.monotonic() < next_look:
            with _outages_are_waited_out(app):
                send_due(utc_now(), channels, batches=BATCHES)
            stop.wait(SENDS_EVERY.total_seconds())


@contextmanager
def _outages_are_waited_out(app: Flask) -> Iterator[None]:
    try:
        with app.app_context():
            yield
    except Exception as error:
        if not is_outage(error):
            raise
        log.warning("an outage: %s", outage_reason(error))


def main() -> None:
    logs.set_up()
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        app = create_app()
    except ConfigError as error:
        sys.exit(str(error))
    work(app, stop)


if __name__ == "__main__":
    main()
