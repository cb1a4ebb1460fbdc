"""Which assignments of the switches a conversation allows, found exactly.

A request reads only a few switches. All assignments that agree in these lead to the same response
and the same data, so each such class is played once; classes that leave the same data are merged
again afterwards. A class is excluded only if it differs from the recording in something where
another class does not; no assignment is excluded by a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

from cs_simulator.copies import WorldData
from cs_simulator.recording.assignments import Set, Space
from cs_simulator.recording.conversation import ConversationStep, Group
from cs_simulator.recording.differences import STATUS, Deviation, keys_of
from cs_simulator.recording.replay import Played, Replay, is_same

_REFUSED = 400
_MOST_BRANCHES = 256
"""The maximum number of pasts followed at once; beyond it, nothing more is concluded."""

Found = tuple[tuple[int, Deviation], ...]
"""The differences, each with the number of its step."""
_Past = tuple[WorldData, tuple[Deviation, ...], frozenset[str]]
"""The data that a step left, the differences, and the ids that this world does not know."""


class Branch(NamedTuple):
    """One possible past: the assignments that lead to it, and the data of the world."""

    assignments: Set
    data: WorldData
    unknown_ids: frozenset[str] = frozenset()
    """Ids that are in the recording but not in this world, because a response differed."""


class Result(NamedTuple):
    """The result of a group of steps on one branch, for some of its assignments."""

    branch: Branch
    differences: Found
    keys: frozenset[tuple[int, str]]


@dataclass(slots=True)
class StepRecord:
    """The knowledge gained at one step, for all assignments together."""

    step: ConversationStep
    operation: str = "unrouted"
    read: frozenset[str] = frozenset()
    """The switches that it depended on, on any branch."""
    outcomes: list[tuple[Set, tuple[Deviation, ...]]] = field(default_factory=list)
    """The differences for the remaining assignments, before this step excluded any."""
    excluded: Set = 0
    """The assignments that this step excluded."""
    set_aside: str = ""
    """Why nothing is concluded from it, if that is so."""


@dataclass(slots=True)
class Exploration:
    """The result of exploring a conversation."""

    space: Space
    allowed: Set
    records: list[StepRecord]
    is_bounded: bool = False
    """Whether there were more pasts than could be followed."""


class Explorer:
    """Play a conversation for a set of assignments."""

    def __init__(self, replay: Replay, space: Space, guessed: frozenset[str]) -> None:
        self._replay = replay
        self._space = space
        self._guessed = guessed
        """Ids of what existed before and is known only in part."""
        self._bounded = False

    def explore(self, groups: Sequence[Group], allowed: Set) -> Exploration:
        """Return which of some assignments a conversation allows, and the differences for them."""
        branches = [Branch(allowed, self._replay.beginning)]
        records: list[StepRecord] = []
        for group in groups:
            own = {step.number: StepRecord(step) for step in group}
            results = self._results(group, branches, own)
            branches = self._kept(results, own)
            records += own.values()
            if self._bounded:
                break
        left = _united(branch.assignments for branch in branches)
        return Exploration(self._space, left, records, self._bounded)

    def _results(
        self, group: Group, branches: Sequence[Branch], records: dict[int, StepRecord]
    ) -> list[Result]:
        orders = permutations(group) if len(group) > 1 else [group]
        results: list[Result] = []
        for order in orders:
            current = [Result(branch, (), frozenset()) for branch in branches]
            for step in order:
                following: list[Result] = []
                for result in current:
                    following += self._played(step, result, records[step.number])
                current = following
            results += current
        return results

    def _played(self, step: ConversationStep, before: Result, record: StepRecord) -> list[Result]:
        """Return the results of a step after one branch, one for each class of assignments."""
        branch = before.branch
        results: list[Result] = []
        remaining = branch.assignments
        unknown = next(iter(step.names & branch.unknown_ids), None)
        while remaining:
            assignment = self._space.first(remaining)
            number = (remaining & -remaining).bit_length() - 1
            played = self._replay.play(step, branch.data, number, assignment)
            alike = remaining & self._space.agreeing(assignment, played.read)
            remaining &= ~alike
            record.operation = played.operation
            record.read |= played.read
            for data, found, unknown_ids in self._pasts(step, branch, played, unknown, record):
                more = tuple((step.number, difference) for difference in found)
                keys = frozenset((step.number, key) for key in keys_of(found))
                results.append(
                    Result(
                        Branch(alike, data, unknown_ids),
                        before.differences + more,
                        before.keys | keys,
                    )
                )
        return _merged(results)

    def _pasts(
        self,
        step: ConversationStep,
        branch: Branch,
        played: Played,
        unknown: str | None,
        record: StepRecord,
    ) -> list[_Past]:
        """Return the possible pasts: the resulting data, the differences, and the unknown ids."""
        recorded = step.exchange.response
        found = played.differences
        if unknown is not None:
            record.set_aside = f"{unknown} was made by an exchange that differs"
            return [(branch.data, (), branch.unknown_ids)]
        if step.is_uncertain:
            if step.made:
                return [_shown_later(step, branch, played)]
            if recorded is None:
                record.set_aside = "there is no response"
            elif keys_of(found) == {STATUS}:
                record.set_aside = (
                    f"the status {recorded.status} does not show what the operation does"
                )
            else:
                # The simulator rejects it in the same way, for a reason that it knows.
                return [(played.data, found, branch.unknown_ids)]
            pasts: list[_Past] = [(played.data, (), branch.unknown_ids)]
            if step.is_write and not is_same(played.data, branch.data):
                pasts.append((branch.data, (), branch.unknown_ids | step.made.names))
            return pasts
        if step.is_parallel or step.names & self._guessed:
            record.set_aside = (
                "too many others were in progress"
                if step.is_parallel
                else "it depends on what existed before, which is known only in part"
            )
            found = ()
        if keys_of(played.differences) == {STATUS} and recorded is not None:
            carried_out = played.response.status < _REFUSED
            if recorded.status >= _REFUSED and carried_out:
                return [(branch.data, found, branch.unknown_ids)]
            if recorded.status < _REFUSED and not carried_out:
                return [(played.data, found, branch.unknown_ids | step.made.names)]
        return [(played.data, found, branch.unknown_ids)]

    def _kept(self, results: Sequence[Result], records: dict[int, StepRecord]) -> list[Branch]:
        """Return the remaining branches: all except those that differ more than another does."""
        sets = {result.keys for result in results}
        before = _united(result.branch.assignments for result in results)
        kept = [
            result
            for result in results
            if not any(_is_nearer(other, result.keys) for other in sets)
        ]
        after = _united(result.branch.assignments for result in kept)
        excluded = before & ~after
        for number, record in records.items():
            record.outcomes = [
                (
                    result.branch.assignments,
                    tuple(found for step, found in result.differences if step == number),
                )
                for result in results
            ]
            if excluded and any(
                found for assignments, found in record.outcomes if assignments & excluded
            ):
                record.excluded = excluded
        branches = [result.branch for result in _merged(kept, despite_differences=True)]
        self._bounded = len(branches) > _MOST_BRANCHES
        return branches


def _shown_later(step: ConversationStep, branch: Branch, played: Played) -> _Past:
    """Return the past of a step without a response, if a later step shows it was carried out."""
    if played.response.status < _REFUSED:
        return played.data, (), branch.unknown_ids
    found = Deviation(STATUS, "done, as a later exchange shows", str(played.response.status))
    return played.data, (found,), branch.unknown_ids | step.made.names


def _is_nearer(one: frozenset[tuple[int, str]], other: frozenset[tuple[int, str]]) -> bool:
    """Tell whether what differs is less: a part of it, or the right status instead of another."""
    return (
        one != other
        and not any(key == STATUS for _, key in one)
        and all((number, key) in other or (number, STATUS) in other for number, key in one)
    )


def _united(sets: Iterable[Set]) -> Set:
    united = 0
    for part in sets:
        united |= part
    return united


def _merged(results: Sequence[Result], *, despite_differences: bool = False) -> list[Result]:
    """Merge results that leave the same data and have the same differences."""
    merged: list[Result] = []
    for result in results:
        for place, other in enumerate(merged):
            if (
                (despite_differences or result.keys == other.keys)
                and result.branch.unknown_ids == other.branch.unknown_ids
                and is_same(result.branch.data, other.branch.data)
            ):
                both = result.branch.assignments | other.branch.assignments
                merged[place] = other._replace(branch=other.branch._replace(assignments=both))
                break
        else:
            merged.append(result)
    return merged
