"""The court: expectations applied to journal entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cs_simulator.faults.criteria import NOWHERE, RequestCriteria
from cs_simulator.faults.verdict import ANY
from cs_simulator.journal.entries import JournalEntry
from cs_simulator.judge.attempts import Now
from cs_simulator.judge.intents import (
    BODY,
    By,
    Case,
    Grouped,
    Intent,
    Verdict,
    VirtueResult,
    VirtueValue,
    grouped,
    undecided,
    worst,
)
from cs_simulator.judge.virtues import VIRTUES

MOST_INTENTS = 100
"""The maximum number of intents in a response; the intents of a herd are alike."""

_HANG_ON_INTENTS = frozenset(VIRTUES) - {"in_flight"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """The requirements for requests to some operations."""

    on: frozenset[str] = frozenset({ANY})
    where: RequestCriteria = NOWHERE
    after: int = 0
    by: By = BODY
    virtues: Mapping[str, Any] = field(default_factory=dict)
    """The requirements by the virtue's name, as converted by its shape."""
    written: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""

    @property
    def patience(self) -> float | None:
        """How long a client may be silent before it counts as gone, if that is required."""
        return self.virtues.get("gives_up_within")


class Evidence(NamedTuple):
    """The journal's data for one expectation."""

    entries: Sequence[JournalEntry]
    dropped: int = 0
    doubtful: Sequence[int] = ()
    """Requests for which it is unclear whether they are meant."""


class Ruling(NamedTuple):
    """The result of the judge."""

    results: Sequence[VirtueResult]
    intents: Sequence[tuple[str, Intent]]
    """With the place of the expectation that they belong to."""
    ambiguities: Sequence[str] = ()

    @property
    def verdict(self) -> Verdict:
        """The combined verdict of all results."""
        return worst(result.verdict for result in self.results)

    def as_members(self) -> dict[str, Any]:
        """Return the ruling as JSON members."""
        firsts = [intent.attempts[0].arrived for _, intent in self.intents]
        begun = min(firsts, default=0.0)
        members: dict[str, Any] = {
            "verdict": self.verdict,
            "virtues": [result.as_members() for result in self.results],
            "intents": [
                _intent_members(at, intent, begun) for at, intent in self.intents[:MOST_INTENTS]
            ],
        }
        if len(self.intents) > MOST_INTENTS:
            members["intents_left_out"] = len(self.intents) - MOST_INTENTS
        if self.ambiguities:
            members["ambiguous"] = list(self.ambiguities)
        return members


def judge(
    cases: Sequence[tuple[Expectation, Evidence]], now: Now, *, has_ended: bool = False
) -> Ruling:
    """Return the ruling on some expectations, each with its evidence."""
    results: list[VirtueResult] = []
    intents: list[tuple[str, Intent]] = []
    ambiguities: list[str] = []
    for expectation, evidence in cases:
        found = grouped(evidence.entries, expectation.by, now)
        doubts = [*found.ambiguities, *_doubtful(evidence)]
        case = Case(
            found.intents,
            now.seconds * 1000,
            has_ended,
            expectation.patience,
            evidence.dropped,
            doubts,
        )
        for name, wanted in expectation.virtues.items():
            verdict, seen, text, requests = _found(name, wanted, case, found, expectation)
            written = expectation.written.get(name)
            at = f"{expectation.at}.{name}" if expectation.at else ""
            results.append(VirtueResult(name, verdict, written, seen, requests, text, at))
        intents += [(expectation.at, intent) for intent in found.intents]
        ambiguities += doubts
    return Ruling(results, intents, tuple(dict.fromkeys(ambiguities)))


def _found(
    name: str, wanted: Any, case: Case, by: Grouped, expectation: Expectation
) -> VirtueValue:
    if case.doubts and name in _HANG_ON_INTENTS:
        return undecided(case.doubts[0])
    if not by.intents:
        on = ", ".join(sorted(expectation.on))
        return undecided(f"no request to {on} was found; did the client send one?")
    return VIRTUES[name].judge(wanted, case)


def _doubtful(evidence: Evidence) -> list[str]:
    if not evidence.doubtful:
        return []
    listed = ", ".join(map(str, evidence.doubtful[:10]))
    why = "their bodies were cut, or an expression takes too long"
    return [f"cannot tell whether requests {listed} are meant: {why}"]


def _intent_members(at: str, intent: Intent, begun: float) -> dict[str, Any]:
    gaps = [None, *intent.gaps]
    members = {
        "intent": intent.name,
        "attempts": [
            attempt.members(begun, gap) for attempt, gap in zip(intent.attempts, gaps, strict=True)
        ],
    }
    return {"at": at, **members} if at else members
