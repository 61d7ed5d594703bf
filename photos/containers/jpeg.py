"""JPEG: marker segments, then entropy-coded scans, then the end marker and nothing more.

Source: ITU-T T.81, annex B.
"""

import re
from typing import BinaryIO

from photos.containers.contents import PIECE_BYTES, Container, Refused, exactly

START = b"\xff\xd8\xff"

_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APPLICATION = range(0xE0, 0xF0)
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}

# In a scan FF 00 is a stuffed byte and FF D0..D7 a restart; any other FF begins the next segment.
_NEXT_SEGMENT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

# Cameras write 1 to 10. Thousands of nearly empty scans keep a decoder busy for minutes.
MAX_SCANS = 100


def read(stream: BinaryIO, size_bytes: int) -> Container:
    found, scans = Container(), 0
    stream.seek(2)
    while (marker := _marker(stream)) != _END:
        if marker in _WITHOUT_LENGTH:
            raise Refused("damaged")
        length = int.from_bytes(exactly(stream, 2), "big") - 2
        if length < 0:
            raise Refused("damaged")
        payload = exactly(stream, length)
        if marker in _APPLICATION or marker == _COMMENT:
            found.keep(payload)
        elif marker in _FRAMES:
            _frame(found, payload)
        elif marker == _SCAN:
            scans += 1
            if scans > MAX_SCANS or not found.width:
                raise Refused("damaged")
            _skip_scan(stream)
    if not scans:
        raise Refused("damaged")
    if stream.tell() != size_bytes:
        raise Refused("trailing_data")
    return found


def _marker(stream: BinaryIO) -> int:
    if exactly(stream, 1) != b"\xff":
        raise Refused("damaged")
    code = 0xFF
    while code == 0xFF:  # any number of fill bytes may precede a marker
        code = exactly(stream, 1)[0]
    return code


def _frame(found: Container, payload: bytes) -> None:
    if found.width or len(payload) < 5:
        raise Refused("damaged")
    found.height = int.from_bytes(payload[1:3], "big")
    found.width = int.from_bytes(payload[3:5], "big")
    if not (found.width and found.height):
        raise Refused("damaged")


def _skip_scan(stream: BinaryIO) -> None:
    """Leave the stream at the first byte of the segment that follows the scan."""
    while True:
        at = stream.tell()
        piece = stream.read(PIECE_BYTES)
        if len(piece) < 2:
            raise Refused("damaged")
        if match := _NEXT_SEGMENT.search(piece):
            stream.seek(at + match.start())
            return
        if piece.endswith(b"\xff"):  # its second byte is in the next piece
            stream.seek(-1, 1)
