"""Responses without an end: what the server provides for them, and what a stream does with it.

A stream has no thread. It writes in the thread of the server's event loop when it has something to
send, and pauses while a client does not read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cs_simulator.faults.waiting import HeldWait


class Outlet(Protocol):
    """What a stream writes to. All methods except :meth:`soon` are called in the loop's thread."""

    def write(self, data: bytes) -> None:
        """Send as much as the client accepts, and buffer the rest."""

    def backlog(self) -> int:
        """Return the number of buffered bytes."""

    def soon(self, act: Callable[[], None]) -> None:
        """Call a function in the loop's thread; may be called from any thread."""

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        """Call a function after some seconds; return a function that cancels it."""


class Stream(Protocol):
    """A response that continues until its client leaves or its wait is ended."""

    @property
    def wait(self) -> HeldWait:
        """The entry of this stream among the held-back responses."""

    def begin(self, outlet: Outlet) -> None:
        """Start writing."""

    def end(self) -> None:
        """Stop writing; may be called before :meth:`begin`."""
