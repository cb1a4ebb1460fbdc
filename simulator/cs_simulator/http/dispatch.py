"""Where requests are carried out: in the loop or, if they may take long, in a small pool.

An operation takes a fraction of a millisecond in memory, less than handing it to another thread and
back. The rows of operations that may take long say so.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from cs_simulator.api.arrival import Address, Received, address
from cs_simulator.api.editions import error_body
from cs_simulator.api.outcome import HeldResponse, Later, Outcome
from cs_simulator.domain.errors import InternalError
from cs_simulator.http.loop import Loop
from cs_simulator.http.pool import Pool

if TYPE_CHECKING:
    from cs_simulator.app import Simulator
    from cs_simulator.faults.waiting import End

Take = Callable[[Outcome | HeldResponse], None]
"""Receives the outcome of a request, in the loop's thread."""

Work = Callable[[], Outcome | HeldResponse]

T = TypeVar("T")

THREADS = 4
"""The maximum number of slow jobs at the same time."""

RETRYING = 0.001
"""Seconds after which a request is retried if its world was locked."""


log = logging.getLogger("cs_simulator")


class Dispatcher:
    """Carry out the requests of one server."""

    def __init__(self, app: Simulator, loop: Loop) -> None:
        self._app = app
        self._loop = loop
        self._pool = Pool(THREADS)
        self.jobs = 0
        """How many requests were carried out by the pool, so far."""
        self._parked: deque[tuple[Received, Address, Take]] = deque()
        """Requests for worlds that are locked by another thread, in order of arrival."""

    @property
    def running(self) -> int:
        """Return for how many worlds the pool carries something out."""
        return len(self._pool)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being carried out anywhere."""
        return not self._pool and not self._parked

    def refuses(self, head: Received) -> bool:
        """Tell whether a request can be rejected by its head."""
        return self._app.refuses(head, address(head.uri, head.world_header))

    def carry_out(self, request: Received, take: Take) -> None:
        """Carry out a request, and pass on its outcome."""
        where = address(request.uri, request.world_header)
        if not self._try(request, where, take):
            if not self._parked:
                self._loop.later(RETRYING, self._retry)
            self._parked.append((request, where, take))

    def _try(self, request: Received, where: Address, take: Take) -> bool:
        """Carry out a request; return whether its world was free."""
        app = self._app
        result = _result(lambda: app.handle(request, where, at_once=True))
        if result is Later.FREE:
            return False
        if result is Later.SLOW:
            self._hand_over(where.name, lambda: app.handle(request, where), take)
        else:
            take(result)
        return True

    def _retry(self) -> None:
        """Retry parked requests, in order for each world."""
        parked, self._parked = self._parked, deque()
        busy: set[str] = set()
        for each in parked:
            request, where, take = each
            if where.name in busy or not self._try(request, where, take):
                busy.add(where.name)
                self._parked.append(each)
        if self._parked:
            self._loop.later(RETRYING, self._retry)

    def resume(self, held: HeldResponse, end: End, take: Take) -> None:
        """Continue with a held-back response at the end of its wait."""
        if held.is_slow:
            self._hand_over(held.wait.world, lambda: held.resume(end), take)
        else:
            take(held.resume(end))

    def refuse(self, held: HeldResponse, why: str, take: Take) -> None:
        """Continue with a response for which there was no room to wait."""
        if held.is_slow:
            self._hand_over(held.wait.world, lambda: held.refuse(why), take)
        else:
            take(held.refuse(why))

    def _hand_over(self, world: str, work: Work, take: Take) -> None:
        def job() -> None:
            result = _result(work)
            self.jobs += 1
            self._loop.soon(lambda: take(result))

        self._pool.submit(world, job)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.close()


def _result(work: Callable[[], T]) -> T | Outcome:
    """Return the result of some work; log and answer an error that nothing else caught."""
    try:
        return work()
    except Exception:  # no client may be left without an answer
        log.exception("a request failed")
    refusal = InternalError("Internal error: this is a bug in the simulator. See its log.")
    body = json.dumps(error_body("message", refusal, "", "")).encode("ascii")
    return Outcome(
        500, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body
    )
