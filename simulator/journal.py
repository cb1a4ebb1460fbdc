"""The journal: what a world was asked and what it answered, the newest of it.

An entry keeps references to what passed through; it is put into words only when it is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

from simulator.clock import Instant, format_instant
from simulator.faults.engine import Judgement

MAX_ENTRIES = 1_000
MAX_BYTES = 8 * 2**20
MAX_BODY = 64 * 2**10

_SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})
_ENTRY_OVERHEAD = 1_000


@dataclass(slots=True)
class Entry:
    """One request and its reply. It is *open* until the reply is complete."""

    id: int
    at: Instant
    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    """The request's, under the names that WSGI gives them."""
    edition: str | None = None
    operation: str = "unrouted"
    body: bytes = b""
    body_size: int = 0
    state: Literal["open", "done", "aborted"] = "open"
    status: int | None = None
    reply_headers: Sequence[tuple[str, str]] = ()
    reply: bytes = b""
    reply_size: int = 0
    hints: Sequence[str] = ()
    milliseconds: float | None = None
    faults: Sequence[str] = ()
    judgements: Sequence[Judgement] = ()
    waited: float = 0.0
    real_status: int | None = None
    """The status of the operation's own answer, where a fault replaced it."""
    weight: int = 0

    def as_members(self) -> dict[str, Any]:
        """Return the entry as JSON members, secrets masked and long bodies cut, as is said."""
        members: dict[str, Any] = {
            "id": self.id,
            "state": self.state,
            "at": format_instant(self.at),
            "operation": self.operation,
        }
        if self.edition is not None:
            members["edition"] = self.edition
        members["request"] = {
            "method": self.method,
            "path": self.target,
            "headers": _masked(_named(self.headers)),
            **_body(self.body, self.body_size),
        }
        if self.status is not None:
            members["reply"] = {
                "status": self.status,
                "headers": dict(self.reply_headers),
                **_body(self.reply, self.reply_size),
            }
            members["ms"] = self.milliseconds
        members["hints"] = list(self.hints)
        if self.faults:
            members["faults"] = list(self.faults)
        if self.waited:
            members["waited_ms"] = round(self.waited, 3)
        if self.real_status is not None:
            members["real_status"] = self.real_status
        return members


class Journal:
    """Keep the newest entries of one world, bounded by number and by bytes."""

    __slots__ = ("_bytes", "_entries", "_lock", "_next", "dropped")

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._lock = Lock()
        self._bytes = 0
        self._next = 1
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._entries)

    def open(
        self, at: Instant, method: str, target: str, headers: Sequence[tuple[str, str]]
    ) -> Entry:
        """Add the entry of a request that has arrived."""
        with self._lock:
            entry = Entry(self._next, at, method, target, headers)
            self._next += 1
            self._entries.append(entry)
            self._weigh(entry)
            return entry

    def complete(
        self,
        entry: Entry,
        status: int,
        headers: Sequence[tuple[str, str]],
        reply: bytes,
        hints: Sequence[str],
        milliseconds: float,
    ) -> None:
        """Complete an entry with its reply, before the reply's last byte leaves."""
        entry.reply_headers = headers
        entry.reply_size = len(reply)
        entry.reply = reply if len(reply) <= MAX_BODY else reply[:MAX_BODY]
        entry.hints = hints
        entry.milliseconds = milliseconds
        entry.status = status
        entry.state = "done"
        with self._lock:
            self._weigh(entry)

    def _weigh(self, entry: Entry) -> None:
        """Count what an entry holds by now, and drop the oldest past the bounds."""
        if entry.weight == 0 and entry.state == "done":
            return  # dropped while it was open
        weight = _ENTRY_OVERHEAD + len(entry.body) + len(entry.reply)
        self._bytes += weight - entry.weight
        entry.weight = weight
        entries = self._entries
        while len(entries) > MAX_ENTRIES or (self._bytes > MAX_BYTES and len(entries) > 1):
            oldest = entries.popleft()
            self._bytes -= oldest.weight
            oldest.weight = 0
            self.dropped += 1

    def entries(self) -> list[Entry]:
        """Return the entries there are, oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> int:
        """Forget every entry and count from 1 again; return how many there were."""
        with self._lock:
            count = len(self._entries)
            for entry in self._entries:
                entry.weight = 0
            self._entries.clear()
            self._bytes = 0
            self._next = 1
            self.dropped = 0
            return count


def keep_body(entry: Entry, body: bytes) -> None:
    """Keep a request's body in its entry, cut where it is long."""
    entry.body_size = len(body)
    entry.body = body if len(body) <= MAX_BODY else body[:MAX_BODY]


def _named(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return [(name[5:].replace("_", "-").title(), value) for name, value in headers]


def _masked(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: "***" if name.lower() in _SECRETS else value for name, value in headers}


def _body(body: bytes, size: int) -> dict[str, Any]:
    if not size:
        return {}
    members: dict[str, Any] = {"body": body.decode("utf-8", "backslashreplace")}
    if size > len(body):
        members["body_cut"] = f"the first {len(body)} of {size} bytes"
    return members
