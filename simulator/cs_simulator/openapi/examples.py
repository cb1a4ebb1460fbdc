"""Examples of values in requests and responses, generated from the schemas.

Mock servers and readers of the document see typical values of this product instead of ``string``
and ``0``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.openapi.scalars import Schema
from cs_simulator.operations.row import PATH_EXAMPLES

MOMENT_EXAMPLE = "2026-01-05T09:00:00.000Z"

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

_TELLING = frozenset({"service_type", "contact_key", "state_type", "task_type", "timestamp"})
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
            if name in needed or name in _TELLING
        }
    if kind == "array":
        items = schema.get("items", {})
        return [example_of(items, schemas)] * schema.get("minItems", 1) if items else []
    values = {"integer": 1, "number": 1.5, "boolean": True, "string": "text"}
    return values.get(str(kind), "text")


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value has the type of a schema; schemas of one name differ only in type."""
    kinds = {"integer": int, "string": str}
    wanted = [each.get("type") for each in schema.get("anyOf", [schema])]
    return any(each in kinds and isinstance(value, kinds[each]) for each in wanted)


def path_example(name: str, schema: Schema) -> Any:
    """Return an example for a path parameter."""
    return example_of(schema, {}, name)
