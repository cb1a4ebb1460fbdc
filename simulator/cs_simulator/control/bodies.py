"""The bodies that the control API takes, as simple schemas for generating clients.

A shape describes everything that the server accepts: one word or a list, a number or its digits,
null for an omitted member. Generators make a class for each alternative. A correct client needs
only one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs_simulator.control.endpoint import Takes
from cs_simulator.scenario.described import KEYS, with_meanings

Schema = dict[str, Any]


class Bodies:
    """The schemas of one document's request bodies, and of their parts."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas

    def named(self, takes: Takes) -> Schema:
        """Return a reference to an endpoint's body schema; add the schema if it is new."""
        if takes.name not in self._schemas:
            whole: Schema = {"type": "object", "additionalProperties": True}
            if takes.shape is not None:
                whole = takes.shape.json_schema()
            keys = {**KEYS, **takes.members}
            whole = with_meanings(whole, keys, (takes.place,) if takes.place else ())
            schema = self._object(whole, takes.name) if takes.shape else whole
            schema["description"] = takes.says
            if takes.needed:
                schema["required"] = list(takes.needed)
            self._schemas[takes.name] = schema
        return {"$ref": f"#/components/schemas/{takes.name}"}

    def _object(self, schema: Mapping[str, Any], name: str) -> Schema:
        properties: Schema = {
            each: self._member(member, f"{name}{_camel(each)}")
            for each, member in schema["properties"].items()
        }
        found: Schema = {"type": "object", "properties": properties}
        first: Schema = next(iter(schema.get("anyOf", ())), {})
        needed = [each for each in first.get("required", ()) if "properties" in first]
        return {**found, "required": needed} if needed else found

    def _member(self, member: Mapping[str, Any], name: str) -> Schema:
        said = member.get("description")
        schema = self._plain(member, name, said)
        return {**schema, "description": said} if said and "$ref" not in schema else schema

    def _plain(self, schema: Mapping[str, Any], name: str, said: str | None) -> Schema:
        """Return the one alternative of a schema that a correct client uses."""
        if isinstance(schema.get("type"), list) or "if" in schema:
            return {}
        if "properties" in schema:
            return self._component(schema, name, said)
        if "anyOf" in schema:
            chosen = _chosen([each for each in schema["anyOf"] if each != {"type": "null"}])
            return {} if chosen is None else self._plain(chosen, name, said)
        if schema.get("type") == "array":
            return {**schema, "items": self._plain(schema["items"], name, said)}
        if schema.get("type") == "object":
            inner = schema.get("additionalProperties")
            inner = self._plain(inner, name, said) if isinstance(inner, dict) else None
            return {"type": "object", "additionalProperties": inner or True}
        return _scalar(schema)

    def _component(self, schema: Mapping[str, Any], name: str, said: str | None) -> Schema:
        """Return a reference to a named object schema; equal ones share a name."""
        found = self._object(schema, name)
        if said:
            found["description"] = said
        name = next((each for each, there in self._schemas.items() if there == found), name)
        self._schemas[name] = found
        return {"$ref": f"#/components/schemas/{name}"}


def _chosen(ways: list[Schema]) -> Schema | None:
    """Return the alternative that a correct client uses, or None if that depends on the case."""
    lists = [each for each in ways if each.get("type") == "array"]
    if lists or len(ways) == 1:
        return (lists or ways)[0]
    kinds = {"string" if "enum" in each else each.get("type", "") for each in ways}
    if kinds == {"string"}:
        return {"type": "string"}
    return ways[0] if kinds == {"integer", "string"} else None


def _scalar(schema: Schema | Mapping[str, Any]) -> Schema:
    """Return the schema of a scalar, using only keywords that every generator knows."""
    if schema.get("const") is True:
        return {"type": "boolean"}
    if "const" in schema:
        return {"type": "string", "enum": [schema["const"]]}
    found = {"type": "string", **schema} if "enum" in schema else dict(schema)
    if found.get("type") == "integer" and "maximum" in found:
        # The limits of an integer type follow from its format.
        found["format"] = "int64" if found["maximum"] >= 2**31 else "int32"
        if found["maximum"] >= 2**31 - 1:
            del found["maximum"]
    if "(?" in found.get("pattern", ""):
        del found["pattern"]  # not every regular expression engine has lookahead
    return found


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
