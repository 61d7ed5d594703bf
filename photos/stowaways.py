"""Files hidden in a picture: archives, documents and programs that another reader would find there."""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

PIECE_BYTES = 1 << 20

# Readers of these look for them anywhere in a file; 6 bytes hardly ever occur by chance.
_ANYWHERE = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_MARK_BYTES = 6
_IN_METADATA = re.compile(rb"(?i)%PDF-|<script|<\?php|<html|<!doctype")


class Reading(NamedTuple):
    size_bytes: int
    sha256: str
    archive: bool  # a RAR or 7z begins somewhere


def read_through(pieces: Iterable[bytes]) -> Reading:
    size_bytes, digest, archive, tail = 0, hashlib.sha256(), False, b""
    for piece in pieces:
        size_bytes += len(piece)
        digest.update(piece)
        seam = tail + piece[: _MARK_BYTES - 1]  # a mark may lie across two pieces
        archive = archive or any(mark in seam or mark in piece for mark in _ANYWHERE)
        tail = piece[1 - _MARK_BYTES :]
    return Reading(size_bytes, digest.hexdigest(), archive)


def pieces(stream: BinaryIO, at_most_bytes: int) -> Iterator[bytes]:
    """The stream from its start, in pieces, no further than one piece beyond at_most_bytes."""
    stream.seek(0)
    read = 0
    while read <= at_most_bytes and (piece := stream.read(PIECE_BYTES)):
        read += len(piece)
        yield piece


def is_zip(stream: BinaryIO) -> bool:
    """A ZIP is read from its end; only a directory that can be read counts, its mark may occur by chance."""
    try:
        with zipfile.ZipFile(stream):
            return True
    except NotImplementedError:  # a ZIP of a version that Python does not read
        return True
    except Exception:  # zipfile raises what its parsing happens to raise
        return False


def in_metadata(blocks: list[bytes]) -> bool:
    return any(_IN_METADATA.search(block) for block in blocks)
