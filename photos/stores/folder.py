"""A store in a folder of the machine.

Bytes are written beside the addresses, made durable, and then renamed to theirs: a crash leaves at most a
file in `incoming`, which `sweep` removes.
"""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from photos.stores.address import Address
from photos.stores.contract import Checked, Missing, StoreFull, StoreUnavailable

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FolderStore:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        _make_folders(self._incoming)

    def put(self, address: Address, stream: BinaryIO) -> int:
        path = self._path(address)
        with _as_store_errors():
            descriptor, written = tempfile.mkstemp(dir=self._incoming)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    checked = Checked(address, stream)
                    for piece in checked:
                        file.write(piece)
                    checked.finish()
                    file.flush()
                    os.fsync(file.fileno())
                _make_folders(path.parent)
                os.replace(written, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(written)
                raise
            _fsync_folder(path.parent)
        return checked.size_bytes

    def open(self, address: Address) -> BinaryIO:
        with _as_store_errors():
            return self._path(address).open("rb")

    def exists(self, address: Address) -> bool:
        return self._path(address).exists()

    def size(self, address: Address) -> int:
        with _as_store_errors():
            return self._path(address).stat().st_size

    def delete(self, address: Address) -> None:
        path = self._path(address)
        with _as_store_errors(), contextlib.suppress(FileNotFoundError):
            path.unlink()
            _fsync_folder(path.parent)

    def check(self) -> None:
        if not os.access(self._incoming, os.W_OK | os.X_OK):
            raise StoreUnavailable(errno.ENOENT, "the folder is gone or read-only", str(self._incoming))

    def sweep(self, older_than_s: float = 86_400) -> int:
        """Remove what crashes left behind; return how many files. A put in progress is younger than that."""
        left = [
            path for path in self._incoming.iterdir() if path.stat().st_mtime < time.time() - older_than_s
        ]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _path(self, address: Address) -> Path:
        return self._root / "kept" / address.key


def _make_folders(folder: Path) -> None:
    """mkdir -p, each new entry durable: a file is only as durable as the folders that lead to it."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _as_store_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Missing(error.filename) from error
    except OSError as error:
        raise (StoreFull if error.errno in _NO_ROOM else StoreUnavailable)(*error.args) from error
