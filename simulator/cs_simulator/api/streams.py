"""A response without an end: what the server lends it, and what it does with that.

A stream is no thread. It writes when it has something to say, in the thread of the server's loop,
and whoever does not read what it writes makes it wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cs_simulator.faults.waiting import HeldWait


class Outlet(Protocol):
    """What a stream writes to. All but :meth:`soon` is called in the loop's thread."""

    def write(self, data: bytes) -> None:
        """Send as much as the client takes, and keep the rest."""

    def backlog(self) -> int:
        """Return how many bytes the client has not taken yet."""

    def soon(self, act: Callable[[], None]) -> None:
        """Do something in the loop's thread; any thread may ask for it."""

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        """Do something after some seconds; return what cancels it."""


class Stream(Protocol):
    """A response that goes on until its client leaves or its wait is ended."""

    @property
    def wait(self) -> HeldWait:
        """Its place among the responses that are held back."""

    def begin(self, outlet: Outlet) -> None:
        """Begin to write."""

    def end(self) -> None:
        """Write nothing more; it may never have begun."""
