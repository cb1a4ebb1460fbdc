"""The parameters of operations: of the path, of the query, and the headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.api.editions import Edition
from cs_simulator.api.interactions import CONTENTS
from cs_simulator.api.queries import converter_of
from cs_simulator.domain.members import RESERVED
from cs_simulator.openapi.scalars import Schema, taken
from cs_simulator.openapi.shapes import service_id
from cs_simulator.openapi.terms import Described
from cs_simulator.operations.row import PATH_EXAMPLES, Operation, Parameter

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
"""The headers that every operation takes."""


def path_parameters(
    operation: Operation, names: Iterable[str], edition: Edition, terms: Described
) -> list[Schema]:
    """Return the parameters in one path of an operation."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _path_schema(name, operation, edition, terms),
            **({"example": PATH_EXAMPLES[name]} if name in PATH_EXAMPLES else {}),
        }
        for name in names
    ]


def _path_schema(name: str, operation: Operation, edition: Edition, terms: Described) -> Schema:
    if name == "service_id":
        return service_id(terms)
    if name in ("state_id", "task_id"):
        return dict(_ENTITY_ID)
    if name == "content":
        return {"type": "string", "enum": list(CONTENTS)}
    schema: Schema = {"type": "string", "minLength": 1}
    kind = operation.kind
    if name == "name" and operation.body != "none" and kind is not None:
        known = [each.name for each in terms.metadata.extension_schemas(kind)]
        if operation.form == "Record":
            known = [
                each.name
                for each in terms.metadata.extension_schemas(kind)
                if each.type == "multi-valued" and each.unique
            ]
        if known and (kind == "profiles" or edition.extensions_have_schemas):
            return {"type": "string", "enum": known}
        schema["not"] = {"enum": sorted(RESERVED)}
    return schema


def query_parameters(operation: Operation, terms: Described) -> list[Schema]:
    """Return the parameters of the query; a blank one counts as absent."""
    found = [_query_parameter(each) for each in operation.parameters]
    if operation.free_query:
        attributes = {
            each.name: {"type": "array", "items": {"type": "string"}}
            for each in terms.metadata.all_attributes()
        }
        found.append(
            {
                "name": "attributes",
                "in": "query",
                "style": "form",
                "explode": True,
                "description": "The attributes that a customer is known by, each under its own "
                "name; one that is repeated has any of the values.",
                "schema": {
                    "type": "object",
                    "properties": attributes,
                    "additionalProperties": False,
                },
            }
        )
    return found


def _query_parameter(parameter: Parameter) -> Schema:
    value = taken(converter_of(parameter))
    found: Schema = {"name": parameter.name, "in": "query"}
    if parameter.needed:
        found["required"] = True
    if parameter.repeats:
        found |= {"style": "form", "explode": False, "schema": {"type": "array", "items": value}}
    else:
        found["schema"] = value if parameter.needed else _or_blank(value)
    return found


def _or_blank(value: Schema) -> Schema:
    """Return a schema that takes a blank value too, which counts as absent."""
    if value == {"type": "string"}:
        return value
    if "enum" in value:
        return {**value, "enum": [*value["enum"], ""]}
    return {"anyOf": [*value.get("anyOf", [value]), {"const": ""}]}


def headers_of(operation: Operation, edition: Edition, terms: Described) -> list[str]:
    """Return the headers of an operation by their names among the components."""
    found = list(HEADERS)
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
        "description": "The tenant, by its dbid or name; demanded where there are two or more, "
        "ignored where there is none.",
        "schema": {"type": "string"},
    }
