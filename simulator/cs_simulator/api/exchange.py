"""One request to the API from its arrival to its reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers

from cs_simulator.api.editions import Edition, Family, error_body
from cs_simulator.api.paths import Target, base_paths_of
from cs_simulator.clock import Instant, format_http_date, stopwatch
from cs_simulator.domain.access import REALM
from cs_simulator.domain.errors import MethodNotAllowed, Refusal, Unauthorized
from cs_simulator.journal.entries import Entry
from cs_simulator.worlds import World

_EXPOSED = "Location, X-Simulator-Request, X-Simulator-Hint, X-Simulator-Fault"
_HINT_BYTES = 512
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_STATUS_LINES: Mapping[int, str] = MappingProxyType(
    {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}
)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_PRETTY = json.JSONEncoder(indent=2)


class Answer(NamedTuple):
    """What is to be answered: still data, so that a fault can replace or patch it."""

    status: int
    headers: dict[str, str]
    body: bytes


class StaleError(Exception):
    """The world of a request was reset or dropped while it was on its way."""


class ApiResponse(Response):
    """A response whose headers are complete and stay as they are.

    Werkzeug would quote Location once more and count the body once more, which costs a tenth of
    a request.
    """

    default_mimetype = None
    autocorrect_location_header = False

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers as they are."""
        return self.headers


class Exchange:
    """A request, what is known of it, and how it is answered."""

    __slots__ = (
        "_generation",
        "_journal",
        "_server",
        "_started",
        "abandoned",
        "base",
        "bases",
        "edition",
        "entry",
        "environ",
        "family",
        "hints",
        "method",
        "now",
        "path",
        "status",
        "target",
        "world",
    )

    def __init__(
        self, environ: WSGIEnvironment, target: Target, world: World, prefix: str = ""
    ) -> None:
        self._started = stopwatch()
        self.environ = environ
        self.target = target
        self.world = world
        self.method: str = environ["REQUEST_METHOD"]
        self.bases = base_paths_of(world.scenario)
        self.edition: Edition
        self.base: str
        self.path: str
        self.edition, base, self.path = self.bases.match(target.path)
        self.base = f"{prefix}{base}"
        self.family: Family = "services"
        with world.lock:
            self.now: Instant = world.clock.now()
            self._generation: int = world.generation
            self._journal = world.journal
            self._server = world.server
        self.hints: list[str] = []
        self.entry: Entry | None = None
        self.abandoned: Entry | None = None
        self.status: int | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the world was reset or dropped since the request arrived."""
        return self.world.generation != self._generation

    def open_entry(self) -> Entry:
        """Note the request in the journal."""
        query = self.target.query
        target = f"{self.target.raw}?{query}" if query else self.target.raw
        self.entry = self._journal.open(
            self.now, self.method, target, _request_headers(self.environ)
        )
        self.entry.edition = self.edition.name
        return self.entry

    def answer(
        self,
        status: int,
        members: Any,
        location: str | None = None,
        more_headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """Return an answer with a JSON body; ``location`` is a path below the base."""
        headers = {"Content-Type": "application/json", **more_headers}
        if location is not None:
            headers["Location"] = f"{self.base}{location}"
        return Answer(status, headers, self.encoded(members))

    def encoded(self, members: Any) -> bytes:
        """Return JSON as this client likes it: compact, or indented for curl."""
        pretty = self.environ.get("HTTP_USER_AGENT", "").startswith("curl/")
        text = f"{_PRETTY.encode(members)}\n" if pretty else _ENCODER.encode(members)
        return text.encode("ascii")

    def refusal(self, refusal: Refusal) -> Answer:
        """Return the answer to a request that is refused, in the form of its edition."""
        fidelity = self.world.scenario.setup.fidelity
        status = self.edition.status_of(refusal, fidelity)
        if refusal.hint is not None:
            self.hints.append(refusal.hint)
        form = self.edition.form(self.family, refusal)
        members = error_body(form, refusal, self.method, self._url())
        headers: dict[str, str] = {}
        if isinstance(refusal, MethodNotAllowed):
            headers["Allow"] = ", ".join(refusal.allowed)
        elif isinstance(refusal, Unauthorized):
            headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
        return self.answer(status, members, more_headers=headers)

    def _url(self) -> str:
        query = f"?{self.target.query}" if self.target.query else ""
        return f"{self._origin()}{self.target.raw}{query}"

    def base_url(self) -> str:
        """Return the address of this edition in this world, without a slash at its end."""
        return f"{self._origin()}{self.base}"

    def _origin(self) -> str:
        environ = self.environ
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return f"{environ['wsgi.url_scheme']}://{host}"

    def send(self, answer: Answer, *, exists: bool = True) -> Response:
        """Return the response of an answer, and complete the journal's entry with it.

        The entry gets no status of an answer that does not exist, since it is lost on the wire.
        """
        status, headers, body = answer
        self.status = status
        if "HTTP_ORIGIN" in self.environ:
            headers = {**cors_headers(self.environ), **headers}
        headers.setdefault("Date", format_http_date(self.now))  # a rule may have its own
        if self.hints:
            headers["X-Simulator-Hint"] = hint_header(self.hints)
        entry = self.entry
        if exists:
            self._server.count(status, self.now)
        if entry is not None:
            headers["X-Simulator-Request"] = f"{self.world.name}/{entry.id}"
        if status not in _WITHOUT_BODY:
            headers["Content-Length"] = str(len(body))
        # Werkzeug counts even an empty body, and a 204 must not say how long it is.
        pairs = tuple(headers.items())
        # A list is taken as it is; of bytes alone, Flask would count the length once more.
        response = ApiResponse([body] if body else None, status_line(status), pairs)
        if entry is not None:
            milliseconds = round((stopwatch() - self._started) * 1000, 3)
            self._journal.complete(
                entry,
                status if exists else None,
                pairs,
                body,
                self.hints,
                milliseconds,
            )
        return response


def status_line(status: int) -> str:
    """Return a status with its phrase, as the documents print it."""
    return _STATUS_LINES.get(status) or f"{status} Unknown"


def hint_header(hints: list[str]) -> str:
    """Return hints as the value of a header: one line of ASCII, at most 512 bytes."""
    text = "; ".join(dict.fromkeys(hints)).encode("ascii", "backslashreplace").decode("ascii")
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= _HINT_BYTES else f"{text[: _HINT_BYTES - 3]}..."


def cors_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return what a browser needs to see to show a reply to a page of another origin.

    A page that asks with credentials where the browser has none to send looks like any other, and
    yet its browser refuses ``*``: the origin is echoed to all.
    """
    return {
        "Access-Control-Allow-Origin": environ["HTTP_ORIGIN"],
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin",
    }


def _request_headers(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """Return the headers of a request under the names that WSGI gives them."""
    headers = [item for item in environ.items() if item[0].startswith("HTTP_")]
    if environ.get("CONTENT_TYPE"):
        headers.append(("HTTP_CONTENT_TYPE", environ["CONTENT_TYPE"]))
    if environ.get("CONTENT_LENGTH"):
        headers.append(("HTTP_CONTENT_LENGTH", environ["CONTENT_LENGTH"]))
    return headers
