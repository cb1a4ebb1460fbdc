"""Replies that wait, or find no room to wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from simulator.api.delivery import ON_GONE
from simulator.clock import stopwatch
from simulator.faults import wire
from simulator.faults.waiting import Wait
from tests.support import Answer, Simulation

START = {"contact_key": "1"}


def waiting(*, most: int = 4, **action: object) -> Simulation:
    """Return a world with one rule, alone in a room of its own."""
    cs = Simulation({"faults": [{"name": "it", "on": "start_service", **action}]})
    cs.room(most)
    return cs


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    begun = stopwatch()
    while not holds():
        assert stopwatch() - begun < 10
        threading.Event().wait(0.001)
