"""Uploads under way: pieces of originals in a folder, the rules of tus 1.0.0 without HTTP.

The length of the part file is the offset: what it says is what the server has, whatever was cut,
killed or lost on the way. It is not synced to disk with every chunk, which would take most of the time:
should the power fail, the file is shorter and the phone sends the rest again, or its hash is wrong and
the phone begins anew. The phone has the bytes until the store has synced them.

An upload that has all its bytes is looked at, put into the store and counted for its photo; then the part
file goes. No chunk waits for that: it happens beside the requests (`Finisher`), when the phone asks how far
it is, or when the worker comes by, whoever is first. What is refused is told to the phone when it asks.
An upload is its person's, from whichever device.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Index, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from photos.apart import Looker
from photos.containers import Refused
from photos.stores import Address, Store
from server.clinic.permissions import ACTS
from server.clinic.photo_sets import stored_id
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

looker = Looker()


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


_THEIRS = select(
    Upload.length, Upload.expires_at, Upload.photo_id, Upload.sha256, Upload.finished
).where(
    Upload.id == bindparam("id"), Upload.clinic_id == bindparam("clinic_id"),
    Upload.staff_id == bindparam("staff_id"), Upload.expires_at > bindparam("now"),
)  # fmt: skip
"""Put together once: every chunk asks it."""


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
    """Whose an upload is."""

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
        # Not synced, as the bytes are not: a phone that finds it gone begins it again.
        with write(durable=False) as connection:
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
        """How far it is. One that has all its bytes and is not finished is now, or is waited for.

        Raises NotFound for an upload of another person, an expired or unknown one; PictureRefused when
        the whole is not an original the clinic can keep, and forgets it then.
        """
        found = self._look(person, id, now)
        if found.finished or found.offset < found.length:
            return found
        owner = Owner(person.clinic_id, person.staff_id)
        try:
            with self._locked(id, waits=True):
                found = self._look(person, id, now)
                return found if found.finished else self._finish(owner, id, found)
        except NotFound:  # somebody else has finished it, if it is not gone
            return self._look(person, id, now)
        except PictureRefused:
            self._forget([id])
            raise

    def _look(self, person: SignedIn, id: str, now: datetime) -> Progress:
        size = self._size(id)  # before its row: a finished upload loses its file last
        with read() as connection:
            asked = {
                "id": id, "clinic_id": person.clinic_id, "staff_id": person.staff_id, "now": instant(now),
            }  # fmt: skip
            row = connection.execute(_THEIRS, asked).one_or_none()
        if row is None or (size is None and not row.finished):
            raise NotFound("There is no such upload; begin it again.")
        offset = row.length if row.finished else size or 0
        return Progress(offset, row.length, row.expires_at, row.photo_id, row.sha256, row.finished)

    def append(
        self, person: SignedIn, id: str, offset: int, body: Iterator[bytes],
        checksum: tuple[str, bytes] | None, now: datetime,
    ) -> Progress:  # fmt: skip
        """Add a chunk at `offset`; a cut body keeps what came. `checksum`: (algorithm, digest).

        Raises OffsetConflict if offset is not what the server has, UploadLocked while another
        chunk is being added, ChecksumMismatch (the chunk is then discarded), TooLarge beyond the
        declared length, and what `progress` raises. The last chunk is not the end: `finish` is.
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
            return replace(before, offset=part.tell())

    def finish(self, id: str) -> bool:
        """Finish an upload if it has all its bytes and nobody else is at it; whether this call has.

        Raises PictureRefused, and leaves the upload for its phone to ask.
        """
        try:
            with self._locked(id) as part:
                with read() as connection:
                    row = connection.execute(
                        select(
                            Upload.clinic_id, Upload.staff_id, Upload.length, Upload.expires_at,
                            Upload.photo_id, Upload.sha256,
                        ).where(Upload.id == id, Upload.finished.is_(False))
                    ).one_or_none()  # fmt: skip
                if row is None or part.tell() < row.length:
                    return False
                done = Progress(row.length, row.length, row.expires_at, row.photo_id, row.sha256, False)
                self._finish(Owner(row.clinic_id, row.staff_id), id, done)
        except (NotFound, UploadLocked):
            return False
        return True

    def finish_orphans(self) -> int:
        """Finish uploads that have all their bytes and whose phone has not come back; how many.

        The server was killed, or its store away, between the last byte and the row. A picture that is
        refused is forgotten here; its phone still has it, and is told when it sends it again.
        """
        with read() as connection:
            unfinished = select(Upload.id, Upload.length).where(Upload.finished.is_(False))
            rows = connection.execute(unfinished).all()
        finished = 0
        for id, length in rows:
            if self._size(id) != length:
                continue
            try:
                finished += self.finish(id)
            except PictureRefused:
                self._forget([id])
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

    def _finish(self, owner: Owner, id: str, done: Progress) -> Progress:
        try:
            looker.check(self._part(id), done.sha256, done.length)
        except Refused as refusal:
            raise PictureRefused(None, reason=refusal.code) from None
        with self._part(id).open("rb") as stream:
            self.store.put(Address(owner.clinic_id, done.sha256), stream)
        kept = {
            "id": stored_id(done.photo_id, owner.staff_id, done.sha256),
            "photo_id": done.photo_id, "sha256": done.sha256, "staff_id": owner.staff_id,
        }  # fmt: skip
        with write() as connection:
            perform_all(connection, owner.clinic_id, [Act("photo.stored", kept)])
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

    def _size(self, id: str) -> int | None:
        try:
            return self._part(id).stat().st_size
        except FileNotFoundError:
            return None

    @contextmanager
    def _locked(self, id: str, waits: bool = False) -> Iterator[FileIO]:
        """The part file at its end, in the hands of one request of all processes."""
        try:
            part = FileIO(self._part(id), "r+")
        except FileNotFoundError:
            raise NotFound("There is no such upload; begin it again.") from None
        with part:
            try:
                fcntl.flock(part, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            except BlockingIOError:
                raise UploadLocked() from None
            part.seek(0, os.SEEK_END)
            yield part
