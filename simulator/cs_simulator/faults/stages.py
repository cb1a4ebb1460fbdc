"""Stages: rules that are in force one after another, as calls are made or time passes.

How far they and the rules have come is their progress, in the form of a snapshot.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cs_simulator.clock import Instant
from cs_simulator.documents.shape import Checker, ListOf, MapOf, Record, Scalar
from cs_simulator.documents.values import Boolean, Integer, Moment, Text
from cs_simulator.domain.undo import UndoLog
from cs_simulator.faults.criteria import NOWHERE, Facts, RequestCriteria
from cs_simulator.faults.engine import RuleBook
from cs_simulator.faults.rules import Progress, Rule, RuleProgress, StageProgress
from cs_simulator.faults.verdict import ANY, Judgement


@dataclass(frozen=True, slots=True)
class Until:
    """What ends a stage: a number of calls, or a number of milliseconds of the world's clock."""

    calls: int | None = None
    elapsed: int | None = None
    on: frozenset[str] = frozenset({ANY})
    where: RequestCriteria = NOWHERE

    def counts(self, facts: Facts) -> bool:
        """Tell whether a request is one of the counted calls."""
        concerned = ANY in self.on or facts.operation in self.on
        return self.calls is not None and concerned and not self.where.differences(facts)


@dataclass(frozen=True, slots=True)
class FaultStage:
    """One stage; ``then`` is the index of the next one, None after the last."""

    name: str
    until: Until = field(default_factory=Until)
    rules: Sequence[Rule] = ()
    then: int | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    """The stage as it was written."""


class Stages:
    """The position of a world among its stages."""

    __slots__ = ("_book", "_log", "_number", "_stages", "calls", "entered", "turns")

    is_numbered = False
    """Whether its images cover single parts, of which the oldest image counts."""

    def __init__(
        self,
        stages: Sequence[FaultStage],
        book: RuleBook,
        now: Instant,
        log: UndoLog | None = None,
    ) -> None:
        self._log = log
        self._stages = tuple(stages)
        self._book = book
        self._number = 0
        self.calls = 0
        self.entered = now
        self.turns = 0
        """How often a stage was entered."""
        if self._stages:
            self.enter(0, now)

    def __bool__(self) -> bool:
        return bool(self._stages)

    @property
    def current(self) -> FaultStage | None:
        """The current stage, or None if there are no stages."""
        return self._stages[self._number] if self._stages else None

    def named(self, name: str) -> int | None:
        """Return the index of the stage of that name, or None."""
        return next((i for i, each in enumerate(self._stages) if each.name == name), None)

    def names(self) -> list[str]:
        """Return the names of all stages, in order."""
        return [stage.name for stage in self._stages]

    def all(self) -> Sequence[FaultStage]:
        """Return the stages, each with the rules that it still brings."""
        return self._stages

    def waiting(
        self, facts: Facts, judged: Collection[str], now: FaultStage | None
    ) -> list[Judgement]:
        """Return the judgements on rules of stages that match a request, but are not in force.

        ``judged`` are the names of those that are. ``now`` is the stage of the request, if known.
        """
        found: dict[str, list[FaultStage]] = {}
        for stage in self._stages:
            for rule in stage.rules:
                if rule.name in judged or not rule.concerns(facts.operation):
                    continue
                if not rule.where.differences(facts):
                    found.setdefault(rule.name, []).append(stage)
        judgements = []
        for name, stages in found.items():
            names = ", ".join(stage.name for stage in stages)
            why = f"in force only in stage{'s' if len(stages) > 1 else ''} {names}"
            if any(stage is now for stage in stages):
                why = f"removed until stage {names} is entered again"
            judgements.append(Judgement(name, "not_due", why))
        return judgements

    def copy(self, book: RuleBook, log: UndoLog | None = None) -> Stages:
        """Return a copy in the same stage, with the copy of a rule book."""
        copy = Stages((), book, self.entered, log)
        copy._stages, copy._number = self._stages, self._number
        copy.calls, copy.turns = self.calls, self.turns
        return copy

    def _note(self) -> None:
        """Keep an image of the position, before it changes."""
        if self._log is not None:
            state = (self._stages, self._number, self.calls, self.entered, self.turns)
            self._log.note(self, state)

    def put_back(self, image: tuple[tuple[FaultStage, ...], int, int, Instant, int]) -> None:
        """Restore the position from an image; the rule book has an image of its own."""
        self._note()
        self._stages, self._number, self.calls, self.entered, self.turns = image

    def remove_rules(self) -> list[str]:
        """Remove the rules from all stages permanently; return their names."""
        names = [rule.name for stage in self._stages for rule in stage.rules]
        self._note()
        self._stages = tuple(
            replace(
                stage,
                rules=(),
                source={key: each for key, each in stage.source.items() if key != "faults"},
            )
            for stage in self._stages
        )
        return names

    def enter(self, number: int, at: Instant) -> None:
        """Enter a stage: its rules come into force with new counters."""
        self._note()
        self._number = number
        self.entered = at
        self.calls = 0
        self.turns += 1
        self._book.enter_stage(self._stages[number].rules, at)

    def progress(self) -> StageProgress | None:
        """Return the current progress, or None if there are no stages."""
        stage = self.current
        return None if stage is None else StageProgress(stage.name, self.entered, self.calls)

    def restore(self, progress: StageProgress) -> None:
        """Set the stage, since an instant other than now, with its counted calls."""
        self.enter(self.names().index(progress.name), progress.entered)
        self.calls = progress.calls

    def next(self, now: Instant) -> bool:
        """Enter the next stage; tell whether there was one."""
        stage = self.current
        if stage is None or stage.then is None:
            return False
        self.enter(stage.then, now)
        return True

    def settle(self, now: Instant) -> None:
        """Enter every stage that has begun by now, each at the instant its predecessor ended."""
        while (stage := self.current) is not None and stage.then is not None:
            elapsed = stage.until.elapsed
            if elapsed is None or self.entered + elapsed > now:
                return
            self.enter(stage.then, self.entered + elapsed)
            self._skip_rounds(now)

    def _skip_rounds(self, now: Instant) -> None:
        """Skip whole rounds of a loop of timed stages, so that a large advance takes no time."""
        length, number = 0, self._number
        for _ in self._stages:
            stage = self._stages[number]
            if stage.until.elapsed is None or stage.then is None:
                return
            length += stage.until.elapsed
            number = stage.then
            if number == self._number:
                rounds = (now - self.entered) // length
                if rounds > 0:
                    self.enter(number, self.entered + rounds * length)
                return

    def count(self, facts: Facts, now: Instant) -> None:
        """Count a call; the one that reaches the limit still belongs to the stage that it ends."""
        stage = self.current
        if stage is None or stage.then is None or not stage.until.counts(facts):
            return
        self._note()
        self.calls += 1
        if stage.until.calls is not None and self.calls >= stage.until.calls:
            self.enter(stage.then, now)


_MOMENT = Scalar(Moment())
_COUNT = Scalar(Integer(64, minimum=0))
_COUNTS = ("matched", "acted", "shadowed", "step")

PROGRESS = Record(
    {
        "faults": MapOf(
            Record(
                {
                    "since": _MOMENT,
                    **dict.fromkeys(_COUNTS, _COUNT),
                    "recent": ListOf(_MOMENT),
                    "runtime": Scalar(Boolean()),
                },
                needed=("since",),
            )
        ),
        "stage": Record(
            {"name": Scalar(Text(empty=False)), "entered": _MOMENT, "calls": _COUNT},
            needed=("name", "entered"),
        ),
    }
)
"""The counters of the rules in force, by name, and the stage.

With ``faults``, a rule of the stage that is not listed there is out of force until its stage is
entered again; with ``runtime``, a rule comes before those of the stage.
"""


def runtime_names(given: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the names of the rules that were added at run time."""
    faults = (given or {}).get("faults", {})
    return frozenset(name for name, each in faults.items() if each.get("runtime"))


def progress_of(
    given: Mapping[str, Any] | None,
    faults: Sequence[Rule],
    stages: Sequence[FaultStage],
    checker: Checker,
) -> Progress | None:
    """Return the progress that checked members describe; add problems for unknown names."""
    if given is None:
        return None
    stage = given.get("stage")
    current = stages[0] if stages else None
    if stage is not None:
        names = [each.name for each in stages]
        current = next((each for each in stages if each.name == stage["name"]), None)
        if current is None:
            wanted = stage["name"]
            checker.no_such("progress.stage.name", wanted, names, "stage", "no stage exists")
    rules = {rule.name: rule for rule in (*(current.rules if current else ()), *faults)}
    of_document = {rule.name for rule in faults}
    counters = given.get("faults")
    for name, each in (counters or {}).items():
        at = f"progress.faults.{name}"
        if name not in rules:
            checker.no_such(at, name, rules, "fault rule in force", "no rules are in force")
            continue
        if each.get("runtime") and name not in of_document:
            checker.problem(at, "runtime is only allowed with a fault outside the stages")
        rate = rules[name].above_rate
        most = 0 if rate is None else rate.calls
        if len(each.get("recent", ())) > most:
            checker.problem(f"{at}.recent", f"more calls than the rule's rate counts: {most}")
    return Progress(
        faults=None if counters is None else {name: _rule(each) for name, each in counters.items()},
        stage=None
        if stage is None
        else StageProgress(stage["name"], stage["entered"], stage.get("calls", 0)),
    )


def _rule(given: Mapping[str, Any]) -> RuleProgress:
    return RuleProgress(
        since=given["since"],
        **{name: given.get(name, 0) for name in _COUNTS},
        recent=tuple(given.get("recent", ())),
        runtime=given.get("runtime", False),
    )
