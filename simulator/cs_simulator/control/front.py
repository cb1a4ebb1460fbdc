"""The part of the control API that every server imports: who may use it, and what it answers early.

A test waits for the health, and for creating and deleting a world without a scenario of its own.
These are answered here. Any other request goes to the control API, and so does every one that is
rejected. Browsers that open the server's own address are redirected to the console.

Nothing here needs Flask, so a server is up before that is imported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from cs_simulator import __version__
from cs_simulator.api.arrival import Address, Received, base_paths_of
from cs_simulator.api.editions import EDITIONS
from cs_simulator.clock import stopwatch
from cs_simulator.documents.long_json import written
from cs_simulator.worlds import ServedWorld, TooManyWorldsError, WorldNameError, Worlds

PREFIX = "/_control"

NEVER_STORED = (("Cache-Control", "no-store"),)
"""The header that keeps caches from showing an old journal."""

API = 1
"""The version number of this API; with the same number, members and endpoints are only added."""

HEALTH = f"{PREFIX}/health"
_WORLDS = f"{PREFIX}/worlds/"


def is_control(path: str) -> bool:
    """Tell whether a path belongs to the control API."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


class ProblemError(Exception):
    """A control request that was rejected; its response is a problem (RFC 9457)."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors


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


class ServerHealth(NamedTuple):
    """What tells that the server is up, and which version and worlds it serves."""

    worlds: Worlds
    instance: str
    begun: float
    """When the server started."""

    def members(self) -> dict[str, Any]:
        """Return it as the members of the response."""
        return {
            "status": "ok",
            "version": __version__,
            "api": API,
            "instance": self.instance,
            "uptime_seconds": round(stopwatch() - self.begun, 3),
            "scenario": self.worlds.scenario.name,
        }


def access_problem(terms: ControlTerms, received: Received, where: Address) -> ProblemError | None:
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
    from hmac import compare_digest

    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.encode(), token.encode())


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
    ranges: dict[str, float] = {}
    for media, quality in map(_range_of, accept.lower().split(",")):
        ranges[media] = max(quality, ranges.get(media, 0.0))
    page, data = (_preference(ranges, kind) for kind in ("text/html", "application/json"))
    return ranges.get("text/html", 0.0) > 0 and page > data


def _range_of(text: str) -> tuple[str, float]:
    """Return the media range in one element of the header Accept, and its quality."""
    media, *parameters = (parameter.strip() for parameter in text.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.rstrip() == "q":
            with suppress(ValueError):
                return media, float(value)
            return media, 0.0
    return media, 1.0


def _preference(ranges: Mapping[str, float], kind: str) -> tuple[float, int]:
    """Return the quality of a media type, and how exactly it is named."""
    for exactly, media in ((2, kind), (1, f"{kind.partition('/')[0]}/*"), (0, "*/*")):
        if media in ranges:
            return ranges[media], exactly
    return 0.0, 0


_COMPACT = json.JSONEncoder()
_ALLOWED = re.compile(r'"allowed": \[\n.*?\n *\]', re.DOTALL)


def _in_one_line(found: re.Match[str]) -> str:
    """Return a list of names in one line, because there may be many."""
    return re.sub(r"\n *", " ", found[0]).replace("[ ", "[").replace(" ]", "]")


def json_body(members: Any, agent: str) -> str:
    """Return JSON for a client by its User-Agent: indented for curl."""
    # People read what curl prints, so text is not escaped, except lone surrogates, which have no
    # bytes.
    if not agent.startswith("curl/"):
        return written(_COMPACT, members)
    indented = json.dumps(members, indent=2, ensure_ascii=False)
    text = f"{_ALLOWED.sub(_in_one_line, indented)}\n"
    return (
        text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )


class EarlyResponse(NamedTuple):
    """The status and the members of a response."""

    status: int
    members: dict[str, Any]


class EarlyControl(NamedTuple):
    """What is answered early for some worlds, to those who may ask."""

    worlds: Worlds
    terms: ControlTerms
    health: ServerHealth

    def response(self, request: Received, where: Address) -> EarlyResponse | None:
        """Return the response to a request, or None if the control API has to answer it."""
        path = where.target.path
        if where.prefix or not (path == HEALTH or path.startswith(_WORLDS)):
            return None
        if access_problem(self.terms, request, where) is not None:
            return None
        if path == HEALTH:
            return EarlyResponse(200, self.health.members()) if request.method == "GET" else None
        if request.body or where.target.query:
            return None
        name = unquote(path.removeprefix(_WORLDS))
        if request.method == "PUT":
            return self._created(name)
        return self._deleted(name) if request.method == "DELETE" else None

    def _created(self, name: str) -> EarlyResponse | None:
        if self.worlds.there_is(name) is not None or self.worlds.takes_long_to_make(name):
            return None
        try:
            return self.worlds.set_up(name, self._begun)
        except (WorldNameError, TooManyWorldsError):
            return None

    def _begun(self, world: ServedWorld) -> EarlyResponse:
        return EarlyResponse(200 if self.worlds.is_listed(world) else 201, described(world))

    def _deleted(self, name: str) -> EarlyResponse | None:
        world = self.worlds.there_is(name)
        if world is None or world.is_large or not world.lock.acquire(blocking=False):
            return None
        try:
            dropped = self.worlds.drop(name)
        finally:
            world.lock.release()
        return EarlyResponse(200, {"deleted": [name]}) if dropped else None


def described(world: ServedWorld) -> dict[str, Any]:
    """Return the key facts about a world."""
    return {
        "world": world.name,
        "scenario": world.scenario.name,
        "counts": world.counts()._asdict(),
        "base_paths": shown_bases(world),
        "prefix": f"/_world/{world.name}",
    }


def shown_bases(world: ServedWorld) -> dict[str, str]:
    """Return the base path of each edition in a world."""
    bases = base_paths_of(world.scenario)
    return {edition.name: bases.of(edition.name) or "/" for edition in EDITIONS}
