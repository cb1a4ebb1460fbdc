"""The journal: the newest requests of a world, with their responses, and how much all may take.

It also knows which changes to undo to bring a world back to before a request.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heapreplace
from itertools import islice
from threading import Lock, RLock
from typing import Protocol

from cs_simulator.clock import Instant
from cs_simulator.domain.undo import MOST_IMAGES, UndoMark
from cs_simulator.faults.verdict import Judgements
from cs_simulator.journal.entries import MAX_BODY, JournalEntry, Owner
from cs_simulator.journal.feed import Feed, Kind

MAX_SERVER_BYTES = 256 * 2**20

SPARE = 1_000
"""The part of the limit that is freed at once, when there is no room left."""


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
            if self._total > self._limit:
                self._make_room()

    def _make_room(self) -> None:
        """Let the largest journals drop entries: a few more than needed, so that it is rare.

        Finding the largest looks at all of them, and there may be ten thousand.
        """
        wanted = self._limit - self._limit // SPARE
        sizes = [(-journal.bytes, place, journal) for place, journal in enumerate(self._journals)]
        heapify(sizes)
        while sizes and self._total > wanted:
            _, place, largest = sizes[0]
            freed = largest.drop_oldest()
            self._total -= freed
            if freed:
                heapreplace(sizes, (-largest.bytes, place, largest))
            else:
                heappop(sizes)


MAX_ENTRIES = 1_000
MAX_BYTES = 8 * 2**20

ENTRY_OVERHEAD = 2_000
_JUDGEMENT_OVERHEAD = 300
_EFFECT_OVERHEAD = 150
_IMAGE_OVERHEAD = 150
"""The approximate size of an entry without its bodies, and of each rule that was tried, each effect
beyond the first, and each image of a change.
"""

_GONE = -1
"""The weight of a dropped entry."""

_REMOVED = -2
"""The weight of an entry that a rewind removed, or whose journal was cleared."""


class Journal:
    """The newest entries of one world, limited by number and by bytes."""

    __slots__ = (
        "_budget",
        "_entries",
        "_feed",
        "_lock",
        "_next",
        "_unspent",
        "_watchers",
        "_world",
        "bytes",
        "dropped",
        "latest_dropped",
        "lost",
    )

    def __init__(
        self, budget: Budget | None = None, feed: Feed | None = None, world: str = ""
    ) -> None:
        self._budget = Budget() if budget is None else budget
        self._feed = Feed() if feed is None else feed
        self._world = world
        self._entries: deque[JournalEntry] = deque()
        self._lock = RLock()
        self._next = 1
        self._watchers: set[Callable[[], None]] = set()
        self._unspent = 0
        self.bytes = 0
        self.dropped = 0
        """The number of entries dropped since it was cleared, and in total."""
        self.lost = 0
        self.latest_dropped = 0
        """The number of the newest change of a dropped entry."""
        self._budget.join(self)

    def __len__(self) -> int:
        return len(self._entries)

    def open(
        self,
        at: Instant,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        arrived: float = 0.0,
        peer: tuple[str, str] | None = None,
    ) -> JournalEntry:
        """Add the entry of a request that has arrived."""
        with self._lock:
            entry = JournalEntry(
                self._next, at, method, target, headers, arrived=arrived, peer=peer
            )
            self._next += 1
            self._entries.append(entry)
            # The rest is weighed with the response.
            self._unspent += self._grow(entry, ENTRY_OVERHEAD)
        return entry

    def arrived(self, entry: JournalEntry) -> None:
        """Report a request once its entry says what it asks for."""
        with self._lock:
            self._report("request", entry)

    def begin(self, entry: JournalEntry, args: Mapping[str, str], owner: Owner) -> None:
        """Record what the request names, when the operation begins."""
        entry.args = args
        entry.owner = owner
        if self._watchers:
            self._tell()

    def complete(
        self,
        entry: JournalEntry,
        status: int | None,
        headers: Sequence[tuple[str, str]],
        response: bytes,
        hints: Sequence[str],
        milliseconds: float,
        left: float = 0.0,
    ) -> None:
        """Complete an entry with its response, before the response's last byte leaves.

        One whose response is about to be held stays open until it is released.
        """
        entry.response_headers = headers
        entry.response_size = len(response)
        entry.response = response if len(response) <= MAX_BODY else response[:MAX_BODY]
        entry.hints = hints
        entry.milliseconds = milliseconds
        entry.status = status
        if entry.broken != "stall":
            entry.left = left
            entry.state = "done"
        with self._lock:
            # The size at the opening is counted only now: one look at the budget for each request.
            change = self._unspent + self._grow(entry, _weight_of(entry))
            self._unspent = 0
            self._report("response", entry)
        self._budget.spend(change)
        if self._watchers:
            self._tell()

    def end(self, entry: JournalEntry, left: float, *, aborted: bool) -> None:
        """Record when a response that was held back or broken on the wire ended."""
        entry.left = left
        if aborted:
            entry.state = "aborted"
            entry.waited = (left - entry.arrived) * 1000
        with self._lock:
            self._report("response", entry)
        if self._watchers:
            self._tell()

    def _report(self, kind: Kind, entry: JournalEntry) -> None:
        """Report the change of a request, unless it was removed, which was reported before."""
        if entry.weight != _REMOVED:
            self._feed.note(self._world, kind, entry)

    def watch(self, tell: Callable[[], None]) -> None:
        """Call a function whenever there is more to read."""
        with self._lock:
            self._watchers.add(tell)

    def unwatch(self, tell: Callable[[], None]) -> None:
        """Stop calling a function."""
        with self._lock:
            self._watchers.discard(tell)

    def _tell(self) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for tell in watchers:
            tell()

    def _grow(self, entry: JournalEntry, weight: int) -> int:
        """Update the size of an entry, and drop the oldest ones beyond the limits.

        Return by how much the journal has grown.
        """
        if entry.weight < 0:
            return 0  # dropped while it was open
        before = self.bytes
        self.bytes += weight - entry.weight
        entry.weight = weight
        entries = self._entries
        while len(entries) > MAX_ENTRIES or (self.bytes > MAX_BYTES and len(entries) > 1):
            self._drop_one()
        return self.bytes - before

    def _drop_one(self) -> int:
        oldest = self._entries.popleft()
        weight = oldest.weight
        self.bytes -= weight
        oldest.weight = _GONE
        self.dropped += 1
        self.lost += 1
        self.latest_dropped = max(self.latest_dropped, oldest.changed)
        return weight

    def drop_oldest(self) -> int:
        """Drop the oldest entry; return the bytes it used, 0 if the journal is empty."""
        with self._lock:
            return self._drop_one() if self._entries else 0

    def entries(self) -> list[JournalEntry]:
        """Return all entries, oldest first."""
        with self._lock:
            return list(self._entries)

    def newest(self, count: int) -> list[JournalEntry]:
        """Return the newest entries, newest first."""
        with self._lock:
            return list(islice(reversed(self._entries), count))

    def since(self, after: int) -> tuple[list[JournalEntry], int]:
        """Return the entries with a greater id, oldest first, and how many of them were dropped."""
        with self._lock:
            entries = [entry for entry in self._entries if entry.id > after]
            oldest = self._entries[0].id if self._entries else self._next
            return entries, max(0, min(self.dropped, oldest - 1 - after))

    def changed_since(self, change: int) -> tuple[list[JournalEntry], int]:
        """Return the entries changed after a change, and the newest such id that was dropped.

        That id is 0 if no request was dropped.
        """
        with self._lock:
            entries = [entry for entry in self._entries if entry.changed > change]
            if self.latest_dropped <= change:
                return entries, 0
            return entries, (self._entries[0].id if self._entries else self._next) - 1

    @property
    def next_id(self) -> int:
        """The id of the next entry."""
        return self._next

    def cut(self, before: int) -> int:
        """Remove the entries from an id on, which the next one gets; return their number."""
        with self._lock:
            cut = [entry for entry in self._entries if entry.id >= before]
            held, self._unspent = -self._unspent, 0
            for entry in cut:
                self._entries.pop()
                held += entry.weight
                self.bytes -= entry.weight
                entry.weight = _REMOVED
            self._next = before
        self._budget.spend(-held)
        if self._watchers:
            self._tell()
        return len(cut)

    def take(self, entries: Sequence[JournalEntry]) -> None:
        """Begin with copies of the entries of another world."""
        for entry in entries:
            with self._lock:
                copy = replace(entry, weight=0, changed=0, mark=UndoMark(is_whole=False))
                if copy.state == "open":
                    copy.state = "aborted"  # its response goes to the other world
                self._entries.append(copy)
                self._next = entry.id + 1
                change = self._grow(copy, _weight_of(copy))
            self._budget.spend(change)

    def find(self, number: int) -> JournalEntry | None:
        """Return the entry of an id, or None if the journal does not have it, or no longer."""
        with self._lock:
            return next((entry for entry in self._entries if entry.id == number), None)

    def clear(self) -> Sequence[JournalEntry]:
        """Remove every entry, and return them. Ids continue."""
        with self._lock:
            entries, self._entries = self._entries, deque()
            for entry in entries:
                entry.weight = _REMOVED
            held, self.bytes, self._unspent = self.bytes - self._unspent, 0, 0
            self.dropped = self.latest_dropped = 0
        self._budget.spend(-held)
        if self._watchers:
            self._tell()
        return entries

    def close(self) -> Sequence[JournalEntry]:
        """Remove every entry permanently, and return them; completing one has no effect then."""
        entries = self.clear()
        self._budget.leave(self)
        self._budget = Budget()
        self._feed = Feed()
        return entries


def _weight_of(entry: JournalEntry) -> int:
    """Return the approximate size of an entry in bytes."""
    weight = ENTRY_OVERHEAD + len(entry.body) + len(entry.response)
    judgements, effects, mark = entry.judgements, entry.effects, entry.mark
    if judgements:
        made = judgements.made if isinstance(judgements, Judgements) else len(judgements)
        weight += _JUDGEMENT_OVERHEAD * made
    if len(effects) > 1:
        weight += _EFFECT_OVERHEAD * len(effects)
    if mark is not None:
        weight += _IMAGE_OVERHEAD * len(mark.images)
    return weight


class RewindError(Exception):
    """A world cannot be brought back to an instant; the text says why."""


def marks_from(journal: Journal, before: int) -> list[UndoMark]:
    """Return the marks of the requests from an id on, the newest first.

    Raises :exc:`RewindError` if the state before them is not known.
    """
    entries = journal.entries()
    following = journal.next_id
    kept = [entry for entry in entries if entry.id >= before]
    if before > following:
        last = following - 1
        raise RewindError(f"no request {before}; the last one is {last}")
    if len(kept) < following - before:
        oldest = entries[0].id if entries else following
        raise RewindError(f"the journal no longer has request {before}; it begins with {oldest}")
    earlier = [each.mark.turn for each in entries if each.id < before and each.mark is not None]
    marks = [entry.mark for entry in kept if entry.mark is not None]
    if earlier and marks and max(earlier) > min(each.turn for each in marks):
        raise RewindError(f"request {before} began before one that had arrived before it had begun")
    broken = next((each for each in kept if each.mark and not each.mark.is_whole), None)
    if broken is not None and broken.is_copied:
        raise RewindError(f"request {broken.id} came here with the copy of another world")
    if broken is not None:
        raise RewindError(
            f"request {broken.id}, or the calls after it, changed more than {MOST_IMAGES:,} things"
        )
    return sorted(marks, key=lambda mark: mark.turn, reverse=True)
