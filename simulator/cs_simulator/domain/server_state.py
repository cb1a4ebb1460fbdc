"""The server itself, as a client sees it: its mode and its counters."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from cs_simulator.clock import DAY, Instant
from cs_simulator.operations.row import Mode

MODES: tuple[Mode, ...] = ("production", "maintenance")


class Statistics(NamedTuple):
    """The number of requests on the current day of the world's clock."""

    requests: int = 0
    client_errors: int = 0
    server_errors: int = 0
    last_request: Instant | None = None


class ServerState:
    """The mode of one world's server, its start time, and its counters.

    Replies are counted outside the world's lock, so the counters have their own lock.
    """

    __slots__ = ("_lock", "_statistics", "mode", "started")

    def __init__(self, started: Instant = 0, mode: Mode = "production") -> None:
        self.started = started
        self.mode: Mode = mode
        self._lock = Lock()
        self._statistics = Statistics()

    def count(self, status: int, now: Instant) -> None:
        """Count a reply."""
        with self._lock:
            requests, client_errors, server_errors, _ = self.statistics(now)
            self._statistics = Statistics(
                requests + 1,
                client_errors + (400 <= status < 500),
                server_errors + (status >= 500),
                now,
            )

    def mark(self) -> tuple[Mode, Statistics]:
        """Return a mark of its current mode and counters."""
        return self.mode, self._statistics

    def go_back(self, mark: tuple[Mode, Statistics]) -> None:
        """Restore the mode and the counters of a mark."""
        with self._lock:
            self.mode, self._statistics = mark

    def statistics(self, now: Instant) -> Statistics:
        """Return the counters of the current day."""
        counted = self._statistics
        last = counted.last_request
        if last is not None and last // DAY != now // DAY:
            return Statistics(last_request=last)
        return counted
