"""The catalogue is the table of standard views, and the app's copy is the same."""

import itertools
import json
from pathlib import Path

import pytest

from photos import catalogue
from photos.outlines import outlines

PWA = Path(__file__).parents[2] / "pwa"
VIEWS = {
    "face": "F LO LL RO RL F-smile",
    "nose": "F RO RL LO LL BA CE RL-smile CU-F CU-RL",
    "eye": "F F-closed F-up F-down RO LO RL LL",
    "brow": "F F-raise F-frown F-smile RO LO",
    "lip": "F F-teeth F-pucker RO LO RL LL",
    "ear": "F RL LL PO CU-RL CU-LL",
    "neck": "F RO RL LO LL RL-flexed F-platysma",
    "breast": "F RO RL LO LL F-hips F-armsup",
    "body": "F LO RO LL RL PO PRO PLO F-bend",
    "thigh": "F RO RL PRO PO PLO LL LO",
    "arm": "F PO",
    "hair": "F F-bowed RO LO RL LL vertex crown PO",
    "skin": "F RO RL LO LL CU-F CU-RO CU-LO",
}
EVERY_VIEW = [(region, view) for region in catalogue.regions() for view in catalogue.views(region)]


def test_the_regions_and_their_ordered_views_are_those_of_the_trade():
    assert {
        region: " ".join(v.code for v in catalogue.views(region)) for region in catalogue.regions()
    } == VIEWS


def test_only_the_extras_of_face_and_body_may_be_left_out_without_a_reason():
    assert catalogue.required_views("face") == ("F", "LO", "LL", "RO", "RL")
    assert catalogue.required_views("body") == ("F", "LO", "RO", "LL", "RL", "PO")
    optional = {(region, view.code) for region, view in EVERY_VIEW if view.optional}
    assert optional == {("face", "F-smile"), ("body", "PRO"), ("body", "PLO"), ("body", "F-bend")}


@pytest.mark.parametrize(
    ("code", "yaw", "pitch"),
    [
        ("F", 0, 0),
        ("RO", 45, 0),
        ("LO", -45, 0),
        ("RL", 90, 0),
        ("LL", -90, 0),
        ("BA", 0, 45),
        ("CE", 0, -45),
    ],
)
def test_yaw_is_positive_to_the_customers_right_and_pitch_with_the_chin_up(code, yaw, pitch):
    view = catalogue.view("nose", code)
    assert (view.yaw, view.pitch) == (yaw, pitch)


def test_the_face_is_never_in_the_picture_of_an_intimate_region_which_needs_a_chaperone():
    intimate = {region for region in catalogue.regions() if catalogue.needs_chaperone(region)}
    assert intimate == {"breast", "body", "thigh"}
    assert not [view for region, view in EVERY_VIEW if region in intimate and view.face_shown]


def test_from_behind_or_above_nobody_can_be_recognized():
    assert {
        view.code
        for _, view in EVERY_VIEW
        if not view.face_shown and not view.code.startswith(("F", "L", "R"))
    } == {
        "PO",
        "PRO",
        "PLO",
        "vertex",
        "crown",
    }
    assert catalogue.view("ear", "RL").face_shown


def test_the_head_angle_is_judged_only_where_an_estimator_can_see_it():
    judged = {(region, view.code) for region, view in EVERY_VIEW if "head_angle" in view.checks}
    assert {code for region, code in judged if region == "nose"} == {"F", "RO", "LO"}
    assert not {region for region, _ in judged} & {"breast", "body", "thigh", "arm", "eye", "lip"}


def test_every_view_says_in_both_languages_what_it_is_and_what_the_customer_should_do():
    for _, view in EVERY_VIEW:
        for words in (view.name, view.cue, view.recognized, view.framing):
            assert words.zh
            assert words.en
            assert words.zh != words.en


def test_a_left_view_asks_for_a_turn_to_the_right_and_the_other_way_round():
    assert "向左" in catalogue.view("face", "RO").cue.zh
    assert "向右" in catalogue.view("face", "LO").cue.zh


def test_frames_lie_on_the_drawing_in_the_shape_of_a_picture():
    for region in catalogue.document()["regions"]:
        x, y, width, height = region["frame"]
        assert x >= 0
        assert x + width <= 300
        assert y >= 0
        assert y + height <= 400
        assert abs(width * 4 - height * 3) <= 2, region["code"]


def test_every_view_but_a_close_up_or_a_bend_has_an_outline_that_exists():
    drawn = {name for name, _ in outlines()}
    assert {view.outline for _, view in EVERY_VIEW} - {None} <= drawn
    assert {view.code for _, view in EVERY_VIEW if view.outline is None and not view.close_up} == {
        "RL-flexed",
        "F-bend",
    }


def test_time_points_cover_every_day_once_up_to_a_year_and_a_half():
    points = catalogue.document()["time_points"]
    spans = [(point["first"], point["last"]) for point in points if point["first"] is not None]
    assert spans[0][0] == 0
    assert all(one[1] + 1 == following[0] for one, following in itertools.pairwise(spans))
    assert [point["code"] for point in points] == [
        "pre",
        "immediate",
        "d1",
        "d3",
        "d7",
        "m1",
        "m3",
        "m6",
        "m12",
        "other",
    ]


def test_checklist_lines_name_regions_that_exist():
    for line in catalogue.document()["preparation"]:
        assert set(line["regions"] or ()) <= set(catalogue.regions()), line["code"]


def test_an_unknown_region_or_view_is_said():
    with pytest.raises(KeyError):
        catalogue.views("knee")
    with pytest.raises(KeyError):
        catalogue.view("face", "BA")


def test_the_apps_copy_is_the_catalogue():
    copies = list((PWA / "src").rglob("photo-catalogue.json"))
    if not copies:
        pytest.skip("the app has no copy yet")
    assert json.loads(copies[0].read_text(encoding="utf-8")) == json.loads(catalogue.as_json())


def test_the_apps_outlines_are_the_drawings():
    kept = {path.name: path.read_text(encoding="utf-8") for path in (PWA / "static/outlines").iterdir()}
    assert kept == dict(outlines())
