"""Measure what a second server adds: ``python -m tests.benchmarks.several``.

One server and two take turns, each server with worlds of its own and a load generator of its own,
which is a process too. Where there are fewer cores than processes, generators take what servers
would have used: their share is told, and what counts is how many requests the servers answer in a
second of their own processor time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import cycle
from statistics import median
from typing import NamedTuple

from tests.benchmarks.cases import START
from tests.benchmarks.load import request_bytes, run
from tests.benchmarks.loop import processor_time
from tests.benchmarks.processes import simulator
from tests.support import BASE

BUDGET = 1.8
"""How much two servers do of what one does, at least."""

WORLDS = 20
"""The worlds of each server, which a proxy would have given to it."""


class Round(NamedTuple):
    """What a round came to."""

    capacity: float
    """Requests that the servers answer in a second of processor time each, in all."""
    per_second: float
    """Requests in a second on the wall."""
    share: float
    """The part of the processor time that the generators took."""


def drive(port: int, first: int, requests: int) -> None:
    """Send requests to the worlds of a server, and print the processor time that it took."""
    numbers = range(first, first + WORLDS)
    paths = [f"/_world/w{number}{BASE}/services/start" for number in numbers]
    sent = cycle([request_bytes("POST", path, START) for path in paths])
    run(port, sent, requests, connections=8)
    print(time.process_time(), flush=True)


def measured(servers: list[tuple[int, int]], requests: int) -> Round:
    """Load some servers at the same time, each with as many requests."""
    before = [processor_time(pid) for _, pid in servers]
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.several", "--drive"]
    generators = [
        subprocess.Popen(
            [*command, str(port), str(number * WORLDS), str(requests)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, (port, _) in enumerate(servers)
    ]
    printed = [each.communicate()[0] for each in generators]
    seconds = time.perf_counter() - started
    if any(each.returncode for each in generators):
        raise RuntimeError("a load generator failed")
    taken = [processor_time(pid) - was for (_, pid), was in zip(servers, before, strict=True)]
    loads = sum(map(float, printed))
    return Round(
        sum(requests / each for each in taken),
        requests * len(servers) / seconds,
        loads / (loads + sum(taken)),
    )


def main() -> int:
    """Print the figures; return 1 where the budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.several", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="to each server in a round")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--drive", type=int, nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drive:
        drive(*options.drive)
        return 0
    ones, twos = [], []
    with ExitStack() as stack:
        servers = [stack.enter_context(simulator("--scenario", "empty")) for _ in range(2)]
        measured(servers, options.requests)
        for _ in range(options.pairs):
            ones.append(measured(servers[:1], options.requests))
            twos.append(measured(servers, options.requests))
    ratios = [two.capacity / one.capacity for one, two in zip(ones, twos, strict=True)]
    walls = [two.per_second / one.per_second for one, two in zip(ones, twos, strict=True)]
    for count, rounds in (("one server", ones), ("two servers", twos)):
        print(
            f"{count}: {median(each.capacity for each in rounds):,.0f} requests in a second of "
            f"processor time each; {median(each.per_second for each in rounds):,.0f} in a second, "
            f"of which the load generators took {median(each.share for each in rounds):.0%}"
        )
    print(
        f"two servers do x {median(ratios):.2f} of one ({min(ratios):.2f} to {max(ratios):.2f}); "
        f"budget x {BUDGET}"
    )
    print(f"on the wall, {os.cpu_count()} cores, load included: x {median(walls):.2f}")
    return int(median(ratios) < BUDGET)


if __name__ == "__main__":
    sys.exit(main())
