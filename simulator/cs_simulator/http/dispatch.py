"""Where requests are carried out: in the loop or, if they may take long, in a small pool.

An operation takes a fraction of a millisecond in memory, less than handing it to another thread and
back. The rows of operations that may take long say so. Each world has at most one job in the pool:
a second export waits for the first, and does not occupy a thread that another world could use.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import TYPE_CHECKING, TypeVar

from cs_simulator.api.arrival import Address, Received, address
from cs_simulator.api.editions import error_body
from cs_simulator.api.outcome import HeldResponse, Later, Outcome
from cs_simulator.domain.errors import InternalError
from cs_simulator.http.loop import Loop

if TYPE_CHECKING:
    from cs_simulator.app import Simulator
    from cs_simulator.faults.waiting import End

Take = Callable[[Outcome | HeldResponse], None]
"""Receives the outcome of a request, in the loop's thread."""

Work = Callable[[], Outcome | HeldResponse]

Job = Callable[[], object]

T = TypeVar("T")

THREADS = 4
"""The maximum number of slow jobs at the same time."""

SPARE = 2.0
"""Seconds that a thread waits for another job before it ends."""

RETRYING = 0.001
"""Seconds after which a request is retried if its world was locked."""


log = logging.getLogger("cs_simulator")


class Pool:
    """Run jobs in threads that are started at the first need."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._changed = Condition()
        self._jobs: dict[str, deque[Job]] = {}
        """The waiting jobs of each world."""
        self._ready: deque[str] = deque()
        """The worlds with waiting jobs and none running."""
        self._threads = 0
        self._idle = 0
        self._closed = False

    def __len__(self) -> int:
        """Return the number of worlds with unfinished jobs."""
        return len(self._jobs)

    def submit(self, world: str, job: Job) -> None:
        """Run a job after those of the same world, in a thread if there can be one."""
        with self._changed:
            if world in self._jobs:
                self._jobs[world].append(job)
                return
            self._jobs[world] = deque([job])
            self._ready.append(world)
            if self._idle >= len(self._ready) or self._threads >= self._most:
                self._changed.notify()
                return
            self._threads += 1
        try:
            Thread(target=self._run, name="slow", daemon=True).start()
        except RuntimeError as error:  # the system has no more threads
            with self._changed:
                self._threads -= 1
                alone = self._threads == 0
            if alone:
                log.warning("cannot start a thread (%s); a long request delays others", error)
                self._run(until_empty=True)

    def _run(self, *, until_empty: bool = False) -> None:
        while True:
            with self._changed:
                self._idle += 1
                while not self._ready:
                    in_time = not until_empty and not self._closed and self._changed.wait(SPARE)
                    if not in_time and not self._ready:
                        self._idle -= 1
                        self._threads -= not until_empty
                        return
                self._idle -= 1
                world = self._ready.popleft()
                job = self._jobs[world][0]
            try:
                job()
            except Exception:  # the thread and the other jobs of the world go on
                log.exception("a job of world %s failed", world)
            del job
            with self._changed:
                jobs = self._jobs[world]
                jobs.popleft()
                if jobs:
                    self._ready.append(world)
                    self._changed.notify()
                else:
                    del self._jobs[world]

    def close(self) -> None:
        """Let the threads end once they have nothing to do."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


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
