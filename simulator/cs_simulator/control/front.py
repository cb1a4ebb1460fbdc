"""The part of the control API that every server imports: its health, and who may use it.

Browsers that open the server's own address are redirected to the console.

The health endpoint is the first to be requested. All others are imported with
:mod:`cs_simulator.control.api` at the first request for one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from flask import Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from cs_simulator import __version__
from cs_simulator.api.arrival import WAY, Address, Received, Way
from cs_simulator.clock import stopwatch
from cs_simulator.control.addressing import PREFIX, root_only
from cs_simulator.control.replies import ProblemError, json_response
from cs_simulator.routing import PathFlask
from cs_simulator.worlds import Worlds

API = 1
"""The version number of this API; with the same number, members and endpoints are only added."""

HEALTH = f"{PREFIX}/health"

log = logging.getLogger("cs_simulator")


class ControlTerms(NamedTuple):
    """Settings of the control API: its token, and the maximum size of a body."""

    token: str | None = None
    max_control_body: int = 64 * 2**20
    names: frozenset[str] = frozenset()
    """Host names, besides addresses and localhost, under which pages may reach this server."""
    mask: tuple[str, ...] = ()
    """The names of what reports and HAR mask, besides the well-known ones."""
    is_local: bool = False
    """Whether it listens only on this machine, so that no other host name can lead to it."""


def add_health(app: PathFlask, worlds: Worlds, instance: str) -> None:
    """Add the health endpoint to an application."""
    answers = partial(health, worlds, instance, stopwatch())
    app.add_url_rule(HEALTH, "control health", answers, methods=["GET"])


def health(worlds: Worlds, instance: str, started: float) -> Response:
    """Tell that the server is up, and which version and worlds it serves."""
    try:
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


def refuse_strangers(terms: ControlTerms) -> Response | None:
    """Return the error for a request that may not use this API, or None if it may."""
    way: Way = request.environ[WAY]
    problem = stranger(terms, way.request, way.address)
    if problem is None:
        return None
    response = problem.response()
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def stranger(terms: ControlTerms, received: Received, where: Address) -> ProblemError | None:
    """Return what is wrong with the head of a request."""
    headers, host = received.headers, received.host
    origin = headers.get("HTTP_ORIGIN")
    if origin is not None and _host_of(origin) != host:
        detail = (
            f"Requests from pages of {origin} are not "
            f"allowed; this one was sent to {host}. A proxy "
            "in front must pass on the browser's Host header, or send X-Forwarded-Host to a server "
            "with --trust-forwarded"
        )
        return ProblemError(403, "Cross-origin request", detail)
    # A website can point its own name at this machine and so appear to be ours. Its requests then
    # have no Origin.
    is_page = origin is not None or (
        terms.is_local and headers.get("HTTP_USER_AGENT", "").startswith("Mozilla/")
    )
    if is_page:
        # The host that a proxy reports is not the one by which the proxy was reached.
        for name in (host, headers.get("HTTP_HOST", "")):
            if not _is_ours(name, terms.names):
                return _unknown_host(name)
    token = None if is_of_console(where.target.path) else terms.token
    if token is not None and not _bears(token, headers.get("HTTP_AUTHORIZATION", "")):
        detail = (
            "Send the header Authorization: Bearer <token>, with the token given to --control-token"
        )
        return ProblemError(401, "Unauthorized", detail)
    length = headers.get("HTTP_CONTENT_LENGTH", "0")
    size = int(length) if length.isdecimal() else 0
    if size > terms.max_control_body:
        detail = f"The body has {size} bytes; --max-control-body allows {terms.max_control_body}"
        return ProblemError(413, "Document too large", detail)
    return None


def _unknown_host(host: str) -> ProblemError:
    allow = f"--allow-host {_name_of(host)} or the variable CS_SIMULATOR_ALLOW_HOST allows it"
    return ProblemError(403, "Unknown host", f"Unknown host {host}; {allow}")


def _host_of(origin: str) -> str | None:
    """Return the host and port of an origin, or None if it is not a URL."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name_of(host: str) -> str:
    """Return a host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _is_ours(host: str, names: frozenset[str]) -> bool:
    """Tell whether a host is an address, this machine, or an allowed name."""
    name = _name_of(host).rstrip(".").lower()
    if not name or name == "localhost" or name.endswith(".localhost") or name in names:
        return True
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _bears(token: str, authorization: str) -> bool:
    """Tell whether a header contains the token."""
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.encode(), token.encode())


def on_http_error(
    error: HTTPException, near: Callable[[str], str | None] = lambda _path: None
) -> Response:
    """Answer an unknown path, or a wrong method.

    ``near`` returns the endpoint that a path below the prefix is probably meant for.
    """
    allowed = sorted(getattr(error, "valid_methods", None) or ())
    if allowed:
        detail = f"{request.method} is not allowed on {request.path}; allowed: {', '.join(allowed)}"
    else:
        meant = near(request.path.removeprefix(f"{PREFIX}/"))
        hint = f"see {PREFIX}/" if meant is None else f"did you mean {PREFIX}/{meant}?"
        detail = f"No control endpoint {request.method} {request.path}; {hint}"
    response = ProblemError(error.code or 500, error.name, detail).response()
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def on_defect(_error: Exception) -> Response:
    """Answer an internal error of the simulator."""
    log.exception("control request failed: %s %s", request.method, request.path)
    detail = "Internal error: this is a bug in the simulator. See its log"
    return ProblemError(500, "Internal error", detail).response()


CONSOLE = f"{PREFIX}/console"

_LEADS = frozenset({"/", PREFIX, f"{PREFIX}/"})
_LEADS_IN_WORLD = frozenset({"", *_LEADS, CONSOLE})


def is_of_console(path: str) -> bool:
    """Tell whether a path is one of the console's own files, which contain no data."""
    return path == CONSOLE or path.startswith(f"{CONSOLE}/")


def may_lead(request: Received, where: Address) -> bool:
    """Tell whether the response depends on the header Accept, because a page is one possibility."""
    leads = _LEADS_IN_WORLD if where.prefix else _LEADS
    return where.target.path in leads and request.method in ("GET", "HEAD")


def way_to_console(request: Received, where: Address) -> str | None:
    """Return the relative address of the console if a browser is to be redirected there, else None.

    Someone who types the address of the server, of its control API or of a world wants a page.
    Clients that do not prefer HTML get the normal response.
    """
    if not may_lead(request, where):
        return None
    if not _prefers_page(request.headers.get("HTTP_ACCEPT", "")):
        return None
    # Relative, so that it works behind a proxy that adds a path prefix.
    path = urlsplit(request.uri).path or "/"
    up = "../" * (path.count("/") - 1)
    world = f"#world={quote(where.name, safe='')}" if where.prefix else ""
    return f"{up}{CONSOLE[1:]}{world}"


def _prefers_page(accept: str) -> bool:
    """Tell whether the header names HTML, and prefers it to JSON."""
    if "text/html" not in accept.lower():
        return False
    # There is only one page, whatever level or charset of HTML is requested.
    ranges = parse_accept_header(accept, MIMEAccept)
    accepted = MIMEAccept(
        [(each.partition(";")[0].strip().lower(), quality) for each, quality in ranges]
    )
    return accepted.best_match(("application/json", "text/html")) == "text/html"
