"""One page of A4, landscape, with words on it: columns of headings and paragraphs, as PNG or PDF."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageDraw

from photos.lettering import font, write
from server.errors import Validation

DPI = 200
PAGE_PX = (2339, 1654)
MARGIN_PX, GAP_PX = 100, 60
TOP_PX, BOTTOM_PX = 330, 150
INK, FAINT, LINE, ACCENT = "#1f2430", "#5b6472", "#d5d9e0", "#8a5a44"
SIZES_PX = (44, 38, 34, 30, 26, 23, 20)
"""Of the text; the largest in which everything is on the page."""
LINE_HEIGHT = 1.45


class Line(NamedTuple):
    """A paragraph. `scale`: of its letters to the text's; `right`: what stands at the end of its line."""

    text: str
    fill: str = INK
    scale: float = 1.0
    right: str = ""


def heading(text: str) -> Line:
    return Line(text, ACCENT, 0.85)


def gap() -> Line:
    return Line("", scale=0.5)


@dataclass(frozen=True)
class Page:
    """`columns`: the paragraphs of each, all of one width."""

    title: str
    subtitle: str
    columns: Sequence[Sequence[Line]]
    foot: str


def png(page: Page) -> bytes:
    """Raises Validation for what does not go on one page."""
    stream = io.BytesIO()
    drawn(page).save(stream, "PNG", dpi=(DPI, DPI))
    return stream.getvalue()


def pdf(page: Page) -> bytes:
    """Raises like png."""
    stream = io.BytesIO()
    drawn(page).save(stream, "PDF", resolution=DPI, quality=92, title=page.title)
    return stream.getvalue()


MAKERS = {"png": png, "pdf": pdf}


def drawn(page: Page) -> Image.Image:
    paper = Image.new("RGB", PAGE_PX, "white")
    draw, width = ImageDraw.Draw(paper), PAGE_PX[0] - 2 * MARGIN_PX
    write(draw, (MARGIN_PX, MARGIN_PX - 10), page.title, 64, width, INK)
    write(draw, (MARGIN_PX, MARGIN_PX + 84), page.subtitle, 34, width, FAINT)
    foot = PAGE_PX[1] - BOTTOM_PX
    for y in (TOP_PX - 64, foot):
        draw.line((MARGIN_PX, y, MARGIN_PX + width, y), LINE, 3)
    write(draw, (MARGIN_PX, foot + 34), page.foot, 28, width, FAINT)
    across = (width - GAP_PX * (len(page.columns) - 1)) // len(page.columns)
    size = _size_for(page, across)
    for number, column in enumerate(page.columns):
        x, y = MARGIN_PX + number * (across + GAP_PX), TOP_PX
        for line in column:
            letters = round(size * line.scale)
            for text, right in _set(line, letters, across):
                draw.text((x, y), text, line.fill, font(letters))
                draw.text((x + across, y), right, line.fill, font(letters), anchor="ra")
                y += round(letters * LINE_HEIGHT)
    return paper


def _size_for(page: Page, across: int) -> int:
    room = PAGE_PX[1] - BOTTOM_PX - TOP_PX
    for size in SIZES_PX:
        if all(_height(column, size, across) <= room for column in page.columns):
            return size
    raise Validation("This does not go on one page.", text=["long"])


def _height(column: Sequence[Line], size: int, across: int) -> int:
    letters = [(round(size * line.scale), line) for line in column]
    return sum(round(px * LINE_HEIGHT) * len(list(_set(line, px, across))) for px, line in letters)


def _set(line: Line, size: int, across: int) -> Iterator[tuple[str, str]]:
    """The lines of a paragraph, with what stands at the right of the first."""
    right = line.right
    for text in _broken(line.text, size, across - (font(size).getlength(right) + size if right else 0)):
        yield text, right
        right = ""


def _broken(text: str, size: int, width: float) -> Iterator[str]:
    """Between words and between Chinese characters, never before a closing mark."""
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph, size, width):
            if line and font(size).getlength((line + piece).rstrip()) > width:
                yield line.rstrip()
                line = piece.lstrip()
            else:
                line += piece
        yield line.rstrip()


def _pieces(paragraph: str, size: int, width: float) -> Iterator[str]:
    for piece in re.findall(
        r"(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff]+)[，。、；：！？）》”’]*\s*|\s+", paragraph
    ):
        if font(size).getlength(piece) > width:  # one word, wider than the column
            yield from piece
        else:
            yield piece
