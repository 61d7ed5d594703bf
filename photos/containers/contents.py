"""What is known about a picture before anything is decoded."""

from dataclasses import dataclass, field
from typing import BinaryIO

MAX_METADATA_BYTES = 8 << 20
PIECE_BYTES = 1 << 16


class Refused(Exception):
    """A picture that is not taken. `code` is one of photos.ingest.CODES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Container:
    """`width`, `height` in pixels as stored, 0 where only the decoder knows; `metadata`: blocks as found."""

    width: int = 0
    height: int = 0
    metadata: list[bytes] = field(default_factory=list)
    _metadata_bytes: int = 0

    def keep(self, block: bytes) -> None:
        self._metadata_bytes += len(block)
        if self._metadata_bytes > MAX_METADATA_BYTES:
            raise Refused("embedded_content")
        self.metadata.append(block)


def exactly(stream: BinaryIO, count: int) -> bytes:
    """The next count bytes; a picture that ends before them is damaged."""
    data = stream.read(count)
    if len(data) < count:
        raise Refused("damaged")
    return data
