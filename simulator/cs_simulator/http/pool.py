"""A few threads for slow work, so that the loop is not blocked.

Each world has at most one job running: a second export waits for the first, and does not occupy a
thread that another world could use.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

Job = Callable[[], object]

SPARE = 2.0
"""Seconds that a thread waits for another job before it ends."""

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
