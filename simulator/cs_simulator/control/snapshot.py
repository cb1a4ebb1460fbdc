"""The endpoint of snapshots: a world's current state as a scenario document."""

from __future__ import annotations

from flask import Response

from cs_simulator.control.endpoint import Content, Control, Endpoint, Param
from cs_simulator.control.handling import asked, checked_query
from cs_simulator.documents.shape import Record, one_of
from cs_simulator.scenario.snapshot import json_text, yaml_text

_FORMATS = ("json", "yaml")
_QUERY = Record({"format": one_of(*_FORMATS)})


def show_snapshot(control: Control) -> Response:
    """Show the world as it is now, as a scenario document."""
    wanted = checked_query(_QUERY).get("format", "json")
    snapshot = asked(control.worlds).snapshot()
    control.worlds.leftovers.leave(snapshot)
    if wanted == "yaml":
        response = Response(yaml_text(snapshot), content_type="application/yaml; charset=utf-8")
    else:
        response = Response(json_text(snapshot), content_type="application/json")
    size = response.content_length or 0
    if size > control.terms.max_control_body:
        response.headers["X-Simulator-Hint"] = (
            f"this snapshot has {size} bytes and --max-control-body allows "
            f"{control.terms.max_control_body}, so it cannot be loaded into a running world; "
            "start a server with it instead"
        )
    return response


ENDPOINTS = (
    Endpoint(
        "GET",
        "/snapshot",
        show_snapshot,
        Content(
            "A scenario document that continues from the world's current state.",
            ("application/json", "application/yaml; charset=utf-8"),
            {"format": 1, "name": "demo"},
            members=("name",),
        ),
        query=(
            Param(
                "format",
                "The format: JSON, or YAML, which is easier to read.",
                "json",
                {"type": "string", "enum": _FORMATS, "default": "json"},
            ),
        ),
        is_slow=True,
    ),
)
