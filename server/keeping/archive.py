"""The file of a backup: a zip of parts, and a manifest with the SHA-256 of each.

    manifest.json         what this is, of when, and the sum of every other part
    tables/<name>.jsonl   one JSON array a line; the first names the columns
    files/<path>          what lay in the data folder

Tables are text, so a backup made on SQLite may be restored on PostgreSQL and the other way round.
"""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import orjson

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK_BYTES = 1024 * 1024


class BackupError(Exception):
    """A file that is no whole backup, or not one that this version can restore."""


@dataclass
class Manifest:
    """`revision`: of the migrations. `at`: the instant of the snapshot. `parts`: {name: SHA-256}."""

    revision: str
    incarnation: str
    at: str
    product: str = "meidang"
    format: int = FORMAT
    parts: dict[str, str] = field(default_factory=dict)


class Writer:
    """Writes parts one after the other and remembers their sums."""

    def __init__(self, file: BinaryIO, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        sum = hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as part:
            for chunk in chunks:
                sum.update(chunk)
                part.write(chunk)
        self.manifest.parts[name] = sum.hexdigest()

    def close(self) -> None:
        """The manifest comes last: a file without it is not a backup."""
        self._zip.writestr(MANIFEST, orjson.dumps(asdict(self.manifest), option=orjson.OPT_INDENT_2))
        self._zip.close()


class Archive:
    """A backup for reading. Raises BackupError for what is not one."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            fields: dict[str, Any] = orjson.loads(self._zip.read(MANIFEST))
            if (fields["product"], fields["format"]) != ("meidang", FORMAT):
                raise BackupError("This is a backup of another product or format.")
            self.manifest = Manifest(**fields)
        except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError) as error:
            raise BackupError("This is not a whole backup.") from error

    def verify(self) -> None:
        """Every part is there, no other, and each is what was written. Raises BackupError."""
        names = set(self._zip.namelist()) - {MANIFEST}
        for name in sorted(names ^ set(self.manifest.parts)):
            raise BackupError(f"The backup is damaged: {name} is missing, or was added.")
        for name, expected in self.manifest.parts.items():
            if _unsafe(name):
                raise BackupError(f"The backup names a place outside the data folder: {name}")
            sum = hashlib.sha256()
            try:
                for chunk in self.chunks(name):
                    sum.update(chunk)
            except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
                raise BackupError(f"The backup is damaged: {name} cannot be read.") from error
            if sum.hexdigest() != expected:
                raise BackupError(f"The backup is damaged: {name} has another checksum.")

    def parts(self, folder: str) -> Iterator[tuple[str, str]]:
        """(part, its name within the folder)."""
        for name in self.manifest.parts:
            if name.startswith(f"{folder}/"):
                yield name, name.removeprefix(f"{folder}/")

    def chunks(self, part: str) -> Iterator[bytes]:
        with self._zip.open(part) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def lines(self, part: str) -> Iterator[list[Any]]:
        with self._zip.open(part) as file:
            for line in file:
                yield orjson.loads(line)


@contextmanager
def complete_or_absent(path: Path) -> Iterator[BinaryIO]:
    """A file, readable by its owner only, that appears under its name when it is whole on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with open(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unsafe(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name
