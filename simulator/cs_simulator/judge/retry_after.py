"""Retry-After: how long a response asks its client to wait, and whether the client did."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import NamedTuple

from cs_simulator.clock import instant_of
from cs_simulator.judge.attempts import Attempt

EARLY = 5.0
"""Milliseconds by which a wait may be too short: of 94 measured waits of real clients, none was."""


class Wait(NamedTuple):
    """How long a client was asked to wait, and how long it did, in milliseconds."""

    asked: float
    waited: float

    @property
    def is_kept(self) -> bool:
        """Whether the client waited as long as requested."""
        return self.waited >= self.asked - EARLY


def wait_of(before: Attempt, after: Attempt) -> Wait | str:
    """Return how long a client waited between two attempts, or why that cannot be judged.

    Seconds count from the end of the response. A date is compared with the machine's clock: no
    known client considers the response's Date.
    """
    written = before.retry_after or ""
    if before.left is None or (before.left > after.arrived and not before.was_left):
        return f"request {after.request} came before the response to {before.request} had ended"
    if written.strip().isascii() and written.strip().isdigit():
        return Wait(float(written) * 1000, after.arrived - before.left)
    try:
        date = instant_of(parsedate_to_datetime(written))
    except (ValueError, TypeError, AttributeError):
        return f"Retry-After: {written} is neither whole seconds nor a date"
    if not before.date_counts:
        return (
            "a date was shown while the world's clock is not the real one: clients take their own "
            "clock; write Retry-After in seconds, or as {date: 2s}, which counts in real time"
        )
    ended = before.wall + (before.left - before.arrived)
    return Wait(date - ended, after.wall - ended)
