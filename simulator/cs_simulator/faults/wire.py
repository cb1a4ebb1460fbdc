"""Faults on the wire: a response that is broken, lost or sent in pieces.

What is sent, and when, is decided here as a script; the connection plays it. A true TCP reset is a
socket that is closed while it lingers for no time.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from cs_simulator.faults.rules import Connection, Dribbling

GARBAGE = bytes(range(0x80, 0x100)) + b"\r\n\r\nthis is no HTTP\r\n"

_ENDED = (7, 8)
"""What Linux calls a connection that was reset, or whose other side has closed, in TCP_INFO."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to one response on its way out."""

    connection: Connection | None
    dribble: Dribbling | None
    world: str
    """The world among whose responses it takes a place, where it waits on its way."""
    is_stale: Callable[[], bool]


class Script(NamedTuple):
    """How a response leaves: what at once, what in pieces, and what becomes of the connection."""

    first: bytes = b""
    pieces: Sequence[bytes] = ()
    pause: float = 0.0
    """Seconds before each of the pieces."""
    end: Literal["goes on", "close", "reset", "stall"] = "close"


def script_of(plan: Plan, head: bytes, body: bytes) -> Script:
    """Return how a response leaves, as its plan says."""
    if plan.connection is None:
        return _dribbled(plan.dribble, head, body)
    if plan.connection in ("reset", "stall"):
        return Script(end="reset" if plan.connection == "reset" else "stall")
    if plan.connection == "truncate":
        return Script(head + body[: len(body) // 2] if body else head[: len(head) // 2])
    return Script(GARBAGE if plan.connection == "garbage" else b"")


def _dribbled(dribble: Dribbling | None, head: bytes, body: bytes) -> Script:
    """Return the script of a body in pieces, or of the whole response where it has none."""
    if dribble is None:
        return Script(head + body, end="goes on")
    whole = body or head
    count = max(1, min(dribble.chunks, len(whole)))
    pieces = [
        whole[len(whole) * number // count : len(whole) * (number + 1) // count]
        for number in range(count)
    ]
    return Script(head if body else b"", pieces, dribble.duration / count / 1000, "goes on")


def has_ended(connection: socket.socket) -> bool:
    """Tell whether the other side has said that it sends no more, without reading what it sent.

    Always false where the operating system does not tell, as only Linux does.
    """
    if not sys.platform.startswith("linux"):  # pragma: no cover - other systems
        return False
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in _ENDED
    except OSError:
        return False  # it is being closed


def reset_on_close(connection: socket.socket) -> None:
    """Let the close of a connection be a reset: what is unsent is lost, the other side is told."""
    linger_for_no_time = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
