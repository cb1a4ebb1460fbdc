"""A request to an application in this process, as a server would hand it over."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BASE = {
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "HTTP_HOST": "localhost",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
"""What is the same for each request. The simulator reads its target from ``REQUEST_URI`` alone."""

NO_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


class WsgiResponse(NamedTuple):
    """What an application answers."""

    status: int
    headers: Headers
    body: bytes


def asked(
    app: WSGIApplication,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> WsgiResponse:
    """Ask an application; the target goes as it is, not decoded.

    A client of Werkzeug reads the same out of an environment that it builds, parses and completes:
    that takes longer than most requests do.
    """
    environ = {
        **BASE,
        "REQUEST_METHOD": method,
        "REQUEST_URI": target.encode().decode("latin-1"),
        "wsgi.input": BytesIO(body or b""),
        "wsgi.errors": sys.stderr,
    }
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    for name, value in pairs:
        key = name.upper().replace("-", "_")
        environ[key if key in NO_PREFIX else f"HTTP_{key}"] = str(value)
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> object:
        begun.append((status, headers))
        return None

    chunks = app(environ, start_response)  # type: ignore[arg-type] # nothing is written by a call
    try:
        received = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    [(status, found)] = begun
    return WsgiResponse(int(status.partition(" ")[0]), Headers(found), received)
