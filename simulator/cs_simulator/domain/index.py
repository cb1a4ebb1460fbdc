"""A sorted list of keys that worlds share until one of them changes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sortedcontainers import SortedList

Entry = int | bytes | tuple[Any, ...]


class SortedIndex:
    """Keep entries in order, and find a range at a cost proportional to its length.

    A shorter tuple sorts before longer ones that begin with it, so ``("a",)`` to ``("a", 9)`` are
    the entries that begin with "a" and continue with less than 9; bytes sort in the same way.
    """

    __slots__ = ("_entries", "_shared")

    def __init__(self, entries: Any = None, *, shared: bool = False) -> None:
        self._entries = SortedList() if entries is None else entries
        self._shared = shared

    def share(self) -> SortedIndex:
        """Return an index with the same entries, at no cost until either one changes."""
        self._shared = True
        return SortedIndex(self._entries, shared=True)

    def _own(self) -> Any:
        if self._shared:
            self._entries = _copied(self._entries)
            self._shared = False
        return self._entries

    def add(self, entry: Entry) -> None:
        """Add one entry."""
        self._own().add(entry)

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add many entries at once."""
        self._own().update(entries)

    def remove(self, entry: Entry) -> None:
        """Remove an entry; raise ValueError if it does not exist."""
        self._own().remove(entry)

    def between(self, low: Entry, high: Entry, *, newest_first: bool = False) -> Iterator[Any]:
        """Return the entries from ``low`` up to, not including, ``high``."""
        found: Iterator[Any] = self._entries.irange(low, high, (True, False), newest_first)
        return found

    def count(self, low: Entry, high: Entry) -> int:
        """Return how many entries there are from ``low`` up to ``high``, without walking them."""
        number: int = self._entries.bisect_left(high) - self._entries.bisect_left(low)
        return number

    def count_before(self, high: Entry) -> int:
        """Return how many entries there are before ``high``."""
        number: int = self._entries.bisect_left(high)
        return number

    def first(self) -> Any:
        """Return the lowest entry, or None."""
        return self._entries[0] if self._entries else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _copied(entries: Any) -> Any:
    """Return a sorted list with the same entries.

    Its own ``copy`` sorts and compares all entries: 30 ms for 60,000, during which the first write
    after an export or a snapshot would block everyone. This copies only the references.
    """
    copied = SortedList()
    copied._lists = [part.copy() for part in entries._lists]  # noqa: SLF001 - it has no such way
    copied._maxes = entries._maxes.copy()  # noqa: SLF001
    copied._len = entries._len  # noqa: SLF001
    return copied
