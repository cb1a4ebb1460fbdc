"""Read definitions: of extension schemas, their attributes, and identification keys.

All problems of a definition are reported at once, and accepted values are normalised with defaults:
``"true"`` and ``"10"``, as in the documents' examples, are a boolean and a number. Source: API
Reference, *Attribute Schema*, *Extension Schema*, *Create Identification Key*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from cs_simulator.documents.problems import ABSENT, Problem, UnfitError
from cs_simulator.documents.values import Boolean, Converter, Integer, Text
from cs_simulator.domain.members import RESERVED
from cs_simulator.domain.metadata import (
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
    Shape,
)
from cs_simulator.domain.typed import TYPES, checked_value
from cs_simulator.operations.row import Kind

NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_]{0,25}$"
"""The names of extension schemas and of identification keys."""

_NAME = re.compile(NAME_PATTERN.strip("^$"), re.ASCII)
_NAME_EXPECTED = "a letter, then letters, digits or underscores, 26 characters at most"
_SHAPES: tuple[Shape, ...] = get_args(Shape)
_TEXT = Text(empty=False)
_FLAG = Boolean()
_LENGTH = Integer(32, minimum=0)
_SCHEMA_MEMBERS = ("name", "type", "attributes", "unique")
_ATTRIBUTE_MEMBERS = ("name", "type", "default", "length", "mandatory", "encrypt", "unique")
_KEY_MEMBERS = ("name", "source", "attributes", "unique")


def read_schema(kind: Kind, members: Mapping[str, Any], problems: list[Problem]) -> ExtensionSchema:
    """Return the extension schema in a body; add every problem, in order."""
    reader = _Reader(members, problems)
    reader.unknown(_SCHEMA_MEMBERS)
    name = reader.value("name", _name)
    if name.lower() in _reserved(kind):
        problems.append(Problem("name", "a name that is not reserved", name))
    shape = cast("Shape", reader.value("type", _word(_SHAPES)) or _SHAPES[0])
    is_needed = kind != "profiles" and shape != "classifier"
    attributes, unique = _attributes(reader, needed=is_needed)
    if shape == "classifier" and attributes:
        expected = "no attributes: a classifier has none"
        problems.append(Problem("attributes", expected, members["attributes"]))
    unique.extend(item for item in _unique(reader, attributes) if item not in unique)
    return ExtensionSchema(name, shape, tuple(attributes), tuple(unique))


def _reserved(kind: Kind) -> frozenset[str]:
    return frozenset({"customer_id"}) if kind == "profiles" else RESERVED


def _attributes(
    reader: _Reader, *, needed: bool
) -> tuple[list[AttributeSchema], list[tuple[str, ...]]]:
    """Return the attributes of an extension, and those that are unique on their own."""
    given = reader.list_of("attributes", "attribute schemas", needed=needed)
    attributes: list[AttributeSchema] = []
    unique: list[tuple[str, ...]] = []
    names: set[str] = set()
    for position, each in enumerate(given):
        at = f"attributes[{position}]"
        if not isinstance(each, dict):
            reader.problems.append(Problem(at, "an object with name and type", each))
            continue
        attribute, is_unique = read_attribute(each, reader.problems, f"{at}.")
        if attribute.name and attribute.name.lower() in names:
            reader.problems.append(
                Problem(f"{at}.name", "a name not used by an earlier attribute", attribute.name)
            )
        elif attribute.name.lower() == "customer_id":
            reader.problems.append(
                Problem(f"{at}.name", "a name that is not reserved", attribute.name)
            )
        names.add(attribute.name.lower())
        attributes.append(attribute)
        if is_unique:
            unique.append((attribute.name,))
    return attributes, unique


def read_attribute(
    members: Mapping[str, Any], problems: list[Problem], at: str = ""
) -> tuple[AttributeSchema, bool]:
    """Return an attribute schema, and whether it is unique on its own; add every problem."""
    reader = _Reader(members, problems, at)
    reader.unknown(_ATTRIBUTE_MEMBERS)
    name = reader.value("name", _TEXT)
    type_ = reader.value("type", _word(tuple(TYPES)))
    length = reader.value("length", _LENGTH, otherwise=0)
    attribute = AttributeSchema(
        name,
        type_ or "string",
        None,
        length,
        mandatory=reader.value("mandatory", _FLAG, otherwise=False),
        encrypt=reader.value("encrypt", _FLAG, otherwise=False),
    )
    if type_:
        default = reader.value(
            "default", lambda value: checked_value(attribute, value), otherwise=None
        )
        attribute = attribute._replace(default=default)
    return attribute, reader.value("unique", _FLAG, otherwise=False)


def _unique(reader: _Reader, attributes: list[AttributeSchema]) -> list[tuple[str, ...]]:
    """Return the lists of attributes that no two records share, spelled as in the schema."""
    spelling = {attribute.name.lower(): attribute.name for attribute in attributes}
    known = ", ".join(spelling.values()) or "it has none"
    found = []
    for position, item in enumerate(reader.list_of("unique", "names of attributes, or lists")):
        names = item if isinstance(item, list) else [item]
        at = f"unique[{position}]"
        if not names or not all(isinstance(name, str) for name in names):
            expected = "the name of an attribute, or a list of two or more names"
            reader.problems.append(Problem(at, expected, item))
        elif any(name.lower() not in spelling for name in names):
            reader.problems.append(Problem(at, f"attributes of the extension: {known}", item))
        elif len({name.lower() for name in names}) < len(names):
            reader.problems.append(Problem(at, "each attribute once", item))
        else:
            found.append(tuple(spelling[name.lower()] for name in names))
    return list(dict.fromkeys(found))


def read_key(
    metadata: Metadata, members: Mapping[str, Any], problems: list[Problem]
) -> IdentificationKey:
    """Return the identification key in a body; add every problem, in order."""
    reader = _Reader(members, problems)
    reader.unknown(_KEY_MEMBERS)
    name = reader.value("name", _name)
    source = reader.value("source", _TEXT, otherwise="profile")
    of_profile = source.lower() == "profile"
    schema = None if of_profile else metadata.extension_schema("profiles", source)
    attributes: tuple[AttributeSchema, ...] = ()
    if of_profile:
        attributes = metadata.all_attributes()
        known = ", ".join(each.name for each in metadata.attributes) or "none"
        known = f"attributes of the profile: {known}"
    elif schema is not None:
        attributes = schema.attributes
        known = f"attributes of {schema.name}: {', '.join(each.name for each in attributes)}"
    else:
        known = "attributes of its source"
        names = ", ".join(each.name for each in metadata.extension_schemas("profiles")) or "none"
        expected = f"profile, or the name of a profile extension: {names}"
        problems.append(Problem("source", expected, source))
    spelling = {each.name.lower(): each.name for each in attributes}
    chosen: list[str] = []
    given = reader.list_of("attributes", known, needed=True, may_be_empty=False)
    for position, each in enumerate(given):
        at = f"attributes[{position}]"
        if not isinstance(each, str) or (spelling and each.lower() not in spelling):
            problems.append(Problem(at, f"one of the {known}", each))
        elif spelling and spelling[each.lower()] in chosen:
            problems.append(Problem(at, "each attribute once", each))
        elif spelling:
            chosen.append(spelling[each.lower()])
        elif of_profile or schema is not None:
            problems.append(Problem(at, "an attribute; the source has none", each))
    unique = reader.value("unique", _FLAG, otherwise=False)
    return IdentificationKey(name, tuple(chosen), schema.name if schema else None, unique)


def _name(value: object) -> str:
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise UnfitError(_NAME_EXPECTED)


def _word(words: tuple[str, ...]) -> Callable[[object], str]:
    """Return a converter for a choice of words in any case, since the pages differ in that."""

    def taken(value: object) -> str:
        word = value.lower() if isinstance(value, str) else ""
        if word not in words:
            raise UnfitError(f"one of {', '.join(words)}")
        return word

    return taken


class _Reader:
    """Read the members of a definition one by one, and collect their problems."""

    def __init__(self, members: Mapping[str, Any], problems: list[Problem], at: str = "") -> None:
        self.problems = problems
        self._members = members
        self._at = at

    def unknown(self, known: tuple[str, ...]) -> None:
        """Add the problems of unknown members."""
        self.problems.extend(
            Problem(f"{self._at}{name}", f"one of {', '.join(known)}", value)
            for name, value in self._members.items()
            if name not in known
        )

    def value(self, name: str, convert: Converter, otherwise: Any = ABSENT) -> Any:
        """Return a member, or ``otherwise``; without that the member is required."""
        given = self._members.get(name)
        fallback = "" if otherwise is ABSENT else otherwise
        try:
            if given is not None:
                return convert(given)
            if otherwise is not ABSENT:
                return otherwise
            convert(None)
        except UnfitError as unfit:
            got = ABSENT if given is None else given
            self.problems.append(unfit.problem(f"{self._at}{name}", got))
        return fallback

    def list_of(
        self, name: str, what: str, *, needed: bool = False, may_be_empty: bool = True
    ) -> list[Any]:
        """Return a list member, or an empty list."""
        given = self._members.get(name)
        if isinstance(given, list) and (given or may_be_empty):
            return given
        if given is not None or needed:
            got = ABSENT if given is None else given
            some = "a list of" if may_be_empty else "a list of one or more"
            self.problems.append(Problem(f"{self._at}{name}", f"{some} {what}", got))
        return []
