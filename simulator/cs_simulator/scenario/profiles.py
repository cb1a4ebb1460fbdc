"""The customers of a document: their shape, and the check by attributes and extensions.

The document itself declares those with their types, so the check follows merging.

The rules are those of :mod:`cs_simulator.domain.records`, as in the API; only names must be spelled
as declared, like all keys of a document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cs_simulator.documents.problems import MOST_NAMES, Problem, UnfitError, nearest, shown
from cs_simulator.documents.shape import FLAG, NAME, VALUE, Checker, MapOf, Schema
from cs_simulator.documents.shape import Record as RecordShape
from cs_simulator.domain.errors import BadValues, Conflict
from cs_simulator.domain.metadata import (
    INTERNAL_ATTRIBUTES,
    MEDIA_ATTRIBUTES,
    AttributeSchema,
    ExtensionSchema,
    Metadata,
)
from cs_simulator.domain.profiles import (
    PREDEFINED_ATTRIBUTES,
    Profile,
    Profiles,
    Record,
    Values,
    check_combinations,
)
from cs_simulator.domain.records import (
    checked_attribute,
    checked_extension,
    missing_attributes,
    shared_values,
)
from cs_simulator.domain.typed import checked_value


class _Values:
    """One value of a profile attribute, or several, the primary one first."""

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        if isinstance(value, dict) or value == []:
            checker.expected(at, "a value, or a list of at least one", value)
        elif isinstance(value, list):
            for position, item in enumerate(value):
                if item is None or isinstance(item, (dict, list)):
                    checker.expected(f"{at}[{position}]", "a value", item)
        return value

    def json_schema(self) -> Schema:
        value = VALUE.json_schema()
        return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}


class _Records:
    """A customer's records of an extension: one, a list of them, or null for a classifier."""

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        if isinstance(value, list):
            for position, record in enumerate(value):
                if not isinstance(record, dict):
                    checker.expected(f"{at}[{position}]", "a map", record)
        elif value is not None and not isinstance(value, dict):
            checker.expected(at, "a record, or a list of records", value)
        return value

    def json_schema(self) -> Schema:
        return {"type": ["object", "array", "null"], "items": {"type": "object"}}


CUSTOMER = RecordShape(
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
    names = [*CUSTOMER.members, *(attribute.name for attribute in INTERNAL_ATTRIBUTES)]
    of_media = f"^({'|'.join(attribute.name for attribute in MEDIA_ATTRIBUTES)})"
    known = {"anyOf": [{"enum": names}, {"pattern": of_media}]}
    declares = [{"required": [name]} for name in ("extends", "profile_attributes")]
    return {
        "if": {"not": {"anyOf": declares}},
        "then": {"properties": {"customers": {"items": {"propertyNames": known}}}},
    }


Given = Mapping[str, Any]

OWN_KEYS = frozenset({"customer_id", "extensions", "remove"})
"""Keys of a customer that are not attributes."""


def checked_profiles(given: Sequence[Given], metadata: Metadata, checker: Checker) -> list[Profile]:
    """Return the profile of each customer; one without an id has its place as a temporary id.

    Add problems for what the metadata do not allow, and for customers that share unique values.
    """
    if given and not metadata.attributes:
        checker.problem("customers", "profile_attributes is empty, so customers cannot exist")
        return []
    profiles = [
        _profile(customer, f"customers[{position}]", metadata, checker)
        for position, customer in enumerate(given)
    ]
    _check_keys(profiles, metadata, checker)
    return profiles


def _profile(given: Given, at: str, metadata: Metadata, checker: Checker) -> Profile:
    attributes: dict[str, Values] = {}
    for name, value in given.items():
        if name in OWN_KEYS:
            continue
        attribute = metadata.attribute(name)
        if attribute is None or attribute.name != name:
            known = [declared.name for declared in metadata.attributes]
            checker.unknown_key(f"{at}.{name}", name, [*known, *OWN_KEYS])
        else:
            attributes[name] = _values(attribute, value, f"{at}.{name}", checker)
    problems: list[Problem] = []
    missing_attributes(metadata.attributes, attributes, lambda default: (default,), problems)
    note(problems, at, checker)
    extensions: dict[str, tuple[Record, ...]] = {}
    for name, value in given.get("extensions", {}).items():
        schema = metadata.extension_schema("profiles", name)
        if schema is None or schema.name != name:
            names = [declared.name for declared in metadata.extension_schemas("profiles")]
            none = "extension_schemas.profiles has none"
            place = f"{at}.extensions.{name}"
            checker.no_such(place, name, names, "extension", none, on_key=True)
        elif value is not None or schema.type == "classifier":
            extensions[name] = _records(schema, value, f"{at}.extensions", checker)
    return Profile(given.get("customer_id", at), attributes, extensions)


def _values(attribute: AttributeSchema, value: Any, at: str, checker: Checker) -> Values:
    """Return the values of an attribute; each item of a list has its own place."""
    values: list[Any] = []
    several = isinstance(value, list) and value
    for position, item in enumerate(value if several else [value]):
        try:
            if several:
                values.append(checked_value(attribute, item))
            else:
                values.extend(checked_attribute(attribute, item))
        except UnfitError as unfit:
            checker.unfit(f"{at}[{position}]" if several else at, item, unfit)
    return tuple(values)


def _records(schema: ExtensionSchema, value: Any, at: str, checker: Checker) -> tuple[Record, ...]:
    """Return a customer's records of an extension."""
    several = isinstance(value, list)
    known = []
    for position, record in enumerate(value if several else [value]):
        place = f"{at}.{schema.name}[{position}]" if several else f"{at}.{schema.name}"
        known.append(_known_members(schema, record, place, checker))
    problems: list[Problem] = []
    records = checked_extension(schema, known if several else known[0], problems)
    note(problems, at, checker)
    if not problems:
        for shared in shared_values(schema, records):
            checker.problem(f"{at}.{schema.name}", shared)
    return records


def _known_members(schema: ExtensionSchema, record: Any, at: str, checker: Checker) -> Any:
    """Return a record without unknown members; each of those is a problem."""
    if not isinstance(record, dict) or schema.type == "classifier":
        return record
    names = [attribute.name for attribute in schema.attributes]
    for name in record:
        if name not in names:
            checker.unknown_key(f"{at}.{name}", name, names)
    return {name: value for name, value in record.items() if name in names}


def note(problems: Sequence[Problem], at: str, checker: Checker) -> None:
    """Add problems with the members at a place."""
    for problem in problems:
        checker.add(problem._replace(at=f"{at}.{problem.at}"))


def _check_keys(profiles: Sequence[Profile], metadata: Metadata, checker: Checker) -> None:
    """Add problems for customers that share values of a unique key, or have too many of them."""
    several = any(key.unique for key in metadata.keys)
    stored = Profiles(metadata)
    for position, profile in enumerate(profiles):
        at = f"customers[{position}]"
        try:
            if several:
                stored.add(profile)
            check_combinations(metadata.keys, profile)
        except Conflict as conflict:
            checker.problem(at, conflict.text)
        except BadValues as bad:
            note(bad.problems, at, checker)


def no_customer(at: str, customer_id: object, known: Collection[str], checker: Checker) -> None:
    """Add the problem of an unknown customer id."""
    names = known if len(known) <= MOST_NAMES else ()  # searching more takes too long
    near = nearest(customer_id, names)
    checker.add(
        Problem(
            at,
            found=customer_id,
            text=f"no customer with id {shown(customer_id)}",
            note="" if known else "the scenario has no customers",
            names=sorted(names),
            are_there=True,
            nearest=near,
        )
    )
