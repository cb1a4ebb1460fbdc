"""The journal: what a world was asked and what it answered, the newest of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import RLock

from cs_simulator.clock import Instant
from cs_simulator.domain.undo import UndoMark
from cs_simulator.journal.budget import Budget
from cs_simulator.journal.entries import MAX_BODY, JournalEntry, Owner
from cs_simulator.journal.feed import Feed

MAX_ENTRIES = 1_000
MAX_BYTES = 8 * 2**20

ENTRY_OVERHEAD = 2_000
_JUDGEMENT_OVERHEAD = 300
_EFFECT_OVERHEAD = 150
_IMAGE_OVERHEAD = 150
"""About what an entry takes beside its bodies, and what each rule that was asked adds, each of
several effects, and each image of what it changed."""

_GONE = -1
"""The weight of an entry that was dropped."""


class Journal:
    """Keep the newest entries of one world, bounded by number and by bytes."""

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
        """How many entries it dropped since it was cleared, and ever."""
        self.lost = 0
        self.latest_dropped = 0
        """The number of the newest change of what was dropped."""
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
            self._unspent += self._weigh(entry)
        return entry

    def arrived(self, entry: JournalEntry) -> None:
        """Tell of a request once its entry says what is asked for."""
        self._feed.note(self._world, "request", entry)

    def begin(self, entry: JournalEntry, args: Mapping[str, str], owner: Owner) -> None:
        """Note, as the operation begins, what the request names."""
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

        One whose response is about to hang stays open until it is let go.
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
            # What the opening added is counted now too: one look at the budget for a request.
            change = self._unspent + self._weigh(entry)
            self._unspent = 0
        self._budget.spend(change)
        self._feed.note(self._world, "response", entry)
        if self._watchers:
            self._tell()

    def end(self, entry: JournalEntry, left: float, *, aborted: bool) -> None:
        """Note when a response that was held back or broken on the wire had its end."""
        entry.left = left
        if aborted:
            entry.state = "aborted"
            entry.waited = (left - entry.arrived) * 1000
        self._feed.note(self._world, "response", entry)
        if self._watchers:
            self._tell()

    def watch(self, tell: Callable[[], None]) -> None:
        """Call a function whenever there is more to read."""
        with self._lock:
            self._watchers.add(tell)

    def unwatch(self, tell: Callable[[], None]) -> None:
        """Call a function no longer."""
        with self._lock:
            self._watchers.discard(tell)

    def _tell(self) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for tell in watchers:
            tell()

    def _weigh(self, entry: JournalEntry) -> int:
        """Count what an entry holds by now, and drop the oldest past the bounds.

        Return by how much the journal has grown.
        """
        if entry.weight < 0:
            return 0  # dropped while it was open
        before = self.bytes
        judged = _JUDGEMENT_OVERHEAD * len(entry.judgements)
        weight = ENTRY_OVERHEAD + judged + len(entry.body) + len(entry.response)
        if len(entry.effects) > 1:
            weight += _EFFECT_OVERHEAD * len(entry.effects)
        if entry.mark is not None:
            weight += _IMAGE_OVERHEAD * len(entry.mark.images)
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
        """Drop the oldest entry; return the bytes it held, 0 where the journal is empty."""
        with self._lock:
            return self._drop_one() if self._entries else 0

    def entries(self) -> list[JournalEntry]:
        """Return the entries there are, oldest first."""
        with self._lock:
            return list(self._entries)

    def since(self, after: int) -> tuple[list[JournalEntry], int]:
        """Return the entries of a greater id, oldest first, and how many of such are dropped."""
        with self._lock:
            entries = [entry for entry in self._entries if entry.id > after]
            oldest = self._entries[0].id if self._entries else self._next
            return entries, max(0, min(self.dropped, oldest - 1 - after))

    def changed_since(self, change: int) -> tuple[list[JournalEntry], int]:
        """Return the entries that have changed after a change, and the id of the newest dropped.

        That is 0 where none was dropped that had.
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
        """Forget the entries from an id on, which the next one gets; return how many there were."""
        with self._lock:
            cut = [entry for entry in self._entries if entry.id >= before]
            held, self._unspent = -self._unspent, 0
            for entry in cut:
                self._entries.pop()
                held += entry.weight
                self.bytes -= entry.weight
                entry.weight = _GONE
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
                change = self._weigh(copy)
            self._budget.spend(change)

    def find(self, number: int) -> JournalEntry | None:
        """Return the entry of an id, or None where the journal does not have it, or no longer."""
        with self._lock:
            return next((entry for entry in self._entries if entry.id == number), None)

    def clear(self) -> int:
        """Forget every entry; return how many there were. The next one's id goes on."""
        with self._lock:
            count = len(self._entries)
            for entry in self._entries:
                entry.weight = _GONE
            self._entries.clear()
            held, self.bytes, self._unspent = self.bytes - self._unspent, 0, 0
            self.dropped = self.latest_dropped = 0
        self._budget.spend(-held)
        if self._watchers:
            self._tell()
        return count

    def close(self) -> None:
        """Forget every entry for good; whoever still completes one writes into nothing."""
        self.clear()
        self._budget.leave(self)
        self._budget = Budget()
        self._feed = Feed()
