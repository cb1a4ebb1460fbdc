"""Event streams: they send what happens in the worlds, from the loop's thread.

Events that happen within a moment are rendered once and written together. A stream whose client
reads too slowly gets nothing new until the client has read what was sent; then it continues from
the journals, as a reconnecting client does. So a stream never needs more memory than the text of
one moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from operator import itemgetter
from typing import Any, TypeVar

from cs_simulator import __version__
from cs_simulator.api.outcome import Outlet
from cs_simulator.clock import stopwatch
from cs_simulator.faults.waiting import HeldWait
from cs_simulator.har.secrets import MASK
from cs_simulator.journal.entries import JournalEntry, written, written_change
from cs_simulator.journal.feed import FeedChange
from cs_simulator.worlds import Worlds

MOMENT = 0.05
"""The minimum time between two checks for changes, in seconds."""

HEARTBEAT = 15.0
"""Seconds between comments, which show proxies and clients that the stream is alive."""

MOST_UNREAD = 256 * 2**10
"""Unread bytes beyond which a client gets nothing more."""

MOST_MISSED = 5_000
"""The number of changes sent to a client that reconnects; if there are more, the newest."""

AT_ONCE = 200
"""Changes that are rendered before others get their turn."""

LOOKED_AT = 5_000
"""Entries of journals that are looked through before others get their turn."""

STREAMS = "*"
"""The name under which streams are in the waiting room; no world has it."""

RETRY = "retry: 1000\n"
BEAT = ": still here\n"
"""Both without a blank line: some clients deliver an event without data for a block of its own."""

RenderedChange = tuple[int, str, str]
"""A change as it is sent: its number, its world and its text."""

Result = TypeVar("Result")

Steps = Generator[None, None, Result]
"""Work that lets others have their turn between its steps."""

_ID = re.compile(r"([0-9a-f]{1,32})-([0-9]{1,18})")


class EventStream:
    """The events of one world, or of all, for one client."""

    __slots__ = ("_last_event_id", "_streams", "is_behind", "last", "outlet", "wait", "world")

    def __init__(self, streams: Streams, world: str | None, last_event_id: str | None) -> None:
        self._streams = streams
        self._last_event_id = last_event_id
        self.world = world
        self.wait = HeldWait(STREAMS)
        self.outlet: Outlet | None = None
        self.last = 0
        """The number of the last change that it was sent or may skip."""
        self.is_behind = False
        """Whether it is to continue from the journals."""

    def begin(self, outlet: Outlet) -> None:
        """Send the client its position, and what it missed."""
        self.outlet = outlet
        self._streams.join(self, self._last_event_id)

    def end(self) -> None:
        """Send nothing more."""
        self._streams.leave(self)

    def write(self, text: str) -> None:
        """Send text; if the client does not read, continue from the journals later."""
        self.send(text.encode("ascii"))

    def send(self, data: bytes) -> None:
        """Send text that was encoded before, as :meth:`write` does."""
        outlet = self.outlet
        assert outlet is not None  # noqa: S101 - it has begun
        outlet.write(data)
        self.is_behind = self.is_behind or self.is_overfull

    @property
    def is_overfull(self) -> bool:
        """Whether its client has left so much unread that it gets nothing more."""
        return self.outlet is None or self.outlet.backlog() > MOST_UNREAD

    @property
    def is_clogged(self) -> bool:
        """Whether its client has not read what was sent."""
        return self.outlet is None or self.outlet.backlog() > 0


class Streams:
    """All event streams of a server. Unless noted otherwise, methods run in the loop's thread."""

    def __init__(self, worlds: Worlds, token: str | None) -> None:
        self._worlds = worlds
        self._feed = worlds.feed
        self._token = token
        self._streams: dict[EventStream, None] = {}
        self._looked = 0.0
        """The time of the last check for changes."""
        self._cancel_look: Callable[[], None] | None = None
        self._cancel_beat: Callable[[], None] | None = None
        self._cancel_step: Callable[[], None] | None = None
        self._caught_up: EventStream | None = None
        """The stream that is sent what it missed, and the remaining steps of that."""
        self._steps: Steps[None] = _no_steps()
        self._meanwhile: list[RenderedChange] | None = []
        """What has happened since it began; None if that is too much."""

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, stream: EventStream, last_event_id: str | None) -> None:
        """Add a stream, starting after the last change that its client received, or now."""
        outlet = stream.outlet
        assert outlet is not None  # noqa: S101 - it has begun
        self._streams[stream] = None
        if len(self._streams) == 1:
            # Called from any thread, even under a world's lock, so it only leaves a note for the
            # loop.
            self._feed.listen(lambda: outlet.soon(self._look_soon))
            self._cancel_beat = outlet.later(HEARTBEAT, self._beat)
        stream.last = self._feed.number
        ready: dict[str, Any] = {"version": __version__, "instance": self._feed.instance}
        if stream.world is not None:
            ready["world"] = stream.world
        text = written("ready", ready, f"{self._feed.instance}-{stream.last}")
        if last_event_id is not None:
            known = self._number_of(last_event_id)
            if known is None:
                text += written("dropped", {"reason": _unknown(last_event_id), "worlds": []})
            else:
                text = written("ready", ready)
                stream.last = known
                stream.is_behind = True
        stream.write(f"{RETRY}{self._masked(text)}")
        self._look_soon()

    def leave(self, stream: EventStream) -> None:
        """Remove a stream; without streams nothing is done."""
        if self._streams.pop(stream, self) is self or self._streams:
            return
        self._feed.listen(None)
        for cancel in (self._cancel_look, self._cancel_beat, self._cancel_step):
            if cancel is not None:
                cancel()
        self._cancel_look = self._cancel_beat = self._cancel_step = None
        self._caught_up = None

    def _any(self) -> Outlet | None:
        """Return an outlet to the loop, or None if there is no stream."""
        return next((stream.outlet for stream in self._streams), None)

    def _look_soon(self) -> None:
        outlet = self._any()
        if self._cancel_look is None and outlet is not None:
            wait = self._looked + MOMENT - stopwatch()
            self._cancel_look = outlet.later(max(0.0, wait), self._look)

    def _look(self) -> None:
        """Send all streams what has happened."""
        self._cancel_look = None
        self._looked = stopwatch()
        changes = self._feed.take()
        if changes is None:
            self._meanwhile = None
            for stream in self._streams:
                stream.is_behind = True
        elif changes:
            self._send(changes)
        behind = [stream for stream in self._streams if stream.is_behind]
        if self._caught_up is None:  # one at a time, since each reads the journals
            self._caught_up = next((stream for stream in behind if not stream.is_clogged), None)
            if self._caught_up is not None:
                self._steps = self._catch_up(self._caught_up)
                self._go_on()
        if any(stream.is_behind for stream in behind):
            self._look_soon()

    def _go_on(self) -> None:
        """Send a part of what a stream has missed."""
        self._cancel_step = None
        outlet = self._any()
        if outlet is None or self._caught_up not in self._streams or not _go(self._steps):
            self._caught_up = None
        else:
            self._cancel_step = outlet.later(0.0, self._go_on)

    def _send(self, changes: list[FeedChange]) -> None:
        instance = self._feed.instance
        rendered = [
            (change.number, change.world, self._masked(written_change(change, instance)))
            for change in changes
            # Later changes of these entries are sent then.
            if change.entry is None or change.entry.changed == change.number
        ]
        if self._caught_up is not None and self._meanwhile is not None:
            self._meanwhile += rendered
            if len(self._meanwhile) > MOST_MISSED:
                self._meanwhile = None
        newest = changes[-1].number
        whole: dict[str | None, bytes] = {}
        for stream in list(self._streams):
            if stream.is_behind:
                continue
            if changes[0].number <= stream.last:
                data = _joined(rendered, stream.world, stream.last).encode("ascii")
            elif (known := whole.get(stream.world)) is not None:
                data = known
            else:
                data = whole[stream.world] = _joined(rendered, stream.world).encode("ascii")
            stream.last = max(stream.last, newest)
            if data:
                stream.send(data)

    def _catch_up(self, stream: EventStream) -> Steps[None]:
        """Send a stream what it has missed, as far as its client reads, a part in each step."""
        until, self._meanwhile = self._feed.number, []
        changes, lost = yield from self._missed(stream, until)
        if lost:
            lost = {"reason": "no longer kept", "worlds": [], **lost}
            stream.write(self._masked(written("dropped", lost)))
        instance = self._feed.instance
        for first in range(0, len(changes), AT_ONCE):
            if first:
                yield
            part = changes[first : first + AT_ONCE]
            stream.last = part[-1].number
            stream.write("".join(self._masked(written_change(change, instance)) for change in part))
            if stream.is_overfull:
                return  # its client has not read that much
        stream.last = until
        if self._meanwhile is not None:
            stream.is_behind = False
            if self._meanwhile:
                stream.last = max(until, self._meanwhile[-1][0])
                stream.write(_joined(self._meanwhile, stream.world, until))

    def _missed(
        self, stream: EventStream, until: int
    ) -> Steps[tuple[list[FeedChange], dict[str, Any]]]:
        """Return the newest changes that a stream has missed, in order, and what was lost."""
        kept, is_lost = self._feed.since(stream.last, stream.world)
        lost: dict[str, Any] = {}
        if is_lost:
            lost["reason"] = "some changes without a request are no longer kept"
        missed: list[tuple[int, FeedChange | tuple[str, JournalEntry]]] = [
            (change.number, change) for change in kept
        ]
        left_out = looked_at = 0
        names = self._worlds.names() if stream.world is None else [stream.world]
        for name in names:
            world = self._worlds.there_is(name)
            if world is None:
                continue
            entries, newest_dropped = world.journal.changed_since(stream.last)
            if newest_dropped:
                lost.setdefault("worlds", []).append({"world": name, "up_to": newest_dropped})
            # Later changes are sent as they happen.
            missed += [
                (changed, (name, entry)) for entry in entries if (changed := entry.changed) <= until
            ]
            if len(missed) > 2 * MOST_MISSED:
                left_out += _keep_newest(missed)
            looked_at += len(world.journal) + 1
            if looked_at > LOOKED_AT:
                looked_at = 0
                yield
        left_out += _keep_newest(missed)
        if left_out:
            lost["reason"] = f"more than {MOST_MISSED:,} changes: {left_out:,} are left out"
        return [_change_of(*change) for change in missed if change[0] <= until], lost

    def _beat(self) -> None:
        outlet = self._any()
        if outlet is None:
            return
        self._cancel_beat = outlet.later(HEARTBEAT, self._beat)
        for stream in list(self._streams):
            if not stream.is_clogged:
                stream.write(BEAT)

    def _number_of(self, last_event_id: str) -> int | None:
        """Return the number of an event of this server, or None if it is not one."""
        found = _ID.fullmatch(last_event_id.strip())
        if found is None or found[1] != self._feed.instance:
            return None
        number = int(found[2])
        return number if number <= self._feed.number else None

    def _masked(self, text: str) -> str:
        return text.replace(self._token, MASK) if self._token else text


def _no_steps() -> Steps[None]:
    yield from ()


def _go(steps: Steps[None]) -> bool:
    """Go on by a step; return whether there are more."""
    try:
        next(steps)
    except StopIteration:
        return False
    return True


def _keep_newest(missed: list[tuple[int, Any]]) -> int:
    """Sort changes by number, and remove the oldest beyond a limit; return how many those are."""
    missed.sort(key=itemgetter(0))
    left_out = max(0, len(missed) - MOST_MISSED)
    del missed[:left_out]
    return left_out


def _change_of(number: int, missed: FeedChange | tuple[str, JournalEntry]) -> FeedChange:
    if isinstance(missed, FeedChange):
        return missed
    name, entry = missed
    return FeedChange(number, name, "request" if entry.state == "open" else "response", entry)


def _joined(rendered: Iterable[RenderedChange], world: str | None, after: int = 0) -> str:
    return "".join(
        text for number, name, text in rendered if number > after and world in (None, name)
    )


def _unknown(last_event_id: str) -> str:
    """Return why the changes since an event are unknown."""
    found = _ID.fullmatch(last_event_id.strip())
    if found is None:
        return f"Last-Event-ID {last_event_id[:80]!r} is not the id of an event"
    return f"event {last_event_id[:80]} is of another server: this one was started since"
