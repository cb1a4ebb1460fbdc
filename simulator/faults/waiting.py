"""Waiting: replies are held back without holding up the server.

waitress gives a thread to a request for as long as it takes. So the pool grows by one thread for
every reply that waits and shrinks again, and there is a bound on how many may.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock
from typing import Literal

End = Literal["over", "gone", "cancelled"]
"""How a wait ended: its time was over, its client went away, or its world was reset."""


class TooManyWaitingError(Exception):
    """There is no room for one more reply to wait; the text names the option."""


class Wait:
    """One reply that is held back."""

    __slots__ = ("_ended", "end")

    def __init__(self) -> None:
        self._ended = Event()
        self.end: End = "over"

    def finish(self, end: End) -> None:
        """End the wait before its time."""
        if not self._ended.is_set():
            self.end = end
            self._ended.set()

    def sleep(self, seconds: float | None) -> End:
        """Wait for some real seconds, or with None until someone ends it."""
        self._ended.wait(seconds)
        return self.end


class WaitingRoom:
    """Where the replies of a server wait.

    ``most`` bounds them all; no world takes more than a quarter of it.
    """

    def __init__(self, most: int = 1_000, resize: Callable[[int], None] | None = None) -> None:
        self._most = most
        self._resize = resize
        self._lock = Lock()
        self._waits: dict[str, set[Wait]] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def grow_with(self, resize: Callable[[int], None]) -> None:
        """Call ``resize`` with the number of waiting replies whenever it changes."""
        self._resize = resize

    def hold(self, world: str, wait: Wait, seconds: float | None) -> End:
        """Hold a reply of a world back, and return how the wait ended.

        Raises :exc:`TooManyWaitingError` where there is no room for it.
        """
        self._enter(world, wait)
        try:
            return wait.sleep(seconds)
        finally:
            self._leave(world, wait)

    def _enter(self, world: str, wait: Wait) -> None:
        with self._lock:
            waits = self._waits.setdefault(world, set())
            share = max(1, self._most // 4)
            if self._count >= self._most or len(waits) >= share:
                if not waits:
                    del self._waits[world]
                raise TooManyWaitingError(
                    f"{self._count} replies are held back, {len(waits)} of them in this world; "
                    f"--max-waiting allows {self._most}, and {share} for one world"
                )
            waits.add(wait)
            self._count += 1
            if self._closed:
                wait.finish("cancelled")
            if self._resize is not None:
                self._resize(self._count)

    def _leave(self, world: str, wait: Wait) -> None:
        with self._lock:
            waits = self._waits[world]
            waits.discard(wait)
            if not waits:
                del self._waits[world]
            self._count -= 1
            if self._resize is not None:
                self._resize(self._count)

    def cancel(self, world: str) -> int:
        """End every wait of a world; return how many there were."""
        with self._lock:
            waits = list(self._waits.get(world, ()))
        for wait in waits:
            wait.finish("cancelled")
        return len(waits)

    def close(self) -> None:
        """End every wait, and every one that is yet to come."""
        with self._lock:
            self._closed = True
            waits = [wait for waits in self._waits.values() for wait in waits]
        for wait in waits:
            wait.finish("cancelled")
