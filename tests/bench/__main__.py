"""make bench: every figure, as a table on the terminal and as JSON in tests/artefacts."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.browser_figures import browser_figures
from tests.bench.capture_figures import capture_figures
from tests.bench.figures import Figure, save, table
from tests.bench.notify_figures import notify_figures
from tests.bench.picture_figures import picture_figures
from tests.bench.report_figures import report_figures
from tests.bench.server_figures import server_figures
from tests.bench.workplace import Workplace

PARTS = ("sqlite", "postgresql", "pictures", "reports", "notify", "browser")
RESULTS = Path(__file__).parents[1] / "artefacts" / "bench.json"


def main() -> None:
    wishes = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    wishes.add_argument("--only", choices=PARTS, action="append")
    wishes.add_argument("--documents", type=int, default=10_000, help="the clinic's size")
    wishes.add_argument("--many", type=int, default=200_000, help="its size for the second look at pulls")
    args = wishes.parse_args()
    figures: list[Figure] = []

    def measure(source: Iterator[Figure]) -> None:
        for figure in source:
            figures.append(figure)
            save(figures, RESULTS)
            print(f"{figure.engine}: {figure.name}: {figure.value:.4g} {figure.unit}", file=sys.stderr)

    only = args.only or PARTS
    for engine in [one for one in ("sqlite", "postgresql") if one in only]:
        with Workplace(engine, args.documents) as work:
            measure(server_figures(work, args.many))
    if "pictures" in only:
        with Workplace("sqlite", 0) as work:
            measure(picture_figures(work))
        measure(capture_figures())
    if "reports" in only:
        for engine in ("sqlite", "postgresql"):
            with Workplace(engine, 0) as work:
                measure(report_figures(work))
    if "notify" in only:
        measure(notify_figures())
    if "browser" in only:
        measure(browser_figures())
    print(table(figures))


if __name__ == "__main__":
    main()
