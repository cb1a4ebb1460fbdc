"""The endpoints of the control API, below ``/_control``.

They are never journalled, and carry no CORS headers: a page of another origin has no business here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hmac import compare_digest
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

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
from simulator.control.replies import ProblemError, json_response, no_body
from simulator.scenario.errors import nearest
from simulator.worlds import World, Worlds

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

_PARAMETERS: Mapping[str, Sequence[str]] = MappingProxyType({"show_state": ("format",)})
_OWN_QUERY = frozenset({"list_requests", "health"})
"""Who reads the query alone, and whose probes may send what they like."""

log = logging.getLogger("simulator")


def blueprint(
    worlds: Worlds, instance: str, token: str | None = None, max_document: int = 64 * 2**20
) -> Blueprint:
    """Return the control API of some worlds; with a token it answers nobody without it.

    ``max_document`` is how many bytes a body may have.
    """
    control = Blueprint("control", __name__, url_prefix=PREFIX)
    started = stopwatch()

    @control.url_value_preprocessor
    def decode_names(_endpoint: str | None, names: dict[str, Any] | None) -> None:
        if names:  # Flask was given the path as it was sent
            names.update({name: unquote(value) for name, value in names.items()})

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
        size = request.content_length or 0
        if size > max_document:
            detail = f"The body has {size} bytes; --max-document allows {max_document}"
            return ProblemError(413, "Document too large", detail).response()
        return _refused_query()

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
        no_body("PUT /_control/scenario puts another scenario in place, and resets")
        return set_up(worlds, _reset)

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

    for module in (scenarios, faults, clock, stages, control_worlds):
        module.add_routes(control, worlds)
    state.add_routes(control, worlds, max_document)
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


def _refused_query() -> Response | None:
    """Return the refusal of parameters that an endpoint does not know, None where it does."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if endpoint in _OWN_QUERY:
        return None
    known = _PARAMETERS.get(endpoint, ())
    unknown = [name for name in request.args if name not in known]
    if not unknown:
        return None
    takes = f"takes {', '.join(known)} alone" if known else "takes no parameters"
    detail = f"{request.method} {request.path} {takes}; found {', '.join(unknown)}"
    return ProblemError(400, "Bad query", detail).response()


def _reset(world: World) -> Response:
    cleared = world.reset()
    return json_response(
        {"world": world.name, "scenario": world.scenario.name, "cleared": asdict(cleared)}
    )


def _bears(token: str) -> bool:
    """Tell whether the present request bears the token."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.encode(), token.encode())


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
    allowed = sorted(getattr(error, "valid_methods", None) or ())
    if allowed:
        detail = f"{request.path} takes {', '.join(allowed)}, and not {request.method}"
    else:
        near = nearest(request.path.removeprefix(f"{PREFIX}/"), _LINKS)
        hint = f"see {PREFIX}/" if near is None else f"did you mean {PREFIX}/{near}?"
        detail = f"{request.method} {request.path} is no part of the control API; {hint}"
    response = ProblemError(error.code or 500, error.name, detail).response()
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def on_defect(_error: Exception) -> Response:
    """Answer a defect of the simulator itself."""
    log.exception("control request failed: %s %s", request.method, request.path)
    detail = "The simulator failed: this is its defect. See its log"
    return ProblemError(500, "Internal error", detail).response()
