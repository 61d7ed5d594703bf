"""HEIC: boxes that fill the file, and only those that a still picture has.

Source: ISO/IEC 14496-12, 4.2 (boxes); ISO/IEC 23008-12 (brands). The picture itself, its size and its
metadata are read by the decoder.
"""

from typing import BinaryIO

from photos.containers.contents import MAX_METADATA_BYTES, Container, Refused, exactly

# Still pictures coded with HEVC; `mif1` alone does not say with what, the decoder will.
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_ONCE = {b"ftyp", b"meta"}
_BOXES = {*_ONCE, b"mdat", b"free"}


def announced(start: bytes) -> bool:
    return start[4:8] == b"ftyp" and start[8:12] in _BRANDS


def read(stream: BinaryIO, size_bytes: int) -> Container:
    found, at = Container(), 0
    seen: set[bytes] = set()
    while at < size_bytes:
        stream.seek(at)
        header = stream.read(8)
        length, kind, begins = int.from_bytes(header[:4], "big"), header[4:], at + 8
        if kind not in _BOXES or kind in seen & _ONCE:  # a film, a vendor's extra, or no box at all
            raise Refused("trailing_data" if seen >= {b"meta", b"mdat"} else "damaged")
        if length == 1:
            length, begins = int.from_bytes(exactly(stream, 8), "big"), at + 16
        elif length == 0:
            length = size_bytes - at
        if at + length < begins or at + length > size_bytes:
            raise Refused("damaged")
        if kind == b"free":
            found.keep(exactly(stream, min(at + length - begins, MAX_METADATA_BYTES + 1)))
        seen.add(kind)
        at += length
    if not seen >= _ONCE:
        raise Refused("damaged")
    return found
