"""The parameters of operations: path, query and headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.api.editions import Edition
from cs_simulator.api.profiles import CONTENTS
from cs_simulator.api.queries import converter_of
from cs_simulator.domain.members import RESERVED
from cs_simulator.openapi.meanings import example_of
from cs_simulator.openapi.scalars import Described, Schema
from cs_simulator.openapi.shapes import service_id
from cs_simulator.operations.row import ApiOperation, Parameter

_ENTITY_ID: Mapping[str, Any] = MappingProxyType(
    {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
)

HEADERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "World": {
            "name": "X-Simulator-World",
            "in": "header",
            "description": "The world that the request is meant for, where no prefix of the path "
            "names it. Of the simulator alone.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        },
        "Fault": {
            "name": "X-Simulator-Fault",
            "in": "header",
            "description": "A fault that this request asks for: the name of a rule, or a rule "
            "itself, as JSON. Of the simulator alone.",
            "schema": {"type": "string", "examples": ('{"response": {"status": 503}}',)},
        },
    }
)
"""The simulator's headers that every operation accepts.

Tools that send examples would send them with every request, so clients are generated without them.
"""

PATH_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "service_id": "The id of a service, as its start returned it.",
        "state_id": "The id of a state of the service.",
        "task_id": "The id of a task of the service.",
        "customer_id": "The id of a customer's profile.",
        "src_id": "The id of the profile that is merged into the other and deleted.",
        "contact_key": "The key of an anonymous contact, such as a telephone number; "
        "a slash in it is sent as %2F.",
        "name": "The name of an extension, schema, key or attribute; a slash in it is sent as %2F.",
        "interaction_id": "The id of an interaction.",
        "content": "Which content of the interaction to return.",
    }
)
"""The parameters of paths."""

QUERY: Mapping[str, str] = MappingProxyType(
    {
        "active_states": "Whether to show the active states.",
        "completed_states": "Whether to show the completed states.",
        "active_tasks": "Whether to show the active tasks.",
        "completed_tasks": "Whether to show the completed tasks.",
        "extensions": "The attached data to show, by name; `*` is all, and `Service.`, `State.` "
        "or `Task.` before a name restricts it to one kind.",
        "service_types": "Only services of these types.",
        "state_types": "Only states of these types.",
        "task_types": "Only tasks of these types.",
        "state_id": "Only tasks of these states.",
        "started_from": "Only what started at this date or later.",
        "started_to": "Only what started before this date.",
        "completed_from": "Only what was completed at this date or later.",
        "completed_to": "Only what was completed before this date.",
        "time_from": "The beginning of the exported period.",
        "time_to": "The end of the exported period; by default now.",
        "filter_events": "Whether the period applies to starts, completions, or either.",
        "filter_state": "Only active services, or only completed ones.",
        "export_content": "Whether to export complete services instead of their ids.",
        "cv-attribute": "The field that the attribute is mapped to, such as Service.type.",
        "id_key": "The identification key to use; by default inferred from the attributes.",
        "include_profile": "Whether to show complete profiles instead of their ids.",
        "include_extensions": "Whether to show extensions always, or only if one is found.",
    }
)
"""The description of each query parameter."""


def path_parameters(
    operation: ApiOperation, names: Iterable[str], edition: Edition, terms: Described
) -> list[Schema]:
    """Return the parameters in one path of an operation."""
    return [_path_parameter(name, _path_schema(name, operation, edition, terms)) for name in names]


def _path_parameter(name: str, schema: Schema) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": PATH_PLACES[name],
        "schema": schema,
        "example": example_of(schema, {}, name),
    }


def _path_schema(name: str, operation: ApiOperation, edition: Edition, terms: Described) -> Schema:
    if name == "service_id":
        return service_id(terms)
    if name in ("state_id", "task_id"):
        return dict(_ENTITY_ID)
    if name == "content":
        return {"type": "string", "enum": list(CONTENTS)}
    schema: Schema = {"type": "string", "minLength": 1}
    kind = operation.kind
    if name == "name" and operation.body != "none" and kind is not None:
        known = [extension.name for extension in terms.metadata.extension_schemas(kind)]
        if operation.form == "Record":
            known = [
                extension.name
                for extension in terms.metadata.extension_schemas(kind)
                if extension.type == "multi-valued" and extension.unique
            ]
        if known and (kind == "profiles" or edition.extensions_have_schemas):
            return {"type": "string", "enum": known}
        if terms.lenient:
            schema["not"] = {"enum": sorted(RESERVED)}
    return schema


def query_parameters(operation: ApiOperation, terms: Described) -> list[Schema]:
    """Return the query parameters; an empty one counts as absent."""
    found = [_query_parameter(parameter, terms) for parameter in operation.parameters]
    if operation.free_query:
        attributes = {
            attribute.name: _searched(terms) for attribute in terms.metadata.all_attributes()
        }
        found.append(
            {
                "name": "attributes",
                "in": "query",
                "style": "form",
                "explode": True,
                "description": "The attributes that a customer is known by, each as a parameter "
                "of its own name; one that is repeated has any of the values.",
                "schema": {
                    "type": "object",
                    "properties": attributes,
                    "additionalProperties": False,
                },
            }
        )
    return found


def _query_parameter(parameter: Parameter, terms: Described) -> Schema:
    value = terms.scalars.of(converter_of(parameter))
    found: Schema = {"name": parameter.name, "in": "query", "description": QUERY[parameter.name]}
    if parameter.needed:
        found["required"] = True
    if parameter.repeats:
        found |= {"style": "form", "explode": False, "schema": {"type": "array", "items": value}}
    else:
        found["schema"] = _or_empty(value) if terms.lenient and not parameter.needed else value
    return found


def _searched(terms: Described) -> Schema:
    """Return the schema of an attribute to search for.

    A repeated one is a list of alternatives. There is no common syntax for a list within an object.
    """
    text: Schema = {"type": "string", "description": "The value that is searched for."}
    return {"type": "array", "items": text} if terms.lenient else text


def _or_empty(value: Schema) -> Schema:
    """Return a schema that also accepts an empty value, which counts as absent."""
    if value == {"type": "string"}:
        return value
    if "enum" in value:
        return {**value, "enum": [*value["enum"], ""]}
    return {"anyOf": [*value.get("anyOf", [value]), {"const": ""}]}


def headers_of(operation: ApiOperation, edition: Edition, terms: Described) -> list[str]:
    """Return the headers of an operation, by their component names."""
    found = list(HEADERS) if terms.lenient else []
    if edition.names_tenants and operation.of_tenant:
        needed = "Needed" if terms.needs_tenant else ""
        found.insert(0, f"{needed}ContactCenterId")
    return found


def tenant_header(name: str) -> Schema:
    """Return the header that names a tenant."""
    return {
        "name": "ContactCenterId",
        "in": "header",
        "required": name.startswith("Needed"),
        "description": "The tenant, by its dbid or name; required if there are two or more, "
        "ignored if the scenario has no tenants.",
        "schema": {"type": "string"},
    }
