"""What was probably meant: existing names, keys and ids that resemble a wrong one.

Each search costs a handful of dictionary look-ups, however much is stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from cs_simulator.domain.members import RESERVED

_LONGEST = 40
"""Longer names are unlikely to be typos."""
_SHORTEST = 5
"""In shorter names one letter makes another word."""
MOST_NAMES = 100
"""The maximum number of names that are compared one by one."""
_PREFIXES = ("+", "00", "tel:+", "tel:", "sip:+", "sip:", "")


class NearNames:
    """Names that another one may resemble: by case, camelCase, or all but one letter."""

    __slots__ = ("_by_deletion", "_folded", "_names")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._folded = {_folded(name): name for name in sorted(self._names)}
        self._by_deletion: dict[str, str] = {}
        for folded, name in self._folded.items():
            if len(folded) >= _SHORTEST:
                for shorter in _deletions(folded):
                    self._by_deletion.setdefault(shorter, name)

    def find(self, name: str) -> str | None:
        """Return the name that the given one resembles; None if it is one of them or unlike all."""
        if name in self._names or len(name) > _LONGEST:
            return None
        folded = _folded(name)
        found = self._folded.get(folded) or self._by_deletion.get(folded)
        if found is not None or len(folded) < _SHORTEST:
            return found
        for shorter in _deletions(folded):
            found = self._folded.get(shorter) or self._by_deletion.get(shorter)
            if found is not None and len(_folded(found)) >= _SHORTEST:
                return found
        return None


def near_name(name: str, names: Iterable[str]) -> str | None:
    """Return the first of a few names that the given one resembles; None if it is one of them."""
    few = list(islice(names, MOST_NAMES))
    return None if name in few else NearNames(few).find(name)


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _deletions(name: str) -> Iterator[str]:
    return (name[:place] + name[place + 1 :] for place in range(len(name)))


def other_keys(contact_key: str) -> Iterator[str]:
    """Yield other spellings of a contact key: with another prefix, or in lower case."""
    number = contact_key.strip()
    for prefix in _PREFIXES:
        if number.startswith(prefix):
            number = number.removeprefix(prefix)
            break
    for prefix in _PREFIXES:
        if prefix + number != contact_key:
            yield prefix + number
    if contact_key.lower() != contact_key:
        yield contact_key.lower()


def rounded_like(service_id: int) -> Iterator[int]:
    """Yield the ids that a floating-point number cannot distinguish from the given one."""
    as_float = float(service_id)
    reach = int(math.ulp(as_float)) // 2
    for other in range(int(as_float) - reach, int(as_float) + reach + 1):
        if other != service_id and float(other) == as_float:
            yield other


_NEAR_MEMBERS = NearNames({*RESERVED, "associate_state_task"})
"""The members of events; any other name is attached data."""

_near_member = lru_cache(maxsize=1024)(_NEAR_MEMBERS.find)


def near_member(name: str) -> str | None:
    """Return the member that a name resembles; None if it is one or resembles none.

    Cached, because clients attach the same names repeatedly: a search costs a twentieth of an
    event.
    """
    return _near_member(name) if len(name) <= _LONGEST else None
