"""How far rules and stages have come: what a snapshot keeps of them, beside what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cs_simulator.clock import Instant


@dataclass(frozen=True, slots=True)
class RuleProgress:
    """The counters of one rule in force, and whether it was added at run time."""

    since: Instant
    matched: int = 0
    acted: int = 0
    shadowed: int = 0
    step: int = 0
    recent: tuple[Instant, ...] = ()
    """The calls that a rate was last asked about."""
    runtime: bool = False


@dataclass(frozen=True, slots=True)
class StageProgress:
    """The stage that a world is in, since when, and the calls that counted for its end."""

    name: str
    entered: Instant
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a world has come. Without ``faults`` every rule is where it begins."""

    faults: Mapping[str, RuleProgress] | None = None
    stage: StageProgress | None = None
