"""One recorded request with its response: from us, a browser or another proxy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from cs_simulator.clock import Instant


class HarError(Exception):
    """A recording cannot be read; the text says where and why."""


class Header(NamedTuple):
    """One header line."""

    name: str
    value: str


Headers = tuple[Header, ...]


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the first value of a header, with its name in any case."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """What a client sent."""

    method: str
    url: str
    """Absolute, percent-encoded as it was sent."""
    headers: Headers = ()
    body: bytes = b""
    is_whole: bool = True
    """Whether the body is exactly what was sent."""
    http_version: str = "HTTP/1.1"

    @property
    def origin(self) -> str:
        """The scheme and host of the URL."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def target(self) -> str:
        """The path and query of the URL, undecoded."""
        _, _, rest = self.url.partition("://")
        slash = min((at for at in map(rest.find, "/?") if at >= 0), default=len(rest))
        path = rest[slash:].partition("#")[0]
        return path if path.startswith("/") else f"/{path}"

    @property
    def path(self) -> str:
        """The path of the URL, undecoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query of the URL, undecoded."""
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """A recorded response."""

    status: int
    headers: Headers = ()
    body: bytes | None = b""
    """None if the recording does not contain it unchanged."""
    reason: str = ""
    http_version: str = "HTTP/1.1"


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One request with its response, or with what happened instead."""

    number: int
    """Its position in the recording, from 1."""
    started: Instant
    elapsed: float
    """Milliseconds from the request to the last byte of the response."""
    request: RecordedRequest
    response: RecordedResponse | None
    error: str | None = None
    """Why there is no response, or why it is incomplete."""
    notes: tuple[str, ...] = ()
    """What the recorder lost, in words."""
    waited: float = 0.0
    """The part of ``elapsed`` for which the response was held back on purpose, in milliseconds."""
    details: Mapping[str, object] = field(default_factory=dict)
    """Additions to HAR, under names that begin with an underscore."""
