"""Python values in the notation of the control API, and checks of arguments.

A check says what was expected, what was found, and the fix.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import quote

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
    except ArgumentError as error:
        # Without the lines of the encoder, which would be shown in place of the line of the test.
        raise error.with_traceback(None) from None
    except (TypeError, ValueError) as error:
        fix = "; use a finite number, or text" if "Out of range float" in str(error) else ""
        raise ArgumentError(f"cannot write {shown(value)} as JSON: {error}{fix}") from None


def json_bytes(value: Any) -> bytes:
    """Encode a value as JSON for a request."""
    # UTF-8 has no lone surrogate, such as a file name that is not UTF-8 gets: JSON escapes it.
    return json_text(value).encode("utf-8", "backslashreplace")


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


def keywords_only(method: str, misplaced: Sequence[object], first: str) -> None:
    """Reject positional arguments of a method that has keywords alone.

    ``first`` is the keyword that the first one was most likely meant for.
    """
    if not misplaced:
        return
    found = misplaced[0]
    right = f"**{shown(found)}" if isinstance(found, Mapping) else f"{first}={shown(found)}"
    raise ArgumentError(
        f"{method}() expected only keywords, found {shown(found)}; use {method}({right})"
    )


def segment(name: object, what: str) -> str:
    """Return a name as a segment of a path."""
    if not isinstance(name, str) or not name:
        raise ArgumentError(f"expected the name of {what} as text, found {shown(name)}")
    return quote(name, safe="", errors="surrogatepass")


_TOO_LONG = 20
"""How many digits are too many for the number of a request."""


def request_id(number: object) -> int | str:
    """Return the id of a request in the journal."""
    if isinstance(number, bool) or not isinstance(number, (int, str)):
        raise ArgumentError(
            f"expected the id of a request, found {shown(number)}; use that of an entry, for "
            'example requests()[-1]["id"]'
        )
    if isinstance(number, str):
        if number.isdecimal() and len(number) < _TOO_LONG:
            return int(number)
        return quote(number, safe="/", errors="surrogatepass")
    return number


def missing(holder: object, what: str, name: str) -> AttributeError:
    """Return the error for an attribute that does not exist, with the nearest one that does."""
    text = f"{what} has no attribute {name!r}"
    if not name.startswith("_"):
        from difflib import get_close_matches

        public = [attribute for attribute in dir(type(holder)) if not attribute.startswith("_")]
        near = get_close_matches(name, public, 1)
        text += f"; did you mean {near[0]}?" if near else f"; help({what}) shows all"
    return AttributeError(text, name=name, obj=holder)


def instance(value: Any, kind: type, call: str, use: str) -> None:
    """Reject a value that is not of a class."""
    if not isinstance(value, kind):
        raise ArgumentError(f"{call} expected a {kind.__name__}, found {shown(value)}; use {use}")
