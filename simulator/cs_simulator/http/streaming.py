"""What a connection provides for a response without an end: writing, and timers of the loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cs_simulator.http.loop import Loop

if TYPE_CHECKING:
    from cs_simulator.http.connection import Connection


class StreamOutlet:
    """Write the pieces of one response, as chunks if the client supports them."""

    __slots__ = ("_connection", "_is_chunked", "_loop")

    def __init__(self, connection: Connection, loop: Loop, *, is_chunked: bool) -> None:
        self._connection = connection
        self._loop = loop
        self._is_chunked = is_chunked

    def write(self, data: bytes) -> None:
        """Send as much as the client accepts, and buffer the rest."""
        if self._is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        self._connection.write_more(data)

    def finish(self) -> None:
        """Write the end of the response."""
        if self._is_chunked:
            self._connection.write_more(b"0\r\n\r\n")

    def backlog(self) -> int:
        """Return the number of buffered bytes."""
        return self._connection.unread

    def soon(self, act: Callable[[], None]) -> None:
        """Call a function in the loop's thread; may be called from any thread."""
        self._loop.soon(act)

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        """Call a function after some seconds; return a function that cancels it."""
        return self._loop.later(seconds, act).cancel
