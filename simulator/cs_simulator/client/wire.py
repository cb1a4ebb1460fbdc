"""HTTP/1.1 over one kept connection: send a request, read its response.

A test's world costs two requests, and ``http.client`` spends more time on parsing their headers,
with the parser for e-mail, than the server spends on carrying them out. This module reads the
responses of the control API in a fraction of that time.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

_MOST_LINE = 65_536
_MOST_HEADERS = 200
_NO_BODY = frozenset({204, 304})


class NoHttpError(Exception):
    """The response is not HTTP; the text says what is wrong with it."""


class ClosedError(OSError):
    """The connection was closed before the response was complete."""

    def __init__(self, text: str, *, is_before_response: bool) -> None:
        super().__init__(text)
        self.is_before_response = is_before_response
        """Whether nothing of a response had arrived."""


class WireResponse(NamedTuple):
    """A complete response, with header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """A connection to a server, which stays open between requests.

    It may be used only by the process that opened it, and by one thread at a time. ``is_reusable``
    tells whether another request may follow.
    """

    def __init__(self, host: str, port: int, timeout: float, *, is_secure: bool = False) -> None:
        self._socket = socket.create_connection((host, port), timeout)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if is_secure:
                import ssl  # most servers of tests run on this machine

                context = ssl.create_default_context()
                self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except BaseException:  # also Ctrl-C: nobody else knows the socket yet
            self._socket.close()
            raise
        self._file: BinaryIO = self._socket.makefile("rb")
        self._pid = os.getpid()
        self._owed = 0
        self.is_reusable = True

    def is_fresh(self) -> bool:
        """Tell whether this process may send another request, as far as can be seen from here.

        Unsolicited data from the server means that it closed the connection.
        """
        if self._pid != os.getpid() or not self.is_reusable:
            return False
        if self._owed:
            return self._has_settled()
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return not poll.poll(0)
        return not select.select([self._socket], [], [], 0)[0]  # pragma: no cover - Windows

    @property
    def owed(self) -> int:
        """The number of responses still to be read."""
        return self._owed

    def exchange(self, requests: bytes, timeout: float, count: int = 1) -> WireResponse:
        """Send some requests and return the response to the last.

        Raises :exc:`NoHttpError`, and ``OSError`` if the connection breaks or nothing arrives
        within ``timeout`` seconds.
        """
        self.leave(requests, timeout, count)
        return self.after(self._owed - 1)

    def leave(self, requests: bytes, timeout: float, count: int = 1) -> None:
        """Send some requests whose responses are read and dropped before the next exchange."""
        self.is_reusable = False
        self._socket.settimeout(timeout)
        self._socket.sendall(requests)
        self._owed += count
        self.is_reusable = True

    def may_follow(self) -> bool:
        """Tell whether another request may be sent although responses are owed."""
        return self._owed > 0 and self._pid == os.getpid()

    def after(self, count: int) -> WireResponse:
        """Drop some of the owed responses, and return the next one."""
        for _ in range(count):
            self._next()
        return self._next()

    def _next(self) -> WireResponse:
        if not self.is_reusable:
            raise ClosedError(
                "the connection was closed without a response", is_before_response=True
            )
        self.is_reusable = False
        response = self._response()
        self._owed -= 1
        return response

    def _has_settled(self) -> bool:
        """Read the owed responses, and tell whether another request may follow."""
        try:
            self.after(self._owed - 1)
        except (OSError, NoHttpError):
            self.is_reusable = False
        return self.is_reusable

    def _response(self) -> WireResponse:
        status, version = self._status_line()
        while status // 100 == 1:  # an interim response
            self._headers()
            status, version = self._status_line()
        headers = self._headers()
        body = b""
        stays_open = version == "HTTP/1.1"
        if status not in _NO_BODY:
            body, is_delimited = self._body(headers)
            stays_open = stays_open and is_delimited
        self.is_reusable = stays_open and headers.get("connection", "").lower() != "close"
        return WireResponse(status, headers, body)

    def _status_line(self) -> tuple[int, str]:
        line = self._file.readline(_MOST_LINE)
        if not line:
            raise ClosedError(
                "the connection was closed without a response", is_before_response=True
            )
        version, _, rest = line.decode("latin-1").partition(" ")
        code = rest[:3]
        if not (version.startswith("HTTP/1.") and code.isdecimal() and len(code) == 3):
            raise NoHttpError("a first line that is not a status line")
        return int(code), version

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(_MOST_HEADERS):
            line = self._line()
            if not line:
                return headers
            name, colon, value = line.partition(":")
            if not colon:
                raise NoHttpError("a header without a colon")
            headers[name.strip().lower()] = value.strip()
        raise NoHttpError(f"more than {_MOST_HEADERS} headers")

    def _line(self) -> str:
        line = self._file.readline(_MOST_LINE)
        if not line.endswith(b"\n"):
            if len(line) >= _MOST_LINE:
                raise NoHttpError("a line without an end")
            raise ClosedError("the connection was closed in a response", is_before_response=False)
        return line.decode("latin-1").rstrip("\r\n")

    def _body(self, headers: Mapping[str, str]) -> tuple[bytes, bool]:
        """Return the body, and whether its end was marked otherwise than by closing."""
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return b"".join(self._chunks()), True
        length = headers.get("content-length")
        if length is None:
            return self._file.read(), False
        return self._exactly(_size(length, 10)), True

    def _chunks(self) -> list[bytes]:
        chunks = []
        while size := _size(self._line().partition(";")[0], 16):
            chunks.append(self._exactly(size))
            self._line()
        self._headers()  # the trailer, which is not used
        return chunks

    def _exactly(self, size: int) -> bytes:
        body = self._file.read(size)
        if len(body) < size:
            raise ClosedError("the connection was closed in a response", is_before_response=False)
        return body

    def close(self) -> None:
        """Close the connection after the owed responses, which confirm that all is done."""
        if self._owed and self._pid == os.getpid():
            self._has_settled()
        self._file.close()
        self._socket.close()


def _size(text: str, base: int) -> int:
    try:
        size = int(text.strip(), base)
    except ValueError:
        size = -1
    if size < 0:
        raise NoHttpError("a length that is not a number")
    return size
