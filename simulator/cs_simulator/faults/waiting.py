"""Waiting: responses are held back without holding up the server.

waitress gives a thread to a request for as long as it takes. So the pool grows by one thread for
every response that waits and shrinks again, and there is a bound on how many may.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import TIMEOUT_MAX, Event, Lock
from typing import Literal

End = Literal["over", "gone", "cancelled"]
"""How a wait ended: its time was over, its client went away, or its world was reset."""


class TooManyWaitingError(Exception):
    """There is no room for one more response to wait; the text names the option."""


class Wait:
    """One response that is held back.

    ``is_stale`` tells whether its world has been reset meanwhile. It is asked once the response has
    its place in the room: from then on a reset finds it there.
    """

    __slots__ = ("_ended", "end", "is_stale")

    def __init__(self, is_stale: Callable[[], bool] = lambda: False) -> None:
        self._ended = Event()
        self.end: End = "over"
        self.is_stale = is_stale

    @property
    def has_ended(self) -> bool:
        """Whether nothing is held back any more."""
        return self._ended.is_set()

    def finish(self, end: End) -> None:
        """End the wait before its time."""
        if not self._ended.is_set():
            self.end = end
            self._ended.set()

    def sleep(self, seconds: float | None) -> End:
        """Wait for some real seconds, or with None until someone ends it."""
        self._ended.wait(None if seconds is None else min(seconds, TIMEOUT_MAX))
        self._ended.set()
        return self.end


class WaitingRoom:
    """Where the responses of a server wait.

    ``most`` bounds them all; no world takes more than a quarter of it.
    """

    def __init__(self, most: int, resize: Callable[[int], None] | None = None) -> None:
        self._most = most
        self._resize = resize
        self._lock = Lock()
        self._waits: dict[str, set[Wait]] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def grow_with(self, resize: Callable[[int], None]) -> None:
        """Call ``resize`` with the number of waiting responses whenever it changes."""
        self._resize = resize

    def hold(self, world: str, wait: Wait, seconds: float | None) -> End:
        """Hold a response of a world back, and return how the wait ended.

        Raises :exc:`TooManyWaitingError` where there is no room for it.
        """
        with self._lock:
            self._check_room(world)
            self._waits.setdefault(world, set()).add(wait)
            self._count += 1
            closed = self._closed
        try:
            self._tell()
            if closed or wait.is_stale():
                wait.finish("cancelled")
            return wait.sleep(seconds)
        finally:
            self._leave(world, wait)

    def check_room(self, world: str) -> None:
        """Raise :exc:`TooManyWaitingError` where there is no room for one more response."""
        with self._lock:
            self._check_room(world)

    def _check_room(self, world: str) -> None:
        here = len(self._waits.get(world, ()))
        share = max(1, self._most // 4)
        if self._count >= self._most or here >= share:
            raise TooManyWaitingError(
                f"{self._count} responses are held back, {here} of them in this world; "
                f"--max-waiting allows {self._most}, and {share} for one world"
            )

    def _leave(self, world: str, wait: Wait) -> None:
        with self._lock:
            waits = self._waits[world]
            waits.discard(wait)
            if not waits:
                del self._waits[world]
            self._count -= 1
        self._tell()

    def _tell(self) -> None:
        """Say how many wait now; under the lock, so that the last word is the newest number."""
        with self._lock:
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
