"""A picture is looked at in a process of its own: the same outcome, and nothing else falls with it."""

import hashlib
from contextlib import closing

import psutil
import pytest

from photos.apart import Looker
from photos.ingest import Refused
from tests.photos.pictures import SHANGHAI, encoded, exif, scene

PICTURE = encoded(scene())


def check(looker: Looker, path, data: bytes) -> None:
    path.write_bytes(data)
    looker.check(path, hashlib.sha256(data).hexdigest(), len(data))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "picture"


@pytest.fixture
def started():
    """started(): the processes that have come since the test began."""
    before = set(psutil.Process().children())
    return lambda: [child for child in psutil.Process().children() if child not in before]


@pytest.fixture
def looker():
    with closing(Looker()) as looker:
        yield looker


def test_what_is_refused_is_refused_with_its_reason_and_the_next_is_looked_at(looker, path, started):
    for data, code in (
        (encoded(scene(), exif=exif(gps=SHANGHAI)), "location_data"), (PICTURE[:-400], "damaged"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            check(looker, path, data)
        assert refusal.value.code == code
    check(looker, path, PICTURE)
    assert len(started()) == 1


def test_a_picture_that_ends_the_process_takes_nothing_else_with_it(looker, path, started):
    check(looker, path, PICTURE)
    [process] = started()
    process.kill()
    with pytest.raises(ChildProcessError):
        check(looker, path, PICTURE)
    check(looker, path, PICTURE)


def test_the_process_stands_back_and_ends_with_who_asks(path, started):
    with closing(Looker()) as looker:
        check(looker, path, PICTURE)
        [process] = started()
        assert process.nice() > psutil.Process().nice()
    assert not started()
