"""Figures: what was measured, beside its floor; as a table and as JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`value` and `floor` in `unit`. `share`: how near the floor it came, 1.0 = as fast as the driver."""

    name: str
    engine: str
    value: float
    unit: str
    floor: float | None = None
    note: str = ""

    @property
    def share(self) -> float | None:
        """For seconds the floor over the value, for rates the value over the floor."""
        if not self.floor or not self.value:
            return None
        return self.value / self.floor if self.unit.endswith("/s") else self.floor / self.value


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(figures: Sequence[Figure]) -> str:
    """The figures as Markdown."""
    lines = [
        "| figure | engine | measured | floor | share of floor | note |",
        "|---|---|---|---|---|---|",
    ]
    for f in figures:
        floor = f"{_short(f.floor)} {f.unit}" if f.floor is not None else "-"
        share = f"{f.share:.2f}" if f.share is not None else "-"
        cells = [f.name, f.engine, f"{_short(f.value)} {f.unit}", floor, share, f.note]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def save(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(figure), "share": figure.share} for figure in figures]
    path.write_text(json.dumps({**machine(), "figures": rows}, ensure_ascii=False, indent=2) + "\n")
