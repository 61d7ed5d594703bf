"""Names of customers: the table shared with the app, and how names are read."""

import json
from pathlib import Path

import pytest

from server.clinic.names import form_of, pinyin_of, surname_of

TABLE = json.loads((Path(__file__).parents[1] / "vectors/names.json").read_text())


@pytest.mark.parametrize(("name", "expected"), TABLE["names"].items())
def test_a_name_has_its_surname_and_its_reading(name: str, expected: list[str]) -> None:
    assert [surname_of(name), pinyin_of(name)] == expected


@pytest.mark.parametrize(("gender", "form"), [*TABLE["forms"].items(), (None, "顾客")])
def test_the_form_of_address_follows_the_gender(gender: str | None, form: str) -> None:
    assert form_of(gender) == form


def test_the_same_name_typed_full_width_reads_the_same() -> None:
    assert pinyin_of("Ａｎｎａ\u3000Ｓｍｉｔｈ") == "anna smith"


def test_a_character_without_a_reading_is_kept() -> None:
    assert pinyin_of("王\U0002a700") == "wang \U0002a700"
