"""What goes out to phones: push-key-rotate, undelivered."""

import click
from sqlalchemy import select

from server.clinic.dispatches import Dispatch
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.commands.plain import PlainCommand
from server.database import read
from server.instants import utc_now
from server.notify.keys import rotate


@click.command("push-key-rotate", cls=PlainCommand)
def push_key_rotate() -> None:
    """Make a new push key. Phones renew their subscriptions when they next open the app."""
    click.echo(f"Browsers subscribe under {rotate(utc_now())} from now on.")


@click.command(cls=PlainCommand)
def undelivered() -> None:
    """List notices that could not be sent: clinic, sign-in, kind, channel, reason."""
    given_up = (
        select(Clinic.code, Staff.login, Dispatch.kind, Dispatch.channel, Dispatch.failure)
        .join(Clinic, Clinic.id == Dispatch.clinic_id)
        .join(Staff, (Staff.clinic_id == Dispatch.clinic_id) & (Staff.id == Dispatch.staff_id))
        .where(Dispatch.due_at.is_(None))
        .order_by(Dispatch.created_at)
    )
    with read() as connection:
        rows = connection.execute(given_up).all()
    for row in rows:
        click.echo("\t".join(str(part) for part in row))
    click.echo(f"Undelivered: {len(rows)}.")


COMMANDS = (push_key_rotate, undelivered)
