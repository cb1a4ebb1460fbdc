"""What can be generated: the shapes of ``generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FRACTION,
    NAME,
    Anything,
    Checker,
    MapOf,
    Record,
    Scalar,
    Schema,
)
from cs_simulator.documents.values import Integer, LongOrText
from cs_simulator.scenario.providers import PROVIDER

_LONG_OR_TEXT = LongOrText()
_COUNT = Scalar(Integer(32, minimum=0))
_FEW = Scalar(Integer(8, minimum=0))
_SOME = Scalar(Integer(8, minimum=1))


class Share(NamedTuple):
    """A value, and its relative frequency."""

    value: int | str
    weight: float


class Shares:
    """Values to choose from: a list, or a map with the weight of each."""

    _expected = "a list of values, or a map of each value to its weight"

    def check(self, value: Any, at: str, checker: Checker) -> Sequence[Share]:
        """Return the values with their weights; add problems."""
        pairs: list[tuple[Any, Any, str]] = []
        if isinstance(value, list):
            pairs = [(each, 1, f"{at}[{place}]") for place, each in enumerate(value)]
        elif isinstance(value, dict):
            pairs = [
                (
                    int(key) if key.isdecimal() and key.isascii() and len(key) < 19 else key,
                    weight,
                    f"{at}.{key}",
                )
                for key, weight in value.items()
            ]
        if not pairs:
            checker.expected(at, self._expected, value)
        shares = []
        for one, weight, place in pairs:
            if (
                isinstance(weight, bool)
                or not isinstance(weight, (int, float))
                or not 0 < weight <= 1e6
            ):
                checker.expected(place, "a weight above 0, at most 1000000", weight)
                continue
            try:
                shares.append(Share(_LONG_OR_TEXT(one), float(weight)))
            except UnfitError as unfit:
                checker.unfit(place, one, unfit)
        return shares

    def json_schema(self) -> Schema:
        """Return the JSON Schema of accepted values."""
        one: Schema = {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 1}]}
        weight = {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}
        return {
            "anyOf": [
                {"type": "array", "items": one, "minItems": 1},
                {"type": "object", "additionalProperties": weight, "minProperties": 1},
            ]
        }


_SHARES = Shares()

GENERATION = Record(
    {
        "customers": Record(
            {
                "count": _COUNT,
                "locale": NAME,
                "attributes": MapOf(PROVIDER),
                "extensions": MapOf(MapOf(PROVIDER)),
            },
            needed=("count",),
        ),
        "contacts": Record({"count": _COUNT, "locale": NAME, "key": PROVIDER}, needed=("count",)),
        "services": Record(
            {
                "per_customer": Scalar(Integer(16, minimum=0)),
                "active": FRACTION,
                "dropped": FRACTION,
                "types": _SHARES,
                "media": _SHARES,
                "dispositions": _SHARES,
                "extensions": MapOf(
                    Record({"share": FRACTION, "value": Anything()}, needed=("value",))
                ),
                "states": Record({"count": _SOME, "types": _SHARES}),
                "tasks": Record({"per_state": _FEW, "types": _SHARES}),
            },
            needed=("per_customer",),
        ),
    }
)
"""Customers, contact keys of callers without a profile, and the services of both."""
