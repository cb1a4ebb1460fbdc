"""Single values that many parts of a document take."""

from __future__ import annotations

from typing import Any

from cs_simulator.domain.values import Boolean, Integer, Text, UnfitError
from cs_simulator.scenario.shape import Scalar


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise UnfitError(Boolean.expected)


def _fraction(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise UnfitError("a number from 0 to 1")


TEXT = Scalar(Text())
NAME = Scalar(Text(empty=False))
ID = Scalar(Integer(64, minimum=0))
FLAG = Scalar(_boolean, {"type": "boolean"})


def as_it_is(value: Any) -> Any:
    """Take anything; a schema beside it says what it may look like."""
    return value


VALUE = Scalar(as_it_is, {"type": ["string", "number", "boolean"]})
"""A single value; of what type it must be, the document says elsewhere."""
FRACTION = Scalar(_fraction, {"type": "number", "minimum": 0, "maximum": 1})
