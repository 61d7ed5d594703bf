"""Uploads under way: pieces of originals in a folder, the rules of tus 1.0.0 without HTTP.

The length of the part file is the offset: what it says is what the server has, whatever was cut,
killed or lost on the way. It is not synced to disk with every chunk, which would take most of the time:
should the power fail, the file is shorter and the phone sends the rest again, or its hash is wrong and
the phone begins anew. The phone has the bytes until the store has synced them.

A finished upload is checked, put into the store and counted for its photo; then the part file goes.
An upload is its person's, from whichever device.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Index, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from photos import ingest
from photos.containers import Refused
from photos.stores import Address, Store
from server.clinic.permissions import ACTS
from server.clinic.sign_in import SignedIn
from server.database import Base, read, write
from server.errors import (
    ChecksumMismatch,
    Forbidden,
    NotFound,
    OffsetConflict,
    PictureRefused,
    Throttled,
    TooLarge,
    UploadLocked,
)
from server.instants import instant
from server.sync.acts import Act, perform_all

LARGEST_BYTES = 64 * 1024 * 1024
UNFINISHED_PER_DEVICE = 500
UNFINISHED_BYTES_PER_DEVICE = 4 * 1024**3
EXPIRES_AFTER = timedelta(days=7)
CHECKED_AT_ONCE = 2

_checks = threading.BoundedSemaphore(CHECKED_AT_ONCE)
"""A picture that is looked at takes up to 200 MB: no more of them at once than the machine bears."""


class Upload(Base):
    """An upload that has begun. `sha256`: of the whole, as the phone declared it. A finished one is
    remembered until it expires: the phone may not have got the last answer."""

    __tablename__ = "upload"
    __table_args__ = (Index(None, "device_id"), Index(None, "expires_at"))
    id: Mapped[str] = mapped_column(primary_key=True)
    clinic_id: Mapped[str]
    staff_id: Mapped[str]
    device_id: Mapped[str]
    photo_id: Mapped[str]
    sha256: Mapped[str]
    length: Mapped[int]
    expires_at: Mapped[str]
    finished: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class Progress:
    """How far an upload has come, in bytes, and until when it may go on."""

    offset: int
    length: int
    expires_at: str
    photo_id: str
    sha256: str
    finished: bool


@dataclass(frozen=True)
class Owner:
    """Whose an upload is, where nobody is signed in."""

    clinic_id: str
    staff_id: str


@dataclass(frozen=True)
class Uploads:
    """Part files in `folder`; finished ones go to `store`."""

    folder: Path
    store: Store

    def create(self, person: SignedIn, length: int, photo_id: str, sha256: str, now: datetime) -> str:
        """Begin an upload; returns its id.

        Raises Forbidden for who takes no pictures, TooLarge for one beyond LARGEST_BYTES, Throttled
        when the device has as much under way as it may have.
        """
        if not ACTS["photo.take"].keys() & set(person.roles):
            raise Forbidden()
        if length > LARGEST_BYTES:
            raise TooLarge(f"A picture has at most {LARGEST_BYTES} bytes.")
        id = str(uuid4())
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part(id).touch(mode=0o600)  # before its row: a row without a file could not go on
        with write() as connection:
            begun, declared = connection.execute(
                select(func.count(Upload.id), func.coalesce(func.sum(Upload.length), 0)).where(
                    Upload.device_id == person.device_id, Upload.finished.is_(False),
                    Upload.expires_at > instant(now),
                )
            ).one()  # fmt: skip
            if begun >= UNFINISHED_PER_DEVICE or declared + length > UNFINISHED_BYTES_PER_DEVICE:
                self._part(id).unlink()
                raise Throttled("This device has too much under way; finish or give up some of it.")
            connection.execute(
                insert(Upload).values(
                    id=id, clinic_id=person.clinic_id, staff_id=person.staff_id,
                    device_id=person.device_id, photo_id=photo_id, sha256=sha256, length=length,
                    expires_at=instant(now + EXPIRES_AFTER),
                )
            )  # fmt: skip
        return id

    def progress(self, person: SignedIn, id: str, now: datetime) -> Progress:
        """How far it is. One that is complete but was not finished (killed, store away) is now.

        Raises NotFound for an upload of another person, an expired or unknown one; UploadLocked
        while it is being finished; PictureRefused as `append` does.
        """
        found = self._look(person, id, now)
        if found.finished or found.offset < found.length:
            return found
        with self._locked(id):
            found = self._look(person, id, now)
            return found if found.finished else self._finish(person, id, found)

    def _look(self, person: SignedIn, id: str, now: datetime) -> Progress:
        with read() as connection:
            row = connection.execute(
                select(
                    Upload.length, Upload.expires_at, Upload.photo_id, Upload.sha256, Upload.finished
                ).where(
                    Upload.id == id, Upload.clinic_id == person.clinic_id,
                    Upload.staff_id == person.staff_id, Upload.expires_at > instant(now),
                )
            ).one_or_none()  # fmt: skip
        if row is None:
            raise NotFound("There is no such upload; begin it again.")
        try:
            offset = row.length if row.finished else self._part(id).stat().st_size
        except FileNotFoundError:
            raise NotFound("There is no such upload; begin it again.") from None
        return Progress(offset, row.length, row.expires_at, row.photo_id, row.sha256, row.finished)

    def append(
        self, person: SignedIn, id: str, offset: int, body: Iterator[bytes],
        checksum: tuple[str, bytes] | None, now: datetime,
    ) -> Progress:  # fmt: skip
        """Add a chunk at `offset`; a cut body keeps what came. `checksum`: (algorithm, digest).

        Raises OffsetConflict if offset is not what the server has, UploadLocked while another
        chunk is being added, ChecksumMismatch (the chunk is then discarded), TooLarge beyond the
        declared length, PictureRefused when the whole is not an original the clinic can keep.
        Source: tus 1.0.0, PATCH.
        """
        before = self.progress(person, id, now)
        if before.offset != offset:
            raise OffsetConflict(before.offset)
        if before.finished:
            for _ in body:
                raise TooLarge("More bytes than the upload's length.")
            return before
        with self._locked(id) as part:
            before = replace(before, offset=part.tell())
            if before.offset != offset:
                raise OffsetConflict(before.offset)
            self._write(part, body, before, checksum)
            after = replace(before, offset=part.tell())
        return after if after.offset < after.length else self.progress(person, id, now)

    def finish_orphans(self) -> int:
        """Finish uploads that have all their bytes and whose phone has not come back; how many.

        The server was killed, or its store away, between the last byte and the row. A picture that is
        refused is forgotten here; its phone still has it, and is told when it sends it again.
        """
        with read() as connection:
            rows = connection.execute(
                select(
                    Upload.id, Upload.clinic_id, Upload.staff_id, Upload.length, Upload.expires_at,
                    Upload.photo_id, Upload.sha256,
                ).where(Upload.finished.is_(False))
            ).all()  # fmt: skip
        finished = 0
        for row in rows:
            part = self._part(row.id)
            if not part.exists() or part.stat().st_size < row.length:
                continue
            owner = Owner(row.clinic_id, row.staff_id)
            done = Progress(row.length, row.length, row.expires_at, row.photo_id, row.sha256, False)
            try:
                with self._locked(row.id):
                    self._finish(owner, row.id, done)
            except (NotFound, UploadLocked, PictureRefused):
                continue  # its phone is here after all, or will hear of it
            finished += 1
        return finished

    def terminate(self, person: SignedIn, id: str, now: datetime) -> None:
        """Give an upload up."""
        if self._look(person, id, now).finished:
            self._forget([id])
            return
        with self._locked(id):
            self._forget([id])

    def forget_expired(self, now: datetime) -> int:
        """Remove uploads nobody has finished in time, and pieces no upload knows; how many of both."""
        with read() as connection:
            expired = list(connection.scalars(select(Upload.id).where(Upload.expires_at <= instant(now))))
        if expired:
            self._forget(expired)
        old = {
            path.stem
            for path in self.folder.glob("*.part")
            if path.stat().st_mtime < (now - EXPIRES_AFTER).timestamp()
        }
        with read() as connection:
            strays = old - set(connection.scalars(select(Upload.id).where(Upload.id.in_(old))))
        for id in strays:
            self._part(id).unlink(missing_ok=True)
        return len(expired) + len(strays)

    def _write(
        self, part: FileIO, body: Iterator[bytes], before: Progress,
        checksum: tuple[str, bytes] | None,
    ) -> None:  # fmt: skip
        digest = hashlib.new(checksum[0]) if checksum else None
        left = before.length - before.offset
        keeps = checksum is None  # what came of a chunk that was cut; one with a checksum: all or nothing
        try:
            for piece in body:
                if len(piece) > left:
                    keeps = False
                    raise TooLarge("More bytes than the upload's length.")
                left -= len(piece)
                if digest:
                    digest.update(piece)
                rest = memoryview(piece)
                while rest:
                    rest = rest[part.write(rest) :]
            if digest and checksum and digest.digest() != checksum[1]:
                raise ChecksumMismatch()
            keeps = True
        finally:
            if not keeps:
                part.truncate(before.offset)

    def _finish(self, person: "SignedIn | Owner", id: str, done: Progress) -> Progress:
        with self._part(id).open("rb") as stream:
            try:
                with _checks:
                    ingest.check(stream, done.sha256, done.length)
            except Refused as refusal:
                self._forget([id])
                raise PictureRefused(None, reason=refusal.code) from None
            stream.seek(0)
            self.store.put(Address(person.clinic_id, done.sha256), stream)
        kept = {
            "id": str(uuid5(UUID(done.photo_id), f"{person.staff_id}:{done.sha256}")),
            "photo_id": done.photo_id, "sha256": done.sha256, "staff_id": person.staff_id,
        }  # fmt: skip
        with write() as connection:
            perform_all(connection, person.clinic_id, [Act("photo.stored", kept)])
            connection.execute(update(Upload).where(Upload.id == id).values(finished=True))
        self._part(id).unlink(missing_ok=True)
        return replace(done, finished=True)

    def _forget(self, ids: list[str]) -> None:
        with write() as connection:
            connection.execute(delete(Upload).where(Upload.id.in_(ids)))
        for id in ids:
            self._part(id).unlink(missing_ok=True)

    def _part(self, id: str) -> Path:
        return self.folder / f"{id}.part"

    @contextmanager
    def _locked(self, id: str) -> Iterator[FileIO]:
        """The part file at its end, in the hands of one request of all processes."""
        try:
            part = FileIO(self._part(id), "r+")
        except FileNotFoundError:
            raise NotFound("There is no such upload; begin it again.") from None
        with part:
            try:
                fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadLocked() from None
            part.seek(0, os.SEEK_END)
            yield part
