"""What a connection lends a response without an end: its writing, and the loop's timers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cs_simulator.http.loop import Loop

if TYPE_CHECKING:
    from cs_simulator.http.connection import Connection


class StreamOutlet:
    """Write the pieces of one response, each as a chunk where its client knows chunks."""

    __slots__ = ("_connection", "_is_chunked", "_loop")

    def __init__(self, connection: Connection, loop: Loop, *, is_chunked: bool) -> None:
        self._connection = connection
        self._loop = loop
        self._is_chunked = is_chunked

    def write(self, data: bytes) -> None:
        """Send as much as the client takes, and keep the rest."""
        if self._is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        self._connection.write_more(data)

    def finish(self) -> None:
        """Say that nothing follows."""
        if self._is_chunked:
            self._connection.write_more(b"0\r\n\r\n")

    def backlog(self) -> int:
        """Return how many bytes the client has not taken yet."""
        return self._connection.unread

    def soon(self, act: Callable[[], None]) -> None:
        """Do something in the loop's thread; any thread may ask for it."""
        self._loop.soon(act)

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        """Do something after some seconds; return what cancels it."""
        return self._loop.later(seconds, act).cancel
