"""Findings: how a journal answers a question, and which lost data could change the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cs_simulator.api.facts import facts_of
from cs_simulator.control.masking import failed_members
from cs_simulator.control.patterns import Fit, JournalPattern
from cs_simulator.faults.criteria import Facts, Mismatch
from cs_simulator.journal.entries import JournalEntry
from cs_simulator.journal.journal import Journal

_MOST_MISSES = 3
_MOST_IDS = 10


@dataclass(frozen=True, slots=True)
class JournalQuestion:
    """What to verify: how many requests match one pattern, or that patterns match in order."""

    patterns: Sequence[JournalPattern]
    in_order: bool = False
    least: int = 1
    most: int | None = None
    after: int = 0
    within: float = 0.0
    """Real seconds."""


@dataclass(slots=True)
class JournalFinding:
    """The answer of the journal to a question, so far."""

    verified: bool
    matched: int
    near_misses: list[tuple[JournalEntry, list[Mismatch]]] = field(default_factory=list)
    is_final: bool = False
    """Whether no future request can improve it."""
    doubts: str = ""
    """The lost data that could change the result."""
    missing: str = ""
    """The first of the ordered patterns that nothing matches."""
    matched_ids: list[int] = field(default_factory=list)
    """The newest matches, if there are too many."""

    def as_members(self) -> dict[str, Any]:
        """Return the finding as JSON members."""
        members: dict[str, Any] = {"verified": self.verified, "matched": self.matched}
        if self.doubts:
            members |= {"inconclusive": True, "reason": self.doubts}
        if self.missing:
            members["missing"] = self.missing
        if self.matched_ids:
            members["matched_ids"] = self.matched_ids
        members["near_misses"] = [
            {
                "id": entry.id,
                "method": entry.method,
                "path": entry.target,
                "operation": entry.operation,
                "failed": failed_members(failed),
            }
            for entry, failed in self.near_misses
        ]
        return members


class Reading:
    """The entries of a journal after one of them, with the facts about each.

    The facts about a complete request never change, so they are collected once.
    """

    __slots__ = ("_after", "_facts", "dropped", "entries")

    def __init__(self, after: int) -> None:
        self._after = after
        self._facts: dict[int, Facts] = {}
        self.entries: list[JournalEntry] = []
        self.dropped = 0

    def read(self, journal: Journal) -> None:
        """Read the entries that exist by now."""
        entries, self.dropped = journal.since(self._after)
        self.entries = [entry for entry in entries if entry.is_readable]
        self._facts = {
            entry.id: self._facts.get(entry.id) or facts_of(entry) for entry in self.entries
        }

    def fits(self, pattern: JournalPattern) -> Iterable[tuple[JournalEntry, Fit, list[Mismatch]]]:
        """Yield each entry, oldest first, with whether it matches and which criteria it fails."""
        for entry in self.entries:
            yield entry, *pattern.fit(entry, self._facts[entry.id])

    def fit(self, pattern: JournalPattern, entry: JournalEntry) -> Fit:
        """Tell whether one entry matches."""
        return pattern.fit(entry, self._facts[entry.id])[0]


def find(question: JournalQuestion, reading: Reading) -> JournalFinding:
    """Return the answer of a journal, as read so far, to a question."""
    return _in_order(question, reading) if question.in_order else _counted(question, reading)


def _counted(question: JournalQuestion, reading: Reading) -> JournalFinding:
    least, most = question.least, question.most
    ids: list[int] = []
    unsure: Counter[Fit] = Counter()
    misses = []
    for entry, fit, failed in reading.fits(question.patterns[0]):
        if fit == "yes":
            ids.append(entry.id)
            continue
        if fit != "no":
            unsure[fit] += 1
        misses.append((entry, failed))
    matched = len(ids)
    possible = matched + reading.dropped + unsure.total()
    too_many = most is not None and matched > most
    holds = matched >= least and not too_many
    doubtful = (most is not None and possible > most) if holds else matched < least <= possible
    return JournalFinding(
        verified=holds and not doubtful,
        matched=matched,
        near_misses=_nearest(misses) if matched < least else [],
        is_final=holds or too_many,
        doubts=_doubts(reading.dropped, unsure) if doubtful else "",
        matched_ids=ids[-_MOST_IDS:] if too_many else [],
    )


def _in_order(question: JournalQuestion, reading: Reading) -> JournalFinding:
    patterns = question.patterns
    matched, last, _ = _subsequence(patterns, reading, ("yes",))
    if matched == len(patterns):
        return JournalFinding(verified=True, matched=matched, is_final=True)
    # Dropped entries came first, and may have matched the first patterns.
    rest = patterns[reading.dropped :]
    possible, _, unsure = _subsequence(rest, reading, ("yes", "cut", "gave up"))
    misses = []
    for entry, _, failed in reading.fits(patterns[matched]):
        early = [Mismatch("in_order", f"after request {last}", entry.id)]
        misses.append((entry, [*failed, *(early if entry.id <= last else ())]))
    return JournalFinding(
        verified=False,
        matched=matched,
        near_misses=_nearest(misses),
        doubts=_doubts(reading.dropped, unsure) if possible == len(rest) else "",
        missing=f"in_order[{matched}]",
    )


def _subsequence(
    patterns: Sequence[JournalPattern], reading: Reading, enough: Sequence[Fit]
) -> tuple[int, int, Counter[Fit]]:
    """Return how many patterns match in order, the last match's id, and how many are uncertain."""
    matched = last = 0
    unsure: Counter[Fit] = Counter()
    for entry in reading.entries:
        if matched == len(patterns):
            break
        fit = reading.fit(patterns[matched], entry)
        if fit in enough:
            matched, last = matched + 1, entry.id
            if fit != "yes":
                unsure[fit] += 1
    return matched, last, unsure


def _nearest(
    misses: list[tuple[JournalEntry, list[Mismatch]]],
) -> list[tuple[JournalEntry, list[Mismatch]]]:
    return sorted(misses, key=lambda miss: (len(miss[1]), -miss[0].id))[:_MOST_MISSES]


def _doubts(dropped: int, unsure: Mapping[Fit, int]) -> str:
    doubts = []
    if dropped:
        were = "entry was" if dropped == 1 else "entries were"
        doubts.append(f"{dropped} older {were} dropped from the journal")
    cut, gave_up = unsure.get("cut"), unsure.get("gave up")
    if cut:
        doubts.append(f"the journal keeps only the beginning of {cut} long request bodies")
    if gave_up:
        were = "entry" if gave_up == 1 else "entries"
        doubts.append(f"{gave_up} {were} not decided: a regular expression takes too long")
    return " and ".join(doubts) + "; the result could be different"
