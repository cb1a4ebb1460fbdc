"""HTTP/1.1 over one kept connection: a request out, its answer in.

A test's world costs two requests, and ``http.client`` spends more on reading their headers, with
the parser for e-mail, than the server does on carrying them out. What a server of the control API
answers is read here in a fraction of that.
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
    """What came back is not HTTP; the text says what is wrong with it."""


class ClosedError(OSError):
    """The connection was closed before the answer was whole."""

    def __init__(self, text: str, *, is_unanswered: bool) -> None:
        super().__init__(text)
        self.is_unanswered = is_unanswered
        """Whether nothing at all of an answer had come."""


class WireResponse(NamedTuple):
    """A whole answer, with the names of its headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """A connection to a server, which stays open from one request to the next.

    It belongs to the process that opened it, and to one thread at a time. ``is_reusable`` says
    whether another request may follow.
    """

    def __init__(self, host: str, port: int, timeout: float, *, is_secure: bool = False) -> None:
        self._socket = socket.create_connection((host, port), timeout)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if is_secure:
                import ssl  # most servers of tests are on this machine

                context = ssl.create_default_context()
                self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except BaseException:
            self._socket.close()
            raise
        self._file: BinaryIO = self._socket.makefile("rb")
        self._pid = os.getpid()
        self._owed = 0
        self.is_reusable = True

    def is_fresh(self) -> bool:
        """Tell whether this process may send another request, as far as can be seen from here.

        What a server says unasked is that it has closed the connection.
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
        """How many answers are still to be read."""
        return self._owed

    def exchange(self, requests: bytes, timeout: float, count: int = 1) -> WireResponse:
        """Return what the last of some requests is answered.

        Raises :exc:`NoHttpError`, and ``OSError`` where the connection breaks or nothing comes in
        ``timeout`` seconds.
        """
        self.leave(requests, timeout, count)
        return self.after(self._owed - 1)

    def leave(self, requests: bytes, timeout: float, count: int = 1) -> None:
        """Send some requests, whose answers are read, and dropped, before the next one."""
        self.is_reusable = False
        self._socket.settimeout(timeout)
        self._socket.sendall(requests)
        self._owed += count
        self.is_reusable = True

    def may_follow(self) -> bool:
        """Tell whether another request may be sent though answers are owed."""
        return self._owed > 0 and self._pid == os.getpid()

    def after(self, count: int) -> WireResponse:
        """Drop some of the answers that are owed, and return the next one."""
        for _ in range(count):
            self._next()
        return self._next()

    def _next(self) -> WireResponse:
        if not self.is_reusable:
            raise ClosedError("the connection was closed without an answer", is_unanswered=True)
        self.is_reusable = False
        answer = self._answer()
        self._owed -= 1
        return answer

    def _has_settled(self) -> bool:
        """Read the answers that are owed, and tell whether another request may follow."""
        try:
            self.after(self._owed - 1)
        except (OSError, NoHttpError):
            self.is_reusable = False
        return self.is_reusable

    def _answer(self) -> WireResponse:
        status, version = self._status_line()
        while status // 100 == 1:  # an interim answer
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
            raise ClosedError("the connection was closed without an answer", is_unanswered=True)
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
            raise ClosedError("the connection was closed in an answer", is_unanswered=False)
        return line.decode("latin-1").rstrip("\r\n")

    def _body(self, headers: Mapping[str, str]) -> tuple[bytes, bool]:
        """Return the body, and whether its end was told otherwise than by closing."""
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
        self._headers()  # the trailer, which nobody here reads
        return chunks

    def _exactly(self, size: int) -> bytes:
        body = self._file.read(size)
        if len(body) < size:
            raise ClosedError("the connection was closed in an answer", is_unanswered=False)
        return body

    def close(self) -> None:
        """Close the connection, once an answer that is owed has come: it says that all is done."""
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
