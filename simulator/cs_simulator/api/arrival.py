"""A request as it arrived: complete, immutable, and assigned to an edition of the API.

Its target is split before it is decoded. A path is matched with every segment percent-encoded in
one canonical way, so a slash inside a contact key stays there. The next steps are in
:mod:`cs_simulator.api.pipeline`: judging, the handler, the outcome.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes
from wsgiref.types import WSGIEnvironment

from cs_simulator.api.editions import EDITION_81, EDITION_85, Edition
from cs_simulator.operations.row import EditionName
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.worlds import DEFAULT

if TYPE_CHECKING:
    from cs_simulator.api.outcome import Stream
    from cs_simulator.faults.waiting import End, HeldWait

TENANT_HEADER = "HTTP_CONTACTCENTERID"
FAULT_HEADER = "HTTP_X_SIMULATOR_FAULT"
WORLD_HEADER = "HTTP_X_SIMULATOR_WORLD"
WORLD_PREFIX = "/_world/"
_UNRESERVED = "!$&'()*+,;=:@-._~"

WAY = "cs_simulator.way"
"""The only key that we add to a request's WSGI environment; its value is a :class:`Way`."""


@dataclass(slots=True)
class Way:
    """State that the application and the control API share about one request."""

    request: Received
    address: Address
    """The world or endpoint that the request target names."""
    wait: HeldWait | None = None
    """What the request is waiting for before it is handled again, if anything."""
    seconds: float = 0.0
    """How long it may wait."""
    progress: object = None
    """What it had found before it waited."""
    end: End | None = None
    """How its wait ended."""
    crowded: str | None = None
    """Why it could not wait, if there was no room."""
    stream: Stream | None = None
    """The stream that continues its response, if the response has no end."""


class Received(NamedTuple):
    """A request as the server read it; header names are in CGI form, such as ``HTTP_HOST``."""

    method: str
    uri: str
    """The request target as it was sent, not decoded."""
    headers: Mapping[str, str]
    body: bytes
    """The whole body; or, if it is too large, its first part, which is longer than the limit."""
    origin: str
    """The scheme and host by which the client reached the server."""
    peer: tuple[str, str] | None = None
    """The client's address and port."""
    header_lines: Sequence[tuple[str, str]] = ()
    """The headers that were sent in several lines, one item for each line."""
    mount: str = ""
    """The path prefix by which the client reached the server, if a proxy reported one."""

    @property
    def host(self) -> str:
        """The host and port by which the client reached the server."""
        return self.origin.partition("://")[2]

    @property
    def world_header(self) -> str | None:
        """The world named by the request's header."""
        return self.headers.get(WORLD_HEADER)


class Target(NamedTuple):
    """A split request target: the path as it came, the canonical path, and the query string."""

    raw: str
    path: str
    query: str
    malformed: str | None
    """A segment that is not valid UTF-8, or None."""


class Address(NamedTuple):
    """What a request target names: a world, by path prefix or header, and a path in it."""

    world: str | None
    """None if neither names one."""
    prefix: str
    other: str | None
    """The world that the header names, if it differs from the one in the path."""
    target: Target
    """The target below the prefix."""

    @property
    def name(self) -> str:
        """The name of the addressed world."""
        return DEFAULT if self.world is None else self.world


class Arrival(NamedTuple):
    """A request to the API, assigned to an edition."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes
    edition: Edition
    root: str
    """What comes before the base path in the client's view: a proxy's prefix, then the world's."""
    base: str
    """The base path of the edition, after the root."""
    path: str
    """The path below the base."""
    origin: str
    peer: tuple[str, str] | None = None
    header_lines: Sequence[tuple[str, str]] = ()
    mount: str = ""

    def lines(self) -> list[tuple[str, str]]:
        """Return the headers as they came; one sent in several lines is listed several times."""
        if not self.header_lines:
            return list(self.headers.items())
        repeated = {name for name, _ in self.header_lines}
        once = [header for header in self.headers.items() if header[0] not in repeated]
        return [*once, *self.header_lines]

    @property
    def target_text(self) -> str:
        """The path and query as they came."""
        query = self.target.query
        return f"{self.target.raw}?{query}" if query else self.target.raw

    @property
    def url(self) -> str:
        """The URL that the client requested."""
        return f"{self.origin}{self.mount}{self.target_text}"

    def base_url(self) -> str:
        """Return the base URL of this edition in this world, without a trailing slash."""
        return f"{self.origin}{self.base}"


def received(environ: WSGIEnvironment, max_body: int) -> Received:
    """Return the request of a WSGI server, with at most ``max_body`` + 1 bytes of its body."""
    headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    length = environ.get("CONTENT_LENGTH") or "0"
    body = b""
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[f"HTTP_{name}"] = environ[name]
    if length != "0":
        size = int(length) if length.isdigit() else max_body + 1
        body = environ["wsgi.input"].read(min(size, max_body + 1))
    host = headers.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    origin = f"{environ['wsgi.url_scheme']}://{host}"
    port = environ.get("REMOTE_PORT")
    return Received(
        environ["REQUEST_METHOD"],
        environ["REQUEST_URI"],
        headers,
        body,
        origin,
        None if port is None else (environ["REMOTE_ADDR"], port),
    )


def environ_of(request: Received, where: Address) -> WSGIEnvironment:
    """Return the WSGI environment of a request to the control API, which is a WSGI application."""
    target = where.target
    host, _, port = request.host.partition(":")
    environ: WSGIEnvironment = {
        **request.headers,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": target.path,
        "QUERY_STRING": target.query,
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        value = environ.pop(f"HTTP_{name}", None)
        if value is not None:
            environ[name] = value
    return environ


def split_target(target: str) -> Target:
    """Split a request target and make its path canonical; remove a proxy's scheme and host."""
    path, _, query = target.partition("?")
    if not path.startswith("/") and "://" in path:
        path = f"/{path.split('://', 1)[1].partition('/')[2]}"
    malformed = None
    canonical = path
    if "%" in path or not path.isascii():
        segments = []
        for segment in path.split("/"):
            decoded = unquote_to_bytes(segment.encode("latin-1", "replace"))
            try:
                text = decoded.decode("utf-8")
            except UnicodeDecodeError:
                malformed = malformed or segment
                text = decoded.decode("utf-8", "replace")
            segments.append(quote(text, safe=_UNRESERVED))
        canonical = "/".join(segments)
    if len(canonical) > 1 and canonical.endswith("/"):
        canonical = canonical[:-1]
    return Target(path, canonical, query, malformed)


def split_world(target: Target) -> tuple[str, str | None, Target]:
    """Return the path prefix that names a world, the name, and the target below it.

    Without such a prefix, return ``""``, None and the target itself.
    """
    if not target.path.startswith(WORLD_PREFIX):
        return "", None, target
    name, _, rest = target.path[len(WORLD_PREFIX) :].partition("/")
    return f"{WORLD_PREFIX}{name}", unquote(name), target._replace(path=f"/{rest}")


def address(uri: str, header: str | None) -> Address:
    """Return the address in a request target; ``header`` is the world that the header names."""
    prefix, name, target = split_world(split_target(uri))
    if name is None:
        return Address(header or None, prefix, None, target)
    return Address(name, prefix, None if header == name else header, target)


_PROBES = ("OPTIONS", "HEAD")
_NOWHERE = ("*", "/")
"""Paths that load balancers request to check that the server is up; they are not client requests.
"""


def is_probe(method: str, where: Address) -> bool:
    """Tell whether a request only checks that the server is up: no rule sees it, nor a journal."""
    return method in _PROBES and where.target.path in _NOWHERE


class BasePaths:
    """The base paths of the editions in one world."""

    __slots__ = ("_bases",)

    def __init__(self, configured: Mapping[str, str]) -> None:
        bases = [
            (configured.get(edition.name, edition.base_path).rstrip("/"), edition)
            for edition in (EDITION_85, EDITION_81)
        ]
        # The longer path first: the base of 8.1 is the root of everything.
        self._bases = sorted(bases, key=lambda pair: -len(pair[0]))

    def of(self, edition: EditionName) -> str:
        """Return the base path of an edition, without a trailing slash."""
        return next(base for base, known in self._bases if known.name == edition)

    def match(self, path: str) -> tuple[Edition, str, str]:
        """Return the edition that a path belongs to, its base, and the path below it."""
        for base, edition in self._bases:
            if path == base or path.startswith(f"{base}/"):
                return edition, base, path[len(base) :] or "/"
        # Under neither base: an unknown path is answered in the form of 8.5.
        return EDITION_85, self.of("8.5"), path


def base_paths_of(scenario: LoadedScenario) -> BasePaths:
    """Return the base paths of the editions in the worlds of a scenario."""
    given = scenario.base_paths
    return _base_paths(given.get("8.5"), given.get("8.1"))


@lru_cache(maxsize=64)
def _base_paths(base_85: str | None, base_81: str | None) -> BasePaths:
    # Remembered by the paths alone: a scenario that no world has any more must not stay.
    bases = {"8.5": base_85, "8.1": base_81}
    return BasePaths({name: base for name, base in bases.items() if base is not None})


def arrive(
    request: Received, target: Target, scenario: LoadedScenario, prefix: str = ""
) -> Arrival:
    """Assign a request to the edition whose base path its target is under, in some world."""
    edition, base, path = base_paths_of(scenario).match(target.path)
    root = f"{request.mount}{prefix}"
    return Arrival(
        request.method,
        target,
        request.headers,
        request.body,
        edition,
        root,
        f"{root}{base}",
        path,
        request.origin,
        request.peer,
        request.header_lines,
        request.mount,
    )
