"""The one place where the image library opens a picture."""

from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageFile

pillow_heif.register_heif_opener(thumbnails=False)

# Our names of formats and the library's.
FORMATS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}


def opened(stream: BinaryIO, *formats: str) -> ImageFile.ImageFile:
    """The picture in stream, not decoded yet. Raises what the library raises.

    Only the given formats (all of ours by default) are tried: no decoder is reached that we do not need.
    """
    stream.seek(0)
    return Image.open(stream, formats=[FORMATS[name] for name in formats or FORMATS])
