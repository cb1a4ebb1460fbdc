"""A fault rule: its criteria, its schedule, its actions, and its progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cs_simulator.clock import Instant
from cs_simulator.faults.actions import Action
from cs_simulator.faults.criteria import Mismatch, RequestCriteria
from cs_simulator.faults.verdict import ANY


class RateThreshold(NamedTuple):
    """More than this many calls in this many milliseconds of the world's clock."""

    calls: int
    per: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault rule."""

    name: str
    on: frozenset[str]
    where: RequestCriteria
    between: tuple[int, int] | None = None
    skip: int = 0
    every: int = 1
    times: int | None = None
    probability: float = 1.0
    above_rate: RateThreshold | None = None
    action: Action | None = None
    sequence: Sequence[Action | None] = ()
    repeat: int | None = 1
    """How often a sequence runs; None means forever."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """The rule as it was written."""

    @property
    def moves_clock(self) -> bool:
        """Whether it advances the world's clock, in any of its steps."""
        actions = [each for each in (self.action, *self.sequence) if each is not None]
        return any(row.advances and value for each in actions for row, value in each.rows())

    def concerns(self, operation: str) -> bool:
        """Tell whether the rule applies to an operation."""
        return ANY in self.on or operation in self.on

    def of_other(self, operation: str) -> Mismatch:
        """Return the mismatch with a request for an operation that the rule does not apply to."""
        wanted = sorted(self.on)
        return Mismatch("on", wanted[0] if len(wanted) == 1 else wanted, operation)


@dataclass(frozen=True, slots=True)
class RuleProgress:
    """The counters of one rule in force, and whether it was added at run time."""

    since: Instant
    matched: int = 0
    acted: int = 0
    shadowed: int = 0
    step: int = 0
    recent: tuple[Instant, ...] = ()
    """The calls that its rate has counted."""
    runtime: bool = False


@dataclass(frozen=True, slots=True)
class StageProgress:
    """The current stage of a world, since when, and the calls that counted for its end."""

    name: str
    entered: Instant
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a world. Without ``faults`` every rule is at its beginning."""

    faults: Mapping[str, RuleProgress] | None = None
    stage: StageProgress | None = None
