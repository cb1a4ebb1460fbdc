"""The shapes of responses: the schemas of services, states, tasks, profiles and the rest.

Source: the pages of the API Reference that :mod:`cs_simulator.api.resources` names. Members that
are absent are left out. What a service, state or task has beside the members here is attached data.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from cs_simulator.domain.members import EVENT_MEMBERS
from cs_simulator.domain.metadata import Metadata
from cs_simulator.domain.schemas import Shape as ExtensionShape
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.typed import TYPES
from cs_simulator.openapi.scalars import LONG_OR_TEXT, MOMENT, Schema, attribute_shown
from cs_simulator.openapi.terms import Terms
from cs_simulator.operations.row import Shape

_TEXT: Mapping[str, Any] = MappingProxyType({"type": "string"})
_BOOLEAN: Mapping[str, Any] = MappingProxyType({"type": "boolean"})
_INT32: Mapping[str, Any] = MappingProxyType({"type": "integer", "format": "int32"})
_INT64: Mapping[str, Any] = MappingProxyType({"type": "integer", "format": "int64"})
_COUNT: Mapping[str, Any] = MappingProxyType({"type": "integer", "minimum": 0})
_CREATED: Mapping[str, Any] = MappingProxyType({"type": "string", "enum": ("true", "false")})


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def several(name: str) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": ref(name)}


def _object(
    properties: Mapping[str, Any], optional: Mapping[str, Any] | None = None, *, more: bool = False
) -> Schema:
    """Return the schema of an object that has some members, and perhaps others."""
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": more,
    }


def service_id(terms: Terms) -> Schema:
    """Return the schema of a service's id in a world."""
    if terms.fidelity.service_ids == "integer":
        return {**_INT64, "minimum": 1}
    return dict(_TEXT)


def _course(kind: str) -> dict[str, Any]:
    return {
        "est_duration": _INT32,
        "completed": ref("Event"),
        "disposition": LONG_OR_TEXT,
        "disposition_desc": _TEXT,
        "duration": _COUNT,
        f"{kind}_type": LONG_OR_TEXT,
    }


def components(terms: Terms) -> dict[str, Schema]:
    """Return the schemas of all that is answered, by their names."""
    ids = {"service_id": service_id(terms)}
    event_kinds = {"session_id": _TEXT, "interaction_id": _TEXT}
    event_kinds |= {"application_id": _INT64, "resource_id": _INT64}
    tasks = {name: several("Task") for name in ("active_tasks", "completed_tasks")}
    states = {name: several("State") for name in ("active_states", "completed_states")}
    owner = {**ids, "customer_id": _TEXT}
    return {
        "Event": _object(
            {"timestamp": MOMENT},
            {name: event_kinds.get(name, LONG_OR_TEXT) for name in EVENT_MEMBERS},
        ),
        "Service": _object(
            {**ids, "started": ref("Event")},
            {"customer_id": _TEXT, "contact_key": _TEXT, **_course("service"), **states, **tasks},
            more=True,
        ),
        "State": _object(
            {"state_id": _INT32, "started": ref("Event")},
            {**owner, "previous_state_id": _INT32, **_course("state"), **tasks},
            more=True,
        ),
        "Task": _object(
            {"task_id": _INT32, "started": ref("Event")},
            {**owner, "state_id": _INT32, **_course("task")},
            more=True,
        ),
        "ServiceStarted": _object(ids),
        "StateStarted": _object({"state_id": _INT32}),
        "TaskStarted": _object({"task_id": _INT32}),
        "CompositeOutcome": _composite(ids),
        "ExportedFiles": _object(
            {"created": {"type": "array", "items": _TEXT, "minItems": 3, "maxItems": 3}}
        ),
        "ExportedServices": {"anyOf": [{"type": "array", "items": _TEXT}, several("Service")]},
        "BusinessAttribute": _object(
            {
                **_named_value(),
                "map_name": _BOOLEAN,
                "cv_attributes": {"type": "array", "items": _TEXT},
                "values": {"type": "array", "items": _object(_named_value())},
            }
        ),
        "Profile": _profile(terms.metadata),
        "ProfileCreated": _object({"customer_id": _TEXT}),
        "Imported": _imported(),
        "AttributeSchema": _object(
            {
                "encrypt": _BOOLEAN,
                "length": _COUNT,
                "mandatory": _BOOLEAN,
                "name": _TEXT,
                "type": {"type": "string", "enum": list(TYPES)},
                "unique": _BOOLEAN,
            },
            {"default": {}},
        ),
        "ExtensionSchema": _object(
            {
                "attributes": several("AttributeSchema"),
                "name": _TEXT,
                "type": {"type": "string", "enum": list(get_args(ExtensionShape))},
            },
            {
                "unique": {
                    "type": "array",
                    "items": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
                }
            },
        ),
        "IdentificationKey": _object(
            {"name": _TEXT, "attributes": {"type": "array", "items": _TEXT}},
            {"unique": {"const": True}},
        ),
        "Named": _object({"name": _TEXT}),
        "Role": _object(
            {
                "role_name": _TEXT,
                "role_DBID": {"type": ["integer", "string"]},
                "role_enabled": _BOOLEAN,
                "tasks": {
                    "type": "array",
                    "items": _object({"capableOf": _BOOLEAN, "name": _TEXT}),
                },
            }
        ),
        "Interaction": _object(
            {"customer_id": _TEXT, "interaction_id": _TEXT, "media_type": _TEXT}, more=True
        ),
        "ServerStatus": _status(),
        "ServerChanged": _object({"server changed": {"type": "string", "enum": list(MODES)}}),
    }


def _named_value() -> dict[str, Any]:
    return {"name": _TEXT, "dbid": _INT64, "display_name": _TEXT, "description": _TEXT}


def _composite(ids: Mapping[str, Any]) -> Schema:
    outcome = _object(
        {
            "service": _object({**ids, "created": _CREATED}),
            "state": _object({"state_id": _INT32, "created": _CREATED}),
        },
        {"task": _object({"task_id": _INT32, "created": _CREATED})},
    )
    return _object({"services": {"type": "array", "minItems": 1, "items": outcome}})


def _profile(metadata: Metadata) -> Schema:
    """Return the schema of a customer: one value as it is, several as a list."""
    properties: dict[str, Any] = {}
    for each in metadata.all_attributes():
        value = attribute_shown(each)
        properties[each.name] = {"anyOf": [value, {"type": "array", "items": value}]}
    return _object({"customer_id": _TEXT}, properties, more=True)


def _imported() -> Schema:
    skipped = _object({"line": _COUNT, "customer_id": _TEXT})
    failed = _object({"line": _COUNT, "reason": _TEXT})
    return _object(
        {
            "imported": _COUNT,
            "skipped": {"type": "array", "items": skipped},
            "errors": {"type": "array", "items": failed},
        }
    )


def _status() -> Schema:
    memory = ("max_memory", "allocated_memory", "used_memory", "free_memory")
    counters = ("request_today", "client_errors_today", "server_errors_today")
    return _object(
        {
            "version": _TEXT,
            "system_time": MOMENT,
            "mode": {"type": "string", "enum": list(MODES)},
            "started": MOMENT,
            **dict.fromkeys((*memory, *counters), _COUNT),
        },
        {"last_request": MOMENT},
    )


def body_shown(shape: Shape, path: str) -> Schema:
    """Return the schema of what an operation shows at one of its paths."""
    is_list = shape.many == "always" or (
        shape.many == "without name" and not path.endswith("/{name}")
    )
    return several(shape.name) if is_list else ref(shape.name)
