"""What goes out to phones: push-key-rotate, undelivered."""

import click

from server.clinic.undelivered import undelivered
from server.commands.plain import PlainCommand
from server.instants import utc_now
from server.notify.keys import rotate


@click.command("push-key-rotate", cls=PlainCommand)
def push_key_rotate() -> None:
    """Make a new push key. Phones renew their subscriptions when they next open the app."""
    click.echo(f"Browsers subscribe under {rotate(utc_now())} from now on.")


@click.command("undelivered", cls=PlainCommand)
def list_undelivered() -> None:
    """List notices that could not be sent: clinic, sign-in, kind, channel, reason."""
    rows = undelivered()
    for row in rows:
        click.echo("\t".join(str(row[name]) for name in ("clinic", "login", "kind", "channel", "failure")))
    click.echo(f"Undelivered: {len(rows)}.")


COMMANDS = (push_key_rotate, list_undelivered)
