"""Time: the only module that reads a clock.

Instants are integers: milliseconds since 1970-01-01T00:00:00Z. Comparing, sorting and storing an
integer costs a fraction of what a ``datetime`` costs, and the API has no finer unit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Literal

Instant = int
Mode = Literal["real", "offset", "frozen"]

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EARLIEST: Instant = -62_135_596_800_000
"""0001-01-01T00:00:00.000Z, the earliest instant that can be written."""
LATEST: Instant = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z, the latest instant that can be written."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()

stopwatch = time.perf_counter
"""Real seconds, only for measuring how long something took."""

pause = time.sleep
"""Sleep for some real seconds, in a process that waits for another one; the server never does."""

thread_time = time.thread_time
"""Seconds of CPU time of the current thread, for limiting work: it does not advance while others
work.
"""


def system_time() -> Instant:
    """Return the machine's time."""
    return time.time_ns() // 1_000_000


def latest_of(mode: Mode) -> Instant:
    """Return the latest instant that a clock may be set to: a running one has a day left to run."""
    return LATEST if mode == "frozen" else LATEST - DAY


class WorldClock:
    """The time of one world.

    A *real* clock follows the machine, an *offset* clock runs from a given instant, a *frozen* one
    is stopped. The machine's time is read only through ``source``.
    """

    __slots__ = ("_anchor", "_source", "mode")

    def __init__(
        self,
        mode: Mode = "real",
        at: Instant | None = None,
        source: Callable[[], Instant] = system_time,
    ) -> None:
        self._source = source
        self.mode: Mode = mode
        # What `now` adds to the machine's time; for a frozen clock, the instant itself.
        self._anchor = 0
        if mode == "frozen":
            self._anchor = source() if at is None else at
        elif mode == "offset" and at is not None:
            self._anchor = at - source()

    def mark(self) -> tuple[Mode, Instant]:
        """Return the clock's mode and the current instant."""
        return self.mode, self.now()

    def now(self) -> Instant:
        """Return the current instant of this world."""
        if self.mode == "frozen":
            return self._anchor
        now = self._source() + self._anchor
        return now if now < LATEST else LATEST

    def advance(self, by: int) -> bool:
        """Advance an offset or frozen clock by milliseconds; tell whether it could go all the way.

        A real clock stays with the machine, and no clock passes the latest instant.
        """
        if self.mode == "real":
            return False
        possible = min(by, LATEST - self.now())
        self._anchor += possible
        return possible == by


def format_instant(instant: Instant) -> str:
    """Format an instant as ``YYYY-MM-DDTHH:mm:ss.SSSZ``, always with three decimals."""
    second, milliseconds = divmod(instant, SECOND)
    return f"{_second(second)}.{milliseconds:03}Z"


@lru_cache(maxsize=64)  # what is formatted under load is within a few seconds
def _second(second: int) -> str:
    days, rest = divmod(second, DAY // SECOND)
    hours, rest = divmod(rest, HOUR // SECOND)
    minutes, seconds = divmod(rest, MINUTE // SECOND)
    day = date.fromordinal(_EPOCH_DAY + days).isoformat()
    return f"{day}T{hours:02}:{minutes:02}:{seconds:02}"


def instant_of(moment: datetime) -> Instant:
    """Return the instant of an aware ``datetime``, truncated to milliseconds."""
    days = moment.toordinal() - _EPOCH_DAY
    offset = moment.utcoffset()
    shift = 0 if offset is None else round(offset.total_seconds() * SECOND)
    of_day = moment.hour * HOUR + moment.minute * MINUTE + moment.second * SECOND
    return days * DAY + of_day + moment.microsecond // 1_000 - shift


def format_http_date(instant: Instant) -> str:
    """Format an instant as the value of an HTTP ``Date`` header."""
    return _http_date(instant // SECOND)


@lru_cache(maxsize=64)
def _http_date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True)
