"""How an outline is put together: strokes, in one colour, some of them fine."""

from dataclasses import dataclass

MIRROR = "matrix(-1 0 0 1 300 0)"


@dataclass(frozen=True)
class Drawing:
    """SVG path data on 300 x 400. `halves` are drawn twice, as they are and mirrored about x = 150.

    Contours are what the operator lays over the customer; features only tell where things are.
    """

    contours: str = ""
    features: str = ""
    contour_halves: str = ""
    feature_halves: str = ""


def svg(drawing: Drawing, mirrored: bool = False) -> str:
    lines = [
        *_strokes(drawing.contours, drawing.contour_halves, 'stroke-width="2.5"'),
        *_strokes(drawing.features, drawing.feature_halves, 'stroke-width="1.5" stroke-opacity=".75"'),
    ]
    if mirrored:
        lines = [f'<g transform="{MIRROR}">', *lines, "</g>"]
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 400" fill="none"'
            ' stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">',
            *lines,
            "</svg>\n",
        ]
    )


def _strokes(whole: str, halves: str, style: str) -> list[str]:
    if halves:
        half = _tidy(halves)
        return [
            f"<g {style}>",
            *([f'<path d="{_tidy(whole)}"/>'] if whole else []),
            f'<path d="{half}"/>',
            f'<path transform="{MIRROR}" d="{half}"/>',
            "</g>",
        ]
    return [f'<path {style} d="{_tidy(whole)}"/>'] if whole else []


def _tidy(path: str) -> str:
    return " ".join(path.split())
