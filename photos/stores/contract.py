"""What every store promises; tests/photos/test_stores.py holds each of them to it."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from photos.stores.address import Address

PIECE_BYTES = 1 << 20


class Missing(LookupError):
    """Nothing is kept under this address."""


class WrongContent(ValueError):
    """The bytes are not those that the address names. Nothing was kept."""


class StoreFull(OSError):
    """No room. Nothing was kept."""


class StoreUnavailable(OSError):
    """The store does not answer, or refuses; the same call may succeed later."""


class Store(Protocol):
    def put(self, address: Address, stream: BinaryIO) -> int:
        """Keep the rest of stream and return its size (bytes).

        When it returns the bytes are durable; until then nobody sees any of them. Putting again what is
        kept changes nothing. Raises WrongContent, StoreFull, StoreUnavailable.
        """

    def open(self, address: Address) -> BinaryIO:
        """A seekable stream at its start, to be closed by the caller. Raises Missing, StoreUnavailable."""

    def exists(self, address: Address) -> bool: ...

    def size(self, address: Address) -> int:
        """Bytes. Raises Missing, StoreUnavailable."""

    def delete(self, address: Address) -> None:
        """Durable when it returns; deleting what is not there is no error."""

    def check(self) -> None:
        """Raises StoreUnavailable where nothing can be kept at the moment."""


class Checked:
    """The pieces of a stream as they pass; `finish` compares what has passed with the address."""

    def __init__(self, address: Address, stream: BinaryIO) -> None:
        self.size_bytes = 0
        self._address, self._stream, self._digest = address, stream, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._stream.read(PIECE_BYTES):
            self.size_bytes += len(piece)
            self._digest.update(piece)
            yield piece

    def finish(self) -> None:
        if self._address.is_original() and self._digest.hexdigest() != self._address.sha256:
            raise WrongContent(self._address.key)
