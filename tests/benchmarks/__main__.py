"""Measure every budget and print a table."""

from __future__ import annotations

import argparse
import platform
import sys

from tests.benchmarks import budgets
from tests.benchmarks.figures import HEAD, Figure


def main() -> int:
    """Print the table; exit with 1 where a budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--services", type=int, default=1_000_000, help="how many to grow to")
    parser.add_argument("--pairs", type=int, default=10, help="interleaved pairs of each figure")
    parser.add_argument(
        "--only",
        choices=(
            "startup",
            "generated",
            "throughput",
            "reset",
            "delays",
            "worlds",
            "memory",
            "growth",
        ),
    )
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    print(HEAD)
    missed = False

    def show(*figures: Figure) -> None:
        nonlocal missed
        for figure in figures:
            print(figure.row(), flush=True)
            missed = missed or not figure.kept

    if options.only in (None, "startup"):
        show(budgets.startup(options.pairs))
    if options.only in (None, "generated"):
        show(budgets.generated())
    if options.only in (None, "throughput"):
        show(*budgets.throughput(options.pairs))
    if options.only in (None, "reset"):
        show(*budgets.reset())
    if options.only in (None, "delays"):
        show(*budgets.delays())
    if options.only in (None, "worlds"):
        show(*budgets.worlds())
    if options.only in (None, "memory"):
        show(budgets.memory())
    if options.only in (None, "growth"):
        show(*budgets.growth(options.services, rounds=options.pairs))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
