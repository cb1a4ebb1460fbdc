"""The endpoint of a world's state: all that it is now, as a scenario document."""

from __future__ import annotations

from flask import Response, request

from cs_simulator.control.addressing import asked
from cs_simulator.control.endpoint import NO_MEMBERS, Control, Endpoint
from cs_simulator.control.replies import ProblemError
from cs_simulator.documents.problems import did_you_mean

_FORMATS = ("json", "yaml")


def show_snapshot(control: Control) -> Response:
    """Show the world as it is now, as a scenario document."""
    wanted = request.args.get("format", "json")
    if wanted not in _FORMATS:
        near = did_you_mean(wanted, _FORMATS)
        raise ProblemError(400, "No such format", f"There is no format {wanted!r}{near}")
    from cs_simulator.scenario.snapshot import (  # a start does not pay for it
        json_text,
        yaml_text,
    )

    snapshot = asked(control.worlds).snapshot()
    if wanted == "yaml":
        response = Response(yaml_text(snapshot), content_type="application/yaml; charset=utf-8")
    else:
        response = Response(json_text(snapshot), content_type="application/json")
    size = response.content_length or 0
    if size > control.terms.max_control_body:
        response.headers["X-Simulator-Hint"] = (
            f"this document has {size} bytes and cannot be put into a world: "
            f"--max-control-body allows {control.terms.max_control_body}; "
            "a server can start with it"
        )
    return response


ENDPOINTS = (
    Endpoint("GET", "/snapshot", show_snapshot, NO_MEMBERS, query=("format",), is_slow=True),
)
"""The rows of these endpoints."""
