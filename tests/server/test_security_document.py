"""docs/security.md names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAIMS, PROOFS = (ROOT / "docs" / "security.md").read_text().split("\n## Proofs\n")
NAMED = re.compile(r'^  - `([\w/.-]+)`:\s+(?:`(test_\w+)`|"([^"]+)")$', re.MULTILINE)
LAST_COLUMN = re.compile(r"^\|.*\| ((?:`[a-z0-9-]+` ?)+)\|$", re.MULTILINE)
IN_BRACKETS = re.compile(r"\(((?:`[a-z0-9-]+` ?)+)\)")


def test_every_proof_is_a_test():
    named = NAMED.findall(PROOFS)
    assert len(named) == len(re.findall("^  - ", PROOFS, re.MULTILINE)) > 50
    for file, python, typescript in named:
        if python:
            assert f"def {python}(" in (ROOT / "tests" / file).read_text(), (file, python)
        else:
            assert f"test('{typescript}'," in (ROOT / "pwa" / "tests" / file).read_text(), (file, typescript)


def test_every_claim_names_a_listed_proof():
    listed = re.findall(r"^- \*\*([a-z0-9-]+)\*\*:$", PROOFS, re.MULTILINE)
    claimed = " ".join(LAST_COLUMN.findall(CLAIMS) + IN_BRACKETS.findall(CLAIMS))
    assert set(re.findall(r"`([a-z0-9-]+)`", claimed)) == set(listed)
    assert len(set(listed)) == len(listed)
