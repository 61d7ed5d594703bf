"""What a phone's camera sees: a video made here, fed to Chromium in place of a camera."""

import math
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 480, 640
"""Both even: with odd ones Chromium never gives a frame."""
FRAMES_PER_SECOND = 10


def head(turned: float = 0, light: float = 1, blur: float = 0, shadow: float = 0) -> Image.Image:
    """Something like a head before a plain backdrop.

    `turned`: -1 (its left side shown) to 1; `light`: factor; `blur`: pixels; `shadow`: 0 to 1, on one side.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), (168, 170, 172))
    draw = ImageDraw.Draw(picture)
    x, y = WIDTH / 2 + turned * 30, HEIGHT * 0.45
    draw.polygon([(x - 150, HEIGHT), (x - 50, 400), (x + 50, 400), (x + 150, HEIGHT)], (205, 165, 142))
    draw.ellipse((x - 118, y - 165, x + 118, y + 150), (40, 30, 28))
    draw.ellipse((x - 105, y - 130, x + 105, y + 160), (214, 172, 148))
    for side in (-1, 1):
        eye = x + side * 42 + turned * 60
        draw.ellipse((eye - 20, y - 24, eye + 20, y - 4), (245, 240, 238))
        draw.ellipse((eye - 9, y - 23, eye + 9, y - 5), (35, 25, 22))
        draw.line((eye - 24, y - 40, eye + 24, y - 44), (50, 38, 34), 6)
    nose = x + turned * 90
    draw.line((x + turned * 60, y - 10, nose, y + 50), (170, 128, 108), 5)
    draw.ellipse((x + turned * 60 - 34, y + 84, x + turned * 60 + 34, y + 104), (176, 84, 84))
    for strand in range(60):
        at = x - 110 + strand * 3.7
        draw.line((at, y - 120 - 40 * math.sin(strand / 19), at + 5, y - 80), (70, 54, 48), 1)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    if shadow:
        dark = Image.linear_gradient("L").rotate(90).resize(picture.size).point(lambda v: int(v * shadow))
        picture = Image.composite(Image.new("RGB", picture.size), picture, dark)
    return picture.point(lambda value: min(255, round(value * light)))


def video(path: Path, pictures: Iterable[Image.Image], frames_each: int = 2) -> Path:
    """Write the pictures, each for some frames, as the endless video that Chromium takes (.y4m)."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            y, cb, cr = picture.convert("YCbCr").split()
            half = (WIDTH // 2, HEIGHT // 2)
            # Video keeps to 16..235 (BT.601).
            planes = [
                y.point(lambda value: 16 + value * 219 // 255),
                *(plane.resize(half).point(lambda value: 16 + value * 224 // 255) for plane in (cb, cr)),
            ]
            frame = b"FRAME\n" + b"".join(plane.tobytes() for plane in planes)
            file.write(frame * frames_each)
    return path


REFUSED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny")
"""Chromium's options: somebody has not allowed the camera."""


def flags(path: Path) -> tuple[str, ...]:
    """Chromium's options: the video in place of a camera, and nobody is asked."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )
