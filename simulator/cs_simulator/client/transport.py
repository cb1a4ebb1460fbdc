"""Requests to a server, and what its answers are taken for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

from cs_simulator import __version__
from cs_simulator.client.errors import (
    ControlError,
    NotASimulatorError,
    UnreachableError,
    UrlError,
    WrongApiError,
    mistakes_of,
)

__tracebackhide__ = True  # pytest then shows the line of the test

API = 1
"""The number of the control API that this client speaks."""

PATIENCE = 30.0
"""How long an answer may take, in seconds, unless said otherwise."""

_EXAMPLE = "http://localhost:8080"


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    media_type: str
    body: bytes


class Transport:
    """Send requests to one server, each over a connection of its own."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        timeout: float = PATIENCE,
        post_mortem: Callable[[], str | None] | None = None,
    ) -> None:
        parts = checked(url)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._secure = parts.scheme == "https"
        self._host, self._port = str(parts.hostname), parts.port
        self._token = token
        self._timeout = timeout
        self._post_mortem = post_mortem
        self._is_known = False

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        source: str = "",
        longer: float = 0.0,
    ) -> Any:
        """Return the JSON that a request is answered with.

        ``body`` becomes JSON; bytes go as they are, and ``source`` is where they are from.
        ``longer`` is how many seconds more than usual the answer may take.
        """
        reply = self._carry_out(method, path, body, query=query, source=source, longer=longer)
        return self._parsed(reply)

    def text(self, method: str, path: str, *, query: Mapping[str, Any] | None = None) -> str:
        """Return the text that a request is answered with."""
        return self._carry_out(method, path, query=query).body.decode("utf-8")

    def health(self) -> Any:
        """Return what the server says of itself, once it is sure that it is one to talk to."""
        health = self._parsed(self._refuse(self._send("GET", "/_control/health")))
        if not isinstance(health, dict) or "api" not in health:
            raise NotASimulatorError(self._stranger("something without a number of its API"))
        if health["api"] != API:
            raise WrongApiError(
                f"The simulator at {self.url} is version {health.get('version')} with control API "
                f"{health['api']}, and this client, version {__version__}, speaks {API}: "
                "install the same version of cs-simulator on both sides"
            )
        self._is_known = True
        return health

    def _carry_out(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        source: str = "",
        longer: float = 0.0,
    ) -> Reply:
        if not self._is_known:
            self.health()
        if query:
            path = f"{path}?{urlencode(query, doseq=True)}"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return self._refuse(self._send(method, path, data, longer), source)

    def _send(
        self, method: str, path: str, data: bytes | None = None, longer: float = 0.0
    ) -> Reply:
        seconds = self._timeout + longer
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=seconds)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            media_type = response.headers.get_content_type()
            return Reply(response.status, media_type, response.read())
        except TimeoutError:
            reason = f"did not answer within {seconds:g} s"
            raise UnreachableError(self._gone(f"{self.url} {reason}")) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreachableError(self._gone(f"Nothing answers at {self.url}: {reason}")) from None
        except HTTPException as error:
            raise NotASimulatorError(self._stranger(f"no HTTP ({type(error).__name__})")) from None
        finally:
            connection.close()

    def _gone(self, what: str) -> str:
        """Return why there is no answer, and what of it is known besides."""
        known = self._post_mortem() if self._post_mortem else None
        return known or f"{what}; start a simulator there, or give the URL of one that runs"

    def _stranger(self, with_what: str) -> str:
        return (
            f"{self.url} answers with {with_what}, so it is no Context Services simulator: "
            f"give the URL of one, such as {_EXAMPLE}"
        )

    def _refuse(self, reply: Reply, source: str = "") -> Reply:
        """Return an answer that is none of a problem."""
        if reply.status < 400:
            return reply
        problem = self._parsed(reply) if reply.media_type == "application/problem+json" else None
        if not isinstance(problem, dict) or "title" not in problem:
            raise NotASimulatorError(self._stranger(f"{reply.status} {reply.media_type}"))
        mend = ""
        if reply.status == 401:
            mend = ": none was given" if not self._token else ": the one that was given is another"
        raise ControlError(
            reply.status,
            problem["title"],
            problem.get("detail", ""),
            mistakes_of(problem, source),
            mend,
        )

    def _parsed(self, reply: Reply) -> Any:
        try:
            return json.loads(reply.body)
        except ValueError:
            what = f"{reply.status} {reply.media_type}"
            raise NotASimulatorError(self._stranger(what)) from None


def checked(url: str) -> SplitResult:
    """Return the parts of a server's URL, or raise :exc:`UrlError` with what is wrong with it."""
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        is_server = False
    if not is_server:
        raise UrlError(f"{url!r} is no URL of a server: give one such as {_EXAMPLE}")
    if parts.username is not None:
        raise UrlError(f"The URL of {parts.hostname} holds a user name: give a token instead")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UrlError(
            f"{url!r} says more than where the server is: "
            f"give {parts.scheme}://{parts.netloc}, the paths are known"
        )
    return parts
