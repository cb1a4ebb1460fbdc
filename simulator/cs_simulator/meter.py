"""The server's counters of API requests, for its metrics.

Requests are only counted while they are answered. :mod:`cs_simulator.control.metrics` renders the
counters on request.
"""

from __future__ import annotations

from bisect import bisect_left
from threading import Lock
from typing import NamedTuple

BOUNDS = (
    *(0.0005, 0.001, 0.0025),
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
"""Upper bounds of durations in seconds: those that the semantic conventions recommend, and three
lower ones, where most responses are.
"""

NO_STATUS = 0
"""The class of responses whose client received no status."""


class Tally(NamedTuple):
    """The requests of one operation with statuses of one class."""

    operation: str
    status_class: int
    """The first digit of the statuses, or :data:`NO_STATUS`."""
    counts: tuple[int, ...]
    """The number of durations in each bucket: up to a bound and above the previous one; the last is
    above all bounds.
    """
    seconds: float
    """The sum of the durations."""


class Meter:
    """Count requests by operation, class of status, and duration."""

    __slots__ = ("_counts", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[tuple[str, int], list[float]] = {}
        """One count for each bucket, and then the seconds."""

    def note(self, operation: str, status: int | None, seconds: float) -> None:
        """Count an answered request; ``status`` is what its client received."""
        key = operation, NO_STATUS if status is None else status // 100
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts.setdefault(key, [0] * (len(BOUNDS) + 1) + [0.0])
        with self._lock:
            counts[bisect_left(BOUNDS, seconds)] += 1
            counts[-1] += seconds

    def tallies(self) -> list[Tally]:
        """Return the counts so far, by operation and class."""
        with self._lock:
            found = sorted((key, tuple(counts)) for key, counts in self._counts.items())
        return [Tally(*key, tuple(map(int, counts)), seconds) for key, (*counts, seconds) in found]
