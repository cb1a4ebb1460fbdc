"""A case: what a virtue judges, and the finding that it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cs_simulator.judge.attempts import Attempt
from cs_simulator.judge.intents import Intent

Verdict = Literal["passed", "failed", "undecided"]

LATE = 250.0
"""Milliseconds that a client may be late: a cold one on a busy machine is."""

NOISE = 20.0
"""Milliseconds that are not told from nothing."""

_MOST_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """The attempts in question, and what is known around them."""

    intents: Sequence[Intent]
    now: float
    """Milliseconds of the server's stopwatch."""
    has_ended: bool = False
    """Whether the client is known to have ended: nothing will come any more."""
    patience: float | None = None
    """How long a client that says nothing may still come back, where the question says so."""
    dropped: int = 0
    """Entries that the journal has no more."""
    doubts: Sequence[str] = ()
    """Why it cannot be told which attempts belong together."""

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts, in the order of arrival."""
        found = [attempt for intent in self.intents for attempt in intent.attempts]
        return sorted(found, key=lambda attempt: attempt.request)

    def is_silent(self, intent: Intent) -> bool:
        """Tell whether an intent has certainly come to its end."""
        last = intent.attempts[-1]
        if last.left is None:
            return False
        over = self.patience is not None and self.now >= intent.attempts[0].arrived + self.patience
        return self.has_ended or over

    def is_over(self, intent: Intent) -> bool:
        """Tell whether nothing more is to be expected of an intent."""
        return intent.attempts[-1].is_answered or self.is_silent(intent)


class VirtueValue(NamedTuple):
    """What one virtue comes to."""

    verdict: Verdict
    found: Any
    text: str
    requests: Sequence[int] = ()


class VirtueFinding(NamedTuple):
    """What became of one virtue that was demanded."""

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
    """Return what several verdicts come to: one that failed decides, then one that is open."""
    found = set(verdicts)
    if "failed" in found:
        return "failed"
    return "undecided" if "undecided" in found or not found else "passed"


def undecided(text: str, found: Any = None, requests: Sequence[int] = ()) -> VirtueValue:
    """Return a finding that could not be made."""
    return VirtueValue("undecided", found, text, requests)
