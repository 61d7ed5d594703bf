"""make bench: every figure, as a table on the terminal and as JSON in tests/artefacts."""

import argparse
import sys
from pathlib import Path

from tests.bench.figures import Figure, save, table
from tests.bench.server_figures import server_figures
from tests.bench.workplace import Workplace
from tests.rigs.postgres import Postgres, run_folder

RESULTS = Path(__file__).parents[1] / "artefacts" / "bench.json"


def main() -> None:
    wishes = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    wishes.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    wishes.add_argument("--documents", type=int, default=10_000, help="the clinic's size")
    wishes.add_argument("--many", type=int, default=200_000, help="its size for the second look at pulls")
    args = wishes.parse_args()
    figures: list[Figure] = []
    postgres = Postgres(run_folder())
    try:
        for engine in args.engine or ("sqlite", "postgresql"):
            with Workplace(engine, args.documents, postgres) as work:
                for figure in server_figures(work, args.many):
                    figures.append(figure)
                    print(f"{engine}: {figure.name}: {figure.value:.4g} {figure.unit}", file=sys.stderr)
    finally:
        postgres.close()
    save(figures, RESULTS)
    print(table(figures))


if __name__ == "__main__":
    main()
