"""A curl line for an operation, ready to be pasted into a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from shlex import quote
from types import MappingProxyType

from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.operations.row import PATH_EXAMPLES, ApiOperation, EditionName

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "profile_extension": "Address",
        "service_extension": "coupon",
        "state_extension": "note",
        "task_extension": "order",
        "identification_key": "idPhone",
        "interaction_content": "structured_text",
    }
)
"""Path placeholders other than ids, by a part of the operation's id."""

_BODIES: Mapping[str, object] = MappingProxyType(
    {
        "insert_profile_extensions": {"Address": {"street": "1 High Street", "town": "Newbridge"}},
        "update_profile_extension_record": {"street": "1 High Street", "town": "Newbridge"},
        "delete_profile_extension_record": {"street": "1 High Street"},
    }
)
"""Bodies that depend on the scenario's own schemas."""

_QUERY: Mapping[str, str] = MappingProxyType(
    {"time_from": "2026-01-01T00:00:00.000Z", "PhoneNumber": "%2B442079460017"}
)


def curl_line(operation: ApiOperation, edition: EditionName, url: str) -> str:
    """Return a curl line for an operation, with example values for all that it needs."""
    words = ["curl"]
    if operation.method != "GET":
        words += ["-X", operation.method]
    words.append(quote(f"{url}{BASE_PATHS[edition].rstrip('/')}{_target(operation)}"))
    if operation.body == "multipart":
        words += ["-F", "profiles=@customers.csv"]
    body = _body(operation, edition)
    if body is not None:
        words += [
            "-H",
            quote("Content-Type: application/json"),
            "-d",
            quote(json.dumps(body, default=dict)),
        ]
    return " ".join(words)


def _body(operation: ApiOperation, edition: EditionName) -> object:
    """Return an example body, or None if the operation takes none."""
    attached = operation.attached if edition == "8.5" else None
    if operation.example is not None and attached is not None:
        return {**operation.example, **attached}
    return operation.example or attached or _BODIES.get(operation.id)


def _target(operation: ApiOperation) -> str:
    segments = [
        str(_value(operation, segment[1:-1])) if segment.startswith("{") else segment
        for segment in operation.paths[0].split("/")
    ]
    needed = [each.name for each in operation.parameters if each.needed]
    if operation.free_query:
        needed = ["PhoneNumber"]
    query = "&".join(f"{name}={_QUERY[name]}" for name in needed)
    return "/".join(segments) + (f"?{query}" if query else "")


def _value(operation: ApiOperation, name: str) -> object:
    if name in PATH_EXAMPLES:
        return PATH_EXAMPLES[name]
    return next(value for part, value in _NAMES.items() if part in operation.id)
