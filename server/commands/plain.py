"""A command that says in one line why it could not do what was asked."""

from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from server.database import outage_reason
from server.errors import AppError
from server.keeping.archive import BackupError
from server.sync.mutations import Rejected


class PlainCommand(click.Command):
    """Turns the product's own refusals and faults of database and disk into messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.callback:
            self.callback = with_appcontext(self.callback)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Rejected as refusal:
            raise click.ClickException(_worded(refusal)) from None
        except (AppError, BackupError, LookupError, ValueError) as error:
            raise click.ClickException(str(error.args[0] if error.args else error)) from None
        except DBAPIError as error:
            reason = outage_reason(error)
            if "no such table" in reason or "does not exist" in reason:
                reason += " (has the database been migrated? `flask --app server db upgrade`)"
            raise click.ClickException(f"The database refuses: {reason}") from None
        except OSError as error:
            raise click.ClickException(str(error)) from None


def _worded(refusal: Rejected) -> str:
    """The refusal and, for invalid entries, which and why."""
    details = "; ".join(f"{name}: {_joined(reasons)}" for name, reasons in refusal.fields.items())
    return f"{refusal.message} {details}".strip()


def _joined(reasons: Any) -> str:
    return " ".join(str(reason) for reason in reasons) if isinstance(reasons, list) else str(reasons)
