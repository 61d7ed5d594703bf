"""docs/errors.md lists exactly what the server can answer."""

import re
from pathlib import Path

from server.api.errors import CODES
from server.errors import AppError

ROOT = Path(__file__).parents[2]
CALLS, REFUSALS = (ROOT / "docs" / "errors.md").read_text().split("## Refusals of a mutation")
ROW = re.compile(r"^\| `(\w+)` \|(?: (\d{3}) \|)?", re.MULTILINE)


def kinds(error: type[AppError]) -> set[tuple[str, int]]:
    """(code, status) of an error and of all below it that are answered as they are."""
    below = set().union(*(kinds(sub) for sub in error.__subclasses__()))
    abstract = error is not AppError and error.code == AppError.code
    return below if abstract else {(error.code, error.status)} | below


def test_every_answer_is_listed():
    flasks = {(code, status) for status, code in CODES.items()}
    listed = {(code, int(status)) for code, status in ROW.findall(CALLS)}
    assert listed == kinds(AppError) | flasks


def test_every_refusal_of_a_mutation_is_listed():
    source = "".join(path.read_text() for path in (ROOT / "server").rglob("*.py"))
    used = set(re.findall(r"Rejected\(\s*\"(\w+)\"", source))
    listed = {code for code, _ in ROW.findall(REFUSALS)}
    assert used == listed
