"""Every response of the control API that a test sees, held against the document of that API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from cs_simulator.control.api import ENDPOINTS, HEALTH
from cs_simulator.control.document import control_document
from cs_simulator.control.front import PREFIX

URL = "http://localhost"
ROWS = (HEALTH, *ENDPOINTS)
_WORLD = re.compile(r"^/_world/[^/]*")


@cache
def document() -> dict[str, Any]:
    """Return the document of the control API."""
    return control_document(ROWS, URL, needs_token=True)


def closed(schema: Any) -> Any:
    """Return a schema in which an object has no members but those that are described.

    The document leaves room for those to come, and a test must not.
    """
    if isinstance(schema, dict):
        found = {name: closed(each) for name, each in schema.items()}
        is_object = schema.get("type") == "object" and "properties" in schema
        return {"additionalProperties": False, **found} if is_object else found
    return [closed(each) for each in schema] if isinstance(schema, list) else schema


@cache
def _operations() -> dict[str, Any]:
    return {
        operation["operationId"]: operation
        for operations in document()["paths"].values()
        for operation in operations.values()
    }


@cache
def _components() -> Any:
    return closed(document()["components"])


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": _components()})


@cache
def _validator_of(operation_id: str, status: int, media_type: str | None) -> Draft202012Validator:
    responses = _operations()[operation_id]["responses"]
    assert str(status) in responses, f"{operation_id} is not described to answer {status}"
    content = responses[str(status)].get("content", {})
    if media_type is None:
        assert not content, f"{operation_id} is described to answer {status} with a body"
        return _validator({})
    assert media_type in content, f"{operation_id} is not described to answer {media_type}"
    return _validator(content[media_type]["schema"])


@cache
def _event_validator(kind: str) -> Draft202012Validator:
    content = _operations()["stream_events"]["responses"]["200"]["content"]
    return _validator(content["text/event-stream"]["x-events"][kind])


@cache
def _routes() -> Map:
    rules = [Rule(PREFIX + each.path, endpoint=each.name, methods=[each.method]) for each in ROWS]
    return Map(rules)


def check(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
) -> str | None:
    """Hold a response against the document, if its request was to the control API.

    Return the name of the endpoint that it is of.
    """
    bare, _, _ = _WORLD.sub("", path).partition("?")
    if not bare.startswith(f"{PREFIX}/"):
        return None
    try:
        operation_id, _ = _routes().bind("").match(bare, method)
    except HTTPException:
        return None  # it is no part of the API, and described nowhere
    media_type = headers.get("Content-Type")
    bare_type = None if media_type is None else media_type.partition(";")[0]
    validator = _validator_of(operation_id, status, bare_type)
    if method == "HEAD":
        assert not body
    elif bare_type is not None:
        text = body.decode("utf-8")
        validator.validate(json.loads(text) if bare_type.endswith("json") else text)
    return str(operation_id)


def check_event(kind: str, data: Any) -> None:
    """Hold an event of a stream against the document."""
    _event_validator(kind).validate(data)
