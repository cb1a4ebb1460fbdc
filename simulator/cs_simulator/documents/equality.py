"""The meaning of "equal" wherever a document gives a value: in rules, questions and expectations.

Scalars are compared as text, and numbers by value: ``275``, ``275.0`` and ``"275"`` are equal,
``true`` and ``1`` are not. Maps must have the same keys and lists the same order, at every depth.
Where a query or a header has several values, one match is enough; a list requires all of them, in
order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any
from urllib.parse import quote


def text_of(value: Any) -> str | None:
    """Return the text by which a scalar is compared; None for maps and lists."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value) if isinstance(value, int) else None


def equal(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are equal."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(equal(value, other[name]) for name, value in one.items())
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(equal, one, other))
    text = text_of(one)
    return text is not None and text == text_of(other)


def any_equal(values: Sequence[Any], wanted: Any) -> bool:
    """Tell whether any value equals the expected one, or all equal the items of a list."""
    if any(equal(value, wanted) for value in values):
        return True
    return isinstance(wanted, list) and bool(values) and equal(list(values), wanted)


def same_items(values: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Tell whether the values, or a list among them, have the expected items in any order."""
    items = Counter(map(_key, wanted))
    lists = [value for value in values if isinstance(value, list)]
    return any(
        Counter(map(_key, candidate)) == items
        for candidate in (*lists, values)
        if candidate or not items
    )


def _key(value: Any) -> Hashable:
    """Return a key that two values share exactly if they are equal."""
    if isinstance(value, dict):
        return frozenset((name, _key(member)) for name, member in value.items()), "map"
    if isinstance(value, list):
        return tuple(map(_key, value)), "list"
    return text_of(value)


_TRIPLET = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def normal_path(path: str) -> str:
    """Return a path in the normal form in which paths are compared (RFC 3986, section 6.2.2).

    Only characters that need it are percent-encoded, with upper-case digits.
    """

    def plain(triplet: re.Match[str]) -> str:
        octet = int(triplet[1], 16)
        return chr(octet) if octet in _UNRESERVED else triplet[0].upper()

    encoded = quote(path, safe="/%!$&'()*+,;=:@-._~")
    return _TRIPLET.sub(plain, encoded)
