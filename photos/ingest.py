"""Is this an original that the clinic keeps? It is looked at, never changed.

A picture is taken as its bytes are: the phone has removed location data before it hashed. What is refused
here is not what was photographed, or would harm who opens it, or says where the customer was.
"""

import hmac
from dataclasses import dataclass
from typing import BinaryIO

from PIL import ExifTags, Image

from photos import location, stowaways
from photos.containers import READERS, Container, Refused, recognize
from photos.pictures import opened

__all__ = ["CODES", "Facts", "Limits", "Refused", "check"]

CODES = {
    "empty": "no bytes",
    "too_large": "more bytes than allowed",
    "size_mismatch": "another number of bytes than declared",
    "sha256_mismatch": "other bytes than declared",
    "not_a_picture": "neither JPEG, PNG nor HEIC",
    "too_many_pixels": "more pixels than allowed",
    "damaged": "truncated, corrupted or not readable",
    "animated": "more than one picture",
    "trailing_data": "something follows the picture",
    "embedded_content": "another file is hidden in it",
    "location_data": "says where it was taken",
}


@dataclass(frozen=True)
class Limits:
    """A 50-megapixel JPEG has about 15 MB, a 12-megapixel PNG about 35 MB."""

    size_bytes: int = 64 << 20
    pixels: int = 64_000_000


@dataclass(frozen=True)
class Facts:
    """`width`, `height` in pixels as stored, before `orientation` (Exif, 1 to 8) is applied.

    HEIC carries its orientation in its structure; there they are as shown, and orientation is 1.
    """

    format: str
    width: int
    height: int
    sha256: str
    size_bytes: int
    orientation: int


def check(stream: BinaryIO, sha256: str, size_bytes: int, limits: Limits | None = None) -> Facts:
    """The facts about the picture in a seekable, buffered stream. Raises Refused with one of CODES.

    sha256 (hex) and size_bytes are what the phone declared. Reads in pieces; JPEG is decoded at an eighth of
    its size. A JPEG whose coded data was damaged before it was hashed can pass: decoders only warn of that.
    """
    limits = limits or Limits()
    _same_bytes(stream, sha256, size_bytes, limits)
    stream.seek(0)
    name = recognize(stream.read(64))
    container = READERS[name](stream, size_bytes)
    _within(container.width, container.height, limits)
    if stowaways.is_zip(stream) or stowaways.in_metadata(container.metadata):
        raise Refused("embedded_content")
    return _decoded(stream, name, container, limits, sha256.lower(), size_bytes)


def _same_bytes(stream: BinaryIO, sha256: str, size_bytes: int, limits: Limits) -> None:
    if size_bytes > limits.size_bytes:
        raise Refused("too_large")
    reading = stowaways.read_through(stowaways.pieces(stream, size_bytes))
    if not reading.size_bytes:
        raise Refused("empty")
    if reading.size_bytes != size_bytes:
        raise Refused("size_mismatch")
    if not hmac.compare_digest(reading.sha256, sha256.lower()):
        raise Refused("sha256_mismatch")
    if reading.archive:
        raise Refused("embedded_content")


def _within(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise Refused("too_many_pixels")


def _decoded(
    stream: BinaryIO, name: str, container: Container, limits: Limits, sha256: str, size_bytes: int
) -> Facts:
    try:
        with opened(stream, name) as picture:
            width, height = picture.size
            _within(width, height, limits)
            if name == "heic":
                _keep_items(picture, container)
            if location.in_metadata(container.metadata) or location.in_iptc(picture):
                raise Refused("location_data")
            orientation = 1 if name == "heic" else picture.getexif().get(ExifTags.Base.Orientation, 1)
            if name == "jpeg":
                picture.draft("L", (max(1, width // 8), max(1, height // 8)))
            picture.load()
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels") from error
    except Exception as error:  # decoders raise what their parsing happens to raise
        raise Refused("damaged") from error
    return Facts(name, width, height, sha256, size_bytes, orientation if orientation in range(1, 9) else 1)


def _keep_items(picture: Image.Image, container: Container) -> None:
    """HEIC keeps Exif and XMP as items beside each picture; the decoder hands them out."""
    for at in range(getattr(picture, "n_frames", 1)):
        picture.seek(at)
        if exif := picture.info.get("exif"):
            container.keep(exif if exif.startswith(b"Exif\0\0") else b"Exif\0\0" + exif)
        if xmp := picture.info.get("xmp"):
            container.keep(xmp)
    picture.seek(0)
