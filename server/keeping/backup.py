"""A backup: everything of one moment, while the server works on.

The tables are read in one snapshot; the files after them, because a row says that a file is there
only once it is. Only when the backup is whole on its disk do phones hear that they may forget.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.engine import make_url

from server.config import Config
from server.database import read, write
from server.instants import instant
from server.keeping.archive import CHUNK_BYTES, Archive, Manifest, Writer, complete_or_absent
from server.keeping.migrating import revision_of
from server.keeping.tables import lines_of, tables_of
from server.sync.tables import Deployment, Device


def back_up(config: Config, folder: Path, now: datetime) -> Path:
    """Write a backup into `folder`; returns its path. Raises OSError, BackupError."""
    path = folder.absolute() / f"meidang-{now:%Y%m%dT%H%M%S.}{now.microsecond // 1000:03}Z.zip"
    with complete_or_absent(path) as file:
        with read() as connection:
            incarnation = connection.scalar(select(Deployment.incarnation)) or ""
            manifest = Manifest(revision_of(connection), incarnation, instant(now))
            writer = Writer(file, manifest)
            for table in tables_of(connection):
                writer.add(f"tables/{table.name}.jsonl", lines_of(connection, table))
            positions = _positions(connection)
        for source, name in _files(config, path.parent):
            _add_file(writer, source, f"files/{name}")
        writer.close()
        Archive(file).verify()
    _tell_phones(manifest, positions)
    return path


def _positions(connection: Connection) -> list[dict[str, str | int]]:
    """How far each device's mutations are in this snapshot."""
    rows = connection.execute(select(Device.id, Device.last_seq))
    return [{"device": row.id, "through": row.last_seq} for row in rows]


def _tell_phones(manifest: Manifest, positions: list[dict[str, str | int]]) -> None:
    with write() as connection:
        if connection.scalar(select(Deployment.incarnation)) != manifest.incarnation:
            return  # restored meanwhile: the numbers are of another life
        connection.execute(update(Deployment).values(backed_up_at=manifest.at))
        if positions:
            connection.execute(
                update(Device)
                .where(Device.id == bindparam("device"))
                .values(backed_up_seq=bindparam("through")),
                positions,
            )


def _files(config: Config, target: Path) -> Iterator[tuple[Path, str]]:
    """(path, name in the data folder) of what is neither the database nor a backup."""
    database = make_url(config.database_url).database
    own = Path(database).absolute() if database and config.database_url.startswith("sqlite") else None
    backups = {target, config.backup_dir} - {config.data_dir}
    for path in sorted(config.data_dir.rglob("*")):
        if not path.is_file() or path.is_symlink() or backups & set(path.parents):
            continue
        is_database = own is not None and path.parent == own.parent and path.name.startswith(own.name)
        is_backup = path.parent == target and path.name.lstrip(".").startswith("meidang-")
        if not is_database and not is_backup and path != config.revocation_file:
            yield path, path.relative_to(config.data_dir).as_posix()


def _add_file(writer: Writer, source: Path, name: str) -> None:
    try:
        file = source.open("rb")
    except FileNotFoundError:
        return  # removed since the folder was listed
    with file:
        writer.add(name, iter(lambda: file.read(CHUNK_BYTES), b""))
