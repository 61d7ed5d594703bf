"""Renditions show what the original shows, upright and small, and say nothing else."""

import io
import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from photos.ingest import Refused
from photos.renditions import RENDITIONS, render
from tests.photos.pictures import SHANGHAI, encoded, exif, scene, xmp

FORMATS = ["jpeg", "png", "heic"]


def rendered(data: bytes, name: str = "thumb") -> Image.Image:
    picture = Image.open(io.BytesIO(render(io.BytesIO(data), name)))
    picture.load()
    return picture


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of the same size, in grey levels."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def quarters() -> Image.Image:
    """Red, green, blue and white quarters: no turn of it looks like another."""
    picture = Image.new("RGB", (480, 320), "white")
    for colour, at in [("red", (0, 0)), ("green", (240, 0)), ("blue", (0, 160))]:
        picture.paste(colour, (*at, at[0] + 240, at[1] + 160))
    return picture


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("name", "longest"), [("thumb", 320), ("screen", 1600)])
def test_the_longer_side_is_that_of_the_rendition(format, name, longest):
    assert max(rendered(encoded(scene(1700, 900), format), name).size) == longest


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 900), st.integers(1, 900))
def test_the_shape_is_kept_and_nothing_is_enlarged(width, height):
    shown = rendered(encoded(Image.new("RGB", (width, height), "grey")))
    scale = min(1, 320 / max(width, height))
    assert shown.width == pytest.approx(width * scale, abs=1)
    assert shown.height == pytest.approx(height * scale, abs=1)


@pytest.mark.parametrize("format", ["jpeg", "png"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_however_the_phone_was_held(format, orientation):
    upright = quarters()
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Transpose that the camera's position amounts to
    held = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
    shown = rendered(encoded(held, format, exif=exif(orientation)))
    assert difference(shown, ImageOps.contain(upright, (320, 320))) < 4


def test_a_heic_is_turned_once():
    data = encoded(quarters(), "heic", exif=exif(6), quality=95)
    expected = ImageOps.contain(quarters().transpose(Image.Transpose.ROTATE_270), (320, 320))
    assert difference(rendered(data), expected) < 6


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("profiled", [True, False])
def test_nothing_but_the_picture_is_in_it(format, profiled):
    said = {"exif": exif(3, SHANGHAI), "xmp": xmp('exif:GPSLatitude="31"')}
    if profiled:
        said["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if format == "jpeg":
        said["comment"] = b"Camera"
    data = encoded(scene(), format, **said)
    made = render(io.BytesIO(data), "screen")
    for mark in (b"Exif", b"Camera", b"xmpmeta", b"GPS", b"ICC_PROFILE", b"Photoshop"):
        assert mark not in made
    assert not Image.open(io.BytesIO(made)).getexif()


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_original_gives_the_same_bytes_in_every_process(format, tmp_path):
    path = tmp_path / "original"
    path.write_bytes(encoded(scene(800, 600), format))
    script = (
        "import sys; from photos.renditions import render;"
        "sys.stdout.buffer.write(render(open(sys.argv[1], 'rb'), 'thumb'))"
    )
    other = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True).stdout
    with path.open("rb") as stream:
        assert render(stream, "thumb") == render(stream, "thumb") == other


def swapped_profile() -> bytes:
    """A colour space whose red and green are swapped: made from sRGB's own bytes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at + 4 for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = (bytes(profile[tags[tag] : tags[tag] + 8]) for tag in (b"rXYZ", b"gXYZ"))
    profile[tags[b"rXYZ"] : tags[b"rXYZ"] + 8], profile[tags[b"gXYZ"] : tags[b"gXYZ"] + 8] = green, red
    return bytes(profile)


@pytest.mark.parametrize("format", ["jpeg", "png"])
def test_colours_of_another_colour_space_are_brought_to_srgb(format):
    data = encoded(Image.new("RGB", (64, 64), (200, 30, 30)), format, icc_profile=swapped_profile())
    red, green, _ = rendered(data).getpixel((32, 32))
    assert green > 150 > 100 > red


def test_a_broken_colour_profile_does_not_hide_the_picture():
    data = encoded(Image.new("RGB", (64, 64), (200, 30, 30)), icc_profile=b"nonsense")
    assert difference(rendered(data), Image.new("RGB", (64, 64), (200, 30, 30))) < 4


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_every_kind_of_jpeg_is_shown_in_colour(mode):
    shown = rendered(encoded(quarters().convert(mode)))
    assert shown.mode == "RGB"
    expected = ImageOps.contain(quarters().convert(mode).convert("RGB"), (320, 320))
    assert difference(shown, expected) < 4


def test_what_is_transparent_is_white():
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert rendered(encoded(clear, "png")).getpixel((5, 5)) == (255, 255, 255)
    palette = Image.new("P", (64, 64))
    assert rendered(encoded(palette, "png", transparency=0)).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_of_grey_become_eight():
    grey = Image.new("I;16", (64, 64), 32768)
    assert abs(rendered(encoded(grey, "png")).getpixel((5, 5))[0] - 128) <= 2


def test_what_is_no_picture_is_refused():
    for data in (b"", b"text", encoded(scene(400, 400))[:900]):
        with pytest.raises(Refused):
            render(io.BytesIO(data), "thumb")


def test_a_bomb_is_refused_before_it_is_decoded():
    small = encoded(scene())
    at = small.index(b"\xff\xc0")
    bomb = small[: at + 5] + struct.pack(">HH", 9_000, 9_000) + small[at + 9 :]
    with pytest.raises(Refused) as refused:
        render(io.BytesIO(bomb), "thumb")
    assert refused.value.code == "too_many_pixels"


def test_an_unknown_rendition_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        render(io.BytesIO(encoded(scene())), "poster")


def test_renditions_have_names_that_a_store_takes():
    assert all(name.isalnum() and name.islower() for name in RENDITIONS)
