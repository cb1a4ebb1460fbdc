"""Descriptions and examples of all schemas and members, for readers and generated clients.

Members of services, states, tasks and their events have descriptions in their rows. The others are
here, by name; if a name has several meanings, with the schema that contains it. With the examples,
mock servers and readers see typical values of this product instead of ``string`` and ``0``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.domain.members import MEMBERS
from cs_simulator.openapi.scalars import Schema
from cs_simulator.operations.row import PATH_EXAMPLES

MOMENT_EXAMPLE = "2026-01-05T09:00:00.000Z"

SCHEMAS: Mapping[str, str] = MappingProxyType(
    {
        "LongOrText": "A 64-bit integer, or text.",
        "Event": "When something started or ended, and what caused the event.",
        "Service": "A service: one process with a customer, from start to end.",
        "State": "A state of a service.",
        "Task": "A task of a service.",
        "ServiceStarted": "The service that was started.",
        "StateStarted": "The state that was started.",
        "TaskStarted": "The task that was started.",
        "CompositeOutcome": "What was found or started, service by service.",
        "ExportedFiles": "The exported files.",
        "BusinessAttribute": "An enumeration, and the members mapped to it.",
        "Profile": "A customer; an attribute with several values is a list.",
        "ProfileCreated": "The created customer.",
        "Imported": "The result of an import, line by line.",
        "AttributeSchema": "An attribute of customers or of an extension.",
        "ExtensionSchema": "An extension, and the attributes of its records.",
        "IdentificationKey": "Attributes by which customers are found.",
        "Named": "The name of what was created.",
        "Role": "A role, and its privileges.",
        "Interaction": "One communication with a customer.",
        "ServerStatus": "The status of the server.",
        "ServerChanged": "The mode that the server is in now.",
        "CompositeElement": "A service with its state and optionally a task, to find or start.",
        "CompositeService": "The service to find, or to start with these members.",
        "CompositeState": "The state to find, or to start with these members.",
        "CompositeTask": "The task to find, or to start with these members.",
        "TransitionFrom": "How the state ends.",
        "TransitionTo": "The start of the next state.",
        "NewAttribute": "An attribute of the new extension.",
        "Error": "Why a request was rejected, in the form of services in edition 8.5.",
        "CodedError": "Why a request was rejected, in the form of edition 8.1.",
        "EitherError": "Why a request was rejected: `message` and `exception`, or all the others.",
    }
)
"""The description of each schema."""

_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "started": "When and how it started.",
        "completed": "When and how it ended; absent while it is active.",
        "duration": "How long it took, in milliseconds.",
        "active_states": "Its active states, if requested.",
        "completed_states": "Its completed states, if requested.",
        "active_tasks": "Its active tasks, if requested.",
        "completed_tasks": "Its completed tasks, if requested.",
        "services": "One item for each service, with its state and task, if any.",
        "service": "The service.",
        "state": "The state.",
        "task": "The task.",
        "created": "Whether it was created: `false` if it existed.",
        "ExportedFiles.created": "The names of the files.",
        "associate_state_task": "Whether the task belongs to the state.",
        "name": "The name.",
        "dbid": "The DB id.",
        "display_name": "The name for people.",
        "description": "What it is, in words.",
        "CodedError.description": "What is wrong.",
        "EitherError.description": "What is wrong.",
        "map_name": "Whether values are shown by name, and not by DB id.",
        "cv_attributes": "The members that are mapped to it, such as Service.type.",
        "values": "Its values.",
        "imported": "How many customers were imported.",
        "skipped": "The lines of customers that already exist.",
        "errors": "The invalid lines.",
        "line": "The number of the line.",
        "reason": "What is wrong with it.",
        "encrypt": "Whether it is shown as encrypted.",
        "length": "The maximum length of a string; 0 for no limit.",
        "mandatory": "Whether a value is required.",
        "type": "The type.",
        "unique": "Whether no two may have the same value.",
        "ExtensionSchema.unique": "Attributes, or lists of them, that no two records share.",
        "default": "The default value.",
        "attributes": "The attributes.",
        "role_name": "The name of the role.",
        "role_DBID": "The DB id of the role.",
        "role_enabled": "Whether the role is enabled.",
        "Role.tasks": "The privileges, each with whether the role grants it.",
        "capableOf": "Whether the role grants it.",
        "version": "The version of the product.",
        "system_time": "The time of its clock.",
        "mode": "The mode that it is in.",
        "ServerStatus.started": "When it was started.",
        "max_memory": "The maximum memory.",
        "allocated_memory": "The allocated memory.",
        "used_memory": "The used memory.",
        "free_memory": "The free memory.",
        "request_today": "The number of requests today.",
        "client_errors_today": "The number of invalid requests today.",
        "server_errors_today": "The number of failed requests today.",
        "last_request": "The time of the last request.",
        "server changed": "The mode.",
        "message": "What is wrong.",
        "exception": "The name of the exception.",
        "http_method": "The method of the request.",
        "title": "The kind of error.",
        "code": "The error code.",
        "uri": "The address of the request.",
        "limit": "Only services that started before this date.",
        "operation": "Which of these services are deleted.",
        "from": "How the state ends.",
        "to": "The state that follows.",
        "keep_uniq_from_src": "Whether unique records of the merged customer replace the other's.",
        "keep_active_service_only": "Whether only active services are moved to the other customer.",
        "format": "The format of the file.",
        "profiles": "The file, with a customer on each line.",
        "id-key": "The identification key by which existing customers are found.",
        "delimiter": "The character between two values.",
        "max-errors": "The maximum number of invalid lines; with more, nothing is imported.",
        "encoding": "The encoding of the file.",
        "start-from-index": "The first record to import, counted from 0.",
        "create-log": "Whether to write a log; ignored here.",
        "source": "The extension with these attributes; by default the profile.",
    }
)
MEANINGS: Mapping[str, str] = MappingProxyType(
    {**{member.name: member.says for member in MEMBERS}, **_MEMBERS}
)
"""The description of each member, by its name, or by its schema's name, a dot and its own."""


def explain(document: Schema) -> None:
    """Add descriptions to all schemas and members of a document."""
    _explain(document["paths"], "")
    for name, schema in document["components"]["schemas"].items():
        bare = name.removesuffix("81")
        if bare in SCHEMAS:
            schema.setdefault("description", SCHEMAS[bare])
        _explain(schema, bare)


def _explain(value: Any, schema: str) -> None:
    if isinstance(value, list):
        for item in value:
            _explain(item, schema)
    elif isinstance(value, dict):
        members = value.get("properties")
        if isinstance(members, dict):
            for name, member in members.items():
                said = MEANINGS.get(f"{schema}.{name}", MEANINGS.get(name))
                if said and "$ref" not in member:
                    member.setdefault("description", said)
        for inner in value.values():
            _explain(inner, schema)


_BY_NAME: Mapping[str, Any] = MappingProxyType(
    {
        **PATH_EXAMPLES,
        "name": "coupon",
        "service_type": 100,
        "state_type": 8,
        "task_type": 7,
        "disposition": 1,
        "media_type": 1,
        "duration": 90_000,
        "est_duration": 600,
        "timestamp": MOMENT_EXAMPLE,
        "message": "There are no service found for : 42",
        "exception": "com.genesyslab.gsg.services.contextservices.exceptions.NotFoundException",
        "http_method": "GET",
        "title": "not found",
        "description": "No customer profile with id 42",
        "code": 4040,
        "uri": "http://localhost:8080/profiles/42",
        "version": "8.1.0",
        "role_name": "Administrator",
        "role_DBID": 101,
        "reason": "the line has no value for LastName",
        "display_name": "Delivery",
        "dbid": 101,
        "filter_state": "any",
        "id_key": "idPhone",
        "content": "plain_text",
    }
)
"""Example values for members and parameters, by name."""

_SHOWN_OPTIONAL = frozenset({"service_type", "contact_key", "state_type", "task_type", "timestamp"})
"""Optional members that examples include, because they would be too bare without them."""


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """Return a value that fits a schema; ``schemas`` are the components, ``name`` is its own."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if name in _BY_NAME and _fits(_BY_NAME[name], schema):
        return _BY_NAME[name]
    if "examples" in schema:
        return schema["examples"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas, name)
    return _made(schema, schemas)


def _made(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object":
        needed = schema.get("required", ())
        return {
            name: example_of(member, schemas, name)
            for name, member in schema.get("properties", {}).items()
            if name in needed or name in _SHOWN_OPTIONAL
        }
    if kind == "array":
        items = schema.get("items", {})
        return [example_of(items, schemas)] * schema.get("minItems", 1) if items else []
    values = {"integer": 1, "number": 1.5, "boolean": True, "string": "text"}
    return values.get(str(kind), "text")


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value has the type of a schema; schemas of one name differ only in type."""
    kinds = {"integer": int, "string": str}
    wanted = [choice.get("type") for choice in schema.get("anyOf", [schema])]
    return any(kind in kinds and isinstance(value, kinds[kind]) for kind in wanted)
