"""What every server shows of the control API, and who may use it.

The health endpoint is asked for before anything else. All others are imported with
:mod:`cs_simulator.control.api` when one of them is first asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from hmac import compare_digest
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.exceptions import HTTPException

from cs_simulator import __version__
from cs_simulator.clock import stopwatch
from cs_simulator.control.addressing import PREFIX, root_only
from cs_simulator.control.replies import ProblemError, json_response
from cs_simulator.routing import PathFlask
from cs_simulator.worlds import Worlds

API = 1
"""The number of this API; within one, only additions."""

HEALTH = f"{PREFIX}/health"

log = logging.getLogger("cs_simulator")


class Terms(NamedTuple):
    """On which terms the control API is served: its token, and how large a body may be."""

    token: str | None = None
    max_control_body: int = 64 * 2**20


def add_health(app: PathFlask, worlds: Worlds, instance: str, terms: Terms) -> None:
    """Add the health endpoint to an application."""
    started = stopwatch()

    def health() -> Response:
        try:
            stranger = refuse_strangers(terms)
            if stranger is not None:
                return stranger
            root_only()
        except ProblemError as error:
            return error.response()
        return json_response(
            {
                "status": "ok",
                "version": __version__,
                "api": API,
                "instance": instance,
                "uptime_seconds": round(stopwatch() - started, 3),
                "scenario": worlds.scenario.name,
            }
        )

    app.add_url_rule(HEALTH, "control health", health, methods=["GET"])


def refuse_strangers(terms: Terms) -> Response | None:
    """Return the refusal of a request that has no business here, None where it has."""
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()
    }
    problem = stranger(terms, headers)
    if problem is None:
        return None
    response = problem.response()
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def stranger(terms: Terms, headers: Mapping[str, str]) -> ProblemError | None:
    """Return what is wrong with the head of a request; headers are named as WSGI does."""
    origin = headers.get("HTTP_ORIGIN")
    if origin is not None and _host_of(origin) != headers.get("HTTP_HOST"):
        detail = f"Pages of {origin} may not control this server"
        return ProblemError(403, "Cross-origin request", detail)
    if terms.token is not None and not _bears(terms.token, headers.get("HTTP_AUTHORIZATION", "")):
        detail = "Send Authorization: Bearer with the token that --control-token gave"
        return ProblemError(401, "No token", detail)
    length = headers.get("HTTP_CONTENT_LENGTH", "0")
    size = int(length) if length.isdecimal() else 0
    if size > terms.max_control_body:
        detail = f"The body has {size} bytes; --max-control-body allows {terms.max_control_body}"
        return ProblemError(413, "Document too large", detail)
    return None


def _host_of(origin: str) -> str | None:
    """Return the host and port of an origin, None where it is no URL."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _bears(token: str, authorization: str) -> bool:
    """Tell whether a header bears the token."""
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.encode(), token.encode())


def on_http_error(
    error: HTTPException, near: Callable[[str], str | None] = lambda _path: None
) -> Response:
    """Answer a path or method that the control API does not have.

    ``near`` gives the endpoint that a path below the prefix may mean.
    """
    allowed = sorted(getattr(error, "valid_methods", None) or ())
    if allowed:
        detail = f"{request.path} takes {', '.join(allowed)}, and not {request.method}"
    else:
        meant = near(request.path.removeprefix(f"{PREFIX}/"))
        hint = f"see {PREFIX}/" if meant is None else f"did you mean {PREFIX}/{meant}?"
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
