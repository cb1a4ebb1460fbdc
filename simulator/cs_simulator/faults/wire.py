"""Faults on the wire: a response that is broken, lost or sent in pieces.

This module decides what is sent and when, as a script; the connection plays it. A true TCP reset is
a socket that is closed with a linger time of zero.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

GARBAGE = bytes(range(0x80, 0x100)) + b"\r\n\r\nthis is no HTTP\r\n"

_ENDED = (7, 8)
"""States in TCP_INFO, on Linux, of a connection that was reset, or whose other side has closed."""


class Script(NamedTuple):
    """How a response is sent: the first part, the further pieces, and the end of the connection."""

    first: bytes = b""
    pieces: Sequence[bytes] = ()
    pause: float = 0.0
    """Seconds before each of the further pieces."""
    end: Literal["goes on", "close", "reset", "stall"] = "close"


class Plan(NamedTuple):
    """What is done to one response when it is sent."""

    leaves: Callable[[bytes, bytes], Script]
    """Returns the script for its head and body."""
    world: str
    """The world in which it counts as a held-back response, if it waits while being sent."""
    is_stale: Callable[[], bool]


class Cut(NamedTuple):
    """Where a response is cut off."""

    after: int | None = None
    """This many bytes of the body arrive, at most all but one; None is half of them."""
    chunked: bool = False
    """Whether it is sent in chunks, without the last one."""

    def arrives(self, size: int) -> int:
        """Return how many bytes of a body arrive."""
        return size // 2 if self.after is None else max(0, min(self.after, size - 1))


HALF = Cut()


class Break(NamedTuple):
    """One way to break a connection in place of a response."""

    script: Callable[[bytes, bytes], Script]
    waits: bool = False
    """Whether it counts as a held-back response."""
    shows_status: bool = False
    """Whether the client gets the status line."""
    carries_out: bool = False
    """Whether the real response is broken, so that the operation is carried out."""


def truncated(head: bytes, body: bytes, cut: Cut = HALF) -> Script:
    """Return the script of a truncated response; one without a body is cut within its head."""
    if not body:
        return Script(head[: cut.arrives(len(head))])
    part = body[: cut.arrives(len(body))]
    if not cut.chunked or head.startswith(b"HTTP/1.0"):
        return Script(head + part)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(_LENGTH)]
    chunk = b"%x\r\n%s\r\n" % (len(part), part) if part else b""
    return Script(b"\r\n".join([lines[0], _CHUNKED, *lines[1:]]) + chunk)


_LENGTH = b"content-length:"
_CHUNKED = b"Transfer-Encoding: chunked"


BREAKS: Mapping[str, Break] = MappingProxyType(
    {
        "reset": Break(lambda _head, _body: Script(end="reset")),
        "close": Break(lambda _head, _body: Script()),
        "truncate": Break(truncated, shows_status=True, carries_out=True),
        "garbage": Break(lambda _head, _body: Script(GARBAGE)),
        "stall": Break(lambda _head, _body: Script(end="stall"), waits=True),
    }
)
"""The ways to break a connection, one row each."""


class Broken(NamedTuple):
    """A connection to be broken: how, and where a response is cut off."""

    how: str
    cut: Cut = HALF

    @property
    def row(self) -> Break:
        """The row of the way to break it."""
        return BREAKS[self.how]


def broken(it: Broken, head: bytes, body: bytes) -> Script:
    """Return the script that breaks a connection."""
    if it.how == "truncate":
        return truncated(head, body, it.cut)
    return it.row.script(head, body)


class Dribbling(NamedTuple):
    """A response sent in this many pieces over this many real milliseconds."""

    chunks: int
    duration: int


def dribbled(dribble: Dribbling, head: bytes, body: bytes) -> Script:
    """Return the script that sends a body in pieces, or the head if there is no body."""
    whole = body or head
    count = max(1, min(dribble.chunks, len(whole)))
    pieces = [
        whole[len(whole) * number // count : len(whole) * (number + 1) // count]
        for number in range(count)
    ]
    return Script(head if body else b"", pieces, dribble.duration / count / 1000, "goes on")


def has_ended(connection: socket.socket) -> bool:
    """Tell whether the other side has finished sending, without reading what it sent.

    Always false on operating systems other than Linux, which do not report it.
    """
    if not sys.platform.startswith("linux"):  # pragma: no cover - other systems
        return False
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in _ENDED
    except OSError:
        return False  # it is being closed


def reset_on_close(connection: socket.socket) -> None:
    """Make closing the connection a reset: unsent data is lost, and the other side notices."""
    linger_for_no_time = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
