"""Outlines of the standard views: contours of our own drawing that help to frame a picture.

`python -m photos.outlines FOLDER` writes one SVG a view, named `<family>-<pose>.svg`. All are 300 x 400,
drawn with one stroke in the current text colour. A view of the left side is the right one mirrored;
symmetrical drawings hold one half and its mirror image.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from photos.outlines import arms, bodies, heads
from photos.outlines.drawing import Drawing, svg

FAMILIES: Mapping[str, Mapping[str, Drawing]] = {
    "face": heads.DRAWINGS,
    "body": bodies.DRAWINGS,
    "arm": arms.DRAWINGS,
}
LEFT_OF = {"RO": "LO", "RL": "LL", "PRO": "PLO"}


def outlines() -> Iterator[tuple[str, str]]:
    """(file name, SVG text) of every outline."""
    for family, drawings in FAMILIES.items():
        for pose, drawing in drawings.items():
            yield f"{family}-{pose}.svg", svg(drawing)
            if pose in LEFT_OF:
                yield f"{family}-{LEFT_OF[pose]}.svg", svg(drawing, mirrored=True)


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in outlines():
        (folder / name).write_text(text, encoding="utf-8")
