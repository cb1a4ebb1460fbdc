"""The types of attributes: which values are accepted, and the one form in which each is stored.

A value is stored as it is shown: a date as text, a currency as a number. So two values are equal if
their stored forms are, however they were sent. The types are documented (*Attribute Schema*); the
forms of ``currency`` and of ``double`` are assumed.
"""

from __future__ import annotations

import math
import re
from datetime import date
from types import MappingProxyType
from typing import Any

from cs_simulator.clock import format_instant
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import (
    DATE_FORM,
    NO_SUCH_DATE,
    Boolean,
    Converter,
    Integer,
    Moment,
    Text,
)
from cs_simulator.domain.metadata import AttributeSchema

_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,11}(?:\.[0-9]{1,4})?", re.ASCII)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_MOST = 10**11


class Double:
    """Accept a finite number, or its text."""

    expected = "a number"

    def __call__(self, value: object) -> float:
        """Return the number for ``value``, or raise :exc:`UnfitError`."""
        if (isinstance(value, str) and _NUMBER.fullmatch(value)) or (
            isinstance(value, (int, float)) and not isinstance(value, bool)
        ):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            if math.isfinite(number):
                return number
        raise UnfitError(self.expected)


class Currency:
    """Accept an amount of money as a number or text: below 10^11, with at most four decimal places.

    A double holds that many digits exactly; an amount with more is a sign of a rounding error.
    """

    expected = "an amount such as 12.50, less than 10^11, with at most 4 decimal places"

    def __call__(self, value: object) -> int | float:
        """Return the amount, as an integer if it is whole, or raise :exc:`UnfitError`."""
        if isinstance(value, str):
            if not _AMOUNT.fullmatch(value):
                raise UnfitError(self.expected)
            amount = float(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            amount = value
        else:
            raise UnfitError(self.expected)
        if not -_MOST < amount < _MOST or round(amount, 4) != amount:
            raise UnfitError(self.expected)
        return int(amount) if amount == int(amount) else amount


class Datetime:
    """Accept a date with its time, in the form of all other dates of the API."""

    expected = Moment.expected
    _moment = Moment()

    def __call__(self, value: object) -> str:
        """Return the date in UTC, with milliseconds, or raise :exc:`UnfitError`."""
        return format_instant(self._moment(value))


class Day(Datetime):
    """Accept a day, as in examples of attributes of type ``date``, or a date with its time.

    The page on attributes calls the values of such an attribute *datetime*, so both are accepted.
    """

    expected = f"a date in the form YYYY-MM-DD or {DATE_FORM}"

    def __call__(self, value: object) -> str:
        """Return the date in the form in which it came, or raise :exc:`UnfitError`."""
        found = _DAY.fullmatch(value) if isinstance(value, str) else None
        try:
            if found is None:
                return super().__call__(value)
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        except UnfitError as unfit:
            raise UnfitError(self.expected, unfit.note) from None
        except ValueError:
            raise UnfitError(self.expected, NO_SUCH_DATE) from None


TYPES: MappingProxyType[str, Converter] = MappingProxyType(
    {
        "boolean": Boolean(),
        "string": Text(),
        "integer": Integer(32),
        "long": Integer(64),
        "double": Double(),
        "date": Day(),
        "datetime": Datetime(),
        "currency": Currency(),
    }
)
"""The converter for each type."""


def checked_value(attribute: AttributeSchema, value: Any) -> Any:
    """Return a value in the form in which it is stored, or raise :exc:`UnfitError`."""
    kept = TYPES[attribute.type](value)
    if attribute.length and attribute.type == "string" and len(kept) > attribute.length:
        raise UnfitError(f"at most {attribute.length} characters")
    return kept
