"""The endpoints of the control API, below ``/_control``.

They are never journalled, and carry no CORS headers: a page of another origin has no business here.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from simulator import __version__
from simulator.api.operations import OPERATIONS
from simulator.clock import stopwatch
from simulator.control import scenarios
from simulator.control.replies import json_response, problem
from simulator.worlds import World, Worlds

PREFIX = "/_control"
API = 1
"""The number of this API; within one, only additions."""

_LINKS = ("health", "reset", "requests", "operations", "exports", "scenario", "scenarios")

log = logging.getLogger("simulator")


def blueprint(worlds: Worlds, instance: str) -> Blueprint:
    """Return the control API of some worlds."""
    control = Blueprint("control", __name__, url_prefix=PREFIX)
    started = stopwatch()

    @control.before_request
    def refuse_other_origins() -> Response | None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return problem(
                403, "Cross-origin request", f"Pages of {origin} may not control this server."
            )
        return None

    @control.get("/")
    def index() -> Response:
        world = worlds.default
        return json_response(
            {
                "version": __version__,
                "api": API,
                "world": world.name,
                "scenario": world.scenario.name,
                "counts": asdict(world.counts()),
                "links": {name: f"{PREFIX}/{name}" for name in _LINKS},
            }
        )

    @control.get("/health")
    def health() -> Response:
        return json_response(
            {
                "status": "ok",
                "version": __version__,
                "api": API,
                "instance": instance,
                "uptime": round(stopwatch() - started, 3),
                "scenario": worlds.scenario.name,
            }
        )

    @control.post("/reset")
    def reset() -> Response:
        world = worlds.default
        cleared = world.reset()
        return json_response(
            {"world": world.name, "scenario": world.scenario.name, "cleared": asdict(cleared)}
        )

    @control.get("/requests")
    def requests() -> Response:
        return json_response(_requests(worlds.default))

    @control.get("/operations")
    def operations() -> Response:
        return json_response({"operations": _operations()})

    @control.get("/exports")
    def exports() -> Response:
        world = worlds.default
        with world.lock:
            names = world.exports.names()
        return json_response({"exports": [f"{PREFIX}/exports/{name}" for name in names]})

    @control.get("/exports/<name>")
    def export(name: str) -> Response:
        world = worlds.default
        with world.lock:
            content = world.exports.read(name)
            names = world.exports.names()
        if content is None:
            there_are = ", ".join(names) or "none"
            return problem(404, "No such export", f"There is no {name}; there are: {there_are}")
        return Response(content, content_type="text/csv; charset=utf-8")

    scenarios.add_routes(control, worlds)
    return control


def _requests(world: World) -> dict[str, Any]:
    return {
        "requests": [entry.as_members() for entry in world.journal.entries()],
        "dropped": world.journal.dropped,
    }


def _operations() -> list[dict[str, Any]]:
    return [
        {
            "id": operation.id,
            "method": operation.method,
            "paths": list(operation.paths),
            "editions": list(operation.editions),
            "basis": operation.basis,
            **({"assumes": operation.assumes} if operation.assumes else {}),
        }
        for operation in OPERATIONS
    ]


def on_http_error(error: HTTPException) -> Response:
    """Answer a path or method that the control API does not have."""
    response = problem(
        error.code or 500,
        error.name,
        f"{request.method} {request.path} is no part of the control API; see {PREFIX}/",
    )
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def on_defect(_error: Exception) -> Response:
    """Answer a defect of the simulator itself."""
    log.exception("control request failed: %s %s", request.method, request.path)
    return problem(500, "Internal error", "The simulator failed: this is its defect. See its log.")
