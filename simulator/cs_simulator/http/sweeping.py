"""Garbage: what reference counting cannot free is looked for in steps that nobody notices.

Python's collector stops everything for as long as it walks what there is: in the middle of a
request, for ten milliseconds and more. A request to the API leaves no cycles behind. What the
control API leaves is young, and the young are looked through before they are many.
"""

from __future__ import annotations

import gc

from cs_simulator.clock import stopwatch

YOUNG = 300
"""Objects after which the young are looked through, load or not: in a tenth of a millisecond.

Few at a time are also cheaper in all: they are still in the processor's cache.
"""

OLD = 50_000
"""Objects that outlived a look and may be looked through again: in about ten milliseconds."""

SHORT = 0.02
"""Seconds that the loop waits at the most while there are young to look through."""

LONG = 2.0
"""Seconds without a request after which old objects may be collected."""

SHARE = 500.0
"""The idle time must be this many times the duration of the last full collection."""


class Sweeper:
    """Collect garbage between the requests of a server, and in its pauses."""

    def __init__(self) -> None:
        self._worked = stopwatch()
        self._swept_old = False
        self._old = 0
        """How many objects have outlived a look since all that were there were set aside."""
        self._took = 0.01

    def begin(self) -> None:
        """Replace the automatic collector; objects from start-up are kept forever."""
        gc.freeze()
        gc.disable()

    @property
    def patience(self) -> float:
        """Return for how many seconds the loop may wait before there is something to do here."""
        if gc.get_count()[0] > YOUNG:
            return SHORT
        return LONG if not self._swept_old else 1.0

    def work(self) -> None:
        """Take note that there was something to do, and look through the young."""
        self._worked = stopwatch()
        self._swept_old = False
        self._sweep_young()

    def rest(self) -> None:
        """Use a pause: for the young, and once in a long one for the old."""
        idle = stopwatch() - self._worked
        self._sweep_young()
        if self._swept_old or idle < max(LONG, SHARE * self._took):
            return
        begun = stopwatch()
        gc.collect()
        self._took = stopwatch() - begun
        self._swept_old = True

    def _sweep_young(self) -> None:
        """Look through the young; where the old have become too many, set them aside.

        So many are what worlds store: values without cycles, which are let go by counting. So they
        need never be walked again.
        """
        young = gc.get_count()[0]
        if young <= YOUNG:
            return
        gc.collect(0)
        self._old += young
        if self._old > OLD:
            gc.freeze()
            self._old = 0
