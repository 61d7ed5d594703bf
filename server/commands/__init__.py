"""`flask` commands for the people who run the product: one line of result or one line of reason."""

from flask import Flask

from server.commands import clinics, keeping, pushing


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (*clinics.COMMANDS, *keeping.COMMANDS, *pushing.COMMANDS):
        app.cli.add_command(command)
