"""Garbage: what reference counting cannot free is looked for while there is nothing else to do.

Python's collector stops everything for as long as it walks what there is: in the middle of a
request, for ten milliseconds and more. A request to the API leaves no cycles behind. What the
control API leaves is young, and the young are few.
"""

from __future__ import annotations

import gc

from cs_simulator.clock import stopwatch

FEW = 700
"""Objects that are not worth being looked through."""

MANY = 20_000
"""Objects that are looked through even under load: in about two milliseconds."""

SHORT = 0.02
"""Seconds without a request after which the young are looked through."""

LONG = 2.0
"""Seconds without a request after which the old may be looked through."""

SHARE = 500.0
"""For so many times as long as that took last there must have been nothing to do."""


class Sweeper:
    """Collect garbage in the pauses of a server."""

    def __init__(self) -> None:
        self._worked = stopwatch()
        self._swept_old = False
        self._took = 0.01

    def begin(self) -> None:
        """Take over from the collector; what start-up made stays for good."""
        gc.freeze()
        gc.disable()

    @property
    def patience(self) -> float:
        """Return for how many seconds the loop may wait before there is something to do here."""
        if gc.get_count()[0] > FEW:
            return SHORT
        return LONG if not self._swept_old else 1.0

    def work(self) -> None:
        """Take note that there was something to do; look through the young only if they are many.

        What survives there is what a world stores: values without cycles, which are let go by
        counting. So they are never walked again.
        """
        self._worked = stopwatch()
        self._swept_old = False
        if gc.get_count()[0] > MANY:
            gc.collect(0)
            gc.freeze()

    def rest(self) -> None:
        """Use a pause: first for the young, and once in a long one for all there are."""
        idle = stopwatch() - self._worked
        if gc.get_count()[0] > FEW:
            gc.collect(0)
        if self._swept_old or idle < max(LONG, SHARE * self._took):
            return
        begun = stopwatch()
        gc.collect()
        self._took = stopwatch() - begun
        self._swept_old = True
