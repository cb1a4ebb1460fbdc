"""The endpoint of a world's state: all that it is now, as a scenario document."""

from __future__ import annotations

from flask import Blueprint, Response, request

from cs_simulator.control.addressing import asked
from cs_simulator.control.replies import ProblemError
from cs_simulator.documents.problems import did_you_mean
from cs_simulator.worlds import Worlds

_FORMATS = ("json", "yaml")


def add_routes(control: Blueprint, worlds: Worlds, max_document: int) -> None:
    """Add the endpoint to the control API; a larger document comes with a hint."""

    @control.get("/state")
    def show_state() -> Response:
        wanted = request.args.get("format", "json")
        if wanted not in _FORMATS:
            near = did_you_mean(wanted, _FORMATS)
            raise ProblemError(400, "No such format", f"There is no format {wanted!r}{near}")
        from cs_simulator.scenario.snapshot import (  # a start does not pay for it
            json_text,
            yaml_text,
        )

        snapshot = asked(worlds).snapshot()
        if wanted == "yaml":
            response = Response(yaml_text(snapshot), content_type="application/yaml; charset=utf-8")
        else:
            response = Response(json_text(snapshot), content_type="application/json")
        size = response.content_length or 0
        if size > max_document:
            response.headers["X-Simulator-Hint"] = (
                f"this document has {size} bytes and cannot be put into a world: --max-document "
                f"allows {max_document}; a server can start with it"
            )
        return response
