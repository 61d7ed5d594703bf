"""A comparison sheet shows pictures of one view side by side and says what they are."""

import io
import re
from datetime import date

import pytest
from PIL import Image, ImageChops, ImageStat

from photos import catalogue, sheets
from photos.containers import Refused
from photos.lettering import fitted, font
from photos.sheets import Alignment, Row, Sheet, Shown, interval, pdf, png
from photos.words import Words
from tests.photos.pictures import SHANGHAI, encoded, exif

TREATED = date(2026, 10, 1)
FRONTAL = Words("正位", "Frontal")


def blot() -> Image.Image:
    """A dark bar and a dot on grey: every shift, turn and scale of it shows."""
    picture = Image.new("RGB", (600, 800), "#a0a0a0")
    picture.paste("black", (200, 250, 400, 290))
    picture.paste("red", (280, 500, 320, 540))
    return picture


def shown(picture: Image.Image | None = None, day: date = TREATED, **given) -> Shown:
    data = encoded(picture or blot(), quality=95, exif=exif(gps=SHANGHAI))
    return Shown(io.BytesIO(data), day, Words("术前", "Before"), **given)


def sheet(*pictures: Shown | None, **given) -> Sheet:
    said = {
        "clinic": "美丽门诊部",
        "title": "鼻综合 术前术后对比",
        "subject": "王女士",
        "watermark": "",
        "made_on": date(2026, 11, 22),
        "treated_on": TREATED,
    }
    return Sheet(rows=[Row(FRONTAL, pictures)], **(said | given))


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def cells(data: bytes, count: int) -> list[Image.Image]:
    """The pictures of a sheet of one row, without their captions."""
    width = (sheets.PAGE_PX[0] - 2 * sheets.MARGIN_PX - (count - 1) * sheets.GAP_PX) // count
    top = sheets.MARGIN_PX + sheets.HEAD_PX
    bottom = sheets.PAGE_PX[1] - sheets.MARGIN_PX - sheets.FOOT_PX - sheets.CAPTION_PX
    lefts = [sheets.MARGIN_PX + n * (width + sheets.GAP_PX) for n in range(count)]
    return [opened(data).crop((left, top, left + width, bottom)) for left in lefts]


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2026, 9, 28), "治疗前 3 天", "3 days before treatment"),
        (date(2026, 9, 30), "治疗前 1 天", "1 day before treatment"),
        (TREATED, "治疗当天", "day of treatment"),
        (date(2026, 10, 2), "治疗后 1 天", "1 day after treatment"),
        (date(2027, 10, 1), "治疗后 365 天", "365 days after treatment"),
    ],
)
def test_the_interval_is_counted_in_calendar_days_from_the_treatment(day, zh, en):
    assert (interval(day, TREATED, "zh"), interval(day, TREATED, "en")) == (zh, en)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_sheet_comes_as_png_and_as_one_page_of_pdf(language):
    one = sheet(shown(), shown())
    assert opened(png(one, language)).size == sheets.PAGE_PX
    made = pdf(one, language)
    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1
    # A4 in points, landscape
    assert [round(float(side)) for side in re.search(rb"MediaBox \[ 0 0 (\S+) (\S+) \]", made).groups()] == [
        842,
        595,
    ]


def test_what_is_written_differs_with_language_date_and_view():
    first = sheet(shown())
    assert png(first, "zh") == png(first, "zh")
    others = [
        png(first, "en"),
        png(sheet(shown(day=date(2026, 10, 2))), "zh"),
        png(sheet(shown(), treated_on=None), "zh"),
        png(sheet(shown(), clinic="另一家门诊部"), "zh"),
        png(sheet(shown(), subject="李先生"), "zh"),
    ]
    assert len({png(first, "zh"), *others}) == 6


def test_a_missing_time_point_leaves_its_place_empty():
    _, middle, last = cells(png(sheet(shown(), None, shown()), "zh"), 3)
    assert middle.getextrema() == ((255, 255),) * 3
    assert last.getextrema() != middle.getextrema()


def test_the_watermark_lies_over_every_part_of_every_picture():
    plain = cells(png(sheet(shown(), shown()), "zh"), 2)
    marked = cells(png(sheet(shown(), shown(), watermark="仅供院内面诊"), "zh"), 2)
    for before, after in zip(plain, marked, strict=True):
        width, height = before.size
        for left in (0, width // 3, 2 * width // 3):
            for top in (0, height // 3, 2 * height // 3):
                part = (left, top, left + width // 3, top + height // 3)
                assert difference(before.crop(part), after.crop(part)) > 0.2


def test_an_alignment_lays_a_moved_picture_back_over_the_baseline():
    moved = blot().rotate(-5, Image.Resampling.BICUBIC, fillcolor="#a0a0a0", translate=(30, -15))
    # Undone in the frame: turned back about the middle, then shifted by the turned translation.
    back = Alignment(rotation=5, shift=(-0.0477, 0.0293))
    baseline, askew, aligned = cells(png(sheet(shown(), shown(moved), shown(moved, alignment=back)), "zh"), 3)
    inner = (150, 150, baseline.width - 150, baseline.height - 150)
    assert difference(baseline.crop(inner), aligned.crop(inner)) < 1.5
    assert difference(baseline.crop(inner), askew.crop(inner)) > 4


def test_an_alignment_of_scale_enlarges_about_the_middle():
    small = Image.new("RGB", (600, 800), "#a0a0a0")
    small.paste(blot().resize((300, 400), Image.Resampling.LANCZOS), (150, 200))
    baseline, scaled = cells(png(sheet(shown(), shown(small, alignment=Alignment(scale=2))), "zh"), 2)
    inner = (200, 150, baseline.width - 200, baseline.height - 150)
    assert difference(baseline.crop(inner), scaled.crop(inner)) < 3


def test_nothing_of_the_originals_metadata_is_on_the_sheet():
    for data in (png(sheet(shown()), "zh"), pdf(sheet(shown()), "zh")):
        assert b"Camera" not in data
        assert b"Exif" not in data


def test_every_character_that_the_catalogue_can_write_is_in_the_font():
    missing = font(40).getmask("\ue000").getbbox(), bytes(font(40).getmask("\ue000"))
    texts = catalogue.as_json() + "治疗前后当天制作日期仅供院内面诊 · … 0123456789-喆堃玥淼頔赟镕"
    for character in sorted(set(texts) - set(" \n　")):
        mask = font(40).getmask(character)
        assert (mask.getbbox(), bytes(mask)) != missing, character


def test_a_long_title_is_shortened_and_stays_on_the_page():
    text = fitted("很长的标题" * 60, 52, 800)
    assert text.endswith("…")
    assert font(52).getlength(text) <= 800
    assert opened(png(sheet(shown(), title="很长的标题" * 60), "zh")).size == sheets.PAGE_PX


def test_a_picture_that_cannot_be_read_is_said():
    broken = Shown(io.BytesIO(b"no picture"), TREATED, Words("术前", "Before"))
    with pytest.raises(Refused):
        png(sheet(broken), "zh")


@pytest.mark.parametrize("count", [0, 7])
def test_a_sheet_of_nothing_or_of_too_much_is_not_made(count):
    with pytest.raises(ValueError, match="a sheet has"):
        sheet(*[None] * count)
