"""The server's log: a line a request and a line an event, on standard error.

Nothing waits for it. A request leaves a note, which is put into words a moment later by the thread
that reads the connections; what nobody reads is dropped, and how much that was is told.
"""

from __future__ import annotations

import json
import logging
import os
import select
import sys
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, NamedTuple

from cs_simulator.api.judging import Passage
from cs_simulator.api.paths import Target
from cs_simulator.clock import Instant, format_instant, stopwatch, system_time
from cs_simulator.config import LogForm
from cs_simulator.journal.entries import JournalEntry, status_shown
from cs_simulator.lines import request_words

PAUSE = 0.05
"""How long a request's line may be on its way, in seconds: many then take one write."""

MANY = 24
"""Requests whose lines are not kept waiting for more: they fill a write, in little time."""

MOST_WAITING = 2**20
"""Bytes that are kept for a reader that is slower than the server."""

MASK = "***"

_CHUNK = 4096
"""What a pipe on Linux takes whole once it says that it takes anything: PIPE_BUF."""

_WORDS = ("debug", "info", "warning", "error", "critical")


class Output:
    """Write lines to a descriptor without ever waiting for who reads it.

    The descriptor stays as it is: it is shared with whoever started the server, so that making it
    non-blocking would change their end too.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()
        self.lost = 0
        """The lines that were dropped since the last one that was taken."""
        self._poll: Any = None
        if descriptor is not None and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLOUT)

    @property
    def has_room(self) -> bool:
        """Whether lines are taken at present."""
        return len(self._waiting) < MOST_WAITING

    def write(self, lines: Sequence[str]) -> None:
        """Write lines as far as that goes at once; keep the rest, within bounds, for later."""
        if self._descriptor is None:
            return
        for line in lines:
            if self.has_room:
                self._waiting += f"{line}\n".encode("utf-8", "backslashreplace")
            else:
                self.lost += 1
        try:
            while self._waiting and self._is_ready():
                written = os.write(self._descriptor, self._waiting[:_CHUNK])
                del self._waiting[:written]
        except OSError:
            # Whoever read it is gone, or the disk is full: no reason to fail a request.
            self._waiting.clear()

    def _is_ready(self) -> bool:
        return self._poll is None or bool(self._poll.poll(0))


class _Note(NamedTuple):
    """A request that has been answered, and no more of it than its line tells.

    What it came with would stay until then, and memory be torn into pieces that nothing else fits.
    """

    at: Instant
    world: str
    entry: JournalEntry | None
    method: str
    target: Target
    status: int | None


class Log:
    """Put what happens into lines, of text or of JSON."""

    def __init__(
        self, output: Output, form: LogForm = "text", level: int = logging.INFO, secret: str = ""
    ) -> None:
        self._output = output
        self._form = form
        self._shows_requests = level <= logging.INFO
        self.shows_control = level <= logging.DEBUG
        """Whether control requests get a line."""
        self._secret = secret
        self._notes: deque[_Note] = deque()
        self.wake: Callable[[], None] | None = None
        """Wakes the thread that puts requests into words, once there is one."""
        self._is_awake = False
        self._lock = Lock()
        self._flushed_at = stopwatch()

    @property
    def is_pending(self) -> bool:
        """Whether requests wait to be put into words."""
        return bool(self._notes)

    def answered(self, passage: Passage, status: int) -> None:
        """Note that a request to the API was answered."""
        if not self._shows_requests:
            return
        self._notes.append(
            _Note(
                system_time(),
                passage.world.name,
                passage.entry,
                passage.arrival.method,
                passage.arrival.target,
                status,
            )
        )
        if not self._is_awake and self.wake is not None:
            self._is_awake = True
            self.wake()

    def controlled(self, method: str, path: str, status: int, milliseconds: float) -> None:
        """Write the line of a control request that was answered."""
        self._control_request(method, path, status, milliseconds)

    def event(self, level: int, message: str, trace: str | None = None, **members: Any) -> None:
        """Write a line about the server, after those of the requests before it.

        ``members`` stand beside the message where lines are JSON.
        """
        self._write([self._event(level, message, trace, members)])

    def flush(self, *, now: bool = False) -> None:
        """Write what is due, as the server's loop does; with ``now``, everything."""
        many = len(self._notes) >= MANY
        if now or many or stopwatch() - self._flushed_at >= PAUSE:
            self._write([])

    def _write(self, lines: list[str]) -> None:
        with self._lock:
            self._flushed_at = stopwatch()
            # First: what is noted from here on is seen below, or wakes this thread once more.
            self._is_awake = False
            notes = self._notes
            ready = [self._request(notes.popleft()) for _ in range(len(notes))]
            output = self._output
            if output.lost and output.has_room:
                text = (
                    f"{output.lost} log lines were dropped: standard error was not read fast enough"
                )
                output.lost = 0
                ready.insert(0, self._event(logging.WARNING, text, None, {}))
            output.write([*ready, *lines])

    def _event(self, level: int, message: str, trace: str | None, members: dict[str, Any]) -> str:
        at = format_instant(system_time())
        word = _WORDS[min(max(level // 10, 1), len(_WORDS)) - 1]
        message = self._masked(message)
        trace = None if trace is None else self._masked(trace)
        if self._form == "json":
            line = {"time": at, "level": word, "message": message, **members}
            if trace is not None:
                line["trace"] = trace
            return json.dumps(line)
        start = f"{at} {word}: " if level >= logging.WARNING else f"{at} "
        return _harmless(f"{start}{message}" if trace is None else f"{start}{message}\n{trace}")

    def _request(self, note: _Note) -> str:
        """Return the line of a request to the API."""
        entry, target = note.entry, note.target
        path = self._masked(f"{target.raw}?{target.query}" if target.query else target.raw)
        members: dict[str, Any] = {
            "world": note.world,
            "id": None if entry is None else entry.id,
            "operation": None if entry is None else entry.operation,
            "method": note.method,
            "path": path,
            # None where the client has gone, or got no status line.
            "status": note.status if entry is None else status_shown(entry),
            "ms": None if entry is None else entry.milliseconds,
            "faults": [] if entry is None else list(entry.faults),
            "broken": None if entry is None else entry.broken,
            "hints": [] if entry is None else list(map(self._masked, entry.hints)),
        }
        at = format_instant(note.at)
        if self._form == "json":
            return json.dumps({"time": at, "level": "info", **members})
        return " ".join(request_words(at, members))

    def _control_request(self, method: str, path: str, status: int, milliseconds: float) -> None:
        at = format_instant(system_time())
        members = {
            "operation": "control",
            "method": method,
            "path": self._masked(path),
            "status": status,
            "ms": milliseconds,
        }
        if self._form == "json":
            self._write([json.dumps({"time": at, "level": "debug", **members})])
        else:
            self._write([" ".join(request_words(at, members))])

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, MASK) if self._secret else text


def _harmless(text: str) -> str:
    """Return text of one or more lines in which nothing moves a terminal's cursor."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


class _Events(logging.Handler):
    """Hand the records of the standard library's logging to the log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        trace = None
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
        self._log.event(record.levelno, record.getMessage(), trace)


def open_log(form: LogForm, level: str, secret: str | None) -> Log:
    """Return the log of this process, on its standard error; what is logged goes there from now."""
    number = (_WORDS.index(level) + 1) * 10
    # Where there was no standard error at the start, its number may be that of a connection.
    log = Log(Output(None if sys.stderr is None else 2), form, number, secret or "")
    root = logging.getLogger()
    root.addHandler(_Events(log))
    root.setLevel(number)
    # The server's own queue is not worth a line: requests wait for one another here.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return log
