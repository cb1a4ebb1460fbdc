"""The customers of a document: their shape.

The document itself declares attributes and extensions with their types:
:mod:`cs_simulator.scenario.profiles` checks that after merging.
"""

from __future__ import annotations

from typing import Any

from cs_simulator.documents.shape import FLAG, NAME, VALUE, Checker, MapOf, Record, Schema
from cs_simulator.domain.metadata import INTERNAL_ATTRIBUTES, MEDIA_ATTRIBUTES
from cs_simulator.domain.profiles import PREDEFINED_ATTRIBUTES


class _Values:
    """One value of a profile attribute, or several, the primary one first."""

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        if isinstance(value, dict) or value == []:
            checker.expected(at, "a value, or a list of at least one", value)
        elif isinstance(value, list):
            for position, each in enumerate(value):
                if each is None or isinstance(each, (dict, list)):
                    checker.expected(f"{at}[{position}]", "a value", each)
        return value

    def json_schema(self) -> Schema:
        value = VALUE.json_schema()
        return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}


class _Records:
    """A customer's records of an extension: one, a list of them, or null for a classifier."""

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        if isinstance(value, list):
            for position, each in enumerate(value):
                if not isinstance(each, dict):
                    checker.expected(f"{at}[{position}]", "a map", each)
        elif value is not None and not isinstance(value, dict):
            checker.expected(at, "a record, or a list of records", value)
        return value

    def json_schema(self) -> Schema:
        return {"type": ["object", "array", "null"], "items": {"type": "object"}}


CUSTOMER = Record(
    {
        "customer_id": NAME,
        "extensions": MapOf(_Records()),
        "remove": FLAG,
        **dict.fromkeys(PREDEFINED_ATTRIBUTES, _Values()),
    },
    others=_Values(),
)


def undeclared_schema() -> Schema:
    """Return the JSON Schema of a document that neither declares nor inherits attributes.

    Its customers have the predefined attributes, and an editor marks a misspelled one.
    """
    names = [*CUSTOMER.members, *(each.name for each in INTERNAL_ATTRIBUTES)]
    of_media = f"^({'|'.join(each.name for each in MEDIA_ATTRIBUTES)})"
    known = {"anyOf": [{"enum": names}, {"pattern": of_media}]}
    declares = [{"required": [name]} for name in ("extends", "profile_attributes")]
    return {
        "if": {"not": {"anyOf": declares}},
        "then": {"properties": {"customers": {"items": {"propertyNames": known}}}},
    }
