"""The verdict of the rules on a request; without rules it is empty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

if TYPE_CHECKING:
    from cs_simulator.clock import Instant
    from cs_simulator.faults.actions import Action, FaultAction
    from cs_simulator.faults.criteria import Mismatch
    from cs_simulator.faults.rules import Rule

ANY = "any"
"""Every operation, and unknown requests."""

UNROUTED = "unrouted"
"""A request that matches no operation."""

OPTIONS = "options"
"""A request for the methods of a path, except a CORS preflight."""

Became = Literal["acted", "passed", "shadowed", "not_due", "no_match"]


class Judgement(NamedTuple):
    """The decision on one rule for one request, and the reason."""

    rule: str
    decision: Became
    why: str = ""
    differences: Sequence[Mismatch] = ()


class Judgements(Sequence[Judgement]):
    """The decisions on all rules in force, in order.

    Those on rules for other operations are only made when they are read: there may be many.
    """

    __slots__ = ("_made", "_operation", "_rules")

    def __init__(
        self, rules: Sequence[Rule], operation: str, made: Mapping[int, Judgement]
    ) -> None:
        self._rules = rules
        self._operation = operation
        self._made = made
        """By the position of the rule."""

    @property
    def made(self) -> int:
        """How many of them take memory."""
        return len(self._made)

    def __len__(self) -> int:
        return len(self._rules)

    @overload
    def __getitem__(self, position: int) -> Judgement: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[Judgement]: ...

    def __getitem__(self, position: int | slice) -> Judgement | Sequence[Judgement]:
        if isinstance(position, slice):
            return [self._at(each) for each in range(len(self))[position]]
        return self._at(range(len(self))[position])

    def _at(self, position: int) -> Judgement:
        made = self._made.get(position)
        if made is not None:
            return made
        rule = self._rules[position]
        return Judgement(rule.name, "no_match", differences=[rule.of_other(self._operation)])


class Verdict(NamedTuple):
    """What happens to a request: delays, a clock advance, and at most one outcome."""

    acted: tuple[str, ...] = ()
    delay: float = 0.0
    """Real milliseconds."""
    advance: int = 0
    actions: tuple[Action, ...] = ()
    outcome: Action | None = None
    outcome_rule: str | None = None
    free_at: Instant | None = None
    """When the rate lets a call through; None if it does now, or if there is no rate."""
    judgements: Sequence[Judgement] = ()

    def retry_after(self, now: Instant) -> int:
        """Return the seconds until a call gets through, at least one."""
        return 1 if self.free_at is None else max(1, math.ceil((self.free_at - now) / 1000))

    @property
    def carries_out(self) -> bool:
        """Whether the operation is carried out."""
        return self.outcome is None or self.outcome.carries_out

    def done(self) -> list[tuple[FaultAction, Any]]:
        """Return the rows of all actions with their values; the outcome comes first."""
        if not self.actions:
            return []
        actions = sorted(self.actions, key=lambda action: action is not self.outcome)
        return [each for action in actions for each in action.rows()]


NOTHING = Verdict()
