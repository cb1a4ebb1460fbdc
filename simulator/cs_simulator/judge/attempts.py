"""Attempts: one request each, as its client and the server saw it, in real time.

Between two of them is a wait, which the response to the first may have asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.clock import Instant, instant_of, stopwatch, system_time
from cs_simulator.domain.transaction import Effect
from cs_simulator.journal.entries import JournalEntry, retry_after_of, shown_members

_REFUSED = 300
"""The lowest status that may ask the client to retry later, or elsewhere."""

_REAL = 2_000
"""The difference to the machine's clock, in milliseconds, up to which a clock counts as real."""


_NOTHING: Mapping[str, int] = MappingProxyType({})


class Now(NamedTuple):
    """The current instant, on the server's stopwatch and on the machine's clock."""

    seconds: float
    instant: Instant

    @classmethod
    def taken(cls) -> Now:
        """Return the current instant."""
        return cls(stopwatch(), system_time())

    def instant_of(self, seconds: float) -> float:
        """Convert an instant of the stopwatch to the machine's time."""
        return self.instant - (self.seconds - seconds) * 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. Instants are milliseconds of the server's stopwatch."""

    request: int
    arrived: float
    left: float | None
    """When its response ended; None while it is in progress."""
    was_left: bool
    """Whether the client left before it had its response, or the world was reset."""
    status: int | None
    """The status that the client received, or None."""
    broken: str | None
    retry_after: str | None
    date_counts: bool
    """Whether a date that it was told to wait for is on the machine's clock."""
    wall: float
    """The machine's time at its arrival."""
    effects: Sequence[Effect]
    effects_left_out: int
    peer: tuple[str, str] | None

    @property
    def is_answered(self) -> bool:
        """Whether the client has the response that it asked for."""
        return self.is_whole and self.status is not None and 200 <= self.status < 300

    def is_answered_before(self, other: Attempt) -> bool:
        """Tell whether the client had its response when another request came."""
        return self.is_answered and self.left is not None and self.left <= other.arrived

    @property
    def is_whole(self) -> bool:
        """Whether the client got a complete response."""
        return self.left is not None and self.broken is None and not self.was_left

    def created(self) -> Mapping[str, int]:
        """Return how many things it created, by kind."""
        if not self.effects:
            return _NOTHING
        return Counter(effect.kind for effect in self.effects if effect.change == "created")

    def members(self, begun: float, gap: float | None) -> dict[str, Any]:
        """Return it as JSON members; ``begun`` is the arrival of the first attempt."""
        shown: dict[str, Any] = {}
        if self.status is not None:
            shown["status"] = self.status
        if self.retry_after is not None:
            shown["retry_after"] = self.retry_after
        if self.broken is not None:
            shown["broken"] = self.broken
        elif self.left is None:
            shown["pending"] = True
        elif self.was_left:
            shown["client_left"] = True
        return {
            "request": self.request,
            "at_ms": round(self.arrived - begun, 1),
            "gap_ms": None if gap is None else round(gap, 1),
            "shown": shown,
            "effect": [effect._asdict() for effect in self.effects],
        }


def attempt_of(entry: JournalEntry, now: Now) -> Attempt:
    """Return the attempt that a journal entry describes."""
    shown = shown_members(entry) if entry.state != "done" or entry.broken else None
    status = entry.status if shown is None else shown.get("status")
    wall = now.instant_of(entry.arrived)
    return Attempt(
        request=entry.id,
        arrived=entry.arrived * 1000,
        left=None if entry.left is None else entry.left * 1000,
        was_left=entry.state == "aborted",
        status=status,
        broken=entry.broken,
        retry_after=None if status is None or status < _REFUSED else retry_after_of(entry),
        date_counts=entry.date_is_real or abs(entry.at - wall) <= _REAL,
        wall=wall,
        effects=tuple(entry.effects),
        effects_left_out=entry.effects_left_out,
        peer=entry.peer,
    )


def gaps_of(attempts: Sequence[Attempt]) -> list[float | None]:
    """Return how long a client waited before each attempt but the first, in milliseconds.

    The time counts from the end of the previous response: None if that had not ended by then.
    """
    gaps: list[float | None] = []
    for before, after in pairwise(attempts):
        over = before.left is not None and (before.left <= after.arrived or before.was_left)
        gaps.append(max(0.0, after.arrived - (before.left or 0.0)) if over else None)
    return gaps


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
