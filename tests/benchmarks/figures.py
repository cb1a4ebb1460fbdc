"""Figures: pairs of measurements, their median ratio, and the noise of the machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One budget and what was measured: ratios of interleaved pairs, or single values."""

    what: str
    values: Sequence[float]
    budget: float
    at_least: bool = False
    unit: str = "x"
    detail: str = ""

    @property
    def value(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def row(self) -> str:
        """The figure as a row of the table."""
        sign = ">=" if self.at_least else "<="
        spread = f"{min(self.values):.2f} to {max(self.values):.2f}"
        verdict = "kept" if self.kept else "MISSED"
        return (
            f"| {self.what} | {sign} {self.budget:g} {self.unit} | {self.value:.2f} {self.unit} "
            f"| {spread} | {verdict} | {self.detail} |"
        )


HEAD = (
    "| what | budget | median | spread | verdict | detail |\n| --- | --- | --- | --- | --- | --- |"
)


def interleaved(
    one: Callable[[], float], other: Callable[[], float], pairs: int
) -> tuple[list[float], list[float]]:
    """Measure two things in turn, ``pairs`` times; return the values of each."""
    ones, others = [], []
    for _ in range(pairs):
        ones.append(one())
        others.append(other())
    return ones, others


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return the ratio of each pair."""
    return [one / other for one, other in zip(ones, others, strict=True)]
