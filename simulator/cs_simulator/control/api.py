"""The endpoints of the control API, below ``/_control``.

They are never journalled, and carry no CORS headers: a page of another origin has no business here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from cs_simulator import __version__
from cs_simulator.api.operations import OPERATIONS
from cs_simulator.api.paths import base_paths_of
from cs_simulator.api.pipeline import Work
from cs_simulator.control import (
    clock,
    explain,
    faults,
    journal,
    scenarios,
    stages,
    state,
    verify,
)
from cs_simulator.control import worlds as control_worlds
from cs_simulator.control.addressing import PREFIX, addressed, asked, link, root_only, set_up
from cs_simulator.control.front import API, Terms, on_defect, on_http_error, refuse_strangers
from cs_simulator.control.replies import ProblemError, json_response, no_body
from cs_simulator.documents.problems import nearest
from cs_simulator.routing import PathFlask
from cs_simulator.worlds import World, Worlds

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
    "openapi.json",
)

_PARAMETERS: Mapping[str, Sequence[str]] = MappingProxyType({"show_state": ("format",)})
_OWN_QUERY = "list_requests"
"""Who reads the query alone."""


def control_app(worlds: Worlds, terms: Terms, routes: Map, works: Mapping[str, Work]) -> PathFlask:
    """Return the application that serves the control API of some worlds, all but its health.

    ``routes`` are those of the API that it explains, ``works`` what they lead to.
    """
    app = PathFlask("cs_simulator.control")
    app.register_blueprint(_blueprint(worlds, terms, routes, works))
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, on_defect)
    return app


def _on_http_error(error: HTTPException) -> Response:
    return on_http_error(error, lambda path: nearest(path, _LINKS))


def _blueprint(worlds: Worlds, terms: Terms, routes: Map, works: Mapping[str, Work]) -> Blueprint:
    control = Blueprint("control", __name__, url_prefix=PREFIX)

    @control.url_value_preprocessor
    def decode_names(_endpoint: str | None, names: dict[str, Any] | None) -> None:
        if names:  # Flask was given the path as it was sent
            names.update({name: unquote(value) for name, value in names.items()})

    @control.before_request
    def refuse() -> Response | None:
        return refuse_strangers(terms) or _refused_query()

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

    @control.post("/reset")
    def reset() -> Response:
        no_body("PUT /_control/scenario puts another scenario in place, and resets")
        return set_up(worlds, _reset)

    @control.get("/operations")
    def operations() -> Response:
        root_only()
        return json_response({"operations": _operations()})

    @control.get("/openapi.json")
    def openapi_document() -> Response:
        from cs_simulator.openapi.document import openapi, terms_of  # only ever needed for this

        world = asked(worlds)
        bases = base_paths_of(world.scenario)
        url = f"{request.host_url.rstrip('/')}{addressed().prefix}"
        return json_response(openapi(terms_of(world, url, bases.of("8.5"), bases.of("8.1"))))

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
    state.add_routes(control, worlds, terms.max_document)
    journal.add_routes(control, worlds, terms.token)

    @control.post("/verify")
    def verify_requests() -> Response:
        return verify.verify(worlds, terms.token)

    @control.post("/explain")
    def explain_request() -> Response:
        return explain.explain(worlds, terms.token, routes, works)

    return control


def _refused_query() -> Response | None:
    """Return the refusal of parameters that an endpoint does not know, None where it does."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if endpoint == _OWN_QUERY:
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
