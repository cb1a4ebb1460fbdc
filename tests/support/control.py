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

from cs_simulator.control.addressing import PREFIX
from cs_simulator.control.api import ENDPOINTS, HEALTH
from cs_simulator.control.document import control_document

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
        return {**found, "additionalProperties": False} if is_object else found
    return [closed(each) for each in schema] if isinstance(schema, list) else schema


@cache
def _validator(operation_id: str, status: int, media_type: str) -> Draft202012Validator:
    [responses] = [
        operation["responses"]
        for operations in document()["paths"].values()
        for operation in operations.values()
        if operation["operationId"] == operation_id
    ]
    assert str(status) in responses, f"{operation_id} is not described to answer {status}"
    content = responses[str(status)]["content"]
    assert media_type in content, f"{operation_id} is not described to answer {media_type}"
    components = closed(document()["components"])
    return Draft202012Validator({**content[media_type]["schema"], "components": components})


@cache
def _routes() -> Map:
    rules = [Rule(PREFIX + each.path, endpoint=each.name, methods=[each.method]) for each in ROWS]
    return Map(rules)


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Hold a response against the document, if its request was to the control API."""
    bare, _, query = _WORLD.sub("", path).partition("?")
    if not bare.startswith(f"{PREFIX}/"):
        return
    try:
        operation_id, _ = _routes().bind("").match(bare, method)
    except HTTPException:
        return  # it is no part of the API, and described nowhere
    if status == 303:
        return  # a browser is led to the console, whatever it asked for
    if "format=har" in query and status == 200:
        return  # HAR is described by its own standard
    if method == "HEAD":
        assert not body
        return
    media_type = headers["Content-Type"].partition(";")[0]
    validator = _validator(operation_id, status, media_type)
    if media_type.endswith("json"):
        validator.validate(json.loads(body))
