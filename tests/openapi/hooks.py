"""What Schemathesis must know of this API and cannot learn from its document."""

from __future__ import annotations

from typing import Any

import schemathesis

_OWN = ("#/components/parameters/World", "#/components/parameters/Fault")

_LISTS = ("extensions", "service_types", "state_types", "task_types", "state_id")


@schemathesis.hook
def before_load_schema(_context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Leave out the headers of the simulator itself.

    One sends a request into a world of its own, where nothing is that links lead to; the other
    scripts an answer, which is then none of the API. Both have tests of their own.
    """
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [
                each for each in operation["parameters"] if each.get("$ref") not in _OWN
            ]


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """Write a number without a fraction as an integer.

    To JSON Schema 5.0 is an integer, so it is generated in the place of a text, which may come as
    an integer. There 5.0 is refused; where a number is due it is taken, as other tests hold.
    """
    if isinstance(body, float) and body.is_integer() and abs(body) < 2**63:
        return int(body)
    if isinstance(body, dict):
        return {name: map_body(_context, each) for name, each in body.items()}
    return [map_body(_context, each) for each in body] if isinstance(body, list) else body


@schemathesis.hook
def filter_query(context: schemathesis.HookContext, query: Any) -> bool:
    """Leave out queries that are generated as wrong, and are not.

    On the wire a text is a list of one. A parameter that nobody knows is ignored, as the real
    server does, with a hint.
    """
    operation = context.operation
    known = {parameter.name for parameter in operation.query} if operation else set()
    return all(name in known for name in query or {}) and not any(
        isinstance((query or {}).get(name), str) for name in _LISTS
    )
