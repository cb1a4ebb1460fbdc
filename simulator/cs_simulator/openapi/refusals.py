"""Errors: the two forms of error bodies, and the error statuses of each operation."""

from __future__ import annotations

from collections.abc import Iterator

from cs_simulator.api.editions import Edition
from cs_simulator.domain.errors import TITLES
from cs_simulator.openapi.scalars import Schema
from cs_simulator.openapi.shapes import ref
from cs_simulator.openapi.terms import Described
from cs_simulator.operations.row import ApiOperation

_SAID = {
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
}.items()


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
    said = dict(_SAID)
    return {
        status: {
            "description": said[status],
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
    code, title = next((code, title) for code, (each, title) in TITLES.items() if each == status)
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
