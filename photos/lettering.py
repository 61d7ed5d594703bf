"""Latin and Chinese letters, the same on every machine: the font is part of this library."""

from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

FONT = Path(__file__).parent / "fonts" / "noto-sans-cjk-sc.woff2"


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size_px)


def fitted(text: str, size_px: int, width_px: int) -> str:
    """The text, shortened with an ellipsis where it is wider than width_px."""
    if font(size_px).getlength(text) <= width_px:
        return text
    while text and font(size_px).getlength(text + "…") > width_px:
        text = text[:-1]
    return text.rstrip() + "…"


def write(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size_px: int, width_px: int, fill: str
) -> None:
    """One line whose top left corner is at `at`, no wider than width_px."""
    draw.text(at, fitted(text, size_px, width_px), font=font(size_px), fill=fill, anchor="la")
