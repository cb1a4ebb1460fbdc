"""The schemas of responses: services, states, tasks, profiles and the rest, and errors.

Source: the pages of the API Reference that :mod:`cs_simulator.api.resources` names. Absent members
are omitted. Other members of a service, state or task are attached data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, get_args

from cs_simulator.api.editions import Edition
from cs_simulator.documents.values import Boolean, Converter, Integer, Moment, Text
from cs_simulator.domain.definitions import NAME_PATTERN
from cs_simulator.domain.errors import TITLES
from cs_simulator.domain.members import OF_END, OF_EVENT, OF_KIND, EntityKind, Member
from cs_simulator.domain.metadata import Shape
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.typed import TYPES
from cs_simulator.openapi.meanings import MOMENT_EXAMPLE
from cs_simulator.openapi.scalars import LONG_OR_TEXT, MOMENT, Described, Schema, attribute_shown
from cs_simulator.operations.row import ApiOperation, ShownBody

ONE_OR_SEVERAL = "One value as it is, several as a list."

_TEXT: Mapping[str, Any] = MappingProxyType({"type": "string"})
_NAME: Mapping[str, Any] = MappingProxyType({"type": "string", "minLength": 1})
_DEFINED: Mapping[str, Any] = MappingProxyType(
    {"type": "string", "pattern": NAME_PATTERN, "maxLength": 26}
)
"""The name of an extension schema or an identification key."""
_BOOLEAN: Mapping[str, Any] = MappingProxyType({"type": "boolean"})
_MOMENT: Mapping[str, Any] = MappingProxyType(
    {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$",
    }
)
_INT32: Mapping[str, Any] = MappingProxyType({"type": "integer", "format": "int32"})
_INT64: Mapping[str, Any] = MappingProxyType({"type": "integer", "format": "int64"})
_COUNT: Mapping[str, Any] = MappingProxyType({"type": "integer", "format": "int64", "minimum": 0})
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
    """Return the schema of an object with some members, and possibly others."""
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": more,
    }


def service_id(terms: Described) -> Schema:
    """Return the schema of a service's id in a world."""
    if terms.fidelity.service_ids == "integer":
        return {**_INT64, "minimum": 1}
    return dict(_TEXT)


def _members(rows: Iterable[Member]) -> dict[str, Any]:
    """Return the schemas of members in responses."""
    return {row.name: _shown(row.takes) for row in rows}


def _shown(convert: Converter) -> Mapping[str, Any]:
    if isinstance(convert, Integer):
        found = dict(_INT64 if convert.high >= 2**31 else _INT32)
        return {**found, "minimum": convert.low} if convert.low >= 0 else found
    if isinstance(convert, Moment):
        return ref("Moment")
    if isinstance(convert, Boolean):
        return _BOOLEAN
    if isinstance(convert, Text):
        return _TEXT if convert.empty else _NAME
    return ref("LongOrText")


def _entity(kind: EntityKind, ids: Mapping[str, Any], optional: Mapping[str, Any]) -> Schema:
    """Return the schema of a service, state or task; ``ids`` are the ids that it always has."""
    members = {**_members(OF_KIND[kind]), **_members(OF_END), "duration": _COUNT, **optional}
    optional = {name: schema for name, schema in members.items() if name not in ids}
    event = ref("Event")
    return _object({**ids, "started": event}, {"completed": event, **optional}, more=True)


def components(terms: Described) -> dict[str, Schema]:
    """Return the schemas of all responses, by name."""
    return {**_of_services(terms), **_of_customers(terms), **_of_metadata(terms), **_of_server()}


def _of_services(terms: Described) -> dict[str, Schema]:
    ids = {"service_id": service_id(terms)}
    tasks = {name: several("Task") for name in ("active_tasks", "completed_tasks")}
    states = {name: several("State") for name in ("active_states", "completed_states")}
    owner = {**ids, "customer_id": _NAME}
    return {
        "LongOrText": dict(LONG_OR_TEXT),
        "Moment": {
            **(MOMENT if terms.lenient else _MOMENT),
            "description": "A date in UTC with three digits of milliseconds.",
            "examples": [MOMENT_EXAMPLE],
        },
        "Event": _object({"timestamp": ref("Moment")}, _members(OF_EVENT)),
        "Service": _entity("Service", ids, {**states, **tasks}),
        "State": _entity("State", {"state_id": _INT32}, {**owner, **tasks}),
        "Task": _entity("Task", {"task_id": _INT32}, owner),
        "ServiceStarted": _object(ids),
        "StateStarted": _object({"state_id": _INT32}),
        "TaskStarted": _object({"task_id": _INT32}),
        "CompositeOutcome": _composite(ids),
        "ExportedFiles": _object(
            {"created": {"type": "array", "items": _TEXT, "minItems": 3, "maxItems": 3}}
        ),
        "ExportedServices": _exported(terms),
    }


def _of_customers(terms: Described) -> dict[str, Schema]:
    return {
        "BusinessAttribute": _object(
            {
                **_named_value(),
                "map_name": _BOOLEAN,
                "cv_attributes": {"type": "array", "items": _NAME},
                "values": {"type": "array", "items": _object(_named_value())},
            }
        ),
        "Profile": _profile(terms),
        "ProfileCreated": _object({"customer_id": _NAME}),
        "Imported": _imported(),
    }


def _of_metadata(terms: Described) -> dict[str, Schema]:
    return {
        "AttributeSchema": _object(
            {
                "encrypt": _BOOLEAN,
                "length": _COUNT,
                "mandatory": _BOOLEAN,
                "name": _NAME,
                "type": {"type": "string", "enum": list(TYPES)},
                "unique": _BOOLEAN,
            },
            {"default": {}},
        ),
        "ExtensionSchema": _object(
            {
                "attributes": several("AttributeSchema"),
                "name": _DEFINED,
                "type": {"type": "string", "enum": list(get_args(Shape))},
            },
            {
                "unique": {
                    "type": "array",
                    "description": "What no two records share: names, or lists of names.",
                    "items": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
                    if terms.lenient
                    else {},
                }
            },
        ),
        "IdentificationKey": _object(
            {"name": _DEFINED, "attributes": {"type": "array", "items": _NAME, "minItems": 1}},
            {"unique": {"const": True} if terms.lenient else _BOOLEAN},
        ),
        "Named": _object({"name": _NAME}),
        "Role": _object(
            {
                "role_name": _NAME,
                "role_DBID": ref("LongOrText"),
                "role_enabled": _BOOLEAN,
                "tasks": {
                    "type": "array",
                    "items": _object({"capableOf": _BOOLEAN, "name": _NAME}),
                },
            }
        ),
    }


def _of_server() -> dict[str, Schema]:
    mode = {"type": "string", "enum": list(MODES)}
    memory = ("max_memory", "allocated_memory", "used_memory", "free_memory")
    counters = ("request_today", "client_errors_today", "server_errors_today")
    return {
        "Interaction": _object(
            {"customer_id": _NAME, "interaction_id": _NAME, "media_type": _NAME}, more=True
        ),
        "ServerStatus": _object(
            {
                "version": _TEXT,
                "system_time": ref("Moment"),
                "mode": mode,
                "started": ref("Moment"),
                **dict.fromkeys((*memory, *counters), _COUNT),
            },
            {"last_request": ref("Moment")},
        ),
        "ServerChanged": _object({"server changed": mode}),
    }


def _named_value() -> dict[str, Any]:
    dbid = {**_INT64, "minimum": 0}
    return {"name": _NAME, "dbid": dbid, "display_name": _TEXT, "description": _TEXT}


def _composite(ids: Mapping[str, Any]) -> Schema:
    outcome = _object(
        {
            "service": _object({**ids, "created": _CREATED}),
            "state": _object({"state_id": _INT32, "created": _CREATED}),
        },
        {"task": _object({"task_id": _INT32, "created": _CREATED})},
    )
    return _object({"services": {"type": "array", "minItems": 1, "items": outcome}})


def _exported(terms: Described) -> Schema:
    """Return the schema of exported services: their ids, or the services with all their data."""
    if terms.lenient:
        return {"anyOf": [{"type": "array", "items": _TEXT}, several("Service")]}
    said = "Ids, or with export_content the services whole."
    return {"type": "array", "description": said, "items": {}}


def _profile(terms: Described) -> Schema:
    """Return the schema of a customer: single values as they are, several as a list."""
    properties: dict[str, Any] = {}
    for attribute in terms.metadata.all_attributes():
        value = attribute_shown(attribute)
        several_of_it = {"type": "array", "items": value}
        properties[attribute.name] = (
            {"anyOf": [value, several_of_it]} if terms.lenient else {"description": ONE_OR_SEVERAL}
        )
    return _object({"customer_id": _NAME}, properties, more=True)


def _imported() -> Schema:
    skipped = _object({"line": _COUNT, "customer_id": _NAME})
    failed = _object({"line": _COUNT, "reason": _NAME})
    return _object(
        {
            "imported": _COUNT,
            "skipped": {"type": "array", "items": skipped},
            "errors": {"type": "array", "items": failed},
        }
    )


def body_shown(shape: ShownBody, path: str) -> Schema:
    """Return the schema of what an operation returns at one of its paths."""
    is_list = shape.many == "always" or (
        shape.many == "without name" and not path.endswith("/{name}")
    )
    return several(shape.name) if is_list else ref(shape.name)


_SAID: Mapping[int, str] = MappingProxyType(
    {
        400: "What was sent is wrong; every bad member is named.",
        401: "The name and password of a user are missing or wrong.",
        403: "The roles of the user do not allow it, or an option of the server does not.",
        404: "There is nothing of that id or name.",
        405: "The path has no such method: a word such as start is never an id.",
        409: "Something of that name or value is there already, or something else needs it.",
        413: "The body is larger than the server takes.",
        415: "The body does not say that it is JSON in UTF-8, or is compressed.",
        500: "A bug in the simulator, or no id or disk space is left.",
        503: "The mode of the server does not allow it, or there is no room for one more world.",
    }
)


_EXCEPTION = (
    "com.genesyslab.gsg.services.contextservices.exceptions.ContextServicesExceptionResource"
)
_EITHER = "EitherError"
"""Stands for both forms where a client cannot know which one it gets: from alternatives, generators
would make a class with the members of neither.
"""


def error_schemas(terms: Described) -> dict[str, Schema]:
    """Return the two forms of error bodies, and the schema for where either may come."""
    text = {"type": "string", "minLength": 1}
    message = {"message": text, "exception": text}
    coded = {
        "http_method": text,
        "title": text,
        "description": text,
        "code": {"type": "integer", "format": "int32", "examples": list(TITLES)},
        "uri": text,
    }
    found = {
        name: {
            "type": "object",
            "properties": members,
            "required": list(members),
            "additionalProperties": False,
        }
        for name, members in (("Error", message), ("CodedError", coded))
    }
    if not terms.lenient:
        found[_EITHER] = {
            "type": "object",
            "properties": {**message, **coded},
            "additionalProperties": False,
        }
    return found


def refusals(operation: ApiOperation, edition: Edition, terms: Described) -> dict[int, Schema]:
    """Return the error responses of an operation, by status."""
    return {
        status: {
            "description": _SAID[status],
            "headers": _headers(status),
            "content": {"application/json": _content(operation, edition, status, terms)},
        }
        for status in _statuses(operation, terms)
    }


def _statuses(operation: ApiOperation, terms: Described) -> Iterator[int]:
    yield 400
    if terms.has_users:
        yield 401
    if terms.has_users or operation.body == "multipart":
        yield 403
    yield 404
    yield 405
    if operation.conflicts:
        yield 409
    if operation.body != "none":
        yield 413
        yield 415
    yield 500
    yield 503


def _content(operation: ApiOperation, edition: Edition, status: int, terms: Described) -> Schema:
    """Return the content of an error response, with an example."""
    schema = _form(operation, edition, status, terms)
    code, title = next(
        (code, title) for code, (title_status, title) in TITLES.items() if title_status == status
    )
    example: Schema = {"message": title.capitalize(), "exception": _EXCEPTION}
    if schema != ref("Error"):
        example = {
            "http_method": operation.method,
            "title": title,
            "description": title.capitalize(),
            "code": code,
            "uri": f"{terms.url}{terms.base_of(edition.name)}{operation.paths[0]}",
        }
    return {"schema": schema, "example": example}


def _form(operation: ApiOperation, edition: Edition, status: int, terms: Described) -> Schema:
    """Return the form of an error.

    In edition 8.5, operations on profiles use the form of 8.1, except for errors that occur before
    the operation is known, or because of a tenant.
    """
    if edition.name == "8.1":
        return ref("CodedError")
    if operation.refuses_as == "services":
        return ref("Error")
    if status in (400, 404, 405, 503):
        both = {"anyOf": [ref("CodedError"), ref("Error")]}
        return both if terms.lenient else ref(_EITHER)
    return ref("CodedError")


def _headers(status: int) -> Schema:
    headers: Schema = {
        name: {"$ref": f"#/components/headers/{name}"}
        for name in ("X-Simulator-Request", "X-Simulator-Hint")
    }
    if status in (400, 503):
        # A request to a world with an invalid name is in no journal.
        headers["X-Simulator-Request"] = {"schema": {"type": "string"}}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WWW-Authenticate"}
    elif status == 405:
        headers["Allow"] = {"$ref": "#/components/headers/Allow"}
    return headers
