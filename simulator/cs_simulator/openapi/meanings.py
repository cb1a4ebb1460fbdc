"""Descriptions of all schemas and members, for readers of the document and of generated clients.

Members of services, states, tasks and their events have descriptions in their rows. The others are
here, by name; if a name has several meanings, with the schema that contains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.domain.members import MEMBERS
from cs_simulator.openapi.scalars import Schema

SCHEMAS: Mapping[str, str] = MappingProxyType(
    {
        "LongOrText": "An integer of 64 bits, or text.",
        "Event": "When something started or ended, and what raised the event.",
        "Service": "A service: what a customer wants, from its start to its end.",
        "State": "A state of a service.",
        "Task": "A task of a service.",
        "ServiceStarted": "The service that was started.",
        "StateStarted": "The state that was started.",
        "TaskStarted": "The task that was started.",
        "CompositeOutcome": "What was found or started, service by service.",
        "ExportedFiles": "The files that were made.",
        "BusinessAttribute": "An enumeration, and what is mapped to it.",
        "Profile": "A customer: one value of an attribute as it is, several as a list.",
        "ProfileCreated": "The customer that was made.",
        "Imported": "What came of an import, line by line.",
        "AttributeSchema": "An attribute of customers or of an extension.",
        "ExtensionSchema": "An extension, and what each record of it has.",
        "IdentificationKey": "Attributes by which customers are found.",
        "Named": "What was made, by its name.",
        "Role": "A role, and what it allows.",
        "Interaction": "Something that was said or written with a customer.",
        "ServerStatus": "How the server is.",
        "ServerChanged": "The mode that the server is in now.",
        "CompositeElement": "A service with its state and perhaps a task, to be found or started.",
        "CompositeService": "The service, with what it starts with if it is not found.",
        "CompositeState": "The state, with what it starts with if it is not found.",
        "CompositeTask": "The task, with what it starts with if it is not found.",
        "TransitionFrom": "How the state ends.",
        "TransitionTo": "The state that follows, as it is started.",
        "NewAttribute": "An attribute of the new extension.",
        "Error": "Why a request was rejected, as edition 8.5 says it of services.",
        "CodedError": "Why a request was rejected, as edition 8.1 says it.",
        "EitherError": "Why a request was rejected: `message` and `exception`, or all the others.",
    }
)
"""The description of each schema."""

_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "started": "When and how it started.",
        "completed": "When and how it ended; absent while it goes on.",
        "duration": "How long it took, in milliseconds.",
        "active_states": "Its active states, where they are asked for.",
        "completed_states": "Its completed states, where they are asked for.",
        "active_tasks": "Its active tasks, where they are asked for.",
        "completed_tasks": "Its completed tasks, where they are asked for.",
        "services": "Service by service, with its state and perhaps its task.",
        "service": "The service.",
        "state": "The state.",
        "task": "The task.",
        "created": "Whether it was made: `false` where it was there.",
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
        "skipped": "The lines of customers that are there already.",
        "errors": "The lines that are wrong.",
        "line": "The number of the line.",
        "reason": "What is wrong with it.",
        "encrypt": "Whether it is shown as encrypted.",
        "length": "The most characters of a string; 0 for no limit.",
        "mandatory": "Whether there must be a value.",
        "type": "The type.",
        "unique": "Whether no two may have the same value.",
        "ExtensionSchema.unique": "What no two records share: names, or lists of names.",
        "default": "The value where none is sent.",
        "attributes": "The attributes.",
        "role_name": "The name of the role.",
        "role_DBID": "The DB id of the role.",
        "role_enabled": "Whether the role counts.",
        "Role.tasks": "What the role is about.",
        "capableOf": "Whether the role allows it.",
        "version": "The version of the product.",
        "system_time": "What its clock says.",
        "mode": "The mode that it is in.",
        "ServerStatus.started": "When it was started.",
        "max_memory": "The memory that it may have, in bytes.",
        "allocated_memory": "The memory that it has, in bytes.",
        "used_memory": "The memory that it uses, in bytes.",
        "free_memory": "The memory that it has left, in bytes.",
        "request_today": "How many requests came today.",
        "client_errors_today": "How many of them were wrong.",
        "server_errors_today": "How many of them failed.",
        "last_request": "When the last one came.",
        "server changed": "The mode.",
        "message": "What is wrong.",
        "exception": "The name of the exception.",
        "http_method": "The method of the request.",
        "title": "What is wrong, in general.",
        "code": "The code of what is wrong.",
        "uri": "The address of the request.",
        "limit": "Only services that started before this date.",
        "operation": "Which of them are deleted.",
        "from": "How the state ends.",
        "to": "The state that follows.",
        "keep_uniq_from_src": "Whether unique records of the customer that goes are kept.",
        "keep_active_service_only": "Whether only active services go over to the other customer.",
        "format": "The format of the file.",
        "profiles": "The file, a customer a line.",
        "id-key": "The identification key that tells whether a customer is there already.",
        "delimiter": "What stands between two values.",
        "max-errors": "After how many wrong lines the import gives up.",
        "encoding": "The encoding of the file.",
        "start-from-index": "The line to begin with.",
        "create-log": "Whether a log is made.",
        "source": "The extension whose attributes these are; left out, the profile.",
    }
)
MEANINGS: Mapping[str, str] = MappingProxyType(
    {**{each.name: each.says for each in MEMBERS}, **_MEMBERS}
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
        for each in value:
            _explain(each, schema)
    elif isinstance(value, dict):
        members = value.get("properties")
        if isinstance(members, dict):
            for name, member in members.items():
                said = MEANINGS.get(f"{schema}.{name}", MEANINGS.get(name))
                if said and "$ref" not in member:
                    member.setdefault("description", said)
        for each in value.values():
            _explain(each, schema)
