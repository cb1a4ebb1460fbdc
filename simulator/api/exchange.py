"""One request to the API from its arrival to its reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Response

from simulator.api.editions import Edition, Family, error_body
from simulator.api.paths import Target, base_paths_of
from simulator.clock import Instant, format_http_date, stopwatch
from simulator.domain.errors import MethodNotAllowed, Refusal
from simulator.journal import Entry
from simulator.worlds import World

_EXPOSED = "Location, X-Simulator-Request, X-Simulator-Hint, X-Simulator-Fault"
_HINT_BYTES = 512
_STATUS_LINES = {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_PRETTY = json.JSONEncoder(indent=2)


class ApiResponse(Response):
    """A response that has no media type but that of its body."""

    default_mimetype = None


class Exchange:
    """A request, what is known of it, and how it is answered."""

    __slots__ = (
        "_started",
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
        "target",
        "world",
    )

    def __init__(self, environ: WSGIEnvironment, target: Target, world: World) -> None:
        self._started = stopwatch()
        self.environ = environ
        self.target = target
        self.world = world
        self.method: str = environ["REQUEST_METHOD"]
        self.bases = base_paths_of(world.scenario)
        self.edition: Edition
        self.base: str
        self.path: str
        self.edition, self.base, self.path = self.bases.match(target.path)
        self.family: Family = "services"
        self.now: Instant = world.clock.now()
        self.hints: list[str] = []
        self.entry: Entry | None = None

    def open_entry(self) -> Entry:
        """Note the request in the journal."""
        query = self.target.query
        target = f"{self.target.raw}?{query}" if query else self.target.raw
        self.entry = self.world.journal.open(
            self.now, self.method, target, _request_headers(self.environ)
        )
        self.entry.edition = self.edition.name
        return self.entry

    def reply(
        self,
        status: int,
        members: Any,
        location: str | None = None,
        more_headers: Mapping[str, str] = NO_HEADERS,
    ) -> Response:
        """Return a reply with a JSON body; ``location`` is a path below the base."""
        pretty = self.environ.get("HTTP_USER_AGENT", "").startswith("curl/")
        text = f"{_PRETTY.encode(members)}\n" if pretty else _ENCODER.encode(members)
        headers = {"Content-Type": "application/json", **more_headers}
        if location is not None:
            headers["Location"] = f"{self.base}{location}"
        return self._finish(status, headers, text.encode("ascii"))

    def empty_reply(self, status: int, headers: Mapping[str, str] = NO_HEADERS) -> Response:
        """Return a reply without a body."""
        return self._finish(status, dict(headers), b"")

    def refuse(self, refusal: Refusal) -> Response:
        """Return the reply to a request that is refused, in the form of its edition."""
        fidelity = self.world.scenario.setup.fidelity
        status = self.edition.status_of(refusal, fidelity)
        if refusal.hint is not None:
            self.hints.append(refusal.hint)
        form = self.edition.form(self.family)
        members = error_body(form, refusal, self.method, self._url())
        allow = (
            {"Allow": ", ".join(refusal.allowed)} if isinstance(refusal, MethodNotAllowed) else {}
        )
        return self.reply(status, members, more_headers=allow)

    def _url(self) -> str:
        environ = self.environ
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        query = f"?{self.target.query}" if self.target.query else ""
        return f"{environ['wsgi.url_scheme']}://{host}{self.target.raw}{query}"

    def _finish(self, status: int, headers: dict[str, str], body: bytes) -> Response:
        if "HTTP_ORIGIN" in self.environ:
            headers = {**cors_headers(self.environ), **headers}
        headers["Date"] = format_http_date(self.now)
        if self.hints:
            headers["X-Simulator-Hint"] = hint_header(self.hints)
        entry = self.entry
        if entry is not None:
            headers["X-Simulator-Request"] = f"{self.world.name}/{entry.id}"
        response = ApiResponse(body, _STATUS_LINES[status], headers)
        if entry is not None:
            milliseconds = round((stopwatch() - self._started) * 1000, 3)
            self.world.journal.complete(
                entry, status, tuple(headers.items()), body, self.hints, milliseconds
            )
        return response


def hint_header(hints: list[str]) -> str:
    """Return hints as the value of a header: one line of ASCII, at most 512 bytes."""
    text = "; ".join(dict.fromkeys(hints)).encode("ascii", "backslashreplace").decode("ascii")
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= _HINT_BYTES else f"{text[: _HINT_BYTES - 3]}..."


def cors_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return what a browser needs to see to show a reply to a page of another origin."""
    headers = {"Access-Control-Expose-Headers": _EXPOSED, "Vary": "Origin"}
    if "HTTP_AUTHORIZATION" in environ or "HTTP_COOKIE" in environ:
        headers["Access-Control-Allow-Origin"] = environ["HTTP_ORIGIN"]
        headers["Access-Control-Allow-Credentials"] = "true"
    else:
        headers["Access-Control-Allow-Origin"] = "*"
    return headers


def _request_headers(environ: WSGIEnvironment) -> tuple[tuple[str, str], ...]:
    headers = [
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    for name in ("Content-Type", "Content-Length"):
        value = environ.get(name.upper().replace("-", "_"))
        if value:
            headers.append((name, value))
    return tuple(headers)
