"""A case: the evidence for a virtue, and the finding on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cs_simulator.judge.attempts import Attempt
from cs_simulator.judge.intents import Intent

Verdict = Literal["passed", "failed", "undecided"]

LATE = 250.0
"""How late a client may be, in milliseconds: a cold one on a busy machine is that late."""

NOISE = 20.0
"""Milliseconds that cannot be distinguished from zero."""

_MOST_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """The attempts to judge, and what else is known."""

    intents: Sequence[Intent]
    now: float
    """In milliseconds of the server's stopwatch."""
    has_ended: bool = False
    """Whether the client is known to have ended, so nothing more will come."""
    patience: float | None = None
    """How long a silent client may still come back, if the question says so."""
    dropped: int = 0
    """The number of entries that the journal has dropped."""
    doubts: Sequence[str] = ()
    """Why it is unclear which attempts belong together."""

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts, in the order of arrival."""
        found = [attempt for intent in self.intents for attempt in intent.attempts]
        return sorted(found, key=lambda attempt: attempt.request)

    def is_silent(self, intent: Intent) -> bool:
        """Tell whether an intent has certainly ended."""
        last = intent.attempts[-1]
        if last.left is None:
            return False
        over = self.patience is not None and self.now >= intent.attempts[0].arrived + self.patience
        return self.has_ended or over

    def is_over(self, intent: Intent) -> bool:
        """Tell whether nothing more is to be expected of an intent."""
        return intent.attempts[-1].is_answered or self.is_silent(intent)


class VirtueValue(NamedTuple):
    """The result for one virtue."""

    verdict: Verdict
    found: Any
    text: str
    requests: Sequence[int] = ()


class VirtueFinding(NamedTuple):
    """The finding on one virtue."""

    virtue: str
    verdict: Verdict
    expected: Any
    found: Any
    requests: Sequence[int]
    text: str
    at: str = ""

    def as_members(self) -> dict[str, Any]:
        """Return the finding as JSON members."""
        members = self._asdict()
        at = members.pop("at")
        members["requests"] = list(self.requests)[:_MOST_REQUESTS]
        return {"at": at, **members} if at else members


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the combined verdict: failed if any is, else undecided if any is."""
    found = set(verdicts)
    if "failed" in found:
        return "failed"
    return "undecided" if "undecided" in found or not found else "passed"


def undecided(text: str, found: Any = None, requests: Sequence[int] = ()) -> VirtueValue:
    """Return an undecided finding."""
    return VirtueValue("undecided", found, text, requests)
