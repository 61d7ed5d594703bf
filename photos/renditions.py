"""Smaller pictures for looking at: upright, in sRGB, without metadata.

The same original gives the same bytes, so a rendition can be cached for ever or made again at any time.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from photos.containers import Refused
from photos.ingest import Limits
from photos.pictures import opened

CONTENT_TYPE = "image/jpeg"


@dataclass(frozen=True)
class Rendition:
    """longest_px: of its longer side; smaller originals are not enlarged. quality: of JPEG."""

    longest_px: int
    quality: int


RENDITIONS: Mapping[str, Rendition] = {"thumb": Rendition(320, 80), "screen": Rendition(1600, 85)}

_SRGB = ImageCms.createProfile("sRGB")


def render(original: BinaryIO, name: str) -> bytes:
    """The JPEG of a rendition, by its name in RENDITIONS. Raises Refused, KeyError for another name."""
    rendition = RENDITIONS[name]
    picture = reduced(original, rendition.longest_px)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=rendition.quality, optimize=True, progressive=True)
    return stream.getvalue()


def reduced(original: BinaryIO, longest_px: int) -> Image.Image:
    """An upright RGB picture in sRGB whose longer side is at most longest_px, without metadata.

    JPEG is decoded at the smallest size that is still twice as large: memory stays far below the original's.
    Raises Refused (`damaged`, `too_many_pixels`).
    """
    try:
        with opened(original) as picture:
            if picture.width * picture.height > Limits.pixels:
                raise Refused("too_many_pixels")
            profile = picture.info.get("icc_profile")
            picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
            upright = ImageOps.exif_transpose(picture)
            return _bare(_in_srgb(upright, profile))
    except Refused:
        raise
    except Exception as error:  # decoders raise what their parsing happens to raise
        raise Refused("damaged") from error


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    flat = _flat(picture)
    if not profile:
        return flat.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(flat, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a profile that is broken, or of another kind of picture
        return flat.convert("RGB")
    return converted or flat.convert("RGB")


def _flat(picture: Image.Image) -> Image.Image:
    """On white where it is transparent; in 8 bits where it had 16."""
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value / 257).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB") if picture.mode in ("P", "1") else picture


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone: an encoder writes what it finds in `info`."""
    picture.info.clear()
    return picture
