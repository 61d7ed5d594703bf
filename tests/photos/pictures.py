"""Pictures made for a test, and ways to spoil them."""

import hashlib
import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, ImageFilter

from photos.ingest import Facts, Limits, Refused, check
from photos.pictures import opened  # registers HEIC

SAVED_AS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}
__all__ = ["opened"]


def scene(width: int = 96, height: int = 64, seed: int = 1) -> Image.Image:
    """A soft, coloured scene, alike for the same seed."""
    noise = Image.effect_noise((max(1, width // 8), max(1, height // 8)), 40 + seed % 60)
    picture = Image.merge(
        "RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise.point(lambda v: 255 - v))
    )
    return picture.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.SMOOTH)


def encoded(picture: Image.Image, format: str = "jpeg", **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, SAVED_AS[format], **options)
    return stream.getvalue()


def exif(orientation: int | None = None, gps: dict[int, Any] | None = None) -> bytes:
    """Exif as a camera writes it, in the form that the image library takes."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = "Camera"
    if orientation is not None:
        made[ExifTags.Base.Orientation] = orientation
    if gps is not None:
        made.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return made.tobytes()


SHANGHAI = {1: "N", 2: (31.0, 13.0, 48.0), 3: "E", 4: (121.0, 28.0, 12.0)}


def xmp(inside: str) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description {inside}/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def with_segment(jpeg: bytes, marker: int, payload: bytes) -> bytes:
    """The JPEG with one more segment after its start."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """The PNG with one more chunk after IHDR (8 + 25 bytes)."""
    return png[:33] + chunk(kind, content) + png[33:]


def checked(data: bytes, limits: Limits | None = None) -> Facts:
    return check(io.BytesIO(data), hashlib.sha256(data).hexdigest(), len(data), limits)


def verdict(data: bytes, limits: Limits | None = None) -> str:
    """ "taken", or the code of the refusal."""
    try:
        checked(data, limits)
    except Refused as refused:
        return refused.code
    return "taken"
