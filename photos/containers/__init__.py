"""Where a picture begins and ends, and what it carries besides: one strict reader a format.

A decoder forgives what follows a picture or hides beside it; these readers do not. Each takes a stream at its
start and its size in bytes, reads all of it in pieces, and returns a Container or raises Refused.
"""

from photos.containers import heif, jpeg, png
from photos.containers.contents import Container, Refused

READERS = {"jpeg": jpeg.read, "png": png.read, "heic": heif.read}

__all__ = ["READERS", "Container", "Refused", "recognize"]


def recognize(start: bytes) -> str:
    """The format that the first 64 bytes announce. Raises Refused (`not_a_picture`).

    WebP and others are not pictures that a camera makes, and are not taken.
    """
    if start.startswith(jpeg.START):
        return "jpeg"
    if start.startswith(png.SIGNATURE):
        return "png"
    if heif.announced(start):
        return "heic"
    raise Refused("not_a_picture")
