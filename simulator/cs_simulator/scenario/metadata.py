"""Business and profile attributes, extension schemas and identification keys of a document.

The members are those of the API, and as lenient: ``"true"`` and ``"10"`` are a boolean and a
number. Source: API Reference, *Attribute Schema*, *Extension Schema*, *Create Identification Key*.
Their contents are checked by :mod:`cs_simulator.domain.definitions`, as in the API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast, get_args

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    ID,
    NAME,
    SPAN,
    TEXT,
    VALUE,
    Checker,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Schema,
    as_it_is,
)
from cs_simulator.documents.values import Boolean, Integer
from cs_simulator.domain.attributes import (
    ALIASES,
    FULL_NAMES,
    AttributeValue,
    BusinessAttribute,
    BusinessAttributes,
    canonical_name,
)
from cs_simulator.domain.definitions import read_attribute, read_key, read_schema
from cs_simulator.domain.metadata import (
    KINDS,
    PREDEFINED_KEYS,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
    Shape,
)
from cs_simulator.domain.typed import TYPES
from cs_simulator.operations.row import Kind
from cs_simulator.scenario.extends import Predefined
from cs_simulator.scenario.profiles import OWN_KEYS, note


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
        checker.duplicates(f"{place}.values", "name", [value.name for value in values])
        checker.duplicates(f"{place}.values", "dbid", [value.dbid for value in values])
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


_FLAG = Scalar(Boolean())


class _Word:
    """One of some words, in any case, because the product's pages differ in that."""

    def __init__(self, words: Callable[[], Sequence[str]]) -> None:
        self._words = words

    def check(self, value: Any, at: str, checker: Checker) -> str:
        """Return the word in the simulator's spelling."""
        words = self._words()
        word = value.lower() if isinstance(value, str) else ""
        if word not in words:
            unfit = UnfitError(f"one of {', '.join(words)}", names=words)
            checker.unfit(at, value, unfit)
        return word

    def json_schema(self) -> Schema:
        """Return the words for completion, and a pattern for other spellings."""
        any_case = "|".join(
            "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word)
            for word in self._words()
        )
        return {
            "anyOf": [
                {"enum": list(self._words())},
                {"type": "string", "pattern": f"^({any_case})$"},
            ]
        }


def _not_unique(value: object) -> bool:
    if Boolean()(value):
        raise UnfitError(
            "false", "a unique identification key prevents two customers from sharing a value"
        )
    return False


_ATTRIBUTE: Mapping[str, Any] = MappingProxyType(
    {
        "name": NAME,
        "type": _Word(lambda: tuple(TYPES)),
        "default": VALUE,
        "length": Scalar(Integer(32, minimum=0)),
        "mandatory": _FLAG,
        "encrypt": _FLAG,
    }
)
_NOT_UNIQUE = Scalar(
    _not_unique,
    {"anyOf": [{"const": False}, {"type": "string", "pattern": "^[Ff][Aa][Ll][Ss][Ee]$"}]},
)
PROFILE_ATTRIBUTE = Record(
    {**_ATTRIBUTE, "unique": _NOT_UNIQUE, "remove": FLAG}, needed=("name", "type")
)
_NAME_OR_NAMES = Scalar(
    as_it_is,
    {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
        ]
    },
)
_EXTENSION_SCHEMA = Record(
    {
        "name": NAME,
        "type": _Word(lambda: get_args(Shape)),
        "attributes": ListOf(Record({**_ATTRIBUTE, "unique": _FLAG}, needed=("name", "type"))),
        "unique": ListOf(_NAME_OR_NAMES),
        "remove": FLAG,
    },
    needed=("name", "type"),
)
EXTENSION_SCHEMAS = Record({kind: ListOf(_EXTENSION_SCHEMA) for kind in KINDS})
IDENTIFICATION_KEY = Record(
    {
        "name": NAME,
        "source": NAME,
        "attributes": ListOf(NAME),
        "unique": _FLAG,
        "remove": FLAG,
    },
    needed=("name", "attributes"),
)


_RESERVED = OWN_KEYS | {"id_key", "include_profile", "include_extensions"}
"""Names that have another meaning next to attributes: in a customer, or in identification."""


def metadata_of(document: Mapping[str, Any], media: Sequence[str], checker: Checker) -> Metadata:
    """Return the metadata of a document with these media; add problems between its parts."""
    attributes: Sequence[AttributeSchema] = PREDEFINED_SCHEMA
    if "profile_attributes" in document:
        attributes = _attributes(document["profile_attributes"], checker)
    declared = Metadata(attributes, media=media)
    schemas = {
        cast("Kind", kind): _schemas(cast("Kind", kind), written, declared, checker)
        for kind, written in document.get("extension_schemas", {}).items()
        if written
    }
    metadata = Metadata(attributes, (), schemas, media)
    keys: Sequence[IdentificationKey]
    if "identification_keys" in document:
        keys = _keys(document["identification_keys"], metadata, checker)
    else:
        keys = predefined_keys(metadata)
    return Metadata(attributes, keys, schemas, media)


def predefined_keys(metadata: Metadata) -> tuple[IdentificationKey, ...]:
    """Return the keys of a world whose document defines none: those whose attributes exist."""
    return tuple(key for key in PREDEFINED_KEYS if all(map(metadata.attribute, key.attributes)))


def _attributes(given: Sequence[Mapping[str, Any]], checker: Checker) -> list[AttributeSchema]:
    attributes = []
    for position, written in enumerate(given):
        at = f"profile_attributes[{position}]"
        problems: list[Problem] = []
        attribute, _ = read_attribute(written, problems)
        if attribute.name.lower() in _RESERVED or "." in attribute.name:
            expected = "a name without a dot that is not reserved"
            problems.append(Problem("name", expected, attribute.name))
        note(problems, at, checker)
        attributes.append(attribute)
    return attributes


def _schemas(
    kind: Kind, given: Sequence[Mapping[str, Any]], metadata: Metadata, checker: Checker
) -> tuple[ExtensionSchema, ...]:
    schemas = []
    for position, written in enumerate(given):
        at = f"extension_schemas.{kind}[{position}]"
        problems: list[Problem] = []
        schema = read_schema(kind, written, problems)
        if kind == "profiles" and metadata.attribute(schema.name) is not None:
            expected = "a name that is not a profile attribute"
            problems.append(Problem("name", expected, schema.name))
        note(problems, at, checker)
        schemas.append(schema)
    return tuple(schemas)


def _keys(
    given: Sequence[Mapping[str, Any]], metadata: Metadata, checker: Checker
) -> list[IdentificationKey]:
    keys = []
    predefined = {key.name for key in predefined_keys(metadata)}
    for position, written in enumerate(given):
        # A predefined key disappears with its attributes.
        if isinstance(written, Predefined) and written["name"] not in predefined:
            continue
        problems: list[Problem] = []
        keys.append(read_key(metadata, written, problems))
        note(problems, f"identification_keys[{position}]", checker)
    return keys
