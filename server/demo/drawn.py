"""Pictures of people who do not exist: our own outlines, coloured in. Nobody takes them for photographs."""

import io
import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from photos.outlines import LEFT_OF
from photos.outlines.drawing import Drawing
from photos.outlines.heads import DRAWINGS

SIZE = (720, 960)
SCALE = 2.4
"""Pixels for one unit of the outlines, which are 300 x 400."""
STEPS = 12
BACKDROP = (188, 192, 194)
SKINS = ((231, 190, 164), (222, 178, 150), (238, 202, 180))
POSE_OF = {left: right for right, left in LEFT_OF.items()}

Point = tuple[float, float]


def _strokes(path: str) -> Iterator[list[Point]]:
    """The lines of SVG path data: M and C in absolute numbers, half circles as `a`."""
    stroke: list[Point] = []
    for command, rest in re.findall(r"([MCLa])([^MCLa]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", rest)]
        if command == "M":
            if stroke:
                yield stroke
            stroke = [(numbers[0], numbers[1])]
            numbers = numbers[2:]
        if command == "a":
            radius, across = numbers[0], numbers[5]
            middle = stroke[-1][0] + across / 2, stroke[-1][1]
            turn = math.pi if across > 0 else 0
            for step in range(1, STEPS + 1):
                angle = turn - math.pi * step / STEPS
                stroke.append((middle[0] + radius * math.cos(angle), middle[1] - radius * math.sin(angle)))
        elif command == "C":
            for at in range(0, len(numbers), 6):
                stroke += _curve(stroke[-1], *zip(*[iter(numbers[at : at + 6])] * 2, strict=True))
        else:
            stroke += zip(*[iter(numbers)] * 2, strict=True)
    if stroke:
        yield stroke


def _curve(a: Point, b: Point, c: Point, d: Point) -> Iterator[Point]:
    for step in range(1, STEPS + 1):
        t = step / STEPS
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        x, y = (
            sum(weight * point[axis] for weight, point in zip(weights, (a, b, c, d), strict=True))
            for axis in (0, 1)
        )
        yield x, y


def _lines(drawing: Drawing) -> tuple[list[list[Point]], list[list[Point]]]:
    """Contours and features, halves mirrored."""
    found = []
    for whole, halves in (
        (drawing.contours, drawing.contour_halves), (drawing.features, drawing.feature_halves)
    ):  # fmt: skip
        half = list(_strokes(halves))
        mirrored = [[(300 - x, y) for x, y in stroke] for stroke in half]
        found.append([*_strokes(whole), *half, *mirrored])
    return found[0], found[1]


def head(view: str, person: int, swollen: float, tired: float, day: int) -> bytes:
    """A JPEG of one view. `swollen`, `tired`: 0 to 1; `day`: held a little differently each day."""
    pose = POSE_OF.get(view, view)
    contours, features = _lines(DRAWINGS[pose])
    skin = SKINS[person % len(SKINS)]
    picture = Image.new("RGB", SIZE, BACKDROP)
    draw = ImageDraw.Draw(picture)
    body = _body(pose)
    picture.paste(skin, mask=body)
    hair = Image.new("L", SIZE)
    hair.paste(body.crop((0, 0, SIZE[0], round(88 * SCALE))))
    picture.paste((58 + 14 * (person % 3), 42, 38), mask=hair)
    middles = [_middle(stroke) for stroke in features]
    for x, y in middles if tired else []:
        if 140 < y < 172:
            draw.ellipse(_box(x, y + 14, 17, 7), fill=_shade(skin, 1 - 0.22 * tired))
    if swollen:
        x, y = max(middle for middle in middles if 225 < middle[1] < 260)
        draw.ellipse(_box(x, y, 12 + 14 * swollen, 6 + 8 * swollen), fill=(214, 132, 126))
    for strokes, width in ((contours, 7), (features, 5)):
        for stroke in strokes:
            draw.line([_px(point) for point in stroke], (96, 66, 56), width, "curve")
    if pose != view:
        picture = ImageOps.mirror(picture)
    held = Random(f"{person}:{view}:{day}")
    picture = picture.rotate(
        held.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, fillcolor=BACKDROP,
        translate=(held.randint(-16, 16), held.randint(-16, 16)),
    ).filter(ImageFilter.GaussianBlur(1))  # fmt: skip
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=85)
    return data.getvalue()


@cache
def _body(pose: str) -> Image.Image:
    """What the contours enclose, down to the lower edge: a mask."""
    contours, _ = _lines(DRAWINGS[pose])
    mask = Image.new("L", (300, 400), 255)
    draw = ImageDraw.Draw(mask)
    for stroke in contours:
        draw.line(stroke, 0, 4)
    ends = [point for stroke in contours for point in (stroke[0], stroke[-1])]
    for one, other in combinations(ends, 2):
        if math.dist(one, other) < 12:  # where the pen was lifted for a moment
            draw.line((one, other), 0, 4)
    low = [point for point in ends if point[1] > 340]
    for x, y in (min(low), max(low)):
        draw.line((x, y, x, 400), 0, 4)
    for corner in ((0, 0), (299, 0)):
        ImageDraw.floodfill(mask, corner, 128)
    return mask.point(lambda value: 0 if value == 128 else 255).resize(SIZE, Image.Resampling.BICUBIC)


def _middle(stroke: list[Point]) -> Point:
    return sum(x for x, _ in stroke) / len(stroke), sum(y for _, y in stroke) / len(stroke)


def _px(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE


def _box(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return (x - wide) * SCALE, (y - high) * SCALE, (x + wide) * SCALE, (y + high) * SCALE


def _shade(colour: tuple[int, int, int], by: float) -> tuple[int, int, int]:
    red, green, blue = (round(value * by) for value in colour)
    return red, green, blue
