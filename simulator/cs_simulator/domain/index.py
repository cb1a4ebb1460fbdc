"""A sorted list of keys that worlds share until one of them changes it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from sortedcontainers import SortedList

Entry = int | bytes | tuple[Any, ...]

PIECE = 1_000
"""The number of entries that are sorted in one go, about: in a millisecond, for which nothing else
in the process runs.
"""

FEW = 16
"""A piece is not sorted again for less than this fraction of its entries."""


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
        """Add many entries at once, in the shortest time."""
        self._own().update(entries)

    def extend_by_pieces(self, entries: Iterable[Entry]) -> None:
        """Add many entries at once, without one long sort, which would stop everything else."""
        entries, own = list(entries), self._own()
        if len(entries) <= PIECE:
            own.update(entries)
            return
        for part in _in_parts(entries):
            own = _joined(own, part)
        self._entries = own

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
        pieces = self._entries._lists  # noqa: SLF001 - each request asks for it, and this is quick
        return pieces[0][0] if pieces else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _in_parts(entries: list[Entry]) -> Iterator[list[Entry]]:
    """Yield all entries, first a piece of them, then as many as before, each spread over all.

    So a part has no more entries than there are already, and about the same distribution.
    """
    step = 1 << (len(entries) // PIECE).bit_length()
    yield entries[::step]
    while step > 1:
        yield entries[step // 2 :: step]
        step //= 2


def _joined(entries: Any, more: Iterable[Entry]) -> Any:
    """Return a sorted list with more entries, which takes the place of the one given."""
    pieces, lasts = entries._lists, entries._maxes  # noqa: SLF001 - it has no such way
    if not pieces:
        return _made_of(_split(sorted(more)))
    added: list[list[Entry]] = [[] for _ in pieces]
    top = len(pieces) - 1
    for entry in more:
        added[min(bisect_left(lasts, entry), top)].append(entry)
    made: list[list[Entry]] = []
    for piece, those in zip(pieces, added, strict=True):
        if len(those) * FEW < len(piece):
            for entry in those:
                insort(piece, entry)
            made.extend(_split(piece))
        else:
            made.extend(_split(sorted([*piece, *those])))
    return _made_of(made)


def _split(piece: list[Entry]) -> list[list[Entry]]:
    """Return equal pieces of a sorted list, each of less than twice the usual length."""
    count = len(piece) // PIECE
    if count < 2:
        return [piece]
    bounds = [len(piece) * number // count for number in range(count + 1)]
    return [piece[low:high] for low, high in pairwise(bounds)]


def _copied(entries: Any) -> Any:
    """Return a sorted list with the same entries.

    Its own ``copy`` sorts and compares all entries: 30 ms for 60,000, during which the first write
    after an export or a snapshot would block everyone. This copies only the references.
    """
    return _made_of([piece.copy() for piece in entries._lists])  # noqa: SLF001 - the same


def _made_of(pieces: list[list[Entry]]) -> Any:
    """Return a sorted list of sorted pieces."""
    made = SortedList()
    made._lists = pieces  # noqa: SLF001 - it has no such way
    made._maxes = [piece[-1] for piece in pieces]  # noqa: SLF001
    made._len = sum(map(len, pieces))  # noqa: SLF001
    return made
