"""The metadata and the customers of a snapshot, written as a document has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from cs_simulator.domain.metadata import PREDEFINED_SCHEMA, Metadata
from cs_simulator.domain.profiles import Profile
from cs_simulator.domain.schemas import KINDS, AttributeSchema, ExtensionSchema, IdentificationKey
from cs_simulator.scenario.metadata import predefined_keys

Members = dict[str, Any]
_Part = TypeVar("_Part")


def metadata_members(metadata: Metadata) -> Members:
    """Return the keys of a document that say what its metadata are, where they say anything."""
    members: Members = {}
    if metadata.attributes != PREDEFINED_SCHEMA:
        members["profile_attributes"] = _all_there_is(_attribute, metadata.attributes)
    schemas = {kind: metadata.extension_schemas(kind) for kind in KINDS}
    if any(schemas.values()):
        members["extension_schemas"] = {
            kind: [_schema(each) for each in those] for kind, those in schemas.items() if those
        }
    if metadata.keys != predefined_keys(metadata):
        members["identification_keys"] = _all_there_is(_key, metadata.keys)
    return members


def _all_there_is(write: Callable[[_Part], Members], parts: Sequence[_Part]) -> list[Members]:
    """Return parts as a list that takes nothing over from those that are predefined."""
    return [{"remove": True}, *map(write, parts)] if parts else []


def _attribute(attribute: AttributeSchema) -> Members:
    members: Members = {"name": attribute.name, "type": attribute.type}
    if attribute.default is not None:
        members["default"] = attribute.default
    if attribute.length:
        members["length"] = attribute.length
    if attribute.mandatory:
        members["mandatory"] = True
    if attribute.encrypt:
        members["encrypt"] = True
    return members


def _schema(schema: ExtensionSchema) -> Members:
    members: Members = {"name": schema.name, "type": schema.type}
    if schema.attributes:
        members["attributes"] = [_attribute(attribute) for attribute in schema.attributes]
    if schema.unique:
        members["unique"] = [
            names[0] if len(names) == 1 else list(names) for names in schema.unique
        ]
    return members


def _key(key: IdentificationKey) -> Members:
    members: Members = {"name": key.name}
    if key.source is not None:
        members["source"] = key.source
    members["attributes"] = list(key.attributes)
    if key.unique:
        members["unique"] = True
    return members


def customers(profiles: Iterable[Profile], metadata: Metadata) -> Iterator[Members]:
    """Yield customers with their attributes and extensions."""
    for profile in profiles:
        members: Members = {"customer_id": profile.customer_id}
        for name, values in profile.attributes.items():
            members[name] = values[0] if len(values) == 1 else list(values)
        if profile.extensions:
            members["extensions"] = {
                name: schema.shown([dict(record) for record in records])
                for name, records in profile.extensions.items()
                if (schema := metadata.extension_schema("profiles", name)) is not None
            }
        yield members
