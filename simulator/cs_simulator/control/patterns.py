"""Patterns: criteria for entries of the journal, with the same keys as in fault rules.

A verification is the result for a journal, and the lost data that could change it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from cs_simulator.api.facts import facts_of
from cs_simulator.control.shows import failed_members
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import Checker, Record
from cs_simulator.documents.values import Statuses
from cs_simulator.faults.criteria import Facts, Mismatch, RequestCriteria, Test, difference
from cs_simulator.faults.expressions import Patience
from cs_simulator.faults.verdict import ANY
from cs_simulator.faults.where import WHERE, Criterion, On, where_of
from cs_simulator.journal.entries import JournalEntry, status_shown
from cs_simulator.journal.journal import Journal

Fit = Literal["yes", "no", "cut", "gave up"]
"""Whether an entry matches a pattern, or why that is unknown.

It is unknown if it depends on a truncated body, or if a regular expression takes too long.
"""

_MOST_GIVEN_UP = 10
"""After this many entries without a result a pattern is not tried any more, to respond in time."""

MEMBERS = ("on", "where", "response")

PATTERN = Record(
    {
        "on": On(),
        "where": WHERE,
        "response": Record(
            {"status": Criterion(), "fault": Criterion(), "hint": Criterion()},
            keeps_null=("status", "fault", "hint"),
        ),
    }
)

_STATUSES = Statuses()

_ANYTHING = Test("absent", operand=False)

_BY_BODY = ("body.", "customer_id", "contact_key")
"""The names of criteria that a truncated body leaves undecided."""


@dataclass(frozen=True, slots=True)
class JournalPattern:
    """Criteria for a request and its response; all must hold."""

    on: frozenset[str]
    where: RequestCriteria
    status: Test | None = None
    fault: Test | None = None
    hint: Test | None = None
    given_up: set[int] = field(default_factory=set)
    """The entries on which an expression took too long, by id."""

    def fit(self, entry: JournalEntry, facts: Facts) -> tuple[Fit, list[Mismatch]]:
        """Tell whether an entry matches, and return the criteria that it fails."""
        tired = entry.id in self.given_up or len(self.given_up) >= _MOST_GIVEN_UP
        failed = self._differences(entry, facts, Patience(0) if tired else Patience())
        is_cut = entry.is_cut and self._hangs_on_body
        if is_cut:
            failed = [_of_cut_body(mismatch) for mismatch in failed]
        gave_up = any(mismatch.gave_up for mismatch in failed)
        if gave_up and not tired:
            self.given_up.add(entry.id)
        if any(
            not mismatch.gave_up and not (is_cut and mismatch.criterion.startswith(_BY_BODY))
            for mismatch in failed
        ):
            return "no", failed
        if gave_up:
            return "gave up", failed
        return ("cut" if is_cut else "yes"), failed

    @property
    def _hangs_on_body(self) -> bool:
        where = self.where
        return bool(where.body) or where.customer_id is not None or where.contact_key is not None

    def _differences(self, entry: JournalEntry, facts: Facts, patience: Patience) -> list[Mismatch]:
        failed = []
        if ANY not in self.on and entry.operation not in self.on:
            wanted = sorted(self.on)
            expected = wanted[0] if len(wanted) == 1 else wanted
            failed.append(Mismatch("on", expected, entry.operation))
        failed += self.where.differences(facts, patience)
        failed += _response_differences(
            "status", self.status, self._statuses(entry), entry, patience
        )
        failed += _response_differences("fault", self.fault, entry.faults, entry, patience)
        failed += _response_differences("hint", self.hint, entry.hints, entry, patience)
        return failed

    def _statuses(self, entry: JournalEntry) -> list[int | str]:
        """Return the values that the status received matches: its number, its class if asked."""
        status = status_shown(entry)
        if status is None:
            return []
        if self.status is None or not _operands(self.status):
            return [status]
        return [status, f"{status // 100}xx"]

    def fault_names(self) -> list[str]:
        """Return the names of the rules that the pattern mentions."""
        return [] if self.fault is None else [str(operand) for operand in _operands(self.fault)]


def says_something(given: Mapping[str, Any]) -> bool:
    """Tell whether a pattern has any criterion."""
    return any(bool(given.get(name)) for name in MEMBERS)


def pattern_of(given: Mapping[str, Any], at: str, checker: Checker) -> JournalPattern:
    """Return the pattern that checked members describe; note criteria that no response can meet."""
    response = given.get("response") or {}
    place = f"{at}.response" if at else "response"
    status: Test | None = response.get("status")
    fault: Test | None = response.get("fault")
    hint: Test | None = response.get("hint")
    for operand in () if status is None else _operands(status):
        try:
            _STATUSES(operand)
        except UnfitError as unfit:
            form = '{"matches": "5.."}'
            checker.expected(f"{place}.status", f"{unfit.expected}, or {form}", operand)
    for operand in () if fault is None else _operands(fault):
        if not isinstance(operand, (str, int)) or isinstance(operand, bool):
            checker.expected(f"{place}.fault", "the name of a rule, or any", operand)
    for operand in () if hint is None else _operands(hint):
        if not isinstance(operand, str):
            checker.expected(f"{place}.hint", 'a text, {"contains": "..."}, or any', operand)
    return JournalPattern(
        on=given.get("on") or frozenset({ANY}),
        where=where_of(given.get("where")),
        status=None if status is None else _with_classes(status),
        fault=_if_any(fault),
        hint=_if_any(hint),
    )


def _if_any(test: Test | None) -> Test | None:
    """Return a test of names or texts, in which ``any`` accepts each of them."""
    return _ANYTHING if test is not None and ANY in _operands(test) else test


def _with_classes(test: Test) -> Test:
    """Return a test of statuses, with classes in lower case."""
    if test.operator not in ("equals", "any_of"):
        return test
    lowered = [
        operand.lower() if isinstance(operand, str) else operand for operand in _operands(test)
    ]
    if test.operator == "any_of":
        return replace(test, operand=tuple(lowered))
    return replace(test, operand=lowered[0]) if lowered else test


def _response_differences(
    name: str, test: Test | None, found: Sequence[Any], entry: JournalEntry, patience: Patience
) -> list[Mismatch]:
    """Return the criteria that a response fails; null requires absence, as ``absent: true`` does.

    Absence is known only after the response is complete.
    """
    if test is None:
        return []
    wanted = Test("absent", operand=True) if _wants_nothing(test) else test
    wrong = difference(f"response.{name}", wanted, found, patience)
    is_unknown = not found and entry.state == "open"
    if (wrong is None and not is_unknown) or (wrong is not None and wrong.gave_up):
        return [] if wrong is None else [wrong]
    shown_as = "not answered yet" if is_unknown else (list(found) or None)
    if name == "status" and found:
        shown_as = found[0]
    written = ANY if test == _ANYTHING and name != "status" else test.as_written()
    return [Mismatch(f"response.{name}", written, shown_as)]


def _of_cut_body(difference: Mismatch) -> Mismatch:
    """Return the failed criteria, with a note where a truncated body was searched."""
    if difference.gave_up or not difference.criterion.startswith("body."):
        return difference
    return replace(difference, found="only the beginning of the body was kept")


def _wants_nothing(test: Test) -> bool:
    return test.operator == "equals" and test.operand is None


def _operands(test: Test) -> tuple[Any, ...]:
    """Return the values that a test compares with as a whole."""
    if test.operator == "equals":
        return () if _wants_nothing(test) else (test.operand,)
    return tuple(test.operand) if test.operator == "any_of" else ()


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
class JournalVerification:
    """The result of a question to the journal, so far."""

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


def find(question: JournalQuestion, reading: Reading) -> JournalVerification:
    """Return the result for a journal, as read so far."""
    return _in_order(question, reading) if question.in_order else _counted(question, reading)


def _counted(question: JournalQuestion, reading: Reading) -> JournalVerification:
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
    return JournalVerification(
        verified=holds and not doubtful,
        matched=matched,
        near_misses=_nearest(misses) if matched < least else [],
        is_final=holds or too_many,
        doubts=_doubts(reading.dropped, unsure) if doubtful else "",
        matched_ids=ids[-_MOST_IDS:] if too_many else [],
    )


def _in_order(question: JournalQuestion, reading: Reading) -> JournalVerification:
    patterns = question.patterns
    matched, last, _ = _subsequence(patterns, reading, ("yes",))
    if matched == len(patterns):
        return JournalVerification(verified=True, matched=matched, is_final=True)
    # Dropped entries came first, and may have matched the first patterns.
    rest = patterns[reading.dropped :]
    possible, _, unsure = _subsequence(rest, reading, ("yes", "cut", "gave up"))
    misses = []
    for entry, _, failed in reading.fits(patterns[matched]):
        early = [Mismatch("in_order", f"after request {last}", entry.id)]
        misses.append((entry, [*failed, *(early if entry.id <= last else ())]))
    return JournalVerification(
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
