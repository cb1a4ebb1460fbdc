"""Pairs of runs, ours and the yardstick's in turn, and the figures that they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Result

Pairs = Sequence[tuple[Result, Result]]


def in_turn(pairs: int, ours: Callable[[], Result], theirs: Callable[[], Result]) -> Pairs:
    """Measure two things in turn, so many times."""
    return [(ours(), theirs()) for _ in range(pairs)]


def throughput(subject: str, pairs: Pairs, **more: Any) -> Figure:
    """Return how many requests are answered in a second."""
    return Figure.of(
        subject,
        "throughput",
        "/s",
        [ours.per_second for ours, _ in pairs],
        [theirs.per_second for _, theirs in pairs],
        at_least=True,
        **more,
    )


def latency(subject: str, percent: int, pairs: Pairs, **more: Any) -> Figure:
    """Return the latency that so many per cent of the requests do not pass."""
    return Figure.of(
        subject,
        f"p{percent}",
        "ms",
        [ours.percentile(percent) for ours, _ in pairs],
        [theirs.percentile(percent) for _, theirs in pairs],
        **more,
    )
