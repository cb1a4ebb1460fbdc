"""The maximum size of all journals of a server together."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

MAX_SERVER_BYTES = 256 * 2**20


class Spender(Protocol):
    """Something that uses bytes, and can release some."""

    @property
    def bytes(self) -> int:
        """Return how many bytes it uses."""

    @property
    def lost(self) -> int:
        """Return how many entries it has dropped in total."""

    def drop_oldest(self) -> int:
        """Drop its oldest entry; return the bytes that this frees, 0 if nothing is left."""


class Budget:
    """The bytes that all journals of a server may use together."""

    __slots__ = ("_journals", "_limit", "_lock", "_lost", "_total")

    def __init__(self, limit: int = MAX_SERVER_BYTES) -> None:
        self._limit = limit
        self._lock = Lock()
        self._total = 0
        self._journals: set[Spender] = set()
        self._lost = 0
        """Entries dropped by journals that are gone."""

    @property
    def total(self) -> int:
        """The bytes that all journals use."""
        return self._total

    def dropped(self) -> int:
        """Return how many entries were ever dropped for lack of room."""
        with self._lock:
            return self._lost + sum(journal.lost for journal in self._journals)

    def join(self, journal: Spender) -> None:
        """Add a journal."""
        with self._lock:
            self._journals.add(journal)

    def leave(self, journal: Spender) -> None:
        """Remove a journal, with all that it holds."""
        with self._lock:
            if journal in self._journals:
                self._journals.remove(journal)
                self._lost += journal.lost

    def spend(self, added: int) -> None:
        """Count bytes; beyond the limit the largest journal drops its oldest entries."""
        with self._lock:
            self._total += added
            while self._total > self._limit:
                largest = max(self._journals, key=lambda journal: journal.bytes, default=None)
                freed = 0 if largest is None else largest.drop_oldest()
                if not freed:
                    return
                self._total -= freed
