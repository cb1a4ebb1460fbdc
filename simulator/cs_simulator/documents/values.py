"""Scalars: which values on the wire are accepted, and how they are converted.

The vendor documents types, not their coercion. The rules are those of a lenient JSON binder, but
strict where leniency would hide a bug: contract section 2, *Scalars* and *Dates*, all assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from cs_simulator.clock import DAY, EARLIEST, HOUR, LATEST, MINUTE, SECOND, Instant, instant_of
from cs_simulator.documents.problems import UnfitError

Converter = Callable[[Any], Any]

DATE_FORM = "YYYY-MM-DDTHH:mm:ss.SSSZ"
NO_SUCH_DATE = "this date does not exist"
"""The note on a date that has the right form but does not exist."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which UTF-8 cannot express; JSON can, as an escape."""

_DIGITS = re.compile(r"-?[0-9]{1,40}", re.ASCII)
_STATUS_CLASS = re.compile(r"[1-5][xX]{2}")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))",
    re.ASCII,
)


class Integer:
    """Accept an integer, a float without a fraction, or a string of ASCII digits."""

    def __init__(self, bits: int, minimum: int | None = None) -> None:
        self.low = -(2 ** (bits - 1)) if minimum is None else minimum
        self.high = 2 ** (bits - 1) - 1
        article = "an" if str(bits).startswith("8") else "a"
        self.expected = f"{article} {bits}-bit integer"
        if minimum is not None:
            self.expected += f", {minimum} or greater"

    def __call__(self, value: object) -> int:
        """Return the integer for ``value``, or raise :exc:`UnfitError`."""
        if type(value) is int:
            number = value
        elif (isinstance(value, float) and value.is_integer()) or (
            isinstance(value, str) and _DIGITS.fullmatch(value)
        ):
            number = int(value)
        else:
            raise UnfitError(self.expected)
        if self.low <= number <= self.high:
            return number
        raise UnfitError(self.expected)


class Text:
    """Accept a string, or an integer, which is converted to text."""

    def __init__(self, *, empty: bool = True) -> None:
        self.empty = empty
        self.expected = "a string" if empty else "a non-empty string"

    def __call__(self, value: object) -> str:
        """Return the text for ``value``, or raise :exc:`UnfitError`."""
        if isinstance(value, str) and (value or self.empty):
            return value
        if type(value) is int:
            return str(value)
        raise UnfitError(self.expected)


class LongOrText:
    """Accept what the documents call *long or string*, and keep its type."""

    expected = "a 64-bit integer or a non-empty string"
    _long = Integer(64)

    def __call__(self, value: object) -> int | str:
        """Return ``value`` as an integer or a string, or raise :exc:`UnfitError`."""
        if isinstance(value, str):
            if value:
                return value
        elif isinstance(value, (int, float)):
            try:
                return self._long(value)
            except UnfitError:
                pass
        raise UnfitError(self.expected)


class Boolean:
    """Accept a boolean, or its word in any case: a documented example sends ``"true"``."""

    expected = "true or false"

    def __call__(self, value: object) -> bool:
        """Return the boolean for ``value``, or raise :exc:`UnfitError`."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            word = value.lower()
            if word == "true":
                return True
            if word == "false":
                return False
        raise UnfitError(self.expected)


class Moment:
    """Accept a date in the documented form; an offset such as ``+02:00`` is converted."""

    expected = f"a date in the form {DATE_FORM}"

    def __call__(self, value: object) -> Instant:
        """Return the instant for ``value``, or raise :exc:`UnfitError`."""
        found = _DATE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise UnfitError(self.expected, _wrong_with_date(value))
        year, month, day, hour, minute, second, milliseconds, sign, hours, minutes = found.groups()
        try:
            moment = datetime(
                int(year),
                int(month),
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=_zone(sign, hours, minutes),
            )
        except ValueError:
            # The form is right, but there is no such day or hour.
            raise UnfitError(self.expected, NO_SUCH_DATE) from None
        instant = instant_of(moment) + int(milliseconds or 0)
        if EARLIEST <= instant <= LATEST:
            return instant
        raise UnfitError(self.expected, "in UTC it is outside the years 1 to 9999")


_LONG_AGO = 10**8
"""Larger numbers may be seconds or milliseconds since 1970."""
_NEARLY = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<time>(?P<between>[Tt ]?)[0-9]{2}:[0-9]{2}"
    r"(?P<seconds>:[0-9]{2}(?P<fraction>[.,][0-9]*)?)?)?"
    r" ?(?P<zone>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?(?P<name>\[.*\])?",
    re.ASCII,
)


def _wrong_with_date(value: object) -> str:
    """Return the first thing wrong with a text that resembles a date, or an empty string."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        is_epoch = abs(value) > _LONG_AGO
        return "seconds or milliseconds since 1970 are no date here" if is_epoch else ""
    found = _NEARLY.fullmatch(value) if isinstance(value, str) and len(value) < 100 else None
    if found is None:
        return ""
    zone, fraction = found["zone"] or "", found["fraction"]
    wrong = (
        (found["time"] is None, "the time of day is missing"),
        (found["between"] != "T", "a T stands between date and time"),
        (found["seconds"] is None, "the seconds are missing"),
        (fraction is not None and fraction[:1] == ",", "a point stands before the milliseconds"),
        (fraction is not None and len(fraction) != 4, "milliseconds have three digits"),
        (not zone, "the zone is missing: Z, or an offset such as +02:00"),
        (zone[:1] in "+-" and ":" not in zone, "an offset has a colon, such as +02:00"),
        (True, "the zone is Z, or an offset such as +02:00"),
    )
    return next(problem for is_wrong, problem in wrong if is_wrong)


def _zone(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None or hours is None or minutes is None:
        return timezone.utc  # noqa: UP017 - beside its kin
    if int(minutes) > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def as_text(value: object) -> str:
    """Return the text by which a scalar is compared: in filters, 100 equals "100"."""
    return value if isinstance(value, str) else str(value)


_UNITS: Mapping[str, int] = MappingProxyType(
    {
        "ms": 1,
        "s": SECOND,
        "m": MINUTE,
        "h": HOUR,
        "d": DAY,
        "w": 7 * DAY,
        "M": 30 * DAY,
        "y": 365 * DAY,
    }
)
_SPAN = re.compile(r"([0-9]{1,12})(ms|[smhdwMy])", re.ASCII)
_LONG_SPAN = re.compile(r"[0-9]{13,}(?:ms|[smhdwMy])", re.ASCII)


class Span:
    """Accept a duration as in the vendor's option ``expiration``, such as ``5y`` or ``90m``.

    Milliseconds, ``250ms``, are our addition.
    """

    expected = "a duration such as 250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"

    def __call__(self, value: object) -> int:
        """Return the duration in milliseconds, or raise :exc:`UnfitError`."""
        found = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            is_long = isinstance(value, str) and _LONG_SPAN.fullmatch(value)
            raise UnfitError(self.expected + (" (at most 12 digits)" if is_long else ""))
        return int(found[1]) * _UNITS[found[2]]


def span_text(milliseconds: int) -> str:
    """Return a duration in the largest unit that divides it, but not in months."""
    units = "ywdhms" if milliseconds else ""
    unit = next((unit for unit in units if milliseconds % _UNITS[unit] == 0), "ms")
    return f"{milliseconds // _UNITS[unit]}{unit}"


class Statuses:
    """Accept an HTTP status, or a class of them such as 4xx.

    :param lowest: The lowest accepted status, a multiple of 100.
    """

    def __init__(self, lowest: int = 100) -> None:
        self.lowest = lowest

    def __call__(self, value: object) -> frozenset[int]:
        """Return the statuses for a value."""
        if isinstance(value, str) and _STATUS_CLASS.fullmatch(value):
            first = int(value[0]) * 100
            if first >= self.lowest:
                return frozenset(range(first, first + 100))
        try:
            number = Integer(32)(value)
        except UnfitError:
            number = 0
        if self.lowest <= number <= 599:
            return frozenset({number})
        raise UnfitError(f"a status from {self.lowest} to 599, or a class of them such as 4xx")

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of accepted values."""
        number = {"type": "integer", "minimum": self.lowest, "maximum": 599}
        pattern = f"^[{self.lowest // 100}-5][xX]{{2}}$"
        return {"anyOf": [number, {"type": "string", "pattern": pattern}]}


def integer_text(text: str) -> int | None:
    """Return the integer written in a path segment, or None if it is not one."""
    return int(text) if _DIGITS.fullmatch(text) else None


def with_scalars(data: Any, change: Callable[[Any], Any]) -> Any:
    """Return JSON data in new maps and lists, with a function applied to each scalar."""
    if isinstance(data, Mapping):
        return {name: with_scalars(value, change) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [with_scalars(item, change) for item in data]
    return change(data)
