"""The verdict of the rules on a request; without rules it is empty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from cs_simulator.clock import Instant
    from cs_simulator.faults.actions import Action, FaultAction
    from cs_simulator.faults.criteria import Mismatch

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

    def as_members(self) -> dict[str, Any]:
        """Return the judgement as JSON members."""
        members: dict[str, Any] = {"rule": self.rule, "decision": self.decision}
        if self.why:
            members["why"] = self.why
        if self.differences:
            members["failed"] = [
                {"criterion": each.criterion, "expected": each.expected, "found": each.found}
                for each in self.differences
            ]
        return members


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
    judgements: tuple[Judgement, ...] = ()

    def retry_after(self, now: Instant) -> int:
        """Return the seconds until a call gets through, at least one."""
        return 1 if self.free_at is None else max(1, math.ceil((self.free_at - now) / 1000))

    @property
    def carries_out(self) -> bool:
        """Whether the operation is carried out."""
        return self.outcome is None or self.outcome.carries_out

    def done(self) -> list[tuple[FaultAction, Any]]:
        """Return the rows of all actions with their values; the outcome comes first."""
        actions = sorted(self.actions, key=lambda action: action is not self.outcome)
        return [each for action in actions for each in action.rows()]


NOTHING = Verdict()
