"""What the phone makes of a picture before it hashes: the server takes it, and it shows the same."""

import hashlib
import io
import json
import os
import random
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from tests.photos.pictures import (
    SHANGHAI,
    checked,
    encoded,
    exif,
    opened,
    scene,
    verdict,
    with_chunk,
    with_segment,
    xmp,
)

PWA = Path(__file__).parents[2] / "pwa"

PREPARE = """
import { readFileSync, writeFileSync } from 'node:fs'
import { build } from 'vite'

const [folder, out] = process.argv.slice(1)
const output = { entryFileNames: 'prepare.mjs' }
const one = { ssr: 'src/domain/pictures/prepare.ts', outDir: out, rolldownOptions: { output } }
await build({ configFile: false, publicDir: false, logLevel: 'error', build: one })
const { prepare } = await import(`${out}/prepare.mjs`)
const answers = {}
for (const name of JSON.parse(readFileSync(`${folder}/names.json`, 'utf8'))) {
  const { buffer, byteOffset, length } = readFileSync(`${folder}/${name}`)
  const { bytes, ...answer } = await prepare(buffer.slice(byteOffset, byteOffset + length))
  if (bytes) writeFileSync(`${folder}/${name}.out`, new Uint8Array(bytes))
  answers[name] = answer
}
console.log(JSON.stringify(answers))
"""


@dataclass
class Prepared:
    """`data` is None where the phone says `unreadable`."""

    facts: dict[str, Any]
    data: bytes | None


@pytest.fixture
def prepare(tmp_path: Path):
    """prepare({name: bytes}): what the phone makes of each."""

    def run(pictures: dict[str, bytes]) -> dict[str, Prepared]:
        for name, data in pictures.items():
            (tmp_path / name).write_bytes(data)
        (tmp_path / "names.json").write_text(json.dumps(list(pictures)))
        ran = subprocess.run(
            ["node", "--input-type=module", "-e", PREPARE, tmp_path, tmp_path / "bundle"],
            cwd=PWA, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        outcomes = {}
        for name, facts in json.loads(ran.stdout).items():
            made = tmp_path / f"{name}.out"
            outcomes[name] = Prepared(facts, made.read_bytes() if made.exists() else None)
        return outcomes

    return run


def thumbnail_with_place() -> bytes:
    """Exif whose thumbnail is a picture with a place of its own."""
    inner = encoded(scene(32, 32), "jpeg", exif=exif(gps=SHANGHAI))
    return _exif_with_blob(inner)


def _exif_with_blob(blob: bytes) -> bytes:
    """Big-endian Exif: IFD0 with an orientation, IFD1 with a JPEG thumbnail."""
    first = struct.pack(">HHHIHH", 1, 0x0112, 3, 1, 6, 0)
    second_at = 8 + len(first) + 4
    blob_at = second_at + 2 + 24 + 4
    second = struct.pack(">HHHIIHHIII", 2, 0x0201, 4, 1, blob_at, 0x0202, 4, 1, len(blob), 0)
    return (
        b"Exif\0\0"
        + struct.pack(">2sHI", b"MM", 42, 8)
        + first
        + struct.pack(">I", second_at)
        + second
        + blob
    )


def in_app1(block: bytes) -> bytes:
    return with_segment(encoded(scene(), "jpeg"), 0xE1, block)


PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp('exif:GPSLatitude="31,13.8N"')
PLAIN = {name: encoded(scene(), name) for name in ("jpeg", "png", "heic")}
PLACED = {
    **{f"gps.{name}": encoded(scene(), name, exif=exif(6, SHANGHAI)) for name in PLAIN},
    **{
        f"xmp.{name}": encoded(scene(), name, xmp=xmp('photoshop:City="Shanghai"'))
        for name in ("jpeg", "heic")
    },
    "xmp.png": with_chunk(PLAIN["png"], b"iTXt", PNG_XMP),
    "iptc.jpeg": with_segment(
        PLAIN["jpeg"], 0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0d\x1c\x02\x5a\0\x08Shanghai\0"
    ),
    "thumbnail.jpeg": in_app1(thumbnail_with_place()),
    "words.jpeg": in_app1(b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0GPSLatitude 31,13.8N"),
    "script.jpeg": with_segment(PLAIN["jpeg"], 0xFE, b"<script>alert(1)</script>"),
}
TRAILED = {f"trailed.{name}": data + b"MotionPhoto_Data" * 20 for name, data in PLAIN.items()}


def test_a_picture_without_anything_to_remove_is_left_as_it_is_byte_for_byte(prepare):
    turned = {f"turned.{name}": encoded(scene(), name, exif=exif(6)) for name in PLAIN}
    untouched = {**PLAIN, **turned}
    for name, prepared in prepare(untouched).items():
        assert prepared.data == untouched[name], name
        assert prepared.facts["sha256"] == hashlib.sha256(untouched[name]).hexdigest()


def test_what_says_where_it_was_taken_is_removed_and_the_picture_stays(prepare):
    pictures = {**PLACED, **TRAILED}
    for name, prepared in prepare(pictures).items():
        assert verdict(pictures[name]) != "taken", name
        facts = checked(prepared.data)
        told = {key: prepared.facts[key] for key in ("sha256", "width", "height")}
        assert told == {"sha256": facts.sha256, "width": facts.width, "height": facts.height}, name
        assert shown(prepared.data) == shown(pictures[name]), name


def test_which_way_is_up_stays(prepare):
    for name, prepared in prepare({name: PLACED[name] for name in ("gps.jpeg", "gps.png")}).items():
        assert checked(prepared.data).orientation == 6, name


def test_what_the_camera_says_beside_the_place_stays(prepare):
    made = Image.Exif()
    made[ExifTags.Base.Model] = "Phone 7"
    made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLength] = 6.9
    made.get_ifd(ExifTags.IFD.GPSInfo).update(SHANGHAI)
    data = prepare({"one.jpeg": encoded(scene(), "jpeg", exif=made.tobytes())})["one.jpeg"].data
    with opened(io.BytesIO(data)) as picture:
        kept = picture.getexif()
    assert kept[ExifTags.Base.Model] == "Phone 7"
    assert float(kept.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLength]) == pytest.approx(6.9)


def test_what_is_no_picture_or_damaged_is_said(prepare):
    pictures = {
        "webp": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 40,
        "text": b"hello",
        **{f"cut.{name}": data[: len(data) * 2 // 3] for name, data in PLAIN.items()},
    }
    said = {name: prepared.facts for name, prepared in prepare(pictures).items()}
    assert said == {name: {"unreadable": "corrupt" if "cut" in name else "format"} for name in pictures}


@pytest.mark.random
def test_whatever_comes_the_server_takes_what_the_phone_has_prepared(prepare):
    """Spoiled ones, too: what the phone lets pass is taken, or is damaged where only a decoder looks."""
    seed = os.environ.get("SEED") or str(random.randrange(2**32))
    print(f"SEED={seed}")
    draw = random.Random(seed)
    unreadable = {"unreadable.jpeg": in_app1(b"Exif\0\0II*\0\xff\xff\xff\xff")}
    sources = list({**PLAIN, **PLACED, **TRAILED, **unreadable}.items())
    pictures = {}
    for number in range(20_000 if os.environ.get("SOAK") else 400):
        name, data = draw.choice(sources)
        pictures[f"{number}.{name}"] = spoiled(draw, data)
    passed = 0
    for name, prepared in prepare(pictures).items():
        if prepared.data is not None:
            passed += 1
            assert verdict(prepared.data) in ("taken", "damaged"), name
    assert passed > len(pictures) // 4


def spoiled(draw: random.Random, data: bytes) -> bytes:
    """A few bytes changed, most of them near the start where the metadata are."""
    changed = bytearray(data)
    for _ in range(draw.randrange(6)):
        end = len(data) if draw.random() < 0.3 else min(len(data), 400)
        changed[draw.randrange(12, end)] = draw.choice([0, 1, 0xFF, draw.randrange(256)])
    return bytes(changed)


def shown(data: bytes) -> bytes:
    with opened(io.BytesIO(data)) as picture:
        return picture.convert("RGB").tobytes()
