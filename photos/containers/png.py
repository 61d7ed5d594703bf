"""PNG: chunks, each with its checksum, from IHDR to IEND and nothing more.

Source: PNG specification, third edition, chapters 5 and 11.
"""

import zlib
from typing import BinaryIO

from photos.containers.contents import PIECE_BYTES, Container, Refused, exactly

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_KEPT = {b"eXIf", *_TEXTS}
_MAX_KEPT_BYTES = 1 << 20


def read(stream: BinaryIO, size_bytes: int) -> Container:
    found = Container()
    stream.seek(len(SIGNATURE))
    first = True
    while True:
        length = int.from_bytes(exactly(stream, 4), "big")
        kind = exactly(stream, 4)
        if (kind == b"IHDR") != first:
            raise Refused("damaged")
        if kind == b"acTL":
            raise Refused("animated")
        content = _checked(stream, kind, length)
        if first:
            found.width, found.height = (int.from_bytes(content[at : at + 4], "big") for at in (0, 4))
            if length != 13 or not (found.width and found.height):
                raise Refused("damaged")
        elif kind in _KEPT:
            found.keep(b"Exif\0\0" + content if kind == b"eXIf" else _text(kind, content))
        elif kind == b"IEND":
            break
        first = False
    if stream.tell() != size_bytes:
        raise Refused("trailing_data")
    return found


def _checked(stream: BinaryIO, kind: bytes, length: int) -> bytes:
    """A chunk's content where it is needed, b"" elsewhere; its checksum always."""
    needed = kind == b"IHDR" or kind in _KEPT
    if needed and length > _MAX_KEPT_BYTES:
        raise Refused("embedded_content")
    content, checksum, left = b"", zlib.crc32(kind), length
    while left:
        piece = exactly(stream, min(left, PIECE_BYTES))
        checksum = zlib.crc32(piece, checksum)
        left -= len(piece)
        if needed:
            content += piece
    if checksum != int.from_bytes(exactly(stream, 4), "big"):
        raise Refused("damaged")
    return content


def _text(kind: bytes, content: bytes) -> bytes:
    """A text chunk: inflated where compressed, as bytes where hexadecimal (ImageMagick's Exif)."""
    keyword, _, rest = content.partition(b"\0")
    if kind == b"zTXt":
        rest = _inflated(rest[1:])  # after the method
    elif kind == b"iTXt":
        compressed, fields = rest[:1] == b"\1", rest[2:].split(b"\0", 2)  # language, translated keyword, text
        rest = _inflated(fields[-1]) if compressed else fields[-1]
    if keyword.startswith(b"Raw profile type "):
        try:
            return bytes.fromhex("".join(rest.decode("ascii").split()[2:]))
        except ValueError:
            raise Refused("damaged") from None
    return keyword + b"\0" + rest


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, _MAX_KEPT_BYTES)
    except zlib.error:
        raise Refused("damaged") from None
    if inflater.unconsumed_tail:
        raise Refused("embedded_content")
    return text
