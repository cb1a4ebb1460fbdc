"""The customers of a document."""

from __future__ import annotations

from typing import Any

from simulator.domain.profiles import PREDEFINED_ATTRIBUTES
from simulator.scenario.scalars import FLAG, NAME, TEXT
from simulator.scenario.shape import ListOf, Record, Schema


class _AttributeValues:
    """One value of a profile attribute, or several, the primary one first."""

    def check(self, value: Any, at: str, checker: Any) -> tuple[str, ...]:
        if isinstance(value, list):
            return tuple(ListOf(TEXT).check(value, at, checker))
        return (TEXT.check(value, at, checker),)

    def json_schema(self) -> Schema:
        return {"anyOf": [TEXT.json_schema(), ListOf(TEXT).json_schema()]}


CUSTOMER = Record(
    {
        "customer_id": NAME,
        "remove": FLAG,
        **{name: _AttributeValues() for name in PREDEFINED_ATTRIBUTES},
    }
)
