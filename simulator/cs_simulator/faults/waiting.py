"""Waiting: responses are held back without blocking the server.

A wait has no thread. Whoever holds a response back provides a function for the end of its wait. The
wait ends by a timer, a reset, a drop, a stop, or when the client leaves, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import TIMEOUT_MAX, Event, Lock
from typing import Literal

End = Literal["over", "gone", "cancelled"]
"""How a wait ended: its time was over, its client left, or its world was reset."""


class TooManyWaitingError(Exception):
    """There is no room for another held-back response; the text names the option to raise."""


class HeldWait:
    """One response of a world that is held back.

    ``is_stale`` tells whether its world was reset meanwhile. It is called after the response has
    its place in the room: from then on a reset finds it there.
    """

    __slots__ = ("_lock", "_on_end", "end", "is_stale", "world")

    def __init__(self, world: str, is_stale: Callable[[], bool] = lambda: False) -> None:
        self.world = world
        self.is_stale = is_stale
        self.end: End | None = None
        """How it ended; None while it lasts."""
        self._on_end: Callable[[End], None] | None = None
        self._lock = Lock()

    def finish(self, end: End) -> None:
        """End the wait; only the first end counts. Callbacks run in the thread that ends it."""
        with self._lock:
            if self.end is not None:
                return
            self.end = end
            on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(end)

    def then(self, on_end: Callable[[End], None]) -> None:
        """Call a function with the end of the wait: immediately, if it has ended."""
        with self._lock:
            if self.end is None:
                self._on_end = on_end
                return
        on_end(self.end)


class WaitingRoom:
    """The held-back responses of a server.

    ``most`` limits their number; one world may have at most a quarter of it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._waits: dict[str, set[HeldWait]] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def enter(self, wait: HeldWait) -> None:
        """Add a wait to the room; one without a reason to last ends at once.

        Raises :exc:`TooManyWaitingError` if there is no room.
        """
        with self._lock:
            here = self._waits.get(wait.world, ())
            share = max(1, self._most // 4)
            if self._count >= self._most or len(here) >= share:
                waiting = "1 response is" if self._count == 1 else f"{self._count} responses are"
                raise TooManyWaitingError(
                    f"{waiting} waiting, {len(here)} of them in this world; "
                    f"--max-waiting allows {self._most}, and {share} per world"
                )
            self._waits.setdefault(wait.world, set()).add(wait)
            self._count += 1
            closed = self._closed
        if closed or wait.is_stale():
            wait.finish("cancelled")

    def leave(self, wait: HeldWait) -> None:
        """Remove a wait that has ended."""
        with self._lock:
            waits = self._waits.get(wait.world, set())
            if wait in waits:
                waits.remove(wait)
                self._count -= 1
                if not waits:
                    del self._waits[wait.world]

    def hold(self, wait: HeldWait, seconds: float | None) -> End:
        """Block the current thread for a wait, and return how it ended.

        Raises :exc:`TooManyWaitingError` if there is no room.
        """
        ended = Event()
        wait.then(lambda _end: ended.set())
        self.enter(wait)
        try:
            if not ended.wait(None if seconds is None else min(seconds, TIMEOUT_MAX)):
                wait.finish("over")
            return "cancelled" if wait.is_stale() else wait.end or "over"
        finally:
            self.leave(wait)

    def cancel(self, world: str) -> int:
        """End every wait of a world; return how many there were."""
        with self._lock:
            waits = list(self._waits.get(world, ()))
        for wait in waits:
            wait.finish("cancelled")
        return len(waits)

    def close(self) -> None:
        """End every wait, including future ones."""
        with self._lock:
            self._closed = True
            waits = [wait for waits in self._waits.values() for wait in waits]
        for wait in waits:
            wait.finish("cancelled")
