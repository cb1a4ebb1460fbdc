"""What nobody needs any more, freed in small steps.

Python frees a value together with everything in it, and nothing else runs meanwhile: a tenth of a
second for a large world. So values that may hold much are left here, and the loop frees a part of
them between requests.

Nothing is changed for that: what is in a value is held for a moment while the value alone is freed.
So it does no harm if somebody still uses what was left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from gc import get_referents
from sys import getrefcount
from typing import Any

from cs_simulator.clock import stopwatch

STEP = 1_000
"""The number of values that a step frees: in less than a millisecond."""

SHARE = 100
"""A step frees at least every 100th of the known values, so that they never become too many."""

LOOK = 0.02
"""Seconds between two looks at values that somebody still uses."""

LONGEST = 30.0
"""Seconds after which a value is freed by whoever still uses it."""


class Leftovers:
    """Values that any thread may leave, and one frees."""

    __slots__ = ("_left", "_values", "is_open")

    def __init__(self) -> None:
        self.is_open = False
        """Whether somebody calls :meth:`free`; if not, what is left is freed at once, as usual."""
        self._left: deque[tuple[float, list[Any]]] = deque()
        """Values that were left, each alone in a list, and until when to wait for others."""
        self._values: list[Any] = []
        """What was in them, and in that."""

    def __len__(self) -> int:
        """Return the number of values known, without those in them."""
        return len(self._left) + len(self._values)

    @property
    def patience(self) -> float:
        """Return for how many seconds the loop may wait before there is something to free."""
        if self._values:
            return 0.0
        return LOOK if self._left else 1.0

    def leave(self, value: Any) -> None:
        """Leave a value, to be freed when nobody uses it any more; any thread may call this.

        What is in it is freed unless somebody uses it at that time.
        """
        if self.is_open:
            self._left.append((stopwatch() + LONGEST, [value]))

    def free(self) -> None:
        """Free some of what was left."""
        if not self._values:
            self._look()
        values = self._values
        some = values[-max(STEP, len(values) // SHARE) :]
        del values[-len(some) :]
        # What is in a large value becomes known in one go, so there is one of them in a step.
        values += [each for each in some if type(each) in _SIZED and len(each) > STEP][1:]
        values += get_referents(*_unshared(some))

    def _look(self) -> None:
        """Take the next value that nobody uses."""
        for _ in range(min(len(self._left), STEP)):
            until, value = self._left.popleft()
            if _unshared(value):
                self._values += value
                return
            if stopwatch() < until:
                self._left.append((until, value))


_SIZED = frozenset({dict, list, tuple, set, frozenset, deque})


def _unshared(values: Sequence[Any]) -> list[Any]:
    """Return those of the values in a list to which nothing refers but the list."""
    return [each for each in values if getrefcount(each) <= _ALONE]


def _references(values: Sequence[Any]) -> list[int]:
    return [getrefcount(each) for each in values]


_ALONE = _references([object()])[0]
"""How many references are counted for a value in a list; it depends on the version of Python."""
