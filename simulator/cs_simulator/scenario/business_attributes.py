"""Business attributes of a scenario: the enumerations that fields are mapped to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    ID,
    NAME,
    SPAN,
    TEXT,
    Checker,
    ListOf,
    MapOf,
    Record,
    Scalar,
    repeated,
)
from cs_simulator.domain.attributes import (
    ALIASES,
    FULL_NAMES,
    AttributeValue,
    BusinessAttribute,
    BusinessAttributes,
    canonical_name,
)


def _full_name(value: object) -> str:
    name = canonical_name(value) if isinstance(value, str) else None
    if name is None:
        raise UnfitError(f"one of {', '.join(FULL_NAMES)}")
    return name


_BUSINESS_ATTRIBUTE = Record(
    {
        "remove": FLAG,
        "dbid": ID,
        "display_name": TEXT,
        "description": TEXT,
        "cv_attributes": ListOf(Scalar(_full_name, {"enum": [*FULL_NAMES, *ALIASES]})),
        "default": NAME,
        "values": ListOf(
            Record(
                {
                    "name": NAME,
                    "dbid": ID,
                    "display_name": TEXT,
                    "description": TEXT,
                    "expiration": SPAN,
                },
                needed=("name", "dbid"),
            )
        ),
    },
    needed=("dbid", "values"),
)
BUSINESS_ATTRIBUTES = MapOf(_BUSINESS_ATTRIBUTE)


def business_attributes_of(
    given: Mapping[str, Any], at: str, checker: Checker
) -> BusinessAttributes:
    """Return the business attributes at a place; add problems for contradictions."""
    attributes = []
    owners: dict[str, str] = {}
    for name, members in given.items():
        place = f"{at}.{name}"
        values = tuple(_value(value) for value in members["values"])
        _check_unique([value.name for value in values], f"{place}.values", "name", checker)
        _check_unique([value.dbid for value in values], f"{place}.values", "dbid", checker)
        mapped = tuple(members.get("cv_attributes", ()))
        for full_name in mapped:
            if owners.setdefault(full_name, name) != name:
                checker.problem(place, f"{full_name} is already mapped to {owners[full_name]}")
        attribute = BusinessAttribute(
            name=name,
            dbid=members["dbid"],
            display_name=members.get("display_name", name),
            description=members.get("description", ""),
            cv_attributes=mapped,
            values=values,
            default=members.get("default"),
        )
        if attribute.default is not None and attribute.value(attribute.default) is None:
            expected = f"one of {attribute.choices()}"
            checker.expected(f"{place}.default", expected, attribute.default)
        attributes.append(attribute)
    return BusinessAttributes(attributes)


def _value(members: Mapping[str, Any]) -> AttributeValue:
    return AttributeValue(
        name=members["name"],
        dbid=members["dbid"],
        display_name=members.get("display_name", members["name"]),
        description=members.get("description", ""),
        expiration=members.get("expiration"),
    )


def _check_unique(values: Sequence[object], at: str, what: str, checker: Checker) -> None:
    for value in sorted(map(str, repeated(values))):
        checker.problem(at, f"duplicate {what} {value}")
