"""Create and delete extension schemas and identification keys.

Source: API Reference, *Create Profile Extension Schema* and similar pages for services, states and
tasks, *Create Identification Key*, *Delete Metadata Profile Extensions* and similar pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.definitions import read_key, read_schema
from cs_simulator.domain.errors import BadValues, Conflict, NothingFound
from cs_simulator.domain.metadata import ExtensionSchema, IdentificationKey, Metadata
from cs_simulator.domain.model import SomeEntity
from cs_simulator.domain.transaction import Transaction
from cs_simulator.operations.row import Kind


def create_schema(tx: Transaction, kind: Kind, members: Mapping[str, Any]) -> ExtensionSchema:
    """Store the schema of a new extension.

    Raises :exc:`BadValues`; :exc:`Conflict` if the name exists, in any case.
    """
    problems: list[Problem] = []
    schema = read_schema(kind, members, problems)
    if problems:
        raise BadValues(problems)
    metadata = tx.metadata
    if metadata.extension_schema(kind, schema.name) is not None:
        raise Conflict(f"Extension schema {schema.name} of {kind} already exists")
    if kind == "profiles" and metadata.attribute(schema.name) is not None:
        raise Conflict(f"{schema.name} is already the name of a profile attribute")
    for attribute in schema.attributes:
        if attribute.length and attribute.type != "string":
            tx.hint(f"length of {attribute.name} is stored but has no effect: it is not a string")
    tx.profiles.add_schema(kind, schema)
    tx.effect("created", "extension schema", schema.name)
    return schema


def find_schema(metadata: Metadata, kind: Kind, name: str) -> ExtensionSchema:
    """Return an extension schema by its name, in any case, or raise."""
    schema = metadata.extension_schema(kind, name)
    if schema is None:
        names = ", ".join(each.name for each in metadata.extension_schemas(kind)) or "none"
        raise NothingFound(
            f"No extension schema {name} of {kind}", f"extension schemas here: {names}"
        )
    return schema


def delete_schema(tx: Transaction, kind: Kind, name: str) -> None:
    """Delete an extension schema, and the data of that extension.

    Raises :exc:`NothingFound`; :exc:`Conflict` if an identification key is based on it.
    """
    schema = find_schema(tx.metadata, kind, name)
    keys = [key.name for key in tx.metadata.keys if key.source == schema.name]
    if kind == "profiles" and keys:
        raise Conflict(
            f"Extension schema {schema.name} cannot be deleted: "
            f"identification keys are based on it: {', '.join(keys)}",
            "delete these keys first",
        )
    if kind != "profiles":
        _drop_extension(tx, kind, schema.name)
    tx.profiles.remove_schema(kind, schema)
    tx.effect("deleted", "extension schema", schema.name)


def _drop_extension(tx: Transaction, kind: Kind, name: str) -> None:
    """Remove an extension from every service, state or task that has it."""
    store = tx.store
    for service in list(store.services()):
        if kind == "services":
            if name in service.extensions:
                store.replace_service(_without(service, name))
        elif kind == "states":
            states = [
                each for each in store.states(service.number).values() if name in each.extensions
            ]
            if states:
                store.put_states(service.number, [_without(each, name) for each in states])
        else:
            tasks = [
                each for each in store.tasks(service.number).values() if name in each.extensions
            ]
            if tasks:
                store.put_tasks(service.number, [_without(each, name) for each in tasks])


def _without(entity: SomeEntity, name: str) -> SomeEntity:
    """Return an entity without an extension."""
    extensions = {each: value for each, value in entity.extensions.items() if each != name}
    return entity._replace(extensions=extensions)


def create_key(tx: Transaction, members: Mapping[str, Any]) -> IdentificationKey:
    """Store a new identification key, and index the existing profiles.

    Raises :exc:`BadValues`; :exc:`Conflict` if the name exists, in any case, or if the key is
    unique and two customers share its values.
    """
    problems: list[Problem] = []
    key = read_key(tx.metadata, members, problems)
    if problems:
        raise BadValues(problems)
    if tx.metadata.key(key.name) is not None:
        raise Conflict(f"Identification key {key.name} already exists")
    tx.profiles.add_key(key)
    tx.effect("created", "identification key", key.name)
    return key


def find_key(metadata: Metadata, name: str) -> IdentificationKey:
    """Return an identification key by its name, in any case, or raise."""
    key = metadata.key(name)
    if key is None:
        names = ", ".join(each.name for each in metadata.keys) or "none"
        raise NothingFound(f"No identification key {name}", f"identification keys here: {names}")
    return key


def delete_key(tx: Transaction, name: str) -> None:
    """Delete an identification key, or raise :exc:`NothingFound`."""
    key = find_key(tx.metadata, name)
    tx.profiles.remove_key(key)
    tx.effect("deleted", "identification key", key.name)
