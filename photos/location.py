"""Does a picture say where it was taken? The phone removes that before it hashes; the server only looks."""

import re

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

_EXIF = re.compile(rb"Exif\0\0")
_XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_XMP_EXTENSION_HEADER_BYTES = len(_XMP_EXTENSION) + 32 + 4 + 4

# Names of properties, whatever prefix their namespace has.
_XMP_PLACE = re.compile(
    rb"GPS(?:Latitude|Longitude|Altitude|Dest|AreaInformation|MapDatum|TimeStamp)"
    rb"|LocationShown|LocationCreated|Iptc4xmpCore:Location|photoshop:(?:City|State|Country)"
)
# Sublocation, city, province, country code and name, content location. Source: IPTC-IIM 4.2.
_IPTC_PLACE = {(2, 26), (2, 27), (2, 90), (2, 92), (2, 95), (2, 100), (2, 101)}
_GPS_VERSION = 0  # written by many cameras without a position


class Unreadable(ValueError):
    """Exif that cannot be read: nobody can say what is in it."""


def in_metadata(blocks: list[bytes]) -> bool:
    """Whether any block (a JPEG segment, a PNG text, a HEIC item) names a place. Raises Unreadable."""
    return any(_in_exif(block) for block in blocks) or _in_xmp(blocks)


def in_iptc(picture: ImageFile.ImageFile) -> bool:
    return bool(_IPTC_PLACE & set(IptcImagePlugin.getiptcinfo(picture) or ()))


def _in_exif(block: bytes) -> bool:
    # A block can hold another one: the thumbnail in Exif is a picture of its own.
    return any(_has_position(block[match.start() :], match.start() == 0) for match in _EXIF.finditer(block))


def _has_position(exif_block: bytes, must_read: bool) -> bool:
    exif = Image.Exif()
    try:
        exif.load(exif_block)
        position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception as error:  # Pillow's reader raises what its parsing happens to raise
        if must_read:
            raise Unreadable("Exif") from error
        return False
    return bool(set(position) - {_GPS_VERSION})


def _in_xmp(blocks: list[bytes]) -> bool:
    joined = b"".join(
        block[_XMP_EXTENSION_HEADER_BYTES:] if block.startswith(_XMP_EXTENSION) else block for block in blocks
    )
    return bool(_XMP_PLACE.search(joined.replace(b"\0", b"")))
