"""Originals are looked at in a process of its own.

Decoding takes the processor for as long as a chunk needs to come in ten times: here it stands back behind
the requests. And a decoder that falls over what somebody sent takes nothing else with it.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from photos.containers import Refused
from photos.ingest import check

NICE = 10
"""How far it stands back."""


class Looker:
    """One process, there from the first picture until this process ends. It looks at one at a time: a large
    picture takes up to 200 MB."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def check(self, path: Path, sha256: str, size_bytes: int) -> None:
        """`photos.ingest.check` of a file. Raises Refused; ChildProcessError when it ended the process."""
        with self._turn:
            self._process = self._process or _started()
            answer = _answer(self._process, json.dumps([str(path), sha256, size_bytes]))
            if not answer:
                self.close()
                raise ChildProcessError("looking at a picture has ended the process that looks")
        if code := json.loads(answer):
            raise Refused(code)

    def close(self) -> None:
        """Let the process end, and wait for it."""
        if ended := self._process:
            self._process = None
            with contextlib.suppress(BrokenPipeError):
                ended.communicate()


def _started() -> subprocess.Popen[str]:
    # In a session of its own: who stops the server at a terminal stops it by ending its input.
    return subprocess.Popen(
        [sys.executable, "-m", "photos.apart"], cwd=Path(__file__).parents[1], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def _answer(process: subprocess.Popen[str], line: str) -> str:
    """The next line of its output; empty when it has ended."""
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return ""
    return process.stdout.readline()


def _look() -> None:
    """Answer each line of [path, sha256, size] with the code of a refusal or null, to the end."""
    os.nice(NICE)
    for line in sys.stdin:
        path, sha256, size_bytes = json.loads(line)
        code = None
        with Path(path).open("rb") as stream:
            try:
                check(stream, sha256, size_bytes)
            except Refused as refusal:
                code = refusal.code
        print(json.dumps(code), flush=True)


if __name__ == "__main__":
    _look()
