"""Garbage collection in small steps, for what reference counting cannot free.

Python's collector stops everything while it walks all objects: in the middle of a request, for ten
milliseconds and more. A request to the API leaves no cycles. Those of the control API are young,
and young objects are collected before they are many.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from cs_simulator.clock import stopwatch

YOUNG = 300
"""The number of young objects after which they are collected, even under load: in a tenth of a
millisecond.

Small numbers are also cheaper in total, because they are still in the processor's cache.
"""

OLD = 20_000
"""The number of surviving objects that may be collected again: in a few milliseconds."""

MANY = 10_000
"""The number of young objects that are set aside instead of being collected: a job made them, and
walking them would take longer than a request may wait."""

LEFT = 300 * OLD
"""The number of objects set aside while there were jobs after which all are collected, even under
load: many more than several large jobs keep, because that stops everything for a second.

A job leaves a dozen small objects that counting does not free; most of what is set aside is in use.
So this waits until no job runs, unless there are very many.
"""

VERY_MANY = 5 * LEFT
"""The number of such objects after which they are collected although jobs run."""

NEVER = -1
"""No number of jobs: what was set aside may hold what one left."""

SHORT = 0.02
"""The maximum number of seconds that the loop waits while there are young objects to collect."""

LONG = 2.0
"""Seconds without a request after which old objects may be collected."""

SHARE = 500.0
"""The idle time must be this many times the duration of the last full collection."""


class Sweeper:
    """Collect garbage between the requests of a server, and in its pauses."""

    def __init__(self, jobs: Callable[[], int] = int, running: Callable[[], int] = int) -> None:
        self._jobs = jobs
        """Returns how many requests were carried out beside the loop, so far."""
        self._running = running
        """Returns how many are being carried out there."""
        self._jobs_seen = 0
        self._jobs_cleared = 0
        """How many there were when objects that had been set aside were last collected."""
        self._aside = 0
        """The number of objects that were set aside after jobs since then."""
        self._kept = 0
        """The number of all objects that are set aside, about."""
        self._cleared = 0
        """How many they were when all were last collected; 0 before that."""
        self._worked = stopwatch()
        self._swept_old = False
        self._old = 0
        """The number of objects that survived since the last time that all were set aside."""
        self._took = 0.01

    def begin(self) -> None:
        """Replace the automatic collector; objects from start-up are not looked at again.

        They are not counted either: the first request would wait for that, some milliseconds.
        """
        gc.freeze()
        gc.disable()

    @property
    def patience(self) -> float:
        """Return for how many seconds the loop may wait before there is something to do here."""
        if gc.get_count()[0] > YOUNG:
            return SHORT
        return LONG if not self._swept_old else 1.0

    def work(self) -> None:
        """Note that there was work, and collect the young objects."""
        self._worked = stopwatch()
        self._swept_old = False
        self._sweep_young()

    def rest(self) -> None:
        """Use a pause: for the young objects, and once in a long one for the old.

        Jobs leave cycles, and what one had in use while others were set aside was set aside with
        them. After jobs, these objects are collected too.
        """
        idle = stopwatch() - self._worked
        self._sweep_young()
        if self._swept_old or idle < max(LONG, SHARE * self._took):
            return
        self._sweep_all()
        self._swept_old = True

    def _sweep_young(self) -> None:
        """Collect the young objects; set the old ones aside if they have become too many.

        Only what worlds store becomes that many: values without cycles, which reference counting
        frees. So they are not walked again.
        """
        young = gc.get_count()[0]
        if young <= YOUNG:
            return
        self._old += young
        if young > MANY:
            self._jobs_cleared = NEVER
            self._aside += self._old
            self._set_aside()
            return
        gc.collect(0)
        if self._old > OLD:
            if self._jobs() != self._jobs_seen:
                # What they left was in use at the time: frozen, it would never be freed.
                self._jobs_seen = self._jobs()
                gc.collect(1)
            if self._jobs_seen != self._jobs_cleared:
                self._aside += self._old
            self._set_aside()

    def _set_aside(self) -> None:
        """Set all objects aside; collect them if too many of them may be what jobs left."""
        gc.freeze()
        self._kept += self._old
        self._old = 0
        most = VERY_MANY if self._running() else LEFT
        if self._aside > max(most, self._kept // 3):
            # Most of what a job makes is freed at its end, by counting.
            self._kept = gc.get_freeze_count()
            self._aside = min(self._aside, self._kept - self._cleared)
            if self._aside > max(LEFT, self._kept // 3):
                self._sweep_all()

    def _sweep_all(self) -> None:
        """Collect all objects; those that were set aside too if there were jobs meanwhile.

        Under load that is rare: when a third of what is set aside may be what jobs left.
        """
        begun = stopwatch()
        jobs = self._jobs()
        if jobs == self._jobs_cleared:
            gc.collect()
        else:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._jobs_seen = self._jobs_cleared = jobs
            self._kept = self._cleared = gc.get_freeze_count()
            self._old = self._aside = 0
        self._took = stopwatch() - begun
