"""The journal: what a world was asked and what it answered, the newest of it.

An entry keeps references to what passed through; it is put into words only when it is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cs_simulator.clock import Instant, format_instant
from cs_simulator.domain.tenancy import Tenant

if TYPE_CHECKING:
    from cs_simulator.faults.verdict import Judgement

MAX_ENTRIES = 1_000
MAX_BYTES = 8 * 2**20
MAX_BODY = 64 * 2**10
MAX_SERVER_BYTES = 256 * 2**20

SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})
"""The headers of a request whose values are never shown."""

ENTRY_OVERHEAD = 2_000
_JUDGEMENT_OVERHEAD = 300
"""About what an entry takes beside its bodies, and what each rule that was asked adds."""


class Owner(NamedTuple):
    """Whose the service was that a request names, before the operation."""

    customer_id: str | None
    contact_key: str | None
    tenant: Tenant | None = None
    """The tenant whose data the request sees."""


NOBODY = Owner(None, None)


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
    args: Mapping[str, str] | None = None
    """The ids and names in the path, decoded."""
    owner: Owner | None = None
    """None until the operation begins: what the entry keeps of the request is not whole before."""
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

    @property
    def is_readable(self) -> bool:
        """Whether the request is here whole, so that one can tell what it looks like."""
        return self.owner is not None or self.state != "open"

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning of the request's body was kept."""
        return self.body_size > len(self.body)

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


class Budget:
    """The bytes that all journals of a server may hold together."""

    __slots__ = ("_journals", "_limit", "_lock", "_total")

    def __init__(self, limit: int = MAX_SERVER_BYTES) -> None:
        self._limit = limit
        self._lock = Lock()
        self._total = 0
        self._journals: set[Journal] = set()

    def join(self, journal: Journal) -> None:
        """Count a journal in."""
        with self._lock:
            self._journals.add(journal)

    def leave(self, journal: Journal) -> None:
        """Count a journal out, with all it holds."""
        with self._lock:
            self._journals.discard(journal)

    def spend(self, added: int) -> None:
        """Count bytes; past the limit the largest journal loses its oldest entries."""
        with self._lock:
            self._total += added
            while self._total > self._limit:
                largest = max(self._journals, key=lambda journal: journal.bytes, default=None)
                freed = 0 if largest is None else largest.drop_oldest()
                if not freed:
                    return
                self._total -= freed


class Journal:
    """Keep the newest entries of one world, bounded by number and by bytes."""

    __slots__ = (
        "_budget",
        "_entries",
        "_lock",
        "_next",
        "_unspent",
        "_watchers",
        "bytes",
        "dropped",
    )

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = Budget() if budget is None else budget
        self._entries: deque[Entry] = deque()
        self._lock = RLock()
        self._next = 1
        self._watchers: set[Callable[[], None]] = set()
        self._unspent = 0
        self.bytes = 0
        self.dropped = 0
        self._budget.join(self)

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
            self._unspent += self._weigh(entry)
        return entry

    def begin(self, entry: Entry, args: Mapping[str, str], owner: Owner) -> None:
        """Note, as the operation begins, what the request names."""
        entry.args = args
        entry.owner = owner
        if self._watchers:
            self._tell()

    def complete(
        self,
        entry: Entry,
        status: int | None,
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
            # What the opening added is counted now too: one look at the budget for a request.
            change = self._unspent + self._weigh(entry)
            self._unspent = 0
        self._budget.spend(change)
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

    def _weigh(self, entry: Entry) -> int:
        """Count what an entry holds by now, and drop the oldest past the bounds.

        Return by how much the journal has grown.
        """
        if entry.weight == 0 and entry.state == "done":
            return 0  # dropped while it was open
        before = self.bytes
        judged = _JUDGEMENT_OVERHEAD * len(entry.judgements)
        weight = ENTRY_OVERHEAD + judged + len(entry.body) + len(entry.reply)
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
        oldest.weight = 0
        self.dropped += 1
        return weight

    def drop_oldest(self) -> int:
        """Drop the oldest entry; return the bytes it held, 0 where there is none."""
        with self._lock:
            return self._drop_one() if self._entries else 0

    def entries(self) -> list[Entry]:
        """Return the entries there are, oldest first."""
        with self._lock:
            return list(self._entries)

    def since(self, after: int) -> tuple[list[Entry], int]:
        """Return the entries of a greater id, oldest first, and how many of such are dropped."""
        with self._lock:
            entries = [entry for entry in self._entries if entry.id > after]
            oldest = self._entries[0].id if self._entries else self._next
            return entries, max(0, min(self.dropped, oldest - 1 - after))

    def find(self, number: int) -> Entry | None:
        """Return the entry of an id, or None where there is none, or none any more."""
        with self._lock:
            return next((entry for entry in self._entries if entry.id == number), None)

    def clear(self) -> int:
        """Forget every entry; return how many there were. The next one's id goes on."""
        with self._lock:
            count = len(self._entries)
            for entry in self._entries:
                entry.weight = 0
            self._entries.clear()
            held, self.bytes, self._unspent = self.bytes - self._unspent, 0, 0
            self.dropped = 0
        self._budget.spend(-held)
        if self._watchers:
            self._tell()
        return count

    def close(self) -> None:
        """Forget every entry for good; whoever still completes one writes into nothing."""
        self.clear()
        self._budget.leave(self)
        self._budget = Budget()


def keep_body(entry: Entry, body: bytes) -> None:
    """Keep a request's body in its entry, cut where it is long."""
    entry.body_size = len(body)
    entry.body = body if len(body) <= MAX_BODY else body[:MAX_BODY]


def _named(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return [(name[5:].replace("_", "-").title(), value) for name, value in headers]


def _masked(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: "***" if name.lower() in SECRETS else value for name, value in headers}


def _body(body: bytes, size: int) -> dict[str, Any]:
    if not size:
        return {}
    members: dict[str, Any] = {"body": body.decode("utf-8", "backslashreplace")}
    if size > len(body):
        members["body_cut"] = f"the first {len(body)} of {size} bytes"
    return members
