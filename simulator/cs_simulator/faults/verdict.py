"""What the rules make of a request, and their words. Where there is no rule, it is nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from cs_simulator.clock import Instant
    from cs_simulator.faults.actions import Action, FaultAction
    from cs_simulator.faults.criteria import Mismatch

ANY = "any"
"""Every operation, and requests that no operation takes."""

UNROUTED = "unrouted"
"""A request that no operation takes."""

OPTIONS = "options"
"""A request for the methods of a path, unless it is a browser's preflight."""

Became = Literal["acted", "passed", "shadowed", "not_due", "no_match"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one rule for one request, and why."""

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a request: the delays, the advance, and the outcome if there is one."""

    acted: tuple[str, ...] = ()
    delay: float = 0.0
    """Real milliseconds."""
    advance: int = 0
    actions: tuple[Action, ...] = ()
    outcome: Action | None = None
    outcome_rule: str | None = None
    free_at: Instant | None = None
    """When a rule of a rate lets a call through; None where it does already, or has no rate."""
    judgements: tuple[Judgement, ...] = ()

    def retry_after(self, now: Instant) -> int:
        """Return the seconds until a call gets through, one at least."""
        return 1 if self.free_at is None else max(1, math.ceil((self.free_at - now) / 1000))

    @property
    def carries_out(self) -> bool:
        """Whether the operation takes place."""
        return self.outcome is None or self.outcome.carries_out

    def done(self) -> list[tuple[FaultAction, Any]]:
        """Return the rows of all that is done, with their values; the outcome comes first."""
        actions = sorted(self.actions, key=lambda action: action is not self.outcome)
        return [each for action in actions for each in action.rows()]


NOTHING = Verdict()
