"""The control API as OpenAPI 3.1, generated from the rows of its endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator import __version__
from cs_simulator.control.addressing import PREFIX
from cs_simulator.control.bodies import Bodies
from cs_simulator.control.endpoint import Content, Endpoint, Param
from cs_simulator.control.shows import Shows, Told

Members = dict[str, Any]

_DESCRIPTION = """\
What there is to a simulator of Genesys Context Services beside Context Services: its worlds, their
scenarios, clocks, faults and journals. Context Services itself is described by
`/_control/openapi.json`.

An operation is about one world. `/_world/{world}` before its path says which, or the header
X-Simulator-World, which may be sent with any request; without either it is about `default`. What
is about the whole server is asked at the root alone.

HEAD is answered wherever GET is, with the same headers and no body. Nothing here is to be kept by a
cache: each response says so.

Bodies are JSON or YAML, whatever their media type. This is the view of a correct client: every
member has one type, and where the server takes several, the description says so. Within one number
`api` of the index, things are only ever added: a client passes over members that it does not know.
"""
_GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "api": ("server", "The server: what it is and speaks, and back to the beginning."),
        "front": ("server", ""),
        "scenarios": ("scenarios", "Which scenario a world plays, and the catalogue."),
        "snapshot": ("snapshot", "A world as it is now, as a scenario."),
        "faults": ("faults", "The rules in force: one more, one less."),
        "explain": ("explain", "What the rules make of a request, and why."),
        "journal": ("journal", "What a world was asked, and what it answered."),
        "events": ("events", "What happens in the worlds, as it happens."),
        "verify": ("verify", "Whether a world was asked what a test expects."),
        "judge": ("judge", "What a client did, held against what it should have done."),
        "clock": ("clock", "A world's time."),
        "stages": ("stages", "Where a world is in the story of its scenario."),
        "console": ("console", "A page for a browser, and what it is made of."),
        "metrics": ("metrics", "What the server counts."),
        "report": ("report", "A world's run as one file."),
        "rewind": ("rewind", "Back to an instant, and what differs between two."),
        "worlds": ("worlds", "The worlds there are, another one, and away with them."),
    }
)
"""The tag of each module's endpoints, and its description."""

_REFUSED: Mapping[int, str] = MappingProxyType(
    {
        400: "What was sent is wrong; every error is listed, and nothing was changed.",
        401: "The control token is missing or wrong.",
        403: "A page of another origin, or a host that the server does not know.",
        404: "There is no world of that name, or this is the same for every world.",
        413: "The body is larger than the server takes.",
        415: "The body is compressed.",
        431: "The request line and headers are longer than the server takes.",
        500: "A defect of the simulator.",
        501: "The body's Transfer-Encoding is not chunked.",
        503: "There is no room for one more world.",
    }
)
_PROBLEM = Shows(
    "Problem",
    "Why a request is not carried out (RFC 9457).",
    {
        "title": Told("What is wrong, in general.", {"type": "string"}, "Invalid clock"),
        "status": Told("The status.", {"type": "integer", "format": "int32"}, 400),
        "detail": Told(
            "What is wrong, and how to put it right.",
            {"type": "string"},
            "1 error; nothing was changed: by: expected a duration such as 2h, found 'soon'",
        ),
        "errors": Told(
            "Each error in the body or the query.",
            {},
            shows=Shows(
                "DocumentError",
                "One error in a document.",
                {
                    "source": Told("The document.", {"type": "string"}, "request"),
                    "at": Told("The place in it.", {"type": "string"}, "by"),
                    "line": Told(
                        "The line.", {"type": "integer", "format": "int32"}, 1, always=False
                    ),
                    "column": Told(
                        "The column.", {"type": "integer", "format": "int32"}, 7, always=False
                    ),
                    "detail": Told(
                        "What is wrong, and how to put it right.",
                        {"type": "string"},
                        "expected a duration such as 2h, found 'soon'",
                    ),
                    "did_you_mean": Told(
                        "The name that is near.", {"type": "string"}, "clock", always=False
                    ),
                    "expected": Told(
                        "What was expected.",
                        {"type": "string"},
                        "a duration such as 2h",
                        always=False,
                    ),
                    "found": Told("What was found.", {}, "soon", always=False),
                    "allowed": Told(
                        "All names that are allowed.",
                        {"type": "array", "items": {"type": "string"}},
                        ["clock"],
                        always=False,
                    ),
                },
            ),
            is_list=True,
            always=False,
        ),
    },
)

_LED: Mapping[str, Members] = MappingProxyType(
    {
        "303": {
            "description": "A browser, which asks for HTML before JSON, is led to the console.",
            "headers": {
                "Location": {
                    "description": "Where the console is, seen from here.",
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
    for each in rows:
        path = PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", each.path.rstrip("/"))
        described = _operation(each, schemas, bodies, needs_token=needs_token)
        paths.setdefault(path, {})[each.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Genesys Context Services, simulated: the control API",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {"url": url, "description": "The server; what is about a world is about `default`."},
            {
                "url": f"{url}/_world/{{world}}",
                "description": "One world.",
                "variables": {"world": {"default": "default", "description": "Its name."}},
            },
        ],
        "tags": [
            {"name": name, "description": says}
            for name, says in dict.fromkeys(_GROUPS[each.group] for each in rows)
            if says
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token given to --control-token, where one was given.",
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
            *(_parameter(each, "path") for each in row.names),
            *(_parameter(each, "query") for each in row.query),
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
        said = "About the whole server: it is asked at the root alone."
    elif row.makes_world:
        said = "About one world, which is made if there is none of its name."
    else:
        said = "About one world, which must exist."
    return said if row.takes is None else f"{said} The body: {row.takes.says}"


def _parameter(param: Param, place: str) -> Members:
    schema = {name: list(each) if name == "enum" else each for name, each in param.schema.items()}
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
    return {**found, **{name: _shown(each, schemas) for name, each in row.forms.items()}}


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
    names = [each.partition(";")[0] for each in shows.media_types]
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
    """Add the schema of an object, and those of its parts, to the components."""
    schemas[shows.name] = {
        "type": "object",
        "description": shows.says,
        "properties": {name: _told(each) for name, each in shows.members.items()},
        "required": [name for name, each in shows.members.items() if each.always],
    }
    for each in shows.members.values():
        if each.shows is not None and each.shows.name not in schemas:
            _add(schemas, each.shows)


def _told(told: Told) -> Members:
    if told.shows is None:
        return {**told.schema, "description": told.says}
    if told.is_list:
        return {"type": "array", "description": told.says, "items": _ref(told.shows.name)}
    return _ref(told.shows.name)


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
