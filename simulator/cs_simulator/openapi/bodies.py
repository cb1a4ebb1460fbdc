"""The schemas of request bodies: events from their marshmallow schemas, the rest from the domain.

A schema differs between the editions: in 8.1 a type is mandatory, and attached data needs a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import get_args

from cs_simulator.api import events
from cs_simulator.api.events import EventForm
from cs_simulator.api.imports import OPTIONS
from cs_simulator.api.maintenance import PURGE
from cs_simulator.documents.values import Boolean, Integer
from cs_simulator.domain.definitions import NAME_PATTERN
from cs_simulator.domain.members import BY_NAME, RESERVED
from cs_simulator.domain.metadata import Metadata
from cs_simulator.domain.schemas import AttributeSchema, Shape
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.typed import TYPES
from cs_simulator.openapi.scalars import (
    Schema,
    attribute_taken,
    extension_taken,
    limited,
    or_null,
    record_taken,
    taken,
)
from cs_simulator.openapi.terms import Asked
from cs_simulator.operations.row import Kind, Operation

_FLAG = or_null(taken(Boolean()))


def body_of(operation: Operation, asked: Asked) -> Schema:
    """Return the schema of an operation's body."""
    if operation.form in events.FORMS:
        return _event(events.FORMS[operation.form], asked)
    if operation.form == "ExtensionSchema":
        return _extension_schema(operation.kind)
    if operation.form == "ExtensionValue":
        return _extension_value(operation.kind, asked)
    return _FORMS[operation.form](asked)


# Events


def _event(
    form: EventForm,
    asked: Asked,
    needed: Iterable[str] = (),
    parts: Mapping[str, Schema] | None = None,
) -> Schema:
    """Return the schema of an event; ``parts`` are members that are objects of their own."""
    fidelity = asked.terms.fidelity
    ignored = asked.edition.ignored_members
    needed = list(needed)
    if form.type_member is not None and asked.edition.types_mandatory(fidelity):
        needed.append(form.type_member)
    policy = fidelity.string_limits
    strict = policy == "everywhere" or (policy == "documented" and form.documents_limits)
    properties: dict[str, Schema] = {}
    for name, found in asked.taken.properties(form.schema()).items():
        if name in ignored:
            continue
        limit = BY_NAME[name].limit
        schema = limited(found, limit) if strict and limit is not None else found
        properties[name] = schema if name in needed else or_null(schema)
    event: Schema = {"type": "object", "properties": {**properties, **(parts or {})}}
    if needed or parts:
        event["required"] = [*needed, *(parts or {})]
    event |= _attached(form.extension_kind, asked, properties)
    return _owned(event) if form.needs_owner else event


def _attached(kind: Kind, asked: Asked, besides: Iterable[str]) -> Schema:
    """Return what a schema says of members that are none of the event: attached data."""
    if not asked.edition.extensions_have_schemas:
        return {"additionalProperties": True}
    reserved = sorted(RESERVED - set(besides))
    extensions = {
        schema.name: extension_taken(schema) for schema in asked.metadata.extension_schemas(kind)
    }
    patterns: Schema = {f"^({'|'.join(reserved)})$": True}
    patterns |= {f"^{name}$": value for name, value in extensions.items()}
    return {"patternProperties": patterns, "additionalProperties": False}


def _owned(event: Schema) -> Schema:
    """Return an event of a service that needs an owner."""
    return {
        **event,
        "anyOf": [
            {"required": [name], "properties": {name: {"type": ["string", "integer"]}}}
            for name in ("customer_id", "contact_key")
        ],
    }


def _transition(asked: Asked) -> Schema:
    ends = _event(events.TRANSITION_FROM, asked, ["state_id"])
    starts = _event(events.TRANSITION_TO, asked)
    return _event(events.TRANSITION, asked, parts={"from": ends, "to": starts})


def _composite(asked: Asked) -> Schema:
    element = {
        "type": "object",
        "properties": {
            "service": _event(events.START_SERVICE, asked),
            "state": _event(events.START_STATE, asked),
            "task": or_null(_event(events.START_TASK, asked)),
            "associate_state_task": _FLAG,
        },
        "required": ["service", "state"],
    }
    services = {"type": "array", "minItems": 1, "items": element}
    return {"type": "object", "properties": {"services": services}, "required": ["services"]}


def _purge(asked: Asked) -> Schema:
    properties = asked.taken.properties(PURGE)
    return {"type": "object", "properties": properties, "required": list(properties)}


def _extension_value(kind: Kind | None, asked: Asked) -> Schema:
    if kind is None or not asked.edition.extensions_have_schemas:
        return {}
    values = [extension_taken(each) for each in asked.metadata.extension_schemas(kind)]
    return {"anyOf": values} if values else {}


# Customers


def _profile(asked: Asked) -> Schema:
    """Return the schema of a profile that is created or updated."""
    metadata = asked.metadata
    properties: dict[str, Schema] = {"customer_id": {}}
    needed = []
    for each in metadata.all_attributes():
        value = _values(each)
        if each.mandatory and each.default is None:
            needed.append(each.name)
            properties[each.name] = value
        else:
            properties[each.name] = or_null(value)
    properties |= _extensions(metadata)
    profile: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if needed:
        profile["required"] = needed
    return profile


def _profile_update(asked: Asked) -> Schema:
    profile = _profile(asked)
    del profile["properties"]["customer_id"]
    return profile


def _values(attribute: AttributeSchema) -> Schema:
    value = attribute_taken(attribute)
    several = {"type": "array", "minItems": 1, "items": value}
    return {"anyOf": [*value.get("anyOf", [value]), several]}


def _extensions(metadata: Metadata) -> dict[str, Schema]:
    return {
        each.name: or_null(extension_taken(each)) for each in metadata.extension_schemas("profiles")
    }


def _insertion(asked: Asked) -> Schema:
    properties = _extensions(asked.metadata)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _record(asked: Asked) -> Schema:
    """Return the schema of what selects a record; which extension it is of, the path says."""
    records = []
    for each in asked.metadata.extension_schemas("profiles"):
        for unique in each.unique if each.type == "multi-valued" else ():
            record = record_taken(each, whole=False)
            record["properties"] |= {
                attribute.name: attribute_taken(attribute)
                for attribute in each.attributes
                if attribute.name in unique
            }
            records.append({**record, "required": list(unique)})
    return {"anyOf": records} if records else {"type": "object"}


def _merge(_asked: Asked) -> Schema:
    flags = ("keep_uniq_from_src", "keep_active_service_only")
    return {"type": "object", "properties": dict.fromkeys(flags, _FLAG)}


def _import(_asked: Asked) -> Schema:
    properties = {
        name: {"type": "string", "contentMediaType": "text/csv"}
        if name == "profiles"
        else taken(convert)
        for name, convert in OPTIONS
    }
    properties["format"] = {"type": "string", "enum": ["CSV"]}
    return {
        "type": "object",
        "properties": properties,
        "required": ["profiles"],
        "additionalProperties": False,
    }


# Metadata and the server


def _extension_schema(kind: Kind | None) -> Schema:
    attribute = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "type": {"type": "string", "enum": list(TYPES)},
            "default": {},
            "length": or_null(taken(Integer(32, minimum=0))),
            "mandatory": _FLAG,
            "encrypt": _FLAG,
            "unique": _FLAG,
        },
        "required": ["name", "type"],
        "additionalProperties": False,
    }
    name = {"type": "string"}
    schema: Schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "pattern": NAME_PATTERN},
            "type": {"type": "string", "enum": list(get_args(Shape))},
            "attributes": {"type": ["array", "null"], "items": attribute},
            "unique": {
                "type": ["array", "null"],
                "items": {"anyOf": [name, {"type": "array", "minItems": 1, "items": name}]},
            },
        },
        "required": ["name", "type"],
        "additionalProperties": False,
    }
    if kind != "profiles":
        attributes = {"type": "array"}
        schema["anyOf"] = [
            {"properties": {"type": {"const": "classifier"}}},
            {"properties": {"attributes": attributes}, "required": ["attributes"]},
        ]
    return schema


def _identification_key(asked: Asked) -> Schema:
    extensions = asked.metadata.extension_schemas("profiles")
    sources = (asked.metadata.all_attributes(), *(each.attributes for each in extensions))
    attributes = {"enum": [each.name for source in sources for each in source]}
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string", "pattern": NAME_PATTERN},
            "source": {"enum": ["profile", *(each.name for each in extensions), None]},
            "attributes": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": attributes,
            },
            "unique": _FLAG,
        },
        "required": ["name", "attributes"],
        "additionalProperties": False,
    }


def _mode(_asked: Asked) -> Schema:
    word = {"type": "string", "enum": list(MODES)}
    return {"type": "object", "properties": {"mode": word}, "required": ["mode"]}


_FORMS: Mapping[str, Callable[[Asked], Schema]] = MappingProxyType(
    {
        "Transition": _transition,
        "Composite": _composite,
        "Purge": _purge,
        "Profile": _profile,
        "ProfileUpdate": _profile_update,
        "ProfileExtensions": _insertion,
        "Record": _record,
        "Merge": _merge,
        "Import": _import,
        "IdentificationKey": _identification_key,
        "Mode": _mode,
        "ExtensionMap": lambda _: {"type": "object"},
    }
)
"""The forms of bodies, by the names that rows have for them, besides events and extensions."""
