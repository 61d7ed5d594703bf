"""A drawn head at a known angle, in perspective: what the face finder's own canonical face looks like."""

import math
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from tests.rigs.camera import HEIGHT, WIDTH

Point = tuple[float, float, float]
Triangle = tuple[int, int, int]

ASSETS = Path(__file__).parents[2] / (
    "pwa/node_modules/@mediapipe/face_mesh/face_mesh_solution_packed_assets.data"
)
GEOMETRY = slice(3737848, 3757224)
"""Where the canonical face lies in the packed assets, as a protobuf message."""

LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
SKIN, PALE, HAIR = (226, 178, 150), (205, 158, 132), (46, 34, 30)
PIVOT_Z = -1.0
DISTANCE = 60.0
"""Centimetres from the middle of the head to the camera."""


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            return value, at


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Number and content of each field of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        if key & 7 == 0:
            value, at = _number(data, at)
            yield key >> 3, value
            continue
        size, at = (4, at) if key & 7 == 5 else _number(data, at)
        yield key >> 3, data[at : at + size]
        at += size


@cache
def canonical() -> tuple[list[Point], list[Triangle]]:
    """The canonical face: points (x to the person's left, y up, z out of the face, cm) and triangles."""
    mesh = next(content for number, content in _fields(ASSETS.read_bytes()[GEOMETRY]) if number == 1)
    numbers: list[float] = []
    corners: list[int] = []
    for number, content in _fields(mesh):
        if number == 3:
            numbers += struct.unpack(f"<{len(content) // 4}f", content)
        elif number == 4:
            corners.append(content)
    points = [(numbers[at], numbers[at + 1], numbers[at + 2]) for at in range(0, len(numbers), 5)]
    return points, [(a, b, c) for a, b, c in zip(*[iter(corners)] * 3, strict=True)]


def _surface(first: int, rows: int, columns: int) -> Iterator[Triangle]:
    for row in range(rows - 1):
        for column in range(columns - 1):
            at = first + row * columns + column
            yield at, at + 1, at + columns
            yield at + 1, at + columns + 1, at + columns


@cache
def _body() -> tuple[list[Point], list[tuple[Triangle, str]]]:
    """The face with a skull and a neck behind it."""
    face, triangles = canonical()
    rounds = [math.tau * n / 72 for n in range(73)]
    skull = [
        (7.6 * math.sin(t) * math.cos(r), 2.2 + 10.2 * math.cos(t), -2.6 + 9.3 * math.sin(t) * math.sin(r))
        for t in (math.pi * n / 36 for n in range(37))
        for r in rounds
    ]
    neck = [(5.2 * math.cos(r), -6.0 - 2 * n, -3 + 5 * math.sin(r)) for n in range(6) for r in rounds]
    parts = [(triangle, "face") for triangle in triangles]
    parts += [(triangle, "skull") for triangle in _surface(len(face), 37, 73)]
    parts += [(triangle, "neck") for triangle in _surface(len(face) + len(skull), 6, 73)]
    return face + skull + neck, parts


def _turned(point: Point, yaw: float, pitch: float, roll: float) -> Point:
    """Positive yaw shows the right side, positive pitch looks up, positive roll is counter-clockwise."""
    x, y, z = point[0], point[1], point[2] - PIVOT_Z
    x, z = x * math.cos(yaw) + z * math.sin(yaw), z * math.cos(yaw) - x * math.sin(yaw)
    y, z = y * math.cos(pitch) + z * math.sin(pitch), z * math.cos(pitch) - y * math.sin(pitch)
    return x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll), z


def _colour(part: str, middle: Point) -> tuple[int, int, int]:
    if part == "face":
        return HAIR if middle[1] > 7.6 else SKIN
    hair = (middle[1] > -1 and middle[2] < 2.2) or middle[1] > 7
    return HAIR if part == "skull" and hair else PALE


def face(yaw: float = 0, pitch: float = 0, roll: float = 0) -> Image.Image:
    """The head, turned by these degrees, before a plain backdrop."""
    scale = 2  # drawn larger, so that edges come out smooth
    width, height = WIDTH * scale, HEIGHT * scale
    points, parts = _body()
    angles = [math.radians(angle) for angle in (yaw, pitch, roll)]
    seen = [_turned(point, *angles) for point in points]
    shown = [
        (width / 2 + 1.1 * height * x / (DISTANCE - z), height / 2 - 1.1 * height * y / (DISTANCE - z))
        for x, y, z in seen
    ]
    picture = Image.new("RGB", (width, height), (168, 172, 176))
    draw = ImageDraw.Draw(picture)
    # The farthest first; the skull lies a little behind the face that covers it.
    order = sorted(parts, key=lambda part: sum(seen[n][2] for n in part[0]) / 3 - 1.2 * (part[1] == "skull"))
    for corners, part in order:
        a, b, c = (seen[n] for n in corners)
        u, v = [b[n] - a[n] for n in range(3)], [c[n] - a[n] for n in range(3)]
        normal = u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
        size = math.hypot(*normal) or 1
        if part == "face" and normal[2] <= 0:
            continue
        side = 1 if normal[2] > 0 else -1
        light = side * (0.25 * normal[0] + 0.45 * normal[1] + 0.86 * normal[2]) / size
        middle = tuple(sum(points[n][axis] for n in corners) / 3 for axis in range(3))
        shade = 0.45 + 0.55 * max(0.0, light)
        colour = tuple(round(value * shade) for value in _colour(part, middle))  # type: ignore[arg-type]
        draw.polygon([shown[n] for n in corners], fill=colour)

    def visible(outline: tuple[int, ...]) -> bool:
        return abs(math.remainder(yaw - (40 if points[outline[0]][0] < 0 else -40), 360)) < 85

    draw.polygon([shown[n] for n in LIPS], fill=(176, 88, 86))
    draw.line([shown[n] for n in MOUTH], fill=(110, 46, 48), width=2 * scale)
    for eye, brow in zip(EYES, BROWS, strict=True):
        if not visible(eye):
            continue
        xs, ys = zip(*(shown[n] for n in eye), strict=True)
        x, y, radius = sum(xs) / len(xs), sum(ys) / len(ys), (max(ys) - min(ys)) / 2
        draw.polygon([shown[n] for n in eye], fill=(238, 234, 230))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), (70, 46, 34))
        draw.ellipse((x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2), (14, 10, 10))
        draw.line([shown[n] for n in (*eye[8:], eye[0])], fill=(52, 34, 30), width=2 * scale)
        draw.polygon([shown[n] for n in brow], fill=(70, 48, 40))
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.8))
