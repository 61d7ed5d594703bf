"""What the clinic keeps is a picture and nothing else, as the phone declared it."""

import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photos import stowaways
from photos.ingest import CODES, Limits, Refused, check
from tests.photos.pictures import (
    SHANGHAI,
    checked,
    chunk,
    encoded,
    exif,
    scene,
    verdict,
    with_chunk,
    with_segment,
    xmp,
)

FORMATS = ["jpeg", "png", "heic"]
JPEG, PNG, HEIC = (encoded(scene(), name) for name in FORMATS)
BY_FORMAT = {"jpeg": JPEG, "png": PNG, "heic": HEIC}
# HEIC takes long to encode: few examples each, made small.
few = settings(max_examples=25, deadline=None)


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("index.html", "<p>hello</p>")
    return stream.getvalue()


@few
@given(
    st.sampled_from(FORMATS),
    st.integers(16, 200),
    st.integers(16, 200),
    st.integers(1, 8),
    st.booleans(),
)
def test_a_picture_is_taken_with_its_size_hash_and_orientation(
    format, width, height, orientation, progressive
):
    options = {"progressive": progressive} if format == "jpeg" else {}
    data = encoded(scene(width, height), format, exif=exif(orientation), **options)
    facts = checked(data)
    assert (facts.format, facts.size_bytes) == (format, len(data))
    assert facts.sha256 == hashlib.sha256(data).hexdigest()
    if format == "heic":
        assert facts.orientation == 1
    else:
        assert (facts.width, facts.height, facts.orientation) == (width, height, orientation)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_print_colours_are_pictures_too(mode):
    assert verdict(encoded(scene().convert(mode))) == "taken"


@pytest.mark.parametrize("options", [{"restart_marker_rows": 1}, {"optimize": True}, {"subsampling": 0}])
def test_a_jpeg_may_be_coded_in_any_usual_way(options):
    assert verdict(encoded(scene(320, 240), **options)) == "taken"


def test_fill_bytes_before_a_marker_are_part_of_a_jpeg():
    assert verdict(JPEG[:2] + b"\xff\xff" + JPEG[2:]) == "taken"


@pytest.mark.parametrize("format", FORMATS)
def test_bytes_other_than_declared_are_refused(format):
    data = BY_FORMAT[format]
    stream, right = io.BytesIO(data), hashlib.sha256(data).hexdigest()
    assert check(stream, right.upper(), len(data)).sha256 == right
    for sha256, size_bytes, code in [
        ("0" * 64, len(data), "sha256_mismatch"),
        (right, len(data) - 1, "size_mismatch"),
        (right, len(data) + 1, "size_mismatch"),
    ]:
        with pytest.raises(Refused) as refused:
            check(stream, sha256, size_bytes)
        assert refused.value.code == code


def test_no_bytes_are_no_picture():
    assert verdict(b"") == "empty"


@given(st.binary(max_size=300))
def test_other_bytes_are_no_picture(data):
    assert verdict(data) in ({"empty"} if not data else {"not_a_picture", "damaged", "embedded_content"})


@pytest.mark.parametrize("format", ["WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_formats_that_no_camera_of_ours_makes_are_refused(format):
    stream = io.BytesIO()
    scene().save(stream, format)
    assert verdict(stream.getvalue()) == "not_a_picture"


@few
@given(st.sampled_from(FORMATS), st.data())
def test_a_picture_cut_anywhere_is_refused(format, data):
    whole = BY_FORMAT[format]
    cut = data.draw(st.integers(1, len(whole) - 1))
    assert verdict(whole[:cut]) in {"damaged", "not_a_picture"}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FORMATS), st.data())
def test_a_corrupted_picture_is_taken_or_refused_but_never_breaks_the_check(format, data):
    spoiled = bytearray(BY_FORMAT[format])
    for _ in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    assert verdict(bytes(spoiled)) in {"taken", *CODES}


@given(st.integers(8, len(PNG) - 1), st.integers(1, 255))
def test_not_a_bit_of_a_png_can_change_unnoticed(at, flip):
    spoiled = bytearray(PNG)
    spoiled[at] ^= flip
    assert verdict(bytes(spoiled)) != "taken"


@given(st.sampled_from(FORMATS), st.binary(min_size=1, max_size=200))
def test_nothing_may_follow_the_picture(format, tail):
    assert verdict(BY_FORMAT[format] + tail) in {"trailing_data", "damaged", "embedded_content"}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "tail", [archive(), JPEG, b"\0" * 16, b"\0\0\0\x18ftypmp42" + b"\0" * 12, b"<script>alert(1)</script>"]
)
def test_an_archive_a_second_picture_or_a_film_behind_the_picture_is_refused(format, tail):
    assert verdict(BY_FORMAT[format] + tail) in {"trailing_data", "embedded_content"}


@pytest.mark.parametrize("marker", [0xFE, 0xE4, 0xED])
@pytest.mark.parametrize(
    "hidden",
    [
        b"<?php system(1);",
        b"x<SCRIPT>",
        b"%PDF-1.7",
        b"Rar!\x1a\x07\0",
        b"7z\xbc\xaf\x27\x1c",
        b"<!DOCTYPE html>",
    ],
)
def test_a_program_or_document_inside_a_jpeg_segment_is_refused(marker, hidden):
    assert verdict(with_segment(JPEG, marker, b"note " + hidden)) == "embedded_content"


def test_an_archive_that_ends_with_the_picture_is_refused():
    # Offsets in a ZIP count back from its end: the rest of the picture is its comment.
    hidden = archive()
    rest = JPEG[2:]
    hidden = hidden[:-2] + struct.pack("<H", len(rest))
    data = JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(hidden) + 2) + hidden + rest
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.namelist() == ["index.html"]
    assert verdict(data) == "embedded_content"


@pytest.mark.parametrize("before", range(8))
def test_an_archive_across_the_seam_of_two_reads_is_found(before):
    padding = b"\0" * (stowaways.PIECE_BYTES - before - len(JPEG))
    assert verdict(JPEG + padding + b"7z\xbc\xaf\x27\x1c" + b"\0" * 50) == "embedded_content"


def test_a_bomb_is_refused_by_its_announced_size_before_it_is_decoded():
    rows = zlib.compress(b"\0" * (1 << 20), 9)
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert verdict(bomb) == "too_many_pixels"
    at = JPEG.index(b"\xff\xc0")
    assert verdict(JPEG[: at + 5] + struct.pack(">HH", 65_000, 65_000) + JPEG[at + 9 :]) == "too_many_pixels"


def test_limits_of_bytes_and_pixels_are_exact():
    assert verdict(JPEG, Limits(size_bytes=len(JPEG), pixels=96 * 64)) == "taken"
    assert verdict(JPEG, Limits(size_bytes=len(JPEG) - 1)) == "too_large"
    assert verdict(HEIC, Limits(pixels=96 * 64 - 1)) == "too_many_pixels"


def test_a_text_in_a_png_that_inflates_without_end_is_refused():
    swollen = zlib.compress(b"a" * (64 << 20), 9)
    assert verdict(with_chunk(PNG, b"zTXt", b"Comment\0\0" + swollen)) == "embedded_content"


def test_a_jpeg_of_a_thousand_scans_is_refused():
    progressive = encoded(scene(16, 16).convert("L"), progressive=True)
    last_scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    assert verdict(progressive[:-2] + last_scan * 20 + progressive[-2:]) == "taken"
    assert verdict(progressive[:-2] + last_scan * 1000 + progressive[-2:]) == "damaged"


def test_a_film_of_png_pictures_is_refused():
    stream = io.BytesIO()
    scene().save(stream, "PNG", save_all=True, append_images=[scene(seed=9)])
    assert verdict(stream.getvalue()) == "animated"


@pytest.mark.parametrize("format", FORMATS)
def test_a_position_in_exif_is_refused(format):
    assert verdict(encoded(scene(), format, exif=exif(gps=SHANGHAI))) == "location_data"


@given(st.sampled_from(FORMATS), st.floats(0, 89), st.floats(0, 179), st.integers(1, 8))
@few
def test_wherever_a_picture_was_taken_it_is_refused(format, latitude, longitude, orientation):
    position = {1: "S", 2: (latitude, 0.0, 0.0), 3: "W", 4: (longitude, 0.0, 0.0)}
    data = encoded(scene(32, 32), format, exif=exif(orientation, position))
    assert verdict(data) == "location_data"


@pytest.mark.parametrize("format", FORMATS)
def test_a_camera_that_only_writes_the_version_of_the_gps_standard_says_no_place(format):
    assert verdict(encoded(scene(), format, exif=exif(gps={0: b"\2\3\0\0"}))) == "taken"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "inside", ['exif:GPSLatitude="31,13.8N"', 'photoshop:City="Shanghai"', 'Iptc4xmpCore:Location="clinic"']
)
def test_a_place_in_xmp_is_refused(format, inside):
    assert verdict(written_with_xmp(format, inside)) == "location_data"


@pytest.mark.parametrize("format", FORMATS)
def test_xmp_without_a_place_is_taken(format):
    assert verdict(written_with_xmp(format, 'xmp:CreatorTool="Camera 3"')) == "taken"


def written_with_xmp(format: str, inside: str) -> bytes:
    if format == "png":
        return with_chunk(PNG, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(inside))
    return encoded(scene(), format, xmp=xmp(inside))


def test_a_place_in_compressed_xmp_of_a_png_is_refused():
    packed = zlib.compress(xmp('exif:GPSLongitude="121,28.2E"'))
    assert verdict(with_chunk(PNG, b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed)) == "location_data"


def test_a_position_in_a_second_exif_block_or_in_the_thumbnail_is_refused():
    assert verdict(with_segment(encoded(scene(), exif=exif(1)), 0xE1, exif(gps=SHANGHAI))) == "location_data"
    thumbnail = encoded(scene(16, 16), exif=exif(gps=SHANGHAI))
    assert verdict(with_segment(JPEG, 0xE1, exif(1) + thumbnail)) == "location_data"


def test_a_place_in_extended_xmp_split_over_two_segments_is_refused():
    text = xmp('exif:GPSLatitude="31,13.8N"')
    middle = text.index(b"GPSLat") + 3
    data = JPEG
    for at, part in [(middle, text[middle:]), (0, text[:middle])]:
        header = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", len(text), at)
        data = with_segment(data, 0xE1, header + part)
    assert verdict(data) == "location_data"


def test_a_place_in_iptc_is_refused():
    city = b"\x1c\x02\x5a\x00\x08Shanghai"
    block = b"Photoshop 3.0\x00" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(city)) + city + b"\0"
    assert verdict(with_segment(JPEG, 0xED, block)) == "location_data"


def test_exif_that_nobody_can_read_is_refused():
    assert verdict(with_segment(JPEG, 0xE1, b"Exif\0\0neither little nor big endian")) == "damaged"


def test_the_check_leaves_the_original_as_it_was(tmp_path):
    path = tmp_path / "original"
    path.write_bytes(JPEG)
    with path.open("rb") as stream:
        check(stream, hashlib.sha256(JPEG).hexdigest(), len(JPEG))
        stream.seek(0)
        assert stream.read() == JPEG
