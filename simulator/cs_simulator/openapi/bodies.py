"""The schemas of request bodies: events from their marshmallow schemas, others from the domain.

Schemas differ between the editions: in 8.1 a type is required, and attached data needs a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, get_args

from cs_simulator.api import events
from cs_simulator.api.events import EventForm
from cs_simulator.api.imports import OPTIONS
from cs_simulator.api.maintenance import PURGE
from cs_simulator.documents.values import Integer
from cs_simulator.domain.definitions import NAME_PATTERN
from cs_simulator.domain.members import BY_NAME, RESERVED
from cs_simulator.domain.metadata import AttributeSchema, Shape
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.typed import TYPES
from cs_simulator.openapi.meanings import example_of
from cs_simulator.openapi.scalars import Asked, Schema, limited
from cs_simulator.openapi.shapes import ONE_OR_SEVERAL
from cs_simulator.operations.row import ApiOperation, Kind


def body_of(operation: ApiOperation, asked: Asked) -> Schema:
    """Return the schema of an operation's body."""
    schema = _body(operation, asked)
    if schema.get("type") != "object":
        return schema
    schema["description"] = f"What {operation.id} takes."
    return asked.named(f"{operation.id.title().replace('_', '')}Body", schema)


def _body(operation: ApiOperation, asked: Asked) -> Schema:
    if operation.form in events.FORMS:
        return _event(events.FORMS[operation.form], asked)
    if operation.form == "ExtensionSchema":
        return _extension_schema(operation.kind, asked)
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
    """Return the schema of an event; ``parts`` are members that are objects."""
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
        properties[name] = schema if name in needed else asked.scalars.optional(schema)
    event: Schema = {"type": "object", "properties": {**properties, **(parts or {})}}
    if needed or parts:
        event["required"] = [*needed, *(parts or {})]
    attached = _attached(form.extension_kind, asked, properties)
    event["properties"] |= attached.pop("properties", {})
    event |= attached
    # Generators make classes for alternatives next to members, so clients get them in words.
    return _owned(event) if form.needs_owner and asked.terms.lenient else event


def _attached(kind: Kind, asked: Asked, besides: Iterable[str]) -> Schema:
    """Return the schema of an event's other members: attached data."""
    if not asked.edition.extensions_have_schemas:
        return {"additionalProperties": True}
    extensions = {
        schema.name: asked.scalars.extension(schema)
        for schema in asked.metadata.extension_schemas(kind)
    }
    if not asked.terms.lenient:
        return {"properties": extensions, "additionalProperties": False}
    reserved = sorted(RESERVED - set(besides))
    patterns: Schema = {f"^({'|'.join(reserved)})$": True}
    patterns |= {f"^{name}$": value for name, value in extensions.items()}
    return {"patternProperties": patterns, "additionalProperties": False}


def _owned(event: Schema) -> Schema:
    """Return the schema of a service event that needs an owner."""
    return {
        **event,
        "anyOf": [
            {"required": [name], "properties": {name: {"type": ["string", "integer"]}}}
            for name in ("customer_id", "contact_key")
        ],
    }


def _transition(asked: Asked) -> Schema:
    ends = asked.named("TransitionFrom", _event(events.TRANSITION_FROM, asked, ["state_id"]))
    starts = asked.named("TransitionTo", _event(events.TRANSITION_TO, asked))
    return _event(events.TRANSITION, asked, parts={"from": ends, "to": starts})


def _composite(asked: Asked) -> Schema:
    element = {
        "type": "object",
        "properties": {
            "service": asked.named("CompositeService", _event(events.START_SERVICE, asked)),
            "state": asked.named("CompositeState", _event(events.START_STATE, asked)),
            "task": asked.named(
                "CompositeTask", asked.scalars.optional(_event(events.START_TASK, asked))
            ),
            "associate_state_task": asked.scalars.flag(),
        },
        "required": ["service", "state"],
    }
    items = asked.named("CompositeElement", element)
    services = {"type": "array", "minItems": 1, "items": items}
    return {"type": "object", "properties": {"services": services}, "required": ["services"]}


def _purge(asked: Asked) -> Schema:
    properties = asked.taken.properties(PURGE)
    return {"type": "object", "properties": properties, "required": list(properties)}


def _extension_value(kind: Kind | None, asked: Asked) -> Schema:
    if kind is None or not asked.edition.extensions_have_schemas or not asked.terms.lenient:
        return {}
    values = [asked.scalars.extension(schema) for schema in asked.metadata.extension_schemas(kind)]
    return {"anyOf": values} if values else {}


_RECORD_EXAMPLE: Mapping[str, str] = MappingProxyType({"label": "home", "city": "York"})


def extension_example(operation: ApiOperation, asked: Asked) -> Any:
    """Return an example of an extension as a body; one of the world's if it has any."""
    if operation.kind is None or operation.form not in _OF_EXTENSIONS:
        return None
    known = asked.metadata.extension_schemas(operation.kind)
    if operation.form == "Record":
        known = tuple(
            extension
            for extension in known
            if extension.type == "multi-valued" and extension.unique
        )
    if not known and operation.form == "ProfileExtensions":
        return {}
    if not known:
        return operation.attached or dict(_RECORD_EXAMPLE)
    schema = asked.scalars.extension(known[0])
    if operation.form == "Record":
        names = [
            attribute.name
            for attribute in known[0].attributes
            if attribute.name in known[0].unique[0]
        ]
        schema = {**asked.scalars.record(known[0]), "required": names}
    example = example_of(schema, {})
    return {known[0].name: example} if operation.form == "ProfileExtensions" else example


_OF_EXTENSIONS = frozenset({"ExtensionValue", "Record", "ProfileExtensions"})

# Customers


def _profile(asked: Asked) -> Schema:
    """Return the schema of a profile to create or update."""
    metadata = asked.metadata
    properties: dict[str, Schema] = {"customer_id": {}}
    needed = []
    for attribute in metadata.all_attributes():
        value = _values(attribute, asked)
        if attribute.mandatory and attribute.default is None:
            needed.append(attribute.name)
            properties[attribute.name] = value
        else:
            properties[attribute.name] = asked.scalars.optional(value)
    properties |= _extensions(asked)
    profile: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if needed:
        profile["required"] = needed
    return profile


def _profile_update(asked: Asked) -> Schema:
    profile = _profile(asked)
    del profile["properties"]["customer_id"]
    return profile


def _values(attribute: AttributeSchema, asked: Asked) -> Schema:
    if not asked.terms.lenient:
        return {"description": ONE_OR_SEVERAL}
    value = asked.scalars.attribute(attribute)
    several = {"type": "array", "minItems": 1, "items": value}
    return {"anyOf": [*value.get("anyOf", [value]), several]}


def _extensions(asked: Asked) -> dict[str, Schema]:
    return {
        schema.name: asked.scalars.optional(asked.scalars.extension(schema))
        for schema in asked.metadata.extension_schemas("profiles")
    }


def _insertion(asked: Asked) -> Schema:
    properties = _extensions(asked)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _record(asked: Asked) -> Schema:
    """Return the schema of the attributes that select a record of the extension in the path."""
    if not asked.terms.lenient:
        return {"type": "object", "additionalProperties": True}
    records = []
    for schema in asked.metadata.extension_schemas("profiles"):
        for unique in schema.unique if schema.type == "multi-valued" else ():
            record = asked.scalars.record(schema, whole=False)
            record["properties"] |= {
                attribute.name: asked.scalars.attribute(attribute)
                for attribute in schema.attributes
                if attribute.name in unique
            }
            records.append({**record, "required": list(unique)})
    return {"anyOf": records} if records else {"type": "object"}


def _merge(asked: Asked) -> Schema:
    flags = ("keep_uniq_from_src", "keep_active_service_only")
    return {"type": "object", "properties": dict.fromkeys(flags, asked.scalars.flag())}


def _import(asked: Asked) -> Schema:
    properties = {
        name: {"type": "string", "contentMediaType": "text/csv"}
        if name == "profiles"
        else asked.scalars.of(convert)
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


def _extension_schema(kind: Kind | None, asked: Asked) -> Schema:
    scalars = asked.scalars
    attribute = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "type": {"type": "string", "enum": list(TYPES)},
            "default": {},
            "length": scalars.optional(scalars.of(Integer(32, minimum=0))),
            "mandatory": scalars.flag(),
            "encrypt": scalars.flag(),
            "unique": scalars.flag(),
        },
        "required": ["name", "type"],
        "additionalProperties": False,
    }
    name = {"type": "string"}
    names = {"type": "array", "minItems": 1, "items": name}
    unique: Schema = {"anyOf": [name, names]} if asked.terms.lenient else {}
    schema: Schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "pattern": NAME_PATTERN},
            "type": {"type": "string", "enum": list(get_args(Shape))},
            "attributes": scalars.optional(
                {"type": "array", "items": asked.named("NewAttribute", attribute)}
            ),
            "unique": scalars.optional({"type": "array", "items": unique}),
        },
        "required": ["name", "type"],
        "additionalProperties": False,
    }
    if kind != "profiles" and asked.terms.lenient:
        attributes = {"type": "array", "items": {}}
        schema["anyOf"] = [
            {"properties": {"type": {"const": "classifier"}}},
            {"properties": {"attributes": attributes}, "required": ["attributes"]},
        ]
    return schema


def _identification_key(asked: Asked) -> Schema:
    extensions = asked.metadata.extension_schemas("profiles")
    sources = (asked.metadata.all_attributes(), *(extension.attributes for extension in extensions))
    attributes = {
        "type": "string",
        "enum": [attribute.name for source in sources for attribute in source],
    }
    names: Schema = {"type": "array", "minItems": 1, "items": attributes}
    if asked.terms.lenient:
        names["uniqueItems"] = True
    source = {"type": "string", "enum": ["profile", *(extension.name for extension in extensions)]}
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string", "pattern": NAME_PATTERN},
            "source": {"enum": [*source["enum"], None]} if asked.terms.lenient else source,
            "attributes": names,
            "unique": asked.scalars.flag(),
        },
        "required": ["name", "attributes"],
        "additionalProperties": False,
    }


def _mode(asked: Asked) -> Schema:
    word: Schema = {"type": "string", "enum": list(MODES)}
    if not asked.terms.lenient:
        # What tries each word of a list would take the server out of service for all that follows.
        word = {"type": "string", "description": f"The mode to switch to: {' or '.join(MODES)}."}
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
"""The forms of bodies other than events and extensions, by the names that rows use."""
