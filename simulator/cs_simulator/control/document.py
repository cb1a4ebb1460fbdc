"""The control API as OpenAPI 3.1, generated from the rows of its endpoints.

The bodies that it takes are simple schemas. A shape describes everything that the server accepts:
one word or a list, a number or its digits, null for an omitted member. Generators make a class for
each alternative, and a correct client needs only one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator import __version__
from cs_simulator.control.endpoint import Content, Endpoint, Param, Takes
from cs_simulator.control.front import PREFIX
from cs_simulator.control.shows import ShownMember, Shows, anything, several, text, texts
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
            key: self._member(member, f"{name}{_camel(key)}")
            for key, member in schema["properties"].items()
        }
        found: Schema = {"type": "object", "properties": properties}
        first: Schema = next(iter(schema.get("anyOf", ())), {})
        needed = [key for key in first.get("required", ()) if "properties" in first]
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
            chosen = _chosen([choice for choice in schema["anyOf"] if choice != {"type": "null"}])
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
        name = next((other for other, there in self._schemas.items() if there == found), name)
        self._schemas[name] = found
        return {"$ref": f"#/components/schemas/{name}"}


def _chosen(ways: list[Schema]) -> Schema | None:
    """Return the alternative that a correct client uses, or None if that depends on the case."""
    lists = [way for way in ways if way.get("type") == "array"]
    if lists or len(ways) == 1:
        return (lists or ways)[0]
    kinds = {"string" if "enum" in way else way.get("type", "") for way in ways}
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


Members = dict[str, Any]

_DESCRIPTION = """\
The control of a simulator of Genesys Context Services: its worlds, their scenarios, clocks, faults
and journals. Context Services itself is described by `/_control/openapi.json`.

An operation applies to one world, which `/_world/{world}` before its path names, or the header
X-Simulator-World, which may be sent with any request; without either it applies to `default`.
Operations for the whole server exist only at the root.

HEAD is supported wherever GET is, with the same headers and no body. Responses must not be cached:
each says so.

Bodies are JSON or YAML, whatever their media type. This is the view of a correct client: every
member has one type, and if the server accepts several, the description says so. Within one number
`api` of the index, things are only added: clients must ignore members that they do not know.
"""
_GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "api": ("server", "The server: its health and APIs, and reset."),
        "scenarios": ("scenarios", "The scenario of a world, and the catalogue."),
        "snapshot": ("snapshot", "A world's current state, as a scenario."),
        "faults": ("faults", "The rules in force: list, add and remove."),
        "explain": ("explain", "What the rules would do with a request, and why."),
        "journal": ("journal", "The requests of a world, and its responses."),
        "events": ("events", "What happens in the worlds, as it happens."),
        "verify": ("verify", "Whether a world received the requests that a test expects."),
        "judge": ("judge", "What a client did, compared with what it should have done."),
        "clock": ("clock", "A world's time."),
        "stages": ("stages", "The position of a world among the stages of its scenario."),
        "console": ("console", "A page for a browser, and its files."),
        "metrics": ("metrics", "The counters of the server."),
        "report": ("report", "A world's run as one file."),
        "rewind": ("rewind", "Rewind to an instant, and the difference of two."),
        "worlds": ("worlds", "The worlds: list, create and drop."),
    }
)
"""The tag of each section's endpoints, and its description."""

_REFUSED: Mapping[int, str] = MappingProxyType(
    {
        400: "The request is not valid; every error is listed, and nothing was changed.",
        401: "The control token is missing or wrong.",
        403: "A page of another origin, or a host that the server does not know.",
        404: "There is no world of that name, or this endpoint is the same for every world.",
        413: "The body is too large.",
        415: "The body is compressed.",
        431: "The request line and headers are too long.",
        500: "A bug in the simulator.",
        501: "The body's Transfer-Encoding is not chunked.",
        503: "There is no room for one more world.",
    }
)
_NUMBER: Mapping[str, str] = MappingProxyType({"type": "integer", "format": "int32"})
_PROBLEM = Shows(
    "Problem",
    "Why a request is not carried out (RFC 9457).",
    {
        "title": text("The kind of error.", "Invalid clock"),
        "status": ShownMember("The status.", _NUMBER, 400),
        "detail": text(
            "What is wrong, and how to fix it.",
            "1 error; nothing was changed: by: expected a duration such as 2h, found 'soon'",
        ),
        "errors": several(
            "Each error in the body or the query.",
            Shows(
                "DocumentError",
                "One error in a document.",
                {
                    "source": text("The document.", "request"),
                    "at": text("The place in it.", "by"),
                    "line": ShownMember("The line.", _NUMBER, 1, always=False),
                    "column": ShownMember("The column.", _NUMBER, 7, always=False),
                    "detail": text(
                        "What is wrong, and how to fix it.",
                        "expected a duration such as 2h, found 'soon'",
                    ),
                    "did_you_mean": text("The nearest name.", "clock", always=False),
                    "expected": text("What was expected.", "a duration such as 2h", always=False),
                    "found": anything("What was found.", "soon", always=False),
                    "allowed": texts("All allowed names.", "clock", always=False),
                },
            ),
            always=False,
        ),
    },
)

_LED: Mapping[str, Members] = MappingProxyType(
    {
        "303": {
            "description": "A browser, which prefers HTML to JSON, is redirected to the console.",
            "headers": {
                "Location": {
                    "description": "The relative address of the console.",
                    "schema": {"type": "string"},
                    "example": "../_control/console",
                }
            },
        }
    }
)


def control_document(
    endpoints: Iterable[Endpoint], url: str, *, needs_token: bool = False
) -> Members:
    """Return the OpenAPI 3.1 document of some endpoints, as data for JSON."""
    rows = tuple(endpoints)
    schemas: dict[str, Members] = {}
    _add(schemas, _PROBLEM)
    bodies = Bodies(schemas)
    paths: dict[str, Members] = {}
    for row in rows:
        path = PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", row.path.rstrip("/"))
        described = _operation(row, schemas, bodies, needs_token=needs_token)
        paths.setdefault(path, {})[row.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Genesys Context Services, simulated: the control API",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {"url": url, "description": "The server; requests for a world apply to `default`."},
            {
                "url": f"{url}/_world/{{world}}",
                "description": "One world.",
                "variables": {"world": {"default": "default", "description": "Its name."}},
            },
        ],
        "tags": [
            {"name": name, "description": says}
            for name, says in dict.fromkeys(_GROUPS[row.group] for row in rows)
            if says
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token given to --control-token, if one was given.",
                }
            },
        },
    }


def _operation(
    row: Endpoint, schemas: dict[str, Members], bodies: Bodies, *, needs_token: bool
) -> Members:
    """Return one operation of the document."""
    described: Members = {
        "operationId": row.name,
        "summary": row.summary.rstrip("."),
        "description": _said(row),
        "tags": [_GROUPS[row.group][0]],
        "parameters": [
            *(_parameter(path_name, "path") for path_name in row.names),
            *(_parameter(parameter, "query") for parameter in row.query),
        ],
    }
    if row.takes is not None:
        described["requestBody"] = {
            "description": row.takes.says,
            "required": not row.takes.is_optional,
            "content": {
                "application/json": {
                    "schema": bodies.named(row.takes),
                    "example": dict(row.takes.example),
                }
            },
        }
    shown = {"description": row.shows.says, "content": _content(row, schemas)}
    refused = {
        str(status): {
            "description": says,
            "content": {
                "application/problem+json": {
                    "schema": _ref(_PROBLEM.name),
                    "example": _problem(status, says),
                }
            },
        }
        for status, says in sorted(_refusals(row, needs_token=needs_token).items())
    }
    described["responses"] = {
        **{str(status): shown for status in row.statuses},
        **(_LED if row.leads else {}),
        **refused,
    }
    described["security"] = _security(row, needs_token=needs_token)
    return described


def _security(row: Endpoint, *, needs_token: bool) -> list[Members]:
    if row.is_public:
        return []
    return [{"token": []}] if needs_token else [{}, {"token": []}]


def _said(row: Endpoint) -> str:
    """Return the description of an operation, in addition to its summary."""
    if row.scope == "server":
        said = "For the whole server: it exists only at the root."
    elif row.makes_world:
        said = "For one world, which is created if it does not exist."
    else:
        said = "For one world, which must exist."
    return said if row.takes is None else f"{said} The body: {row.takes.says}"


def _parameter(param: Param, place: str) -> Members:
    schema = {
        name: list(value) if name == "enum" else value for name, value in param.schema.items()
    }
    found: Members = {
        "name": param.name,
        "in": place,
        "required": place == "path",
        "description": param.says,
        "schema": {"type": "array", "items": schema} if param.repeats else schema,
        "example": param.example,
    }
    return {**found, "style": "form", "explode": True} if param.repeats else found


def _content(row: Endpoint, schemas: dict[str, Members]) -> Members:
    """Return what an operation answers where all is well, by media type."""
    shows = row.shows
    if isinstance(shows, Shows):
        found = {"application/json": _shown(shows, schemas)}
    else:
        found = _described_elsewhere(shows)
    if row.events:
        # OpenAPI 3.1 has no keyword for the events of a stream.
        [stream] = found.values()
        stream["x-events"] = {
            name: _shown(event, schemas)["schema"] for name, event in row.events.items()
        }
    return {**found, **{name: _shown(form, schemas) for name, form in row.forms.items()}}


def _shown(shows: Shows, schemas: dict[str, Members]) -> Members:
    _add(schemas, shows)
    return {"schema": _ref(shows.name), "example": shows.example}


def _described_elsewhere(shows: Content) -> Members:
    is_object = isinstance(shows.example, Mapping)
    schema: Members = {"type": "string"}
    if is_object:
        schema = {"type": "object", "additionalProperties": True}
        if shows.members:
            schema["required"] = list(shows.members)
    names = [media_type.partition(";")[0] for media_type in shows.media_types]
    # Where the response is not JSON, it is text with the same content.
    first = "application/json" if "application/json" in names else names[0]
    text = shows.example
    if is_object:
        text = "".join(f"{name}: {value}\n" for name, value in shows.example.items())
    return {
        name: {"schema": schema, "example": shows.example}
        if name == first
        else {"schema": {"type": "string"}, "example": text}
        for name in names
    }


def _add(schemas: dict[str, Members], shows: Shows) -> None:
    """Add the schema of an object, and of all that it has, to the components.

    Members whose names begin with an underscore are only named: without it, generators give some
    of them the names of others.
    """
    named = {name: member for name, member in shows.members.items() if not name.startswith("_")}
    schema: Members = {
        "type": "object",
        "description": shows.says,
        "properties": {name: _member_schema(member) for name, member in named.items()},
        "required": [name for name, member in named.items() if member.always],
    }
    others = [name for name in shows.members if name not in named]
    if others:
        schema["description"] = f"{shows.says} It may also have {', '.join(others)}."
        schema["additionalProperties"] = True
    schemas[shows.name] = schema
    for member in shows.members.values():
        if member.shows is not None and member.shows.name not in schemas:
            _add(schemas, member.shows)


def _member_schema(member: ShownMember) -> Members:
    if member.shows is None:
        return {**member.schema, "description": member.says}
    if member.is_list:
        return {"type": "array", "description": member.says, "items": _ref(member.shows.name)}
    return _ref(member.shows.name)


def _refusals(row: Endpoint, *, needs_token: bool) -> dict[int, str]:
    """Return the reasons for rejecting an operation, by status."""
    statuses = [400, 403, 431, 500]
    if needs_token and not row.is_public:
        statuses.append(401)
    if row.scope == "server" or not row.makes_world:
        statuses.append(404)
    if row.takes is not None or row.instead_of_body:
        statuses += [413, 415, 501]
    if row.makes_world:
        statuses.append(503)
    return {**{status: _REFUSED[status] for status in statuses}, **row.refuses}


def _problem(status: int, says: str) -> Members:
    """Return an example of an error; for an invalid document, with all members."""
    example = _PROBLEM.example
    if status == 400:
        return example
    return {"title": says.partition(";")[0].rstrip("."), "status": status, "detail": says}


def _ref(name: str) -> Members:
    return {"$ref": f"#/components/schemas/{name}"}
