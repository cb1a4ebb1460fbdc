"""The endpoints of the control API, below ``/_control``.

They are never journalled, and carry no CORS headers: a page of another origin has no business here.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from simulator import __version__
from simulator.api.operations import OPERATIONS
from simulator.clock import stopwatch
from simulator.control import (
    clock,
    faults,
    journal,
    scenarios,
    stages,
    state,
)
from simulator.control import worlds as control_worlds
from simulator.control.addressing import PREFIX, asked, link, root_only, set_up
from simulator.control.replies import ProblemError, json_response
from simulator.worlds import Worlds

API = 1
"""The number of this API; within one, only additions."""

_LINKS = (
    "health",
    "reset",
    "scenario",
    "state",
    "scenarios",
    "faults",
    "explain",
    "requests",
    "verify",
    "clock",
    "stage",
    "worlds",
    "exports",
    "operations",
)

log = logging.getLogger("simulator")


def blueprint(worlds: Worlds, instance: str, token: str | None = None) -> Blueprint:
    """Return the control API of some worlds; with a token it answers nobody without it."""
    control = Blueprint("control", __name__, url_prefix=PREFIX)
    started = stopwatch()

    @control.before_request
    def refuse_strangers() -> Response | None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            detail = f"Pages of {origin} may not control this server"
            return ProblemError(403, "Cross-origin request", detail).response()
        if token is not None and not _bears(token):
            detail = "Send Authorization: Bearer with the token that --control-token gave"
            response = ProblemError(401, "No token", detail).response()
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return None

    @control.errorhandler(ProblemError)
    def answer_problem(error: ProblemError) -> Response:
        return error.response()

    @control.get("/")
    def index() -> Response:
        world = asked(worlds)
        return json_response(
            {
                "version": __version__,
                "api": API,
                "world": world.name,
                "scenario": world.scenario.name,
                "counts": asdict(world.counts()),
                "links": {name: link(name) for name in _LINKS},
            }
        )

    @control.get("/health")
    def health() -> Response:
        root_only()
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
        world = set_up(worlds)
        cleared = world.reset()
        return json_response(
            {"world": world.name, "scenario": world.scenario.name, "cleared": asdict(cleared)}
        )

    @control.get("/operations")
    def operations() -> Response:
        root_only()
        return json_response({"operations": _operations()})

    @control.get("/exports")
    def exports() -> Response:
        world = asked(worlds)
        with world.lock:
            names = world.exports.names()
        return json_response({"exports": [link(f"exports/{name}") for name in names]})

    @control.get("/exports/<name>")
    def export(name: str) -> Response:
        world = asked(worlds)
        with world.lock:
            content = world.exports.read(name)
            names = world.exports.names()
        if content is None:
            there_are = ", ".join(names) or "none"
            raise ProblemError(404, "No such export", f"There is no {name}; there are: {there_are}")
        return Response(content, content_type="text/csv; charset=utf-8")

    for module in (scenarios, faults, clock, stages, state, control_worlds):
        module.add_routes(control, worlds)
    journal.add_routes(control, worlds, token)
    _add_late_routes(control, worlds, token)
    return control


def _add_late_routes(control: Blueprint, worlds: Worlds, token: str | None) -> None:
    """Add the endpoints whose modules are imported when they are first asked for."""

    @control.post("/verify")
    def verify() -> Response:
        from simulator.control.verify import verify as answer  # a start does not pay for it

        return answer(worlds, token)

    @control.post("/explain")
    def explain() -> Response:
        from simulator.control.explain import explain as answer  # a start does not pay for it

        return answer(worlds, token)


def _bears(token: str) -> bool:
    """Tell whether the present request bears the token."""
    given = request.headers.get("Authorization", "")
    return compare_digest(given.encode(), f"Bearer {token}".encode())


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
    detail = f"{request.method} {request.path} is no part of the control API; see {PREFIX}/"
    response = ProblemError(error.code or 500, error.name, detail).response()
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def on_defect(_error: Exception) -> Response:
    """Answer a defect of the simulator itself."""
    log.exception("control request failed: %s %s", request.method, request.path)
    detail = "The simulator failed: this is its defect. See its log"
    return ProblemError(500, "Internal error", detail).response()
