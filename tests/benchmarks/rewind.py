"""Measure how long a rewind takes: ``python -m tests.benchmarks.rewind``.

Processor time of the thread that does it: a machine that does other things counts for nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median

from cs_simulator.clock import thread_time
from tests.support import BASE, FIRST_SERVICE
from tests.support.app import FROZEN, App

REQUESTS = 1_000
ROUNDS = 10
BUDGET = 20.0
"""Milliseconds."""


def starts(app: App) -> None:
    """Start a thousand services."""
    for number in range(REQUESTS):
        app.start(key=f"key {number}")


def conversations(app: App) -> None:
    """Start services, give each states and tasks, and end them."""
    for number in range(REQUESTS // 4):
        service = f"{BASE}/services/{FIRST_SERVICE + number}"
        app.start(key=f"key {number}")
        app.post(f"{service}/states/start", {"state_type": 1})
        app.post(f"{service}/tasks/start", {"task_type": 1})
        app.post(f"{service}/end", {})


def taken_back(fill: Callable[[App], None]) -> float:
    """Return the milliseconds that it takes to be before the first request again."""
    app = App(FROZEN)
    fill(app)
    world = app.worlds.default
    begun = thread_time()
    world.rewind(1)
    return (thread_time() - begun) * 1000


def main() -> int:
    """Print the figures; return 1 where the budget is missed."""
    missed = False
    for fill in (starts, conversations):
        took = [taken_back(fill) for _ in range(ROUNDS)]
        print(
            f"{REQUESTS:,} requests, {fill.__name__}: {median(took):.1f} ms "
            f"({min(took):.1f} to {max(took):.1f}); budget {BUDGET:g} ms"
        )
        missed = missed or median(took) > BUDGET
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
