"""JSON Patch (RFC 6902): the difference of two documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Operation = dict[str, Any]
"""One step of a patch: ``{"op": "replace", "path": "/clock/mode", "value": "frozen"}``."""

_NONE: Any = object()


def patch_between(old: Any, new: Any) -> list[Operation]:
    """Return the patch that turns ``old`` into ``new``."""
    return list(_steps(old, new, ""))


def _steps(old: Any, new: Any, path: str) -> Iterator[Operation]:
    if old is new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _members(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _items(old, new, path)
    elif not same(old, new):
        yield {"op": "replace", "path": path, "value": new}


def _members(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Operation]:
    for name, value in old.items():
        there = new.get(name, _NONE)
        if there is _NONE:
            yield {"op": "remove", "path": f"{path}/{escaped(name)}"}
        else:
            yield from _steps(value, there, f"{path}/{escaped(name)}")
    for name, value in new.items():
        if name not in old:
            yield {"op": "add", "path": f"{path}/{escaped(name)}", "value": value}


def _items(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[Operation]:
    """Yield the steps that turn one list into another, without the common beginning and end."""
    shorter = min(len(old), len(new))
    first = 0
    while first < shorter and same(old[first], new[first]):
        first += 1
    rest = 0
    while rest < shorter - first and same(old[-1 - rest], new[-1 - rest]):
        rest += 1
    both = shorter - first - rest
    for place in range(first, first + both):
        yield from _steps(old[place], new[place], f"{path}/{place}")
    for place in range(len(old) - rest - 1, first + both - 1, -1):
        yield {"op": "remove", "path": f"{path}/{place}"}
    for place in range(first + both, len(new) - rest):
        yield {"op": "add", "path": f"{path}/{place}", "value": new[place]}


def same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are identical: true is not 1, and 1 is not 1.0."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def escaped(name: str) -> str:
    """Return a name escaped for a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
