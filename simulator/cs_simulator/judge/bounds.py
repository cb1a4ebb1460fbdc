"""Bounds: at least and at most, as an expectation gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    SPAN,
    Checker,
    Record,
    Scalar,
    Schema,
    Shape,
)
from cs_simulator.documents.values import Integer


class Bounds(NamedTuple):
    """The minimum and the maximum of something; None is no bound."""

    at_least: float | None = None
    at_most: float | None = None

    def hold(self, value: float, early: float = 0.0, late: float = 0.0) -> bool:
        """Tell whether a value is within the bounds, with some tolerance at either end."""
        above = self.at_least is None or value >= self.at_least - early
        return above and (self.at_most is None or value <= self.at_most + late)

    def described(self, written: Callable[[float], str] = lambda value: f"{value:g}") -> str:
        """Return the bounds in words."""
        if self.at_least is not None and self.at_least == self.at_most:
            return f"exactly {written(self.at_least)}"
        parts = []
        if self.at_least is not None:
            parts.append(f"at least {written(self.at_least)}")
        if self.at_most is not None:
            parts.append(f"at most {written(self.at_most)}")
        return " and ".join(parts)


class _BoundsShape:
    """A map of ``at_least`` and ``at_most``; a number alone, if allowed, is both."""

    def __init__(self, scalar: Shape, *, alone: bool = False) -> None:
        self._scalar = scalar
        self._alone = alone
        self._record = Record(
            {"at_least": scalar, "at_most": scalar}, some="at_least, at_most or both"
        )

    def check(self, value: Any, at: str, checker: Checker) -> Bounds | None:
        """Return the bounds; add problems for contradictions."""
        if self._alone and not isinstance(value, dict):
            number = self._scalar.check(value, at, checker)
            return None if number is None else Bounds(number, number)
        count = checker.count
        given = self._record.check(value, at, checker)
        check_order(given, value, at, checker)
        if checker.count > count:
            return None
        return Bounds(given.get("at_least"), given.get("at_most"))

    def json_schema(self) -> Schema:
        """Return the schema of the map, or of a number alone."""
        record = self._record.json_schema()
        if not self._alone:
            return record
        return {
            "if": {"type": "object"},
            "then": record,
            "else": self._scalar.json_schema(),
        }


def check_order(
    given: Mapping[str, Any], written: Mapping[str, Any], at: str, checker: Checker
) -> None:
    """Add a problem if the minimum is greater than the maximum."""
    least, most = given.get("at_least"), given.get("at_most")
    if least is not None and most is not None and least > most:
        text = f"at_least ({written['at_least']}) is greater than at_most ({written['at_most']})"
        checker.problem(at, text, "swap them")


def _positive(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
        return float(value)
    raise UnfitError("a number, 0 or greater")


NUMBER = Scalar(_positive, {"type": "number", "minimum": 0, "exclusiveMaximum": 1e9})
COUNTS = _BoundsShape(Scalar(Integer(32, minimum=0)), alone=True)
SPANS = _BoundsShape(SPAN)
NUMBERS = _BoundsShape(NUMBER)


def milliseconds(value: float) -> str:
    """Return a duration in readable form."""
    if value < 1_000:
        return f"{value:.3g}ms"
    return f"{value / 1000:.3g}s" if value < 100_000 else f"{value / 1000:.0f}s"
