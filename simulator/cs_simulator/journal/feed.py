"""The feed: all changes of a server's worlds, in one order, for event streams.

Changes are numbered across all worlds. Requests are in the journals, with the number of their last
change; of other changes the newest are kept here. So a client that reconnects can be told what
happened meanwhile, or that it is no longer known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from cs_simulator.journal.entries import JournalEntry

Kind = Literal[
    "request",
    "response",
    "fault",
    "clock",
    "stage",
    "scenario",
    "reset",
    "rewind",
    "journal",
    "world",
]
"""What changed: a request arrived or was answered; the others are named after their subject."""

MOST_CHANGES = 1_000
"""The number of changes other than requests that are kept for clients that reconnect."""

MOST_PENDING = 10_000
"""The number of changes that wait to be sent; beyond it, streams read the journals."""

NO_MEMBERS: Mapping[str, Any] = MappingProxyType({})


class FeedChange(NamedTuple):
    """One change of a world."""

    number: int
    world: str
    kind: Kind
    entry: JournalEntry | None = None
    """The request that changed."""
    members: Mapping[str, Any] = NO_MEMBERS
    """The data of a change that is not of a request."""


_WIDTH = len(FeedChange._fields)
_ENTRY = FeedChange._fields.index("entry")


class Feed:
    """Number the changes of a server's worlds, and pass them to a listener."""

    __slots__ = ("_changes", "_lock", "_lost", "_number", "_pending", "_tell", "instance")

    def __init__(self, instance: str = "") -> None:
        self.instance = instance
        """The name of the server process, since another one numbers from the beginning."""
        self._lock = Lock()
        self._number = 0
        self._changes: deque[FeedChange] = deque()
        self._lost = 0
        """The number of the newest change that is no longer kept here."""
        self._pending: list[Any] | None = None
        """The members of changes not passed on yet, one after another: each request has a change,
        and as an object the collector would walk it. None while there is no listener.
        """
        self._tell: Callable[[], None] = _nobody

    @property
    def number(self) -> int:
        """The number of the newest change."""
        return self._number

    def listen(self, tell: Callable[[], None] | None) -> None:
        """Call a function when there is something to :meth:`take`; None stops that."""
        with self._lock:
            self._pending = None if tell is None else []
            self._tell = tell or _nobody

    def take(self) -> list[FeedChange] | None:
        """Return the changes since the last call, or None if there were too many."""
        with self._lock:
            taken, self._pending = self._pending, []
        if taken is None or len(taken) > MOST_PENDING * _WIDTH:
            return None
        return [FeedChange(*each) for each in zip(*[iter(taken)] * _WIDTH, strict=True)]

    def note(self, world: str, kind: Kind, entry: JournalEntry) -> None:
        """Assign a number to the change of a request, which its journal keeps."""
        with self._lock:
            self._number = entry.changed = self._number + 1
            if self._pending is None:
                return
            is_first = self._add(self._number, world, kind, entry, NO_MEMBERS)
        if is_first:
            self._tell()

    def tell(self, world: str, kind: Kind, members: Mapping[str, Any]) -> None:
        """Assign a number to a change that is not of a request, and keep it."""
        with self._lock:
            self._number += 1
            change = FeedChange(self._number, world, kind, None, members)
            self._changes.append(change)
            if len(self._changes) > MOST_CHANGES:
                self._lost = self._changes.popleft().number
            if self._pending is None:
                return
            is_first = self._add(*change)
        if is_first:
            self._tell()

    def _add(
        self,
        number: int,
        world: str,
        kind: Kind,
        entry: JournalEntry | None,
        members: Mapping[str, Any],
    ) -> bool:
        """Add a change for the listener; return whether it is the only one."""
        pending = self._pending
        assert pending is not None  # noqa: S101 - whoever calls it has looked
        change = (number, world, kind, entry, members)
        if pending and entry is not None and pending[_ENTRY - _WIDTH] is entry:
            pending[-_WIDTH:] = change  # it was answered at once, so that is all there is
            return False
        if len(pending) <= MOST_PENDING * _WIDTH:
            pending += change
        return len(pending) == _WIDTH

    def since(self, number: int, world: str | None) -> tuple[list[FeedChange], bool]:
        """Return the kept changes after a number, and whether others were dropped."""
        with self._lock:
            kept = [
                each
                for each in self._changes
                if each.number > number and world in (None, each.world)
            ]
            return kept, self._lost > number


def _nobody() -> None:
    """Do nothing, while there is no listener."""
