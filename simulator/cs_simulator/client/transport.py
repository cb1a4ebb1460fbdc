"""Requests to a server, and how its responses are interpreted."""

from __future__ import annotations

import json
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from cs_simulator import __version__
from cs_simulator.client.errors import (
    ApiVersionError,
    ArgumentError,
    ControlError,
    NotASimulatorError,
    SimulatorError,
    UnreachableError,
    UrlError,
    details_of,
)
from cs_simulator.client.values import json_bytes
from cs_simulator.client.wire import ClosedError, NoHttpError, Wire, WireResponse

__tracebackhide__ = True  # pytest then shows the line of the test

API = 1
"""The number of the control API that this client supports."""

PATIENCE = 30.0
"""The default timeout of a response, in seconds."""

_EXAMPLE = "http://localhost:8080"


_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
"""Methods that may be sent again over a new connection if the kept one turns out to be closed."""


class Transport:
    """Send requests to one server over kept connections: as many as there are threads.

    They are closed by :meth:`close`, or when the transport is garbage-collected.
    """

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
        self._host = str(parts.hostname)
        self._port = parts.port or (443 if self._secure else 80)
        self._token = token
        if token is not None and not isinstance(token, str):
            raise ArgumentError(f"expected the token as text, found {type(token).__name__}")
        _check_timeout(timeout)
        if token and not (token.isascii() and token.isprintable() and " " not in token):
            raise SimulatorError(
                "The token contains a character that is not allowed in one, such as a space or a "
                "line end; use the value of --control-token"
            )
        self._head = f"Host: {parts.netloc}\r\nUser-Agent: cs-simulator/{__version__}"
        if token:
            self._head += f"\r\nAuthorization: Bearer {token}"
        self._timeout = timeout
        self._post_mortem = post_mortem
        self._is_known = False
        self._idle: deque[Wire] = deque()
        self._left: deque[bytes] = deque()
        """Requests to be sent with the next one."""
        weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close the idle connections; the next request opens a new one."""
        self.send_left()
        _close_all(self._idle)

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
        """Send a request and return the JSON of its response.

        ``body`` is encoded as JSON; bytes are sent as they are, and ``source`` is the file they
        come from. ``longer`` is added to the timeout, in seconds.
        """
        return self._parsed(self._carry_out(method, path, body, query, source, longer))

    def leave(self, method: str, path: str) -> None:
        """Leave a request to be sent with the next one, its response dropped; it may be sent twice.

        Later requests of this thread find it done; those of other threads may overtake it.
        """
        self._left.append(self._request(method, path, None))

    def send_left(self) -> None:
        """Send the requests that were left, without waiting for their responses."""
        left, count = self._taken()
        if not count:
            return
        wire = self._kept(may_owe=True)
        try:
            wire = wire or Wire(self._host, self._port, self._timeout, is_secure=self._secure)
            wire.leave(left, self._timeout, count)
        except OSError:
            if wire is not None:
                wire.close()
            return  # the next call reports it
        self._idle.append(wire)

    def _taken(self) -> tuple[bytes, int]:
        """Return the requests that were left, as one text to send, and their number."""
        left = []
        while self._left:
            left.append(self._left.popleft())
        return b"".join(left), len(left)

    def ahead(self, method: str, path: str, body: Any = None) -> Promise | None:
        """Send a request now and return a promise of its response; None if that is impossible.

        The request must be safe to repeat. Requests that were left are sent after it.
        """
        wire = self._kept(may_owe=True) if self._is_known else None
        if wire is None:
            return None
        data = None if body is None else json_bytes(body)
        left, count = self._taken()
        promise = Promise(self, wire, wire.owed)
        try:
            wire.leave(self._request(method, path, data) + left, self._timeout, count + 1)
        except OSError:
            wire.close()
            return None
        return promise

    def redeem(self, wire: Wire, before: int) -> Any:
        """Return the JSON of a response that a connection owes after some others, or None.

        It is None for a problem too, or if no response comes.
        """
        try:
            response = wire.after(before)
        except (OSError, NoHttpError):
            wire.close()
            return None
        self.take_back(wire)
        return self._parsed(response) if response.status < 400 else None

    def take_back(self, wire: Wire) -> None:
        """Keep a connection for later requests, even if it owes responses."""
        if wire.is_reusable:
            self._idle.append(wire)
        else:
            wire.close()

    def text(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None
    ) -> str:
        """Send a request and return the text of its response."""
        return self._carry_out(method, path, body, query).body.decode("utf-8")

    def health(self) -> Any:
        """Return the health of the server, after checking that it is a suitable simulator."""
        health = self._parsed(self._refuse(self._send("GET", "/_control/health")))
        if not isinstance(health, dict) or "api" not in health:
            raise NotASimulatorError(self._not_a_simulator("no API version"))
        if health["api"] != API:
            raise ApiVersionError(
                f"The simulator at {self.url} (version {health.get('version')}) has control API "
                f"{health['api']}, but this client (version {__version__}) needs {API}; "
                "install the same version of cs-simulator on both sides"
            )
        self._is_known = True
        return health

    def _carry_out(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, Any] | None,
        source: str = "",
        longer: float = 0.0,
    ) -> WireResponse:
        if not self._is_known:
            self.health()
        if query:
            asked = urlencode(query, doseq=True, errors="surrogatepass")
            path = f"{path}?{asked}"
        data = body if body is None or isinstance(body, bytes) else json_bytes(body)
        return self._refuse(self._send(method, path, data, longer), source)

    def _send(
        self, method: str, path: str, data: bytes | None = None, longer: float = 0.0
    ) -> WireResponse:
        """Send a request and return its response, whatever its status."""
        seconds = self._timeout + longer
        request = self._request(method, path, data)
        try:
            return self._exchange(request, seconds, is_repeatable=method in _REPEATABLE)
        except TimeoutError:
            reason = f"did not answer within {seconds:g} s"
            raise UnreachableError(self._gone(f"{self.url} {reason}")) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreachableError(self._gone(f"Cannot connect to {self.url}: {reason}")) from None
        except NoHttpError as error:
            raise NotASimulatorError(
                self._not_a_simulator(f"something other than HTTP ({error})")
            ) from None

    def _request(self, method: str, path: str, data: bytes | None) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", self._head]
        if data is not None:
            lines.append(f"Content-Type: application/json\r\nContent-Length: {len(data)}")
        elif method in ("POST", "PUT"):
            lines.append("Content-Length: 0")
        return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + (data or b"")

    def _exchange(self, request: bytes, seconds: float, *, is_repeatable: bool) -> WireResponse:
        """Send a request over a kept connection, or a new one, and return the response."""
        if not is_repeatable:
            self.send_left()  # apart, so that what ends after it ends before this
        left, count = self._taken()
        request, count = left + request, count + 1
        wire = self._kept()
        if wire is not None:
            try:
                return self._over(wire, request, seconds, count)
            except (ClosedError, ConnectionError) as error:
                # The server may close an idle connection in the very moment in which a request is
                # sent.
                if not is_repeatable or not getattr(error, "is_before_response", True):
                    raise
            except NoHttpError:
                if count == 1:  # otherwise this may be the response to a request that was left
                    raise
        wire = Wire(self._host, self._port, seconds, is_secure=self._secure)
        return self._over(wire, request, seconds, count)

    def _kept(self, *, may_owe: bool = False) -> Wire | None:
        """Take a reusable connection from the kept ones."""
        while True:
            try:
                wire = self._idle.pop()
            except IndexError:
                return None
            if (may_owe and wire.may_follow()) or wire.is_fresh():
                return wire
            wire.close()

    def _over(self, wire: Wire, request: bytes, seconds: float, count: int) -> WireResponse:
        response = None
        try:
            response = wire.exchange(request, seconds, count)
        finally:
            if response is not None:
                self.take_back(wire)
            else:
                wire.close()
        return response

    def _gone(self, what: str) -> str:
        """Return the error for a response that did not come, with what else is known."""
        known = self._post_mortem() if self._post_mortem else None
        return known or f"{what}; start a simulator there, or use the URL of a running one"

    def _not_a_simulator(self, with_what: str) -> str:
        return (
            f"{self.url} is not a Context Services simulator (it answered with {with_what}); "
            f"use the URL of one, such as {_EXAMPLE}"
        )

    def _refuse(self, response: WireResponse, source: str = "") -> WireResponse:
        """Raise the error for a problem; return any other response."""
        if response.status < 400:
            return response
        problem = (
            self._parsed(response) if _media_type(response) == "application/problem+json" else None
        )
        if not isinstance(problem, dict) or "title" not in problem:
            raise NotASimulatorError(
                self._not_a_simulator(f"{response.status} {_media_type(response)}")
            )
        fix = ""
        if response.status == 401:
            fix = " (no token was sent)" if not self._token else " (the token is wrong)"
        raise ControlError(
            response.status,
            problem["title"],
            problem.get("detail", ""),
            details_of(problem, source),
            fix,
        )

    def _parsed(self, response: WireResponse) -> Any:
        try:
            return json.loads(response.body)
        except ValueError:
            what = f"{response.status} {_media_type(response)}"
            raise NotASimulatorError(self._not_a_simulator(what)) from None


class Promise:
    """The future response of a request that was sent ahead."""

    __slots__ = ("_before", "_transport", "_wire")

    def __init__(self, transport: Transport, wire: Wire, before: int) -> None:
        self._transport = transport
        self._wire: Wire | None = wire
        self._before = before
        """The number of responses that come before this one."""

    def redeem(self) -> Any:
        """Return the JSON once it arrives; None for a problem, or if none came."""
        wire, self._wire = self._wire, None
        return None if wire is None else self._transport.redeem(wire, self._before)

    def forget(self) -> None:
        """Ignore the response."""
        wire, self._wire = self._wire, None
        if wire is not None:
            self._transport.take_back(wire)


def is_host(name: str | None) -> bool:
    """Tell whether a host can be looked up and named in a header."""
    labels = (name or "").removesuffix(".").split(".")
    return name is not None and name.isascii() and all(0 < len(label) < 64 for label in labels)


def checked(url: str) -> SplitResult:
    """Return the parts of a server's URL, or raise :exc:`UrlError` with the reason."""
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in ("http", "https") and is_host(parts.hostname)
        _ = parts.port  # raises if it is not a number
    except (ValueError, AttributeError):  # the latter if it is not text
        is_server = False
    if not is_server:
        raise UrlError(f"{url!r} is not a server URL; use one such as {_EXAMPLE}")
    if parts.username is not None:
        raise UrlError(f"The URL of {parts.hostname} contains a user name; use a token instead")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UrlError(
            f"{url!r} has a path, query or fragment; use only {parts.scheme}://{parts.netloc}"
        )
    return parts


LONGEST_WAIT = 1_000_000_000
"""The maximum timeout in seconds; sockets cannot wait much longer."""


def _check_timeout(timeout: object) -> None:
    if not isinstance(timeout, (int, float)) or not 0 < timeout <= LONGEST_WAIT:
        raise ArgumentError(
            f"expected the timeout as a number of seconds above 0, up to {LONGEST_WAIT}, "
            f"found {timeout!r}"
        )


def _media_type(response: WireResponse) -> str:
    """Return the media type of a response without its parameters."""
    return (
        response.headers.get("content-type", "").partition(";")[0].strip().lower() or "text/plain"
    )


def _close_all(idle: deque[Wire]) -> None:
    while idle:
        idle.pop().close()
