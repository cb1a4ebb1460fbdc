"""Measure everything, print what came of it, and with --write put it into the documentation."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from tests.benchmarks import (
    growth,
    loop,
    operations,
    pages,
    pauses,
    plugin,
    shares,
    startup,
    stubs,
    upkeep,
    worst,
)
from tests.benchmarks.figures import Figure
from tests.benchmarks.results import FOLDER, Group
from tests.benchmarks.scale import Scale
from tests.benchmarks.words import line

GROUPS: Mapping[str, Callable[[Scale], Iterator[Figure]]] = MappingProxyType(
    {
        "startup": startup.startup,
        "generated": startup.generated,
        "throughput": operations.throughput,
        "loop": loop.loop,
        "shares": shares.shares,
        "pauses": pauses.pauses,
        "worst": worst.worst,
        "operations": operations.operations,
        "reset": upkeep.reset,
        "worlds": upkeep.worlds,
        "plugin": plugin.plugin,
        "memory": upkeep.memory,
        "delays": upkeep.delays,
        "growth": growth.growth,
        "stubs": stubs.stubs,
    }
)


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Print each figure as it is measured; return 1 where a budget is missed."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=GROUPS, help="may be given again")
    parser.add_argument("--pairs", type=int, help="interleaved pairs of each figure")
    parser.add_argument("--services", type=int, help="how many to grow to")
    parser.add_argument(
        "--quick", action="store_true", help="little of everything, to see that it runs"
    )
    parser.add_argument(
        "--write", action="store_true", help="into docs/benchmarks, and the page that shows it"
    )
    options = parser.parse_args(arguments)
    scale = Scale.quick() if options.quick else Scale()
    if options.pairs is not None:
        scale = replace(scale, pairs=options.pairs)
    if options.services is not None:
        scale = replace(scale, services=options.services)
    missed = False
    for name in options.only or GROUPS:
        figures = []
        for figure in GROUPS[name](scale):
            print(line(figure), flush=True)
            figures.append(figure)
        missed = missed or any(figure.missed for figure in figures)
        if options.write and not figures:
            print(f"{name}: nothing was measured, so what was written before stays")
        elif options.write:
            command = shlex.join(["python", "-m", "tests.benchmarks", *arguments])
            pages.put(Group.now(name, command, figures), folder)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
