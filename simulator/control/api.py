"""The endpoints of the control API, below ``/_control``.

They are never journalled, and carry no CORS headers: a page of another origin has no business here.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from simulator import __version__
from simulator.api.operations import OPERATIONS
from simulator.clock import stopwatch
from simulator.worlds import World, Worlds

PREFIX = "/_control"
API = 1
"""The number of this API; within one, only additions."""

_LINKS = ("health", "reset", "requests", "operations", "exports")

log = logging.getLogger("simulator")


def blueprint(worlds: Worlds, instance: str) -> Blueprint:
    """Return the control API of some worlds."""
    control = Blueprint("control", __name__, url_prefix=PREFIX)
    started = stopwatch()

    @control.before_request
    def refuse_other_origins() -> Response | None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return _problem(
                403, "Cross-origin request", f"Pages of {origin} may not control this server."
            )
        return None

    @control.get("/")
    def index() -> Response:
        world = worlds.default
        return _json(
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
        return _json(
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
        return _json(
            {"world": world.name, "scenario": world.scenario.name, "cleared": asdict(cleared)}
        )

    @control.get("/requests")
    def requests() -> Response:
        return _json(_requests(worlds.default))

    @control.get("/operations")
    def operations() -> Response:
        return _json({"operations": _operations()})

    @control.get("/exports")
    def exports() -> Response:
        world = worlds.default
        with world.lock:
            names = world.exports.names()
        return _json({"exports": [f"{PREFIX}/exports/{name}" for name in names]})

    @control.get("/exports/<name>")
    def export(name: str) -> Response:
        world = worlds.default
        with world.lock:
            content = world.exports.read(name)
            names = world.exports.names()
        if content is None:
            there_are = ", ".join(names) or "none"
            return _problem(404, "No such export", f"There is no {name}; there are: {there_are}")
        return Response(content, content_type="text/csv; charset=utf-8")

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
    response = _problem(
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
    return _problem(500, "Internal error", "The simulator failed: this is its defect. See its log.")


def _problem(status: int, title: str, detail: str) -> Response:
    members = {"title": title, "status": status, "detail": detail}
    return _json(members, status, "application/problem+json")


def _json(members: Any, status: int = 200, content_type: str = "application/json") -> Response:
    pretty = request.headers.get("User-Agent", "").startswith("curl/")
    text = f"{json.dumps(members, indent=2)}\n" if pretty else json.dumps(members)
    return Response(text, status, content_type=content_type)
