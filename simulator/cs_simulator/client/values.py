"""Python values in the notation of the control API."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from cs_simulator.client.errors import ArgumentError

__tracebackhide__ = True  # pytest then shows the line of the test

_MILLISECOND = timedelta(milliseconds=1)
_UNITS = (("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))
_SPAN = re.compile(r"(\d{1,12})(ms|s|m|h|d|w)")
_SECONDS = (("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800))


def json_text(value: Any) -> str:
    """Encode a value as JSON, including Python types that JSON lacks.

    Raises :exc:`ArgumentError` if it contains something without such a notation.
    """
    try:
        return json.dumps(value, default=_plain, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        fix = "; use a finite number, or text" if "Out of range float" in str(error) else ""
        raise ArgumentError(f"cannot write {shown(value)} as JSON: {error}{fix}") from None


def span_text(span: object) -> str:
    """Return a duration as the server reads it; text is passed on unchanged."""
    if isinstance(span, str):
        return span
    if isinstance(span, timedelta):
        milliseconds = span // _MILLISECOND
        if milliseconds < 0 or (span and not milliseconds):
            what = "is shorter than a millisecond" if milliseconds == 0 else "goes back in time"
            raise ArgumentError(f"{span!r} {what}; use a duration such as timedelta(seconds=30)")
        unit, size = next(row for row in _UNITS if milliseconds % row[1] == 0)
        return f"{milliseconds // size}{unit}"
    fix = "use text such as '30s' or '2h', or a timedelta"
    if isinstance(span, (int, float)) and not isinstance(span, bool):
        fix = f"a number has no unit: use '{span}s' or timedelta(seconds={span})"
    raise ArgumentError(f"{shown(span)} is not a duration; {fix}")


def seconds_of(span: object) -> float:
    """Return the seconds of a duration; the server rejects an invalid one."""
    found = _SPAN.fullmatch(span) if isinstance(span, str) else None
    return int(found[1]) * dict(_SECONDS)[found[2]] if found else 0.0


def instant_text(moment: object) -> str:
    """Return an instant as the server reads it; text is passed on unchanged."""
    if isinstance(moment, str):
        return moment
    if not isinstance(moment, datetime):
        fix = "use text such as '2026-01-05T09:00:00.000Z', or a datetime with a time zone"
        raise ArgumentError(f"{shown(moment)} is not a time; {fix}")
    if moment.utcoffset() is None:
        raise ArgumentError(
            f"{moment!r} has no time zone; add one, for example moment.replace(tzinfo=UTC)"
        )
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        raise ArgumentError(f"{moment!r} is outside the years 1 to 9999 in UTC") from None
    return f"{in_utc:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f".{in_utc.microsecond // 1000:03}Z"


def _plain(value: object) -> Any:
    """Convert a value that JSON has no form for."""
    if isinstance(value, timedelta):
        return span_text(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    fields = getattr(value, "__dataclass_fields__", None)  # importing its class takes long
    if fields is not None and not isinstance(value, type):
        return {name: getattr(value, name) for name in fields}
    fix = "use text, a number, true, false, None, a list or a dict"
    if isinstance(value, (set, frozenset)):
        fix = "use a list, for example sorted(...) of it"
    elif isinstance(value, (bytes, bytearray)):
        fix = "decode it to text"
    elif isinstance(value, re.Pattern):
        fix = f'use {{"matches": {value.pattern!r}}}, which compares the whole value'
    elif isinstance(value, Iterable):
        fix = "use a list, for example list(...) of it"
    elif isinstance(value, date):
        fix = "use a datetime with a time zone, or the date as text"
    raise ArgumentError(f"cannot write {shown(value)} as JSON; {fix}")


def shown(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
