"""The record of revoked devices and departed people that outlives a restored database.

One JSON object a line, only ever appended, on the disk before the caller hears of it. It holds
ids, no names:

    {"at": "...", "clinic": "<id>", "staff": "<id>", "device": "<id>", "mode": "wipe" | "collect"}
    {"at": "...", "clinic": "<id>", "staff": "<id>", "active": false}

A line may stand for a change that a fault of the database then undid; the caller was told so and
tries again. The other way round somebody would come back.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from flask import current_app

FILE_NAME = "revocations.jsonl"


@dataclass(frozen=True)
class SignOff:
    at: str
    clinic_id: str
    staff_id: str
    device_id: str
    mode: str


@dataclass(frozen=True)
class Departure:
    at: str
    clinic_id: str
    staff_id: str


@dataclass
class Record:
    """What the lines add up to: the latest of each device and person."""

    sign_offs: list[SignOff] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    unreadable: int = 0


def note_sign_off(at: str, clinic_id: str, staff_id: str, device_id: str, mode: str) -> None:
    """Raises OSError when the line cannot be made durable."""
    _append({"at": at, "clinic": clinic_id, "staff": staff_id, "device": device_id, "mode": mode})


def note_departure(at: str, clinic_id: str, staff_id: str, active: bool) -> None:
    """`active`: they came back. Raises OSError when the line cannot be made durable."""
    _append({"at": at, "clinic": clinic_id, "staff": staff_id, "active": active})


def recorded(files: Iterable[Path]) -> Record:
    """What these files say together; one that is not there says nothing."""
    lines: list[dict[str, Any]] = []
    record = Record()
    for path in files:
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                entry = orjson.loads(line)
                if {"at", "clinic", "staff"} <= entry.keys():
                    lines.append(entry)
            except (ValueError, AttributeError):
                record.unreadable += bool(line.strip())  # torn by a crash: its caller heard nothing
    sign_offs: dict[str, SignOff] = {}
    departures: dict[tuple[str, str], Departure] = {}
    for entry in sorted(lines, key=lambda line: str(line["at"])):
        at, clinic_id, staff_id = entry["at"], entry["clinic"], entry["staff"]
        if "device" in entry:
            sign_offs[entry["device"]] = SignOff(
                at, clinic_id, staff_id, entry["device"], entry.get("mode", "wipe")
            )
        elif entry.get("active"):
            departures.pop((clinic_id, staff_id), None)
        else:
            departures[clinic_id, staff_id] = Departure(at, clinic_id, staff_id)
    record.sign_offs, record.departures = [*sign_offs.values()], [*departures.values()]
    return record


def _append(entry: dict[str, Any]) -> None:
    path: Path = current_app.extensions["meidang"].config.revocation_file
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    # A line of its own whatever a crash may have left before it; empty lines say nothing.
    line = b"\n" + orjson.dumps(entry) + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(descriptor, line) != len(line):
            raise OSError("the revocation file took only a part of a line")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
