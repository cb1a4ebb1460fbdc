"""Where the paths of the API have parameters, such as a contact key."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from itertools import pairwise
from types import MappingProxyType

from cs_simulator.operations import OPERATIONS

_ANY = r"[^/\s]+"
_MEANT: Mapping[str, str] = MappingProxyType({"src_id": "customer_id"})
"""Parameters that are what another name means elsewhere."""


def segments_named(names: Set[str]) -> tuple[re.Pattern[str], ...]:
    """Return patterns of the path parameters of some names, below any base path.

    Each finds ``before`` and the ``value``; the words that the API has in a value's place, such as
    ``start``, are none.
    """
    paths = [tuple(path.split("/")[1:]) for row in OPERATIONS for path in row.paths]
    places = dict.fromkeys(
        path[: at + 1]
        for path in paths
        for at, segment in enumerate(path)
        if segment.startswith("{")
        and not names.isdisjoint((segment[1:-1], _MEANT.get(segment[1:-1], "")))
    )
    return tuple(_pattern(place, paths) for place in places)


def _pattern(place: tuple[str, ...], paths: Collection[tuple[str, ...]]) -> re.Pattern[str]:
    above = place[:-1]
    words = {
        word
        for path in paths
        for kind, word in pairwise(path)
        if kind == above[-1] and not word.startswith("{")
    }
    before = "".join(
        f"/{_ANY if segment.startswith('{') else re.escape(segment)}" for segment in above
    )
    no_word = f"(?!(?:{'|'.join(map(re.escape, sorted(words)))})(?:[/\\s]|$))" if words else ""
    return re.compile(f"(?P<before>{before}/){no_word}(?P<value>{_ANY})")
