"""Figures: what was measured, what it stands beside in the same run, and its budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Spread:
    """The median of some measurements, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of values, to four digits."""
        found = (median(values), min(values), max(values))
        return cls(*(float(f"{value:.4g}") for value in found))


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, and its budget if it has one.

    ``at`` is the number of what is ``counted``: connections, or services stored. A budget is of
    the ratio where there is one to a yardstick and it is ``relative``, else of the value itself.
    """

    subject: str
    measure: str
    unit: str
    ours: Spread
    yardstick: str = ""
    theirs: Spread | None = None
    ratio: Spread | None = None
    at: int | None = None
    counted: str = "connections"
    budget: float | None = None
    relative: bool = True
    at_least: bool = False

    @classmethod
    def of(
        cls,
        subject: str,
        measure: str,
        unit: str,
        ours: Sequence[float],
        theirs: Sequence[float] = (),
        yardstick: str = "bare",
        **more: Any,
    ) -> Figure:
        """Return the figure of measurements: pairs with those of the yardstick, or without one."""
        if not theirs:
            return cls(subject, measure, unit, Spread.of(ours), relative=False, **more)
        ratio = Spread.of([one / other for one, other in zip(ours, theirs, strict=True)])
        return cls(
            subject, measure, unit, Spread.of(ours), yardstick, Spread.of(theirs), ratio, **more
        )

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Figure:
        """Return a figure as it was stored."""
        members = dict(stored)
        for name in ("ours", "theirs", "ratio"):
            if name in members:
                members[name] = Spread(*members[name])
        return cls(**members)

    def stored(self) -> dict[str, Any]:
        """Return the figure as it is stored: without what is as ever, a spread as a list."""
        members = {
            name: [*value.values()] if isinstance(value, dict) else value
            for name, value in asdict(self).items()
        }
        defaults = {name: getattr(Figure, name, ...) for name in members}
        return {name: value for name, value in members.items() if value != defaults[name]}

    @property
    def title(self) -> str:
        """What was measured, and at how many connections or services."""
        counted = self.counted.removesuffix("s") if self.at == 1 else self.counted
        at = f"{self.at:,} {counted}" if self.at is not None else ""
        return ", ".join(filter(None, (self.subject, self.measure, at)))

    @property
    def judged(self) -> Spread:
        """What the budget is of."""
        return self.ratio if self.relative and self.ratio is not None else self.ours

    @property
    def judged_unit(self) -> str:
        """The unit of the budget."""
        return "x" if self.judged is self.ratio else self.unit

    @property
    def missed(self) -> bool:
        """Whether there is a budget and it is missed."""
        if self.budget is None:
            return False
        value = self.judged.median
        return value < self.budget if self.at_least else value > self.budget


def interleaved(pairs: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Measure some things in turn, ``pairs`` times; return the values of each."""
    values: list[list[float]] = [[] for _ in measures]
    for _ in range(pairs):
        for measure, found in zip(measures, values, strict=True):
            found.append(measure())
    return values
