"""The types of attributes: what a value may look like on the wire, and the one form it is kept in.

A value is kept as it is shown: a date as text, a currency as a number. So two values are equal
where their kept forms are, whatever they were sent as. The types are documented (*Attribute
Schema*); the forms of ``currency`` and of ``double`` are assumed.
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
from cs_simulator.domain.schemas import AttributeSchema

_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,11}(?:\.[0-9]{1,4})?", re.ASCII)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_MOST = 10**11


class Double:
    """Take a number that is finite, or its text."""

    expected = "a number"

    def __call__(self, value: object) -> float:
        """Return the number that ``value`` stands for, or raise :exc:`UnfitError`."""
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
    """Take an amount of money as a number or its text: below 10^11, with four decimals at most.

    So many digits a double holds exactly; an amount that needs more tells of a rounding error.
    """

    expected = "an amount such as 12.50, less than 10^11, with at most 4 decimal places"

    def __call__(self, value: object) -> int | float:
        """Return the amount, whole ones as an integer, or raise :exc:`UnfitError`."""
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
    """Take a date with its time, in the form that every other date of the API has."""

    expected = Moment.expected
    _moment = Moment()

    def __call__(self, value: object) -> str:
        """Return the date in UTC, with its milliseconds, or raise :exc:`UnfitError`."""
        return format_instant(self._moment(value))


class Day(Datetime):
    """Take a day, as examples show attributes of type ``date``, or a date with its time.

    The page on attributes calls the values of such an attribute *datetime*, so both are taken.
    """

    expected = f"a date in the form YYYY-MM-DD or {DATE_FORM}"

    def __call__(self, value: object) -> str:
        """Return the date in the form it has, or raise :exc:`UnfitError`."""
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
"""What a value of each type is taken for."""


def checked_value(attribute: AttributeSchema, value: Any) -> Any:
    """Return a value in the form it is kept in, or raise :exc:`UnfitError`."""
    kept = TYPES[attribute.type](value)
    if attribute.length and attribute.type == "string" and len(kept) > attribute.length:
        raise UnfitError(f"at most {attribute.length} characters")
    return kept
