"""The control API under ``/_control``: the rows of its endpoints, and their application.

Control requests are not in the journal. Responses have no CORS headers, because pages of other
origins must not use this API.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from cs_simulator import __version__, openapi
from cs_simulator import control as door
from cs_simulator.api.arrival import Received, base_paths_of
from cs_simulator.control import (
    clock,
    console,
    events,
    explain,
    faults,
    journal,
    judge,
    metrics,
    report,
    rewind,
    scenarios,
    shows,
    verify,
)
from cs_simulator.control import worlds as control_worlds
from cs_simulator.control.endpoint import TEXT, Content, Control, Endpoint, Param
from cs_simulator.control.front import API, PREFIX, ControlTerms, ProblemError, access_problem
from cs_simulator.control.handling import (
    asked,
    json_response,
    link,
    no_body,
    problem_response,
    root_only,
    root_url,
    set_up,
    way,
)
from cs_simulator.control.scenarios import CLEARED, COUNTS, restarted
from cs_simulator.documents.problems import Problem, nearest
from cs_simulator.operations import OPERATIONS
from cs_simulator.routing import PathFlask
from cs_simulator.worlds import (
    ServedWorld,
    TooManyWorldsError,
    UnknownWorldError,
    WorldDroppedError,
    WorldNameError,
)

log = logging.getLogger("cs_simulator")


class ControlApp(PathFlask):
    """The application that serves the control API of some worlds."""

    def __init__(self, control: Control) -> None:
        super().__init__("cs_simulator.control")
        self._worlds = control.worlds
        self._slow = {endpoint.name: endpoint.is_slow for endpoint in ENDPOINTS if endpoint.is_slow}
        self.url_map = _control_routes()
        self.view_functions = {
            endpoint.name: _view(control, endpoint) for endpoint in (HEALTH, *ENDPOINTS)
        }
        self.before_request(partial(_check_access, control.terms))
        self.register_error_handler(ProblemError, problem_response)
        for error, status, title in _OF_WORLDS:
            self.register_error_handler(error, partial(_on_world, status, title))
        self.register_error_handler(HTTPException, _on_http_error)
        self.register_error_handler(Exception, _on_internal_error)

    def is_slow(self, received: Received, path: str) -> bool:
        """Tell whether a request may take long."""
        try:
            endpoint, names = self.url_map.bind("").match(path, received.method)
        except HTTPException:
            return False
        is_slow = self._slow.get(endpoint, False)
        if is_slow == "unless bare":
            return bool(received.body) or self._worlds.there_is(unquote(names["name"])) is not None
        world = self._worlds.there_is(unquote(names.get("name", "")))
        return is_slow or (world is not None and world.is_large)


@lru_cache(maxsize=1)
def _control_routes() -> Map:
    """Return the routes of the endpoints; all applications share them."""
    app = PathFlask("cs_simulator.control")
    for endpoint in (HEALTH, *ENDPOINTS):
        app.add_url_rule(f"{PREFIX}{endpoint.path}", endpoint.name, methods=[endpoint.method])
    return app.url_map


def _view(control: Control, endpoint: Endpoint) -> Callable[..., Response]:
    def view(**names: str) -> Response:
        _check_query(endpoint)
        if endpoint.scope == "server":
            root_only()
        if endpoint.instead_of_body:
            no_body(endpoint.instead_of_body)
        # Flask was given the path undecoded.
        decoded = {name: unquote(value) for name, value in names.items()}
        return endpoint.handler(control, **decoded)

    return view


def _check_access(terms: ControlTerms) -> Response | None:
    """Return the error for a request that may not use this API, or None if it may."""
    problem = access_problem(terms, way().request, way().address)
    if problem is None:
        return None
    response = problem_response(problem)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _check_query(endpoint: Endpoint) -> None:
    """Reject unknown parameters, and repeated ones where only one is allowed."""
    known = [parameter.name for parameter in endpoint.query]
    unknown = [] if endpoint.checks_query else [name for name in request.args if name not in known]
    if unknown:
        takes = f"takes only {', '.join(known)}" if known else "takes no parameters"
        found = ", ".join(name or "one without a name" for name in unknown)
        detail = f"{request.method} {request.path} {takes}; found {found}"
        raise ProblemError(400, "Invalid query", detail)
    for parameter in endpoint.query:
        values = request.args.getlist(parameter.name)
        if len(values) > 1 and not parameter.repeats and not endpoint.checks_query:
            found = ", ".join(map(repr, values))
            detail = f"{parameter.name}: expected one value, found {found}; send only one"
            raise ProblemError(400, "Invalid query", detail)


_OF_WORLDS = (
    (UnknownWorldError, 404, "No such world"),
    (WorldDroppedError, 404, "No such world"),
    (WorldNameError, 400, "Invalid world name"),
    (TooManyWorldsError, 503, "Too many worlds"),
)
"""The errors of worlds, each with the status and title of its response."""


def _on_world(status: int, title: str, error: Exception) -> Response:
    return problem_response(ProblemError(status, title, str(error)))


def _on_http_error(error: HTTPException) -> Response:
    """Answer an unknown path, or a wrong method."""
    allowed = sorted(getattr(error, "valid_methods", None) or ())
    if allowed:
        detail = f"{request.method} is not allowed on {request.path}; allowed: {', '.join(allowed)}"
    else:
        meant = nearest(request.path.removeprefix(f"{PREFIX}/"), LINKS)
        hint = f"see {PREFIX}/" if meant is None else f"did you mean {PREFIX}/{meant}?"
        detail = f"No control endpoint {request.method} {request.path}; {hint}"
    response = problem_response(ProblemError(error.code or 500, error.name, detail))
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _on_internal_error(_error: Exception) -> Response:
    """Answer an internal error of the simulator."""
    log.exception("control request failed: %s %s", request.method, request.path)
    detail = "Internal error: this is a bug in the simulator. See its log"
    return problem_response(ProblemError(500, "Internal error", detail))


def health(control: Control) -> Response:
    """Tell that the server is up, and which version and worlds it serves."""
    return json_response(control.health.members())


def index(control: Control) -> Response:
    """Show the version, the world and its counts, and links to everything."""
    world = asked(control.worlds)
    return json_response(
        {
            "version": __version__,
            "api": API,
            "world": world.name,
            "scenario": world.scenario.name,
            "counts": world.counts()._asdict(),
            "links": {name: link(name) for name in LINKS},
        }
    )


def reset(control: Control) -> Response:
    """Reset the world to the beginning of its scenario."""
    return set_up(control.worlds, _reset)


def _reset(world: ServedWorld) -> Response:
    return restarted(world, world.reset())


def list_operations(_control: Control) -> Response:
    """List every operation with its basis."""
    return json_response({"operations": _operations()})


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


def show_openapi(control: Control) -> Response:
    """Show the API of a world as OpenAPI 3.1, for clients or, with ``for=fuzzing``, tests."""
    audience = request.args.get("for", openapi.AUDIENCES[0])
    if audience not in openapi.AUDIENCES:
        problem = Problem("for", " or ".join(openapi.AUDIENCES), audience)
        raise ProblemError(400, "Invalid query", problem.sentence)
    world = asked(control.worlds)
    lenient = audience == "fuzzing"
    with world.lock:  # use one scenario, even if it is replaced meanwhile
        bases = base_paths_of(world.scenario)
        described = openapi.terms_of(
            world, root_url(), bases.of("8.5"), bases.of("8.1"), lenient=lenient
        )
    return json_response(openapi.openapi(described))


def show_control(control: Control) -> Response:
    """Show this control API as OpenAPI 3.1, for generating clients."""
    rows = (HEALTH, *ENDPOINTS)
    token = control.terms.token
    return json_response(door.control_document(rows, root_url(), needs_token=token is not None))


def list_exports(control: Control) -> Response:
    """List the files that export operations made."""
    world = asked(control.worlds)
    with world.lock:
        names = world.exports.names()
    return json_response({"exports": [link(f"exports/{name}") for name in names]})


def show_export(control: Control, name: str) -> Response:
    """Show a file that an export operation made."""
    world = asked(control.worlds)
    with world.lock:
        content = world.exports.read(name)
        names = world.exports.names()
    if content is None:
        there_are = ", ".join(names) or "none"
        raise ProblemError(404, "No such export", f"No export named {name}; available: {there_are}")
    return Response(content, content_type=TEXT)


_OPERATION = shows.Shows(
    "OperationShown",
    "One operation of Context Services.",
    {
        "id": shows.text("Its name in faults, journal and verification.", "start_service"),
        "method": shows.text("The method.", "POST"),
        "paths": shows.texts("Its paths, below the base path.", "/services/start"),
        "editions": shows.texts("The editions of the API that have it.", "8.5", "8.1"),
        "basis": shows.word("What it is based on.", "documented", "relied_on", "assumed"),
        "assumes": shows.text(
            "What is assumed about it.", "the response of edition 8.5", always=False
        ),
    },
)
_DOCUMENT = Content(
    "An OpenAPI document.",
    ("application/json",),
    {"openapi": "3.1.0", "info": {"title": "...", "version": "1.0.0"}, "paths": {}},
    members=("openapi", "info", "paths"),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/",
        index,
        shows.Shows(
            "Index",
            "This server, and links to everything.",
            {
                "version": shows.text("The version of the simulator.", "1.0.0"),
                "api": shows.number(
                    "The version number of this API; with the same number, things are only added."
                ),
                "world": shows.WORLD,
                "scenario": shows.SCENARIO,
                "counts": shows.one(COUNTS),
                "links": shows.document(
                    "The paths of all endpoints, by name.", {"health": "/_control/health"}
                ),
            },
        ),
        leads=True,
    ),
    Endpoint(
        "POST",
        "/reset",
        reset,
        CLEARED,
        instead_of_body="to load another scenario, use PUT /_control/scenario",
        makes_world=True,
    ),
    *scenarios.ENDPOINTS,
    rewind.SNAPSHOT,
    *faults.ENDPOINTS,
    explain.ENDPOINT,
    *journal.ENDPOINTS,
    events.ENDPOINT,
    verify.ENDPOINT,
    judge.ENDPOINT,
    *clock.ENDPOINTS,
    *rewind.ENDPOINTS,
    *report.ENDPOINTS,
    *control_worlds.ENDPOINTS,
    *console.ENDPOINTS,
    metrics.ENDPOINT,
    Endpoint(
        "GET",
        "/exports",
        list_exports,
        shows.Shows(
            "Exports",
            "The exported files.",
            {"exports": shows.texts("Their paths.", "/_control/exports/export_services.csv")},
        ),
    ),
    Endpoint(
        "GET",
        "/exports/<name>",
        show_export,
        Content("A file with comma-separated values.", (TEXT,), "service_id,customer_id"),
        names=(Param("name", "The name of an exported file.", "export_services.csv"),),
        is_slow=True,
        refuses={404: "There is no exported file of that name."},
    ),
    Endpoint(
        "GET",
        "/operations",
        list_operations,
        shows.Shows(
            "Operations",
            "The operations of Context Services.",
            {"operations": shows.several("All operations.", _OPERATION)},
        ),
        scope="server",
    ),
    Endpoint(
        "GET",
        "/openapi.json",
        show_openapi,
        _DOCUMENT,
        query=(
            Param(
                "for",
                "Whether it describes what a correct client sends, or all that the server accepts.",
                "clients",
                {"type": "string", "enum": openapi.AUDIENCES, "default": "clients"},
            ),
        ),
        is_slow=True,
    ),
    Endpoint(
        "GET",
        "/control.json",
        show_control,
        _DOCUMENT,
        scope="server",
        is_slow=True,
    ),
)
"""Every endpoint, one row each, except the health."""

HEALTH = Endpoint(
    "GET",
    "/health",
    health,
    shows.Shows(
        "Health",
        "The health of the server.",
        {
            "status": shows.word("How it is.", "ok"),
            "version": shows.text("The version of the simulator.", "1.0.0"),
            "api": shows.number(
                "The version number of this API; with the same number, things are only added."
            ),
            "instance": shows.text("Different for every process.", "d1f0c0de"),
            "uptime_seconds": shows.real("How long it has been up.", 12.5),
            "scenario": shows.text("The scenario that it was started with.", "demo"),
        },
    ),
    checks_query=True,
    scope="server",
)
"""The row of the health endpoint. The server usually answers it before this is imported. Its query
is not checked: health checks of all kinds ask for it.
"""

LINKS = (
    "health",
    *dict.fromkeys(
        endpoint.path[1:]
        for endpoint in ENDPOINTS
        if endpoint.path[1:] and "/" not in endpoint.path[1:]
    ),
)
"""What the index links to: all paths of one word."""
