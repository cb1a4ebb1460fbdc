"""The recording proxy: stands in front of a real server, passes everything on, and records it.

Bodies are streamed in both directions, byte for byte. HTTP is parsed and written by h11, on which
httpx and uvicorn build; the sockets are asyncio's.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

import h11

from cs_simulator.client.transport import is_host
from cs_simulator.clock import Instant, stopwatch, system_time
from cs_simulator.har.exchanges import (
    Header,
    Headers,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.recording.decoding import MAX_BODY, decoded_body
from cs_simulator.recording.sending import NoServerError, Trust, no_connection

log = logging.getLogger("cs_simulator")

CHUNK = 64 * 2**10
_MAX_HEAD = 256 * 2**10
_LEFT = "the client left before its request was whole"
_TURNS = 4
"""Turns of the loop within which an accepted connection is served, or a connection is closed."""
_READING = frozenset({b"GET", b"HEAD", b"OPTIONS"})
_OF_ONE_HOP = frozenset(
    {
        b"connection",
        b"expect",
        b"host",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"upgrade",
    }
)

Pairs = list[tuple[bytes, bytes]]


class Upstream(NamedTuple):
    """The real server."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Its address, as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{host}" + ("" if self.port == usual else f":{self.port}")

    @property
    def authority(self) -> bytes:
        """The value of the header Host."""
        return self.origin.partition("://")[2].encode("ascii")


def upstream_of(url: str) -> Upstream:
    """Return the server in a URL; raise ValueError if it is not a server's."""
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or parts.hostname is None
        or not is_host(parts.hostname)
    ):
        raise ValueError(f"{url!r} is not a URL such as http://host:port")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            f"{url!r} has a path; use only scheme, host and "
            f"port: the path of a request is passed on unchanged"
        )
    if parts.username is not None:
        raise ValueError(f"{url!r} has a user; the client's own Authorization is passed on")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Upstream(parts.scheme, parts.hostname, port)


@dataclass(frozen=True, slots=True)
class ProxyTerms:
    """The settings of a proxy."""

    upstream: Upstream
    read_only: bool = False
    timeout: float = 60.0
    trust: Trust = field(default_factory=Trust)


Keep = Callable[[RecordedExchange], None]
"""Receives each recorded exchange."""


class RecordingProxy:
    """Pass requests on to one server, and record each with its response."""

    def __init__(self, terms: ProxyTerms, keep: Keep) -> None:
        self.terms = terms
        self.count = 0
        self._keep = keep
        self._tls = terms.trust.context() if terms.upstream.scheme == "https" else None
        self._tasks: set[asyncio.Task[None]] = set()

    async def check(self) -> None:
        """Connect to the server once; raise :exc:`NoServerError` if that is impossible."""
        _, writer = await self.connect()
        writer.transport.abort()

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen; serve each client's connection until it closes."""
        return await asyncio.start_server(self._serve_client, host, port, limit=CHUNK)

    async def _serve_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        client = _Client(self, reader, writer)
        try:
            await client.serve()
        except (ConnectionError, h11.RemoteProtocolError, TimeoutError) as error:
            log.debug("a client's connection broke: %s", error)
        except asyncio.CancelledError:
            log.debug("a client's connection ends with the recording")
        finally:
            await client.close()
            if task is not None:
                self._tasks.discard(task)

    async def close(self) -> None:
        """Stop what is still in progress, after listening has ended."""
        await _some_turns()
        while tasks := list(self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _some_turns()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the server, or raise :exc:`NoServerError`."""
        upstream = self.terms.upstream
        name = upstream.host if self._tls is not None else None
        try:
            async with asyncio.timeout(self.terms.timeout):
                return await asyncio.open_connection(
                    upstream.host, upstream.port, ssl=self._tls, server_hostname=name, limit=CHUNK
                )
        except OSError as error:
            raise no_connection(upstream.origin, error, self.terms.timeout) from None

    def keep(self, exchange: RecordedExchange) -> None:
        """Record an exchange."""
        self.count += 1
        self._keep(exchange)


async def _some_turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@dataclass(slots=True)
class _Body:
    """A body that passes through, and the part of it that is kept."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, data: bytes) -> None:
        self.size += len(data)
        if self.size <= MAX_BODY:
            self.parts.append(data)

    @property
    def is_whole(self) -> bool:
        return self.size <= MAX_BODY

    @property
    def kept(self) -> bytes:
        return b"".join(self.parts)


@dataclass(slots=True)
class _Passing:
    """One exchange on its way through."""

    request: h11.Request
    started: Instant
    begun: float
    sent: _Body = field(default_factory=_Body)
    received: _Body = field(default_factory=_Body)
    response: h11.Response | None = None
    error: str | None = None


class _UpstreamError(Exception):
    """The connection to the server broke; the text says how."""


class _Client:
    """One client's connection, with one of its own to the server."""

    def __init__(
        self, proxy: RecordingProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        self._up: h11.Connection | None = None
        self._up_reader: asyncio.StreamReader | None = None
        self._up_writer: asyncio.StreamWriter | None = None

    async def close(self) -> None:
        """Close both connections."""
        self._leave_upstream()
        self._writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await self._writer.wait_closed()

    async def serve(self) -> None:
        """Serve requests until one side closes."""
        while True:
            try:
                event = await self._next()
            except h11.RemoteProtocolError as error:
                await self._say(error.error_status_hint or 400, f"not a request: {error}")
                return
            if not isinstance(event, h11.Request):
                return
            await self._pass(event)
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def _next(self) -> h11.Event | type[h11.PAUSED] | type[h11.NEED_DATA]:
        """Return the next event from the client."""
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                going_on = h11.InformationalResponse(status_code=100, headers=[])
                await self._write(self._http.send(going_on))
            self._http.receive_data(await self._reader.read(CHUNK))

    async def _write(self, data: bytes | None) -> None:
        if data:
            self._writer.write(data)
            await self._writer.drain()

    async def _pass(self, request: h11.Request) -> None:
        """Pass one request on and its response back, and record both."""
        terms = self._proxy.terms
        if terms.read_only and request.method not in _READING:
            method = request.method.decode("ascii")
            await self._say(403, f"{method} is rejected: this proxy is read-only")
            return
        if request.method == b"CONNECT":
            await self._say(
                501, "this proxy does not support CONNECT; use its URL in place of the server's"
            )
            return
        passing = _Passing(request, system_time(), stopwatch())
        try:
            async with asyncio.timeout(terms.timeout):
                await self._forward(passing)
        except NoServerError as error:
            await self._fail(passing, 502, str(error))
        except TimeoutError:
            await self._fail(passing, 504, f"no response within {terms.timeout:g} s")
        except (_UpstreamError, h11.RemoteProtocolError, ssl.SSLError) as error:
            await self._fail(passing, 502, str(error))
        except (ConnectionError, asyncio.CancelledError):
            passing.error = "the client left, or the recording ended"
            raise
        finally:
            self._record(passing)

    async def _fail(self, passing: _Passing, status: int, why: str) -> None:
        """Report an error to the client if no response has begun; otherwise break off."""
        passing.error = why
        log.warning(
            "%s %s: %s",
            passing.request.method.decode("ascii", "replace"),
            passing.request.target.decode("latin-1"),
            why,
        )
        self._leave_upstream()
        if passing.response is None:
            await self._say(status, why)
        else:
            self._writer.transport.abort()

    async def _say(self, status: int, why: str) -> None:
        """Respond in the proxy's own name, and close."""
        body = f"cs-simulator record: {why}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        response = h11.Response(status_code=status, headers=headers, reason=b"Proxy Says")
        parts = [self._http.send(response), self._http.send(h11.Data(data=body))]
        parts.append(self._http.send(h11.EndOfMessage()))
        with suppress(ConnectionError):
            await self._write(b"".join(part for part in parts if part))

    # To the server and back

    async def _forward(self, passing: _Passing) -> None:
        up = await self._upstream()
        request = passing.request
        head = h11.Request(
            method=request.method, target=_path_of(request.target), headers=self._onward(request)
        )
        await self._write_up(up.send(head))
        while True:
            try:
                event = await self._next()
            except h11.RemoteProtocolError:
                raise ConnectionResetError(_LEFT) from None
            if isinstance(event, h11.Data):
                data = bytes(event.data)
                passing.sent.add(data)
                await self._write_up(up.send(h11.Data(data=data)))
            elif isinstance(event, h11.EndOfMessage):
                await self._write_up(up.send(h11.EndOfMessage()))
                break
            else:
                raise ConnectionResetError(_LEFT)
        await self._back(passing, up)

    async def _back(self, passing: _Passing, up: h11.Connection) -> None:
        """Pass the response back as it arrives."""
        held = b""
        while True:
            event = up.next_event()
            if event is h11.NEED_DATA:
                if held:
                    await self._write(held)
                    held = b""
                data = await self._read_up()
                if not data and passing.response is None:
                    raise _UpstreamError("the server closed the connection without a response")
                up.receive_data(data)
            elif isinstance(event, h11.Response):
                passing.response = event
                headers = self._backward(passing.request, event)
                response = h11.Response(
                    status_code=event.status_code, headers=headers, reason=event.reason
                )
                held += self._http.send(response) or b""
            elif isinstance(event, h11.Data):
                data = bytes(event.data)
                passing.received.add(data)
                held += self._http.send(h11.Data(data=data)) or b""
                if len(held) >= CHUNK:
                    await self._write(held)
                    held = b""
            elif isinstance(event, h11.EndOfMessage):
                held += self._http.send(h11.EndOfMessage()) or b""
                break
        # It is recorded before the client can react to it.
        self._record(passing)
        await self._write(held)
        if up.our_state is h11.DONE and up.their_state is h11.DONE:
            up.start_next_cycle()
        else:
            self._leave_upstream()

    async def _upstream(self) -> h11.Connection:
        """Return the connection to the server, a new one if the old one has ended."""
        if self._up is not None and self._up_reader is not None and not self._up_reader.at_eof():
            return self._up
        self._leave_upstream()
        self._up_reader, self._up_writer = await self._proxy.connect()
        self._up = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        return self._up

    def _leave_upstream(self) -> None:
        if self._up_writer is not None:
            # Nothing more is needed from it, and TLS would wait for the server's closing message.
            self._up_writer.transport.abort()
        self._up = self._up_reader = self._up_writer = None

    async def _write_up(self, data: bytes | None) -> None:
        if data and self._up_writer is not None:
            try:
                self._up_writer.write(data)
                await self._up_writer.drain()
            except ConnectionError:
                raise _UpstreamError("the server closed the connection") from None

    async def _read_up(self) -> bytes:
        if self._up_reader is None:
            raise _UpstreamError("no connection to the server")
        try:
            return await self._up_reader.read(CHUNK)
        except ConnectionResetError:
            raise _UpstreamError("the server reset the connection") from None
        except ConnectionError as error:
            raise _UpstreamError(f"the connection to the server broke: {error}") from None

    def _onward(self, request: h11.Request) -> Pairs:
        """Return the headers of a request for the server: its own host, no hop-by-hop headers."""
        own = [(b"Host", self._proxy.terms.upstream.authority)]
        return own + [
            (name, value)
            for name, value in request.headers.raw_items()
            if name.lower() not in _OF_ONE_HOP
        ]

    def _backward(self, request: h11.Request, response: h11.Response) -> Pairs:
        """Return the headers of a response for the client: a Location leads to this proxy."""
        host = next((value for name, value in request.headers if name == b"host"), b"")
        origin = self._proxy.terms.upstream.origin.encode("ascii")
        headers: Pairs = []
        for name, value in response.headers.raw_items():
            lower = name.lower()
            if lower in _OF_ONE_HOP:
                continue
            if lower in (b"location", b"content-location") and host:
                value = _home(value, origin, host)
            headers.append((name, value))
        return headers

    def _record(self, passing: _Passing) -> None:
        """Record an exchange, once."""
        if passing.begun < 0:
            return
        elapsed = (stopwatch() - passing.begun) * 1000
        passing.begun = -1.0
        self._proxy.keep(
            exchange_of(passing, self._proxy.terms.upstream, elapsed, self._proxy.count + 1)
        )


def exchange_of(
    passing: _Passing, upstream: Upstream, elapsed: float, number: int
) -> RecordedExchange:
    """Return what passed through, as an exchange with the server."""
    request, response = passing.request, passing.response
    notes: list[str] = []
    path = _path_of(request.target).decode("latin-1")
    if not passing.sent.is_whole:
        notes.append(f"of the request's body the first {len(passing.sent.kept)} bytes were kept")
    shown: RecordedResponse | None = None
    if response is not None:
        headers = _headers(response.headers.raw_items())
        body: bytes | None = None
        if passing.received.is_whole:
            body = decoded_body(passing.received.kept, headers, notes)
        if body is None:
            notes.append("the response's body is too large to keep")
        shown = RecordedResponse(
            response.status_code,
            headers,
            body,
            bytes(response.reason).decode("latin-1"),
            f"HTTP/{bytes(response.http_version).decode('ascii')}",
        )
    return RecordedExchange(
        number,
        passing.started,
        elapsed,
        RecordedRequest(
            request.method.decode("ascii"),
            f"{upstream.origin}{path}",
            _headers(request.headers.raw_items()),
            passing.sent.kept,
            passing.sent.is_whole,
            f"HTTP/{bytes(request.http_version).decode('ascii')}",
        ),
        shown,
        passing.error,
        tuple(notes),
    )


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple(Header(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def _path_of(target: bytes) -> bytes:
    """Return a request target without the scheme and host that clients send to proxies."""
    if target.lower().startswith((b"http://", b"https://")):
        return b"/" + target.split(b"://", 1)[1].partition(b"/")[2]
    return target


def _home(location: bytes, origin: bytes, host: bytes) -> bytes:
    """Convert a Location below the server to one below the proxy."""
    if location == origin or location.lower().startswith(origin.lower() + b"/"):
        return b"http://" + host + location[len(origin) :]
    return location
