"""From the profile attributes, extension schemas and identification keys of a document to metadata.

What may stand in each is said by :mod:`cs_simulator.domain.definitions`, which the API has too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from cs_simulator.domain.definitions import read_attribute, read_key, read_schema
from cs_simulator.domain.errors import Problem
from cs_simulator.domain.metadata import PREDEFINED_KEYS, PREDEFINED_SCHEMA, Metadata
from cs_simulator.domain.schemas import AttributeSchema, ExtensionSchema, IdentificationKey, Kind
from cs_simulator.scenario.extends import Predefined
from cs_simulator.scenario.profiles import OWN_KEYS, note
from cs_simulator.scenario.shape import Checker

_RESERVED = OWN_KEYS | {"id_key", "include_profile", "include_extensions"}
"""Names that mean something else beside attributes: in a customer, or when one is identified."""


def metadata_of(document: Mapping[str, Any], media: Sequence[str], checker: Checker) -> Metadata:
    """Return the metadata of a document with these media; note what is wrong between its parts."""
    attributes: Sequence[AttributeSchema] = PREDEFINED_SCHEMA
    if "profile_attributes" in document:
        attributes = _attributes(document["profile_attributes"], checker)
    declared = Metadata(attributes, media=media)
    schemas = {
        cast("Kind", kind): _schemas(cast("Kind", kind), given, declared, checker)
        for kind, given in document.get("extension_schemas", {}).items()
        if given
    }
    metadata = Metadata(attributes, (), schemas, media)
    keys: Sequence[IdentificationKey]
    if "identification_keys" in document:
        keys = _keys(document["identification_keys"], metadata, checker)
    else:
        keys = predefined_keys(metadata)
    return Metadata(attributes, keys, schemas, media)


def predefined_keys(metadata: Metadata) -> tuple[IdentificationKey, ...]:
    """Return the keys of a world whose document names none: those whose attributes there are."""
    return tuple(key for key in PREDEFINED_KEYS if all(map(metadata.attribute, key.attributes)))


def _attributes(given: Sequence[Mapping[str, Any]], checker: Checker) -> list[AttributeSchema]:
    attributes = []
    for position, each in enumerate(given):
        at = f"profile_attributes[{position}]"
        problems: list[Problem] = []
        attribute, _ = read_attribute(each, problems)
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
    for position, each in enumerate(given):
        at = f"extension_schemas.{kind}[{position}]"
        problems: list[Problem] = []
        schema = read_schema(kind, each, problems)
        if kind == "profiles" and metadata.attribute(schema.name) is not None:
            expected = "a name that no attribute of profiles has"
            problems.append(Problem("name", expected, schema.name))
        note(problems, at, checker)
        schemas.append(schema)
    return tuple(schemas)


def _keys(
    given: Sequence[Mapping[str, Any]], metadata: Metadata, checker: Checker
) -> list[IdentificationKey]:
    keys = []
    predefined = {key.name for key in predefined_keys(metadata)}
    for position, each in enumerate(given):
        # A predefined key goes with the attributes that it is over.
        if isinstance(each, Predefined) and each["name"] not in predefined:
            continue
        problems: list[Problem] = []
        keys.append(read_key(metadata, each, problems))
        note(problems, f"identification_keys[{position}]", checker)
    return keys
