"""What a server counts of the requests to the API, for its metrics.

Counting is all that happens while requests are answered. It is put into words by
:mod:`cs_simulator.control.metrics` when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_left
from threading import Lock
from typing import NamedTuple

BOUNDS = (
    *(0.0005, 0.001, 0.0025),
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
"""Upper bounds of durations in seconds: those that the semantic conventions advise, and three more
below, where most responses are."""

NO_STATUS = 0
"""The class of a response of which its client saw no status."""


class Tally(NamedTuple):
    """The requests of one operation whose statuses are of one class."""

    operation: str
    status_class: int
    """The first digit of the statuses, or :data:`NO_STATUS`."""
    counts: tuple[int, ...]
    """How many took no longer than each of the bounds and longer than the one before; last, how
    many took longer than all."""
    seconds: float
    """How long they took together."""


class Meter:
    """Count requests: by operation, by class of status, and by how long they took."""

    __slots__ = ("_counts", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[tuple[str, int], list[float]] = {}
        """As many counts as there are buckets, and behind them the seconds."""

    def note(self, operation: str, status: int | None, seconds: float) -> None:
        """Count a request that was answered; ``status`` is what its client saw of it."""
        key = operation, NO_STATUS if status is None else status // 100
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts.setdefault(key, [0] * (len(BOUNDS) + 1) + [0.0])
        with self._lock:
            counts[bisect_left(BOUNDS, seconds)] += 1
            counts[-1] += seconds

    def tallies(self) -> list[Tally]:
        """Return what was counted so far, by operation and class."""
        with self._lock:
            found = sorted((key, tuple(counts)) for key, counts in self._counts.items())
        return [Tally(*key, tuple(map(int, counts)), seconds) for key, (*counts, seconds) in found]
