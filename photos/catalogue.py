"""Every region and view as data, for the server and, as JSON, for the app.

`python -m photos.catalogue [FILE]` writes the JSON (to standard output without FILE).
Codes are stable: they appear in what is stored.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from photos import sets
from photos.regions import REGIONS, Region
from photos.views import CLOSE_UP, CLOSE_UP_CUE, CLOSE_UP_SIGN, POSES, VARIANTS, Pose, Variant
from photos.words import Words

_POSES = {pose.code: pose for pose in POSES}
_VARIANTS = {variant.suffix: variant for variant in VARIANTS}
_REGIONS = {region.code: region for region in REGIONS}

# An estimator of the head's angle loses the face beyond these (design note on head angle).
MEASURABLE_YAW, MEASURABLE_PITCH = 55, 25
SYMMETRIC_YAWS = (0, 180)


@dataclass(frozen=True)
class View:
    """A view of a region. `yaw`, `pitch`: degrees; `outline`: file name, None where no outline helps."""

    code: str
    pose: str
    variant: str | None
    close_up: bool
    optional: bool
    name: Words
    cue: Words
    recognized: Words
    framing: Words
    yaw: int
    pitch: int
    about: bool
    face_shown: bool
    checks: tuple[str, ...]
    outline: str | None


def regions() -> Iterator[str]:
    """The codes of all regions, in the catalogue's order."""
    return iter(_REGIONS)


@cache
def views(region: str) -> tuple[View, ...]:
    """The ordered views of a region, optional ones included. KeyError for an unknown region."""
    of = _REGIONS[region]
    return tuple(_view(of, written) for written in of.views.split())


def view(region: str, code: str) -> View:
    """KeyError for an unknown region, or a view that the region does not have."""
    for one in views(region):
        if one.code == code:
            return one
    raise KeyError(code)


def required_views(region: str) -> tuple[str, ...]:
    """The views that are taken or skipped with a reason before a set of this region is finished."""
    return tuple(one.code for one in views(region) if not one.optional)


def region_name(region: str) -> Words:
    return _REGIONS[region].name


def needs_chaperone(region: str) -> bool:
    return _REGIONS[region].chaperone


def _view(region: Region, written: str) -> View:
    code = written.removesuffix("?")
    close_up = code.startswith("CU-")
    pose_code, _, suffix = code.removeprefix("CU-").partition("-")
    pose, variant = _POSES[pose_code], _VARIANTS.get(suffix)
    if suffix and variant is None:
        raise KeyError(code)
    standing = region.outlines != "face"
    return View(
        code=code,
        pose=pose.code,
        variant=suffix or None,
        close_up=close_up,
        optional=written.endswith("?"),
        name=_name(pose, variant, close_up),
        cue=CLOSE_UP_CUE if close_up else region.cues.get(code) or _cue(pose, variant, standing),
        recognized=CLOSE_UP_SIGN if close_up else pose.recognized,
        framing=(close_up and region.close_up_framing) or region.framing,
        yaw=pose.yaw,
        pitch=variant.pitch if variant and variant.pitch else pose.pitch,
        about=pose.about or bool(variant and not variant.still),
        face_shown=region.face_shown and abs(pose.yaw) <= 90 and pose.code != "vertex",
        checks=_checks(region, pose, variant, close_up),
        outline=_outline(region, pose, variant, close_up),
    )


def _name(pose: Pose, variant: Variant | None, close_up: bool) -> Words:
    added = CLOSE_UP if close_up else variant.name if variant else None
    if added is None:
        return pose.name
    return Words(f"{pose.name.zh}·{added.zh}", f"{pose.name.en}, {added.en}")


def _cue(pose: Pose, variant: Variant | None, standing: bool) -> Words:
    turn = pose.body_cue if standing and pose.body_cue else pose.cue
    if variant is None:
        return turn
    if pose.code == "F":
        return variant.cue  # already faces the camera
    return Words(turn.zh + variant.cue.zh, f"{turn.en} {variant.cue.en}")


def _outline(region: Region, pose: Pose, variant: Variant | None, close_up: bool) -> str | None:
    fits = pose.code if variant is None or variant.still else variant.outline
    return None if close_up or fits is None else f"{region.outlines}-{fits}.svg"


def _checks(region: Region, pose: Pose, variant: Variant | None, close_up: bool) -> tuple[str, ...]:
    """The device checks that mean something for this picture; the rest is the operator's to confirm."""
    found = ["sharpness", "exposure", "white_balance"]
    if pose.yaw in SYMMETRIC_YAWS:
        found.append("balance")
    if not close_up and pose.code not in ("vertex", "crown"):
        found.append("tilt")
    measurable = abs(pose.yaw) <= MEASURABLE_YAW and abs(pose.pitch) <= MEASURABLE_PITCH
    if region.whole_face and measurable and not close_up and (variant is None or variant.still):
        found += ["distance", "head_angle"]
    return tuple(found)


def document() -> dict[str, Any]:
    """The whole catalogue as JSON-ready data."""
    return {
        "regions": [_region_document(region) for region in REGIONS],
        "time_points": [_plain(one) for one in sets.TIME_POINTS],
        "preparation": [
            {**_plain(one), "answers": [{"code": code, "name": name._asdict()} for code, name in one.answers]}
            for one in sets.PREPARATION
        ],
        "oblique_rules": [{"code": code, "name": name._asdict()} for code, name in sets.OBLIQUE_RULES],
        "tolerances": sets.TOLERANCES,
        "criteria": [_plain(one) for one in sets.CRITERIA],
    }


def _region_document(region: Region) -> dict[str, Any]:
    zoom, distance_m = region.lens
    return {
        "code": region.code,
        "name": region.name._asdict(),
        "framing": region.framing._asdict(),
        "frame": region.frame,
        "zoom": zoom,
        "distance_m": distance_m,
        "chaperone": region.chaperone,
        "views": [_plain(one) for one in views(region.code)],
    }


def _plain(entry: Any) -> dict[str, Any]:
    """A data class as a dictionary, its Words as {zh, en}."""
    return {
        name: value._asdict() if isinstance(value, Words) else value
        for name, value in ((name, getattr(entry, name)) for name in asdict(entry))
    }


def as_json() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(as_json(), encoding="utf-8")
    else:
        sys.stdout.write(as_json())
