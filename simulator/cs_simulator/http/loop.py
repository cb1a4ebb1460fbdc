"""The event loop: readiness, timers, and calls from other threads, handled in one thread.

The system reports readiness, so a turn costs as much as what is ready, not what is connected.
"""

from __future__ import annotations

import heapq
import logging
import selectors
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import get_ident

from cs_simulator.clock import stopwatch

Ready = Callable[[int], None]
"""Called with the events for which a socket is ready."""

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE

log = logging.getLogger("cs_simulator")

_FEW = 64
"""The number of cancelled timers up to which removing them is not worthwhile."""


class Timer:
    """A call that is due at an instant, unless it is cancelled."""

    __slots__ = ("_loop", "act", "due")

    def __init__(self, loop: Loop, due: float, act: Callable[[], None]) -> None:
        self._loop = loop
        self.due = due
        self.act: Callable[[], None] | None = act

    def cancel(self) -> None:
        """Cancel the call."""
        if self.act is not None:
            self.act = None
            self._loop.forget_one()


class Loop:
    """The work of one thread, a turn at a time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._cancelled = 0
        self.woken = stopwatch()
        """When the turn began; whatever is ready in it was ready by then."""
        self._numbers = count()
        self._soon: deque[Callable[[], None]] = deque()
        self._thread = get_ident()
        self._is_woken = False
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._woken, READ, self._on_woken)

    def register(self, sock: socket.socket, events: int, ready: Ready) -> None:
        """Call a function whenever a socket is ready for the given events."""
        self._selector.register(sock, events, ready)

    def modify(self, sock: socket.socket, events: int, ready: Ready) -> None:
        """Change the events of a socket."""
        self._selector.modify(sock, events, ready)

    def unregister(self, sock: socket.socket) -> None:
        """Stop watching a socket."""
        self._selector.unregister(sock)

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Call a function after some seconds."""
        timer = Timer(self, stopwatch() + seconds, act)
        heapq.heappush(self._timers, (timer.due, next(self._numbers), timer))
        return timer

    def soon(self, act: Callable[[], None]) -> None:
        """Call a function in this loop's thread before it waits again; any thread may call this."""
        self._soon.append(act)
        self.wake()

    def wake(self) -> None:
        """Wake the loop if it waits; in its own thread this is not necessary."""
        if self._is_woken or get_ident() == self._thread:
            return
        self.interrupt()

    def interrupt(self) -> None:
        """Wake the loop, from any thread or signal handler."""
        self._is_woken = True
        with suppress(OSError):  # it is full, so it will be read; or the loop is closed
            self._waker.send(b"\0")

    def _on_woken(self, _events: int) -> None:
        # In this order: a byte sent between the two would be read, and the flag say that it is not.
        with suppress(OSError):
            self._woken.recv(4096)
        self._is_woken = False

    def forget_one(self) -> None:
        """Count a cancelled timer; remove all of them once they are the majority."""
        self._cancelled += 1
        if self._cancelled > _FEW and self._cancelled * 2 > len(self._timers):
            self._timers = [each for each in self._timers if each[2].act is not None]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def turn(self, at_most: float) -> bool:
        """Do what is ready and due, waiting up to a limit; return whether there was anything."""
        self._thread = get_ident()
        wait = at_most
        if self._soon:
            wait = 0
        elif self._timers:
            wait = max(0.0, min(wait, self._timers[0][0] - stopwatch()))
        ready = self._selector.select(wait)
        self.woken = stopwatch()
        for key, events in ready:
            _run(key.data, events)
        due = self._run_due()
        soon = self._soon
        has_more = bool(soon)
        for _ in range(len(soon)):
            _run(soon.popleft())
        return bool(ready) or due or has_more

    def _run_due(self) -> bool:
        timers = self._timers
        if not timers:
            return False
        now = stopwatch()
        ran = False
        while self._timers and self._timers[0][0] <= now:
            _, _, timer = heapq.heappop(self._timers)
            act, timer.act = timer.act, None
            if act is None:
                self._cancelled -= 1
            else:
                ran = True
                _run(act)
        return ran

    def close(self) -> None:
        """Release system resources."""
        self._selector.close()
        self._woken.close()
        self._waker.close()


def _run(act: Callable[..., None], *given: int) -> None:
    """Call a function and log its failure, which affects nothing else."""
    try:
        act(*given)
    except Exception:  # whatever it is, the other connections and timers go on
        log.exception("a task of the event loop failed")
