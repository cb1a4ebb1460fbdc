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

WAITING = 25
"""A step frees as many again for every 25 values that wait, so that these never become many."""

LOOK = 0.02
"""Seconds between two looks at values that somebody still uses."""

LONGEST = 30.0
"""Seconds after which a value is freed by whoever still uses it."""


class Leftovers:
    """Values that any thread may leave, and one frees."""

    __slots__ = ("_are_in_use", "_left", "_values", "is_open")

    def __init__(self) -> None:
        self.is_open = False
        """Whether somebody calls :meth:`free`; if not, what is left is freed at once, as usual."""
        self._left: deque[tuple[float, list[Any]]] = deque()
        """Values that were left, each alone in a list, and until when to wait for others."""
        self._are_in_use = False
        """Whether the last look found none among them that nobody uses."""
        self._values: list[Any] = []
        """What was in them, and in that."""

    def __len__(self) -> int:
        """Return the number of values known, without those in them."""
        return len(self._left) + len(self._values)

    @property
    def patience(self) -> float:
        """Return for how many seconds the loop may wait before there is something to free."""
        if not self._left and not self._values:
            return 1.0
        return LOOK if self._are_in_use and not self._values else 0.0

    def leave(self, value: Any) -> None:
        """Leave a value, to be freed when nobody uses it any more; any thread may call this.

        What is in it is freed unless somebody uses it at that time.
        """
        if self.is_open:
            self._left.append((stopwatch() + LONGEST, [value]))
            self._are_in_use = False

    def free(self) -> None:
        """Free some of what was left."""
        most = max(STEP, len(self._values) // SHARE, STEP * len(self._left) // WAITING)
        while most > 0 and (self._values or self._look()):
            most -= self._free(most)

    def _free(self, most: int) -> int:
        """Free some known values; return how many they were, or how many were in them."""
        values = self._values
        some = values[-most:]
        del values[-len(some) :]
        # What is in a large value becomes known in one go, so there is one of them at a time.
        values += [each for each in some if type(each) in _SIZED and len(each) > STEP][1:]
        inside = get_referents(*_unshared(some))
        values += inside
        return max(len(some), len(inside))

    def _look(self) -> bool:
        """Take the next value that nobody uses; return whether there is one."""
        for _ in range(min(len(self._left), STEP)):
            until, value = self._left.popleft()
            if _unshared(value):
                self._values += value
                return True
            if stopwatch() < until:
                self._left.append((until, value))
        self._are_in_use = True
        return False


_SIZED = frozenset({dict, list, tuple, set, frozenset, deque})


def _unshared(values: Sequence[Any]) -> list[Any]:
    """Return those of the values in a list to which nothing refers but the list."""
    return [each for each in values if getrefcount(each) <= _ALONE]


def _references(values: Sequence[Any]) -> list[int]:
    return [getrefcount(each) for each in values]


_ALONE = _references([object()])[0]
"""How many references are counted for a value in a list; it depends on the version of Python."""
