"""The server's log: a line for each request and each event, on standard error.

The log never blocks. A request leaves a note, which the thread that reads the connections renders a
moment later; lines that nobody reads are dropped and counted.
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

from cs_simulator.api.arrival import Target
from cs_simulator.api.judging import RequestContext
from cs_simulator.clock import Instant, format_instant, stopwatch, system_time
from cs_simulator.config import LogForm
from cs_simulator.journal.entries import JournalEntry, status_shown
from cs_simulator.lines import request_words

PAUSE = 0.05
"""The maximum delay of a request's line, in seconds: it lets one write take many lines."""

MANY = 24
"""Requests whose lines are not kept waiting for more: they fill a write, in little time."""

MOST_WAITING = 2**20
"""The number of bytes kept for a reader that is slower than the server."""

MASK = "***"

_CHUNK = 4096
"""The size of a write that a pipe on Linux takes whole if it takes anything: PIPE_BUF."""

_WORDS = ("debug", "info", "warning", "error", "critical")


class Output:
    """Write lines to a descriptor without ever blocking.

    The descriptor stays unchanged: it is shared with the process that started the server, and
    making it non-blocking would affect that process.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()
        self.lost = 0
        """The number of lines dropped since the last one that was written."""
        self._poll: Any = None
        if descriptor is not None and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLOUT)

    @property
    def has_room(self) -> bool:
        """Whether lines are currently accepted."""
        return len(self._waiting) < MOST_WAITING

    def write(self, lines: Sequence[str]) -> None:
        """Write lines without blocking; keep the rest, within limits, for later."""
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
            # Its reader is gone, or the disk is full: no reason to fail a request.
            self._waiting.clear()

    def _is_ready(self) -> bool:
        return self._poll is None or bool(self._poll.poll(0))


class _Note(NamedTuple):
    """A request that was answered, reduced to what its line needs.

    Keeping the whole request until then would fragment memory.
    """

    at: Instant
    world: str
    entry: JournalEntry | None
    method: str
    target: Target
    status: int | None


class Log:
    """Write events as lines of text or JSON."""

    def __init__(
        self, output: Output, form: LogForm = "text", level: int = logging.INFO, secret: str = ""
    ) -> None:
        self._output = output
        self._form = form
        self._shows_requests = level <= logging.INFO
        self.shows_control = level <= logging.DEBUG
        """Whether control requests are logged."""
        self._secret = secret
        self._notes: deque[_Note] = deque()
        self.wake: Callable[[], None] | None = None
        """Wakes the thread that renders requests, once there is one."""
        self._is_awake = False
        self._lock = Lock()
        self._flushed_at = stopwatch()

    @property
    def is_pending(self) -> bool:
        """Whether requests are waiting to be rendered."""
        return bool(self._notes)

    def completed(self, context: RequestContext, status: int) -> None:
        """Note that a request to the API has its response."""
        if not self._shows_requests:
            return
        self._notes.append(
            _Note(
                system_time(),
                context.world.name,
                context.entry,
                context.arrival.method,
                context.arrival.target,
                status,
            )
        )
        if not self._is_awake and self.wake is not None:
            self._is_awake = True
            self.wake()

    def controlled(self, method: str, path: str, status: int, milliseconds: float) -> None:
        """Write the line of a control request."""
        at = format_instant(system_time())
        members = {
            "operation": "control",
            "method": method,
            "path": self._masked(path),
            "status": status,
            "ms": milliseconds,
        }
        self._write([self._line(at, "debug", members)])

    def event(self, level: int, message: str, trace: str | None = None, **members: Any) -> None:
        """Write a line about the server, after those of earlier requests.

        ``members`` are added to the message if lines are JSON.
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
            # First, so that later notes are either seen below or wake this thread again.
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
            # None if the client left, or got no status line.
            "status": note.status if entry is None else status_shown(entry),
            "ms": None if entry is None else entry.milliseconds,
            "faults": [] if entry is None else list(entry.faults),
            "broken": None if entry is None else entry.broken,
            "hints": [] if entry is None else list(map(self._masked, entry.hints)),
        }
        return self._line(format_instant(note.at), "info", members)

    def _line(self, at: str, level: str, members: dict[str, Any]) -> str:
        if self._form == "json":
            return json.dumps({"time": at, "level": level, **members})
        return " ".join(request_words(at, members))

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, MASK) if self._secret else text


def _harmless(text: str) -> str:
    """Return text of one or more lines without terminal control characters."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


class _Events(logging.Handler):
    """Pass the records of the standard library's logging to the log."""

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
    """Return the log of this process on its standard error; also redirect logging to it."""
    number = (_WORDS.index(level) + 1) * 10
    # If there was no standard error at start-up, its number may belong to a connection.
    log = Log(Output(None if sys.stderr is None else 2), form, number, secret or "")
    root = logging.getLogger()
    root.addHandler(_Events(log))
    root.setLevel(number)
    # The server's own queue is not worth a warning: requests wait for one another here.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return log
