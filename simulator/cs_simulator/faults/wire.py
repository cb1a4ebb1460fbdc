"""Faults on the wire: a response that is broken, lost or sent in pieces.

Nothing else touches sockets. A true TCP reset has no public interface in waitress: a socket that
is closed while it lingers for no time sends one. The server's own thread closes it, as it does
every connection.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cs_simulator.faults.waiting import End

if TYPE_CHECKING:
    from cs_simulator.faults.rules import Connection, Dribble

GARBAGE = bytes(range(0x80, 0x100)) + b"\r\n\r\nthis is no HTTP\r\n"

_ENDED = (7, 8)
"""What Linux calls a connection that was reset, or whose other side has closed, in TCP_INFO."""

Hold = Callable[[float | None], End]
"""Waits for some seconds, or until it is ended, and tells how it ended."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to one response on its way out."""

    connection: Connection | None
    dribble: Dribble | None
    world: str
    """The world among whose responses it takes a place, where it waits on its way."""
    is_stale: Callable[[], bool]
    ended: Callable[[bool], None] = lambda _: None
    """Called when the last byte has left, or the connection is broken: whether as was planned."""


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


def play(plan: Plan, channel: Any, hold: Hold, head: bytes, body: bytes) -> bool:
    """Send a reply as its plan says; return whether the connection is to be closed.

    ``channel`` is waitress's; what is given to its ``write_soon`` leaves at once.
    """
    if plan.connection is None:
        is_whole = plan.dribble is None or _dribble(plan.dribble, channel, hold, head, body)
        plan.ended(is_whole)
        return not is_whole
    if plan.connection == "reset":
        linger_for_no_time = struct.pack("ii", 1, 0)
        channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
    elif plan.connection == "truncate":
        if body:
            channel.write_soon(head)
            channel.write_soon(body[: len(body) // 2])
        else:
            channel.write_soon(head[: len(head) // 2])
    elif plan.connection == "garbage":
        channel.write_soon(GARBAGE)
    elif plan.connection == "stall":
        hold(None)
    plan.ended(plan.connection != "stall")
    return True


def _dribble(dribble: Dribble, channel: Any, hold: Hold, head: bytes, body: bytes) -> bool:
    """Send the body in pieces, or the whole reply where it has none; return whether all went."""
    if body:
        channel.write_soon(head)
    whole = body or head
    count = max(1, min(dribble.chunks, len(whole)))
    pause = dribble.duration / count / 1000
    for number in range(count):
        if hold(pause) != "over":
            return False
        first, last = len(whole) * number // count, len(whole) * (number + 1) // count
        channel.write_soon(whole[first:last])
    return True
