"""Keeping the data: backup, restore, audit-verify, prune."""

from pathlib import Path
from typing import BinaryIO

import click
from flask import current_app
from sqlalchemy import select

from server.clinic.settings import Clinic
from server.clinic.sign_in import forget_old
from server.clinic.uploads import Uploads
from server.commands.plain import PlainCommand
from server.config import Config
from server.database import read, write
from server.instants import utc_now
from server.keeping.archive import Archive
from server.keeping.backup import back_up
from server.keeping.restore import is_in_use, restore_from
from server.sync.compaction import compact
from server.sync.log import broken_links
from server.sync.tables import ClinicHead


def _config() -> Config:
    config: Config = current_app.extensions["meidang"].config
    return config


@click.command(cls=PlainCommand)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path | None) -> None:
    """Write a backup of database and files to FOLDER (BACKUP_DIR if none is given).

    The server may run meanwhile. Phones keep what is in no backup yet.
    """
    target = folder or _config().backup_dir
    if target is None:
        raise click.UsageError("Say where to: give FOLDER, or set BACKUP_DIR.")
    made = back_up(_config(), target, utc_now())
    click.echo(f"Written and checked: {made}")


@click.command(cls=PlainCommand)
@click.argument("file", type=click.File("rb"))
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
def restore(file: BinaryIO, yes: bool) -> None:
    """Replace database and files by those of the backup FILE.

    Everybody signs in again; phones send again what the backup does not have. Those who were
    signed off since stay so. Stop the server first.
    """
    archive = Archive(file)
    archive.verify()
    made_at = archive.manifest.at
    if is_in_use() and not yes:
        click.confirm(f"Replace everything that is here by the backup of {made_at}?", abort=True)
    beside = Path(file.name).absolute().parent
    applied = restore_from(archive, _config(), beside, utc_now())
    click.echo(
        f"Restored the backup of {made_at}; signed off again: {applied.devices} devices, "
        f"{applied.people} people."
    )
    if applied.unreadable:
        click.echo(f"{applied.unreadable} lines of the revocation file could not be read.", err=True)


@click.command("audit-verify", cls=PlainCommand)
def audit_verify() -> None:
    """Check the hash chain of every clinic's mutation log; fails on a broken link."""
    broken = 0
    with read() as connection:
        names = connection.execute(
            select(ClinicHead.id, Clinic.code).outerjoin(Clinic, Clinic.id == ClinicHead.id)
        ).all()
        for clinic_id, code in names:
            links = list(broken_links(connection, clinic_id))
            broken += len(links)
            found = f"BROKEN at {', '.join(map(str, links))}" if links else "whole"
            click.echo(f"{code or clinic_id}: {found}")
    if broken:
        raise click.ClickException("The audit trail was changed after the fact.")


@click.command(cls=PlainCommand)
def prune() -> None:
    """Remove what nobody needs any more: tombstones, grants, sessions, uploads, failures."""
    now, purged = utc_now(), 0
    with read() as connection:
        clinics = list(connection.scalars(select(ClinicHead.id)))
    for clinic_id in clinics:
        with write() as connection:
            purged += compact(connection, clinic_id, now)
    with write() as connection:
        forget_old(connection, now)
    uploads: Uploads = current_app.extensions["meidang"].uploads
    given_up = uploads.forget_expired(now)
    click.echo(f"Rows purged: {purged}; uploads given up: {given_up}.")


COMMANDS = (backup, restore, audit_verify, prune)
