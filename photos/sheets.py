"""Comparison sheets: the same view at several time points side by side, on a page of A4, as PNG or PDF.

Pictures are laid over each other by translation, rotation and scale only; they are never warped. A sheet
says what it shows (view, date, interval, clinic), and across each picture for whom it was made.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal

from PIL import Image, ImageDraw

from photos.lettering import font, write
from photos.renditions import reduced
from photos.words import Words

Language = Literal["zh", "en"]

DPI = 200
PAGE_PX = (2339, 1654)  # A4, landscape
MARGIN_PX, GAP_PX = 80, 30
HEAD_PX, FOOT_PX, CAPTION_PX = 130, 60, 110
INK, FAINT, PAPER, GROUND = "#1f2430", "#6b7280", "#ffffff", "#eceef1"
MAX_COLUMNS, MAX_ROWS = 6, 4


@dataclass(frozen=True)
class Alignment:
    """Moves a picture onto the baseline of its row: scale and rotation (degrees, counter-clockwise) about the
    middle, then a shift in fractions of the picture's width."""

    scale: float = 1.0
    rotation: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Shown:
    """original: a seekable stream; taken_on: the day in the clinic's time zone; time_point: its name."""

    original: BinaryIO
    taken_on: date
    time_point: Words
    alignment: Alignment = Alignment()


@dataclass(frozen=True)
class Row:
    """One view through time; None where a time point has no picture of it."""

    view: Words
    pictures: Sequence[Shown | None]


@dataclass(frozen=True)
class Sheet:
    """subject: how the customer is called on it; watermark: what it may be used for, `consultation only`."""

    clinic: str
    title: str
    subject: str
    watermark: str
    rows: Sequence[Row]
    made_on: date
    treated_on: date | None = None

    def __post_init__(self) -> None:
        columns = max((len(row.pictures) for row in self.rows), default=0)
        if not (0 < len(self.rows) <= MAX_ROWS and 0 < columns <= MAX_COLUMNS):
            raise ValueError(f"a sheet has 1 to {MAX_ROWS} rows of 1 to {MAX_COLUMNS} pictures")


def interval(taken_on: date, treated_on: date, language: Language) -> str:
    """`30 days after treatment`, `治疗前 3 天`, ..."""
    days = (taken_on - treated_on).days
    if days == 0:
        return "治疗当天" if language == "zh" else "day of treatment"
    if language == "zh":
        return f"治疗{'后' if days > 0 else '前'} {abs(days)} 天"
    return f"{abs(days)} day{'s' if abs(days) > 1 else ''} {'after' if days > 0 else 'before'} treatment"


def png(sheet: Sheet, language: Language) -> bytes:
    """Raises photos.containers.Refused for a picture that cannot be read."""
    stream = io.BytesIO()
    page(sheet, language).save(stream, "PNG", dpi=(DPI, DPI))
    return stream.getvalue()


def pdf(sheet: Sheet, language: Language) -> bytes:
    """One page; the title and the clinic are its metadata. Raises like png."""
    stream = io.BytesIO()
    page(sheet, language).save(
        stream,
        "PDF",
        resolution=DPI,
        quality=92,
        title=sheet.title,
        author=sheet.clinic,
        subject=sheet.watermark,
    )
    return stream.getvalue()


def page(sheet: Sheet, language: Language) -> Image.Image:
    paper = Image.new("RGB", PAGE_PX, PAPER)
    _head_and_foot(paper, sheet, language)
    columns, rows = max(len(row.pictures) for row in sheet.rows), len(sheet.rows)
    width = (PAGE_PX[0] - 2 * MARGIN_PX - (columns - 1) * GAP_PX) // columns
    height = (PAGE_PX[1] - 2 * MARGIN_PX - HEAD_PX - FOOT_PX - (rows - 1) * GAP_PX) // rows
    for down, row in enumerate(sheet.rows):
        for across, shown in enumerate(row.pictures):
            if shown is not None:
                at = (
                    MARGIN_PX + across * (width + GAP_PX),
                    MARGIN_PX + HEAD_PX + down * (height + GAP_PX),
                )
                _cell(paper, at, (width, height), shown, row.view, sheet, language)
    return paper


def _head_and_foot(paper: Image.Image, sheet: Sheet, language: Language) -> None:
    draw, width = ImageDraw.Draw(paper), PAGE_PX[0] - 2 * MARGIN_PX
    write(draw, (MARGIN_PX, MARGIN_PX - 10), sheet.title, 52, width, INK)
    write(draw, (MARGIN_PX, MARGIN_PX + 62), f"{sheet.clinic} · {sheet.subject}", 32, width, FAINT)
    made = f"制作日期 {sheet.made_on}" if language == "zh" else f"made on {sheet.made_on}"
    write(
        draw,
        (MARGIN_PX, PAGE_PX[1] - MARGIN_PX - 30),
        f"{sheet.clinic} · {sheet.watermark} · {made}",
        26,
        width,
        FAINT,
    )


def _cell(
    paper: Image.Image,
    at: tuple[int, int],
    size: tuple[int, int],
    shown: Shown,
    view: Words,
    sheet: Sheet,
    language: Language,
) -> None:
    frame = (size[0], size[1] - CAPTION_PX)
    picture = _aligned(reduced(shown.original, 2 * max(frame)), frame, shown.alignment)
    _mark(picture, sheet.watermark)
    paper.paste(picture, at)
    when = [shown.time_point._asdict()[language], str(shown.taken_on)]
    if sheet.treated_on:
        when.append(interval(shown.taken_on, sheet.treated_on, language))
    draw = ImageDraw.Draw(paper)
    below = at[1] + frame[1] + 12
    write(draw, (at[0], below), view._asdict()[language], 32, size[0], INK)
    write(draw, (at[0], below + 46), " · ".join(when), 28, size[0], FAINT)


def _aligned(picture: Image.Image, frame: tuple[int, int], alignment: Alignment) -> Image.Image:
    """The whole picture in the middle of the frame, moved by its alignment."""
    fit = min(frame[0] / picture.width, frame[1] / picture.height)
    scale, angle = fit * alignment.scale, math.radians(alignment.rotation)
    # From a point of the frame back to a point of the picture: shift, rotation and scale undone.
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    shift = (alignment.shift[0] * picture.width * fit, alignment.shift[1] * picture.width * fit)
    x, y = frame[0] / 2 + shift[0], frame[1] / 2 + shift[1]
    back = (
        cos,
        -sin,
        picture.width / 2 - cos * x + sin * y,
        sin,
        cos,
        picture.height / 2 - sin * x - cos * y,
    )
    return picture.transform(
        frame, Image.Transform.AFFINE, back, resample=Image.Resampling.BICUBIC, fillcolor=GROUND
    )


def _mark(picture: Image.Image, text: str) -> None:
    """The watermark, faint and slanted, over the whole picture: it cannot be cut off."""
    if not text:
        return
    size = max(24, min(picture.size) // 16)
    side = int(math.hypot(*picture.size))
    veil = Image.new("L", (side, side))
    draw = ImageDraw.Draw(veil)
    step = int(font(size).getlength(text)) + 3 * size
    for line, y in enumerate(range(0, side, 5 * size)):
        for x in range(-(line % 2) * step // 2, side, step):
            draw.text((x, y), text, font=font(size), fill=70)
    veil = veil.rotate(30)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    veil = veil.crop((left, top, left + picture.width, top + picture.height))
    picture.paste("black", (2, 2), veil.point(lambda value: value // 2))  # to be seen on white skin too
    picture.paste("white", mask=veil)
