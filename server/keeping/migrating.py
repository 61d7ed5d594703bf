"""Migrations from within: to a revision, in a transaction that is under way."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from server.database import MIGRATIONS
from server.keeping.archive import BackupError


def revision_of(connection: Connection) -> str:
    """The database's revision. Raises BackupError for one that was never migrated."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise BackupError("The database has not been migrated: `flask --app server db upgrade`.")
    return revision


def refuse_newer(revision: str) -> None:
    """Raise BackupError for a revision that this version does not know."""
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(revision)
    except CommandError as error:
        raise BackupError(
            f"The backup was made by a newer version (revision {revision}); install that one."
        ) from error


def migrate_to(connection: Connection, revision: str) -> None:
    """Upgrade within the connection's transaction; env.py finds the connection here."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
