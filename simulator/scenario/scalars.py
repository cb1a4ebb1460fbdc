"""Single values that many parts of a document take."""

from __future__ import annotations

from simulator.domain.values import Boolean, Integer, Text, UnfitError
from simulator.scenario.shape import Scalar


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise UnfitError(Boolean.expected)


TEXT = Scalar(Text())
NAME = Scalar(Text(empty=False))
ID = Scalar(Integer(64, minimum=0))
FLAG = Scalar(_boolean, {"type": "boolean"})
