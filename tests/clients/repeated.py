"""Run each reference client many times on a loaded machine: no verdict may change.

``python -m tests.clients.repeated`` keeps every core busy with processes that only count, runs
each client so often, in turn in the drills that it is known by, several at a time, and prints a
line for each client. Exits with 1 where a verdict is another than the tests expect.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from cs_simulator.client import Server
from cs_simulator.judge.drills import drilled, prepared
from tests.clients.commands import Programs
from tests.clients.test_reference_clients import RIGHT, VICES
from tests.support.server import ServerProcess

LIMIT = 120.0
"""Seconds that a client may take: the machine is loaded on purpose."""


class Run(NamedTuple):
    """One run of a client in a drill, and the virtues that it is to fail."""

    number: int
    client: tuple[str, str]
    drill: str
    failing: frozenset[str]


def runs(times: int) -> list[Run]:
    """Return the runs, clients in turn: so often each, its drills in rotation."""
    known: dict[tuple[str, str], list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for kind, name, drill in RIGHT:
        known[kind, name].append((drill, frozenset()))
    for kind, name, drill, failing in VICES:
        known[kind, name].append((drill, frozenset(failing)))
    rounds = zip(*(islice(cycle(drills), times) for drills in known.values()), strict=True)
    each = (
        (client, drill, failing)
        for turn in rounds
        for client, (drill, failing) in zip(known, turn, strict=True)
    )
    return [Run(number, *values) for number, values in enumerate(each)]


def verdict(server: Server, programs: Programs, run: Run) -> str:
    """Run a client; return what was wrong with its verdict, or nothing."""
    with prepared(server, run.drill, run.number) as world:
        result = drilled(world, run.drill, programs.command(*run.client), LIMIT)
    virtues = result.ruling["virtues"]
    failed = {each["virtue"] for each in virtues if each["verdict"] == "failed"}
    if failed == run.failing and (failed or result.verdict == "passed"):
        return ""
    told = "; ".join(f"{each['virtue']} {each['verdict']}: {each['text']}" for each in virtues)
    return (
        f"{run.drill}: expected {sorted(run.failing) or 'no failure'}, found {told} ({result.end})"
    )


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep cores busy meanwhile."""
    busy = [multiprocessing.Process(target=_count, daemon=True) for _ in range(processes)]
    for each in busy:
        each.start()
    try:
        yield
    finally:
        for each in busy:
            each.terminate()


def _count() -> None:
    number = 0
    while True:
        number += 1


def main() -> int:
    """Run the clients and print how often each was judged as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.repeated")
    parser.add_argument("--runs", type=int, default=200, help="runs of each client")
    parser.add_argument("--jobs", type=int, default=6, help="clients at a time")
    parser.add_argument("--busy", type=int, default=os.cpu_count(), help="processes that count")
    given = parser.parse_args()
    wrong: Counter[tuple[str, str]] = Counter()
    done: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(Path(folder))
        for kind, name in {run.client for run in runs(1)}:
            programs.command(kind, name)  # Java is compiled before many ask for it at once
        process = ServerProcess(Path(folder) / "ready.json", "--max-waiting", "400")
        server = Server(process.wait_until_ready().ready["url"])
        try:
            with load(given.busy), ThreadPoolExecutor(given.jobs) as pool:
                asked = runs(given.runs)
                found = pool.map(lambda run: verdict(server, programs, run), asked)
                try:
                    for run, told in zip(asked, found, strict=True):
                        done[run.client] += 1
                        if told:
                            wrong[run.client] += 1
                            print(f"{' '.join(run.client)}, run {run.number}: {told}", flush=True)
                except KeyboardInterrupt:  # what was run until now is told all the same
                    pool.shutdown(cancel_futures=True)
        finally:
            process.stop()
    for client, times in sorted(done.items()):
        print(f"{' '.join(client):26} {times - wrong[client]:5} of {times} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
