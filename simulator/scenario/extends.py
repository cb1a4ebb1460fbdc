"""One document over another: how ``extends`` merges, and where each part then comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from simulator.scenario.errors import Mistake, did_you_mean
from simulator.scenario.places import Origin

_NEVER_INHERITED = ("name", "description", "extends", "format")
_LISTS_BY_KEY: Mapping[str, str] = MappingProxyType({"customers": "customer_id"})
_MAPS_BY_KEY = ("business_attributes",)
_CHILD_FIRST = ("faults",)
_REPLACED = ("stages",)
_SINGLE = ("generate",)
"""Kept as lists, to which a parent's is added, though a document writes a single one."""

Entry = tuple[Any, Origin]


class Document(dict[str, Any]):
    """A checked document, and the texts that its parts come from, by their paths."""

    def __init__(
        self,
        members: Mapping[str, Any],
        origins: Mapping[str, Origin],
        written: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(members)
        self.origins = dict(origins)
        self.written = written or {}
        """The document as it was written, before its parent and before any conversion."""

    def origin(self, path: str) -> Origin:
        """Return where a part of the document was written."""
        found = self.origins.get(path)
        if found is not None:
            return found
        for end in range(len(path) - 1, 0, -1):
            if path[end] in ".[" and path[:end] in self.origins:
                origin = self.origins[path[:end]]
                return Origin(origin.source, origin.text, f"{origin.path}{path[end:]}")
        whole = self.origins[""]
        return Origin(whole.source, whole.text, path)

    def entries(self, name: str) -> list[Entry]:
        """Return the entries of a list, each with its origin."""
        if name in _SINGLE and f"{name}[0]" not in self.origins:
            return [(each, self.origin(name)) for each in self.get(name, ())]
        return [
            (each, self.origin(f"{name}[{place}]")) for place, each in enumerate(self.get(name, ()))
        ]


def merged(parent: Document, child: Document) -> Document:
    """Return a document over the one that it extends.

    Maps merge by key. Customers and business attributes merge by theirs, replacing in place, and
    ``remove: true`` drops one. Faults come before the parent's, stages in the place of the
    parent's, and every other list after the parent's, so that the parent's ids stay.
    """
    result = Document({}, {"": child.origins[""]}, child.written)
    for name in (*parent, *(each for each in child if each not in parent)):
        if name in _NEVER_INHERITED:
            if name in child:
                _put(result, name, child[name], child.origin(name))
        elif name not in child or name not in parent:
            owner = child if name in child else parent
            _put_whole(result, name, owner)
        elif name in _LISTS_BY_KEY:
            key = _LISTS_BY_KEY[name]
            _put_list(result, name, _by_key(parent.entries(name), child.entries(name), key))
        elif name in _REPLACED:
            _put_list(result, name, child.entries(name))
        elif isinstance(child[name], list):
            first, second = (child, parent) if name in _CHILD_FIRST else (parent, child)
            _put_list(result, name, [*first.entries(name), *second.entries(name)])
        elif isinstance(child[name], dict):
            below = parent[name]
            if name == "clock" and child[name].get("mode") == "real":
                below = {}  # a real clock has no time that could be inherited
            value = _merged_map(parent, child, name, below, child[name], result)
            _put(result, name, value, child.origin(name))
        else:
            _put(result, name, child[name], child.origin(name))
    return _without_removed(result)


def removals(parent: Mapping[str, Any], child: Mapping[str, Any], source: str) -> list[Mistake]:
    """Return the mistakes of removing what the parent does not have."""
    mistakes = []
    for name, key in _LISTS_BY_KEY.items():
        known = [each[key] for each in parent.get(name, ()) if key in each]
        for place, each in enumerate(child.get(name, ())):
            if each.get("remove") and each.get(key) not in known:
                there = did_you_mean(str(each[key]), known) if key in each else f" without {key}"
                mistakes.append(Mistake(source, f"{name}[{place}]", f"nothing to remove{there}"))
    for name in _MAPS_BY_KEY:
        known = list(parent.get(name, {}))
        for key, each in child.get(name, {}).items():
            if each.get("remove") and key not in known:
                there = did_you_mean(key, known)
                mistakes.append(Mistake(source, f"{name}.{key}", f"nothing to remove{there}"))
    return mistakes


def _put(result: Document, name: str, value: Any, origin: Origin) -> None:
    result[name] = value
    result.origins[name] = origin


def _put_whole(result: Document, name: str, owner: Document) -> None:
    if name in _SINGLE:
        _put_list(result, name, owner.entries(name))
        return
    _put(result, name, owner[name], owner.origin(name))
    for path, origin in owner.origins.items():
        if path.startswith((f"{name}.", f"{name}[")):
            result.origins[path] = origin


def _put_list(result: Document, name: str, entries: Iterable[Entry]) -> None:
    result[name] = []
    for place, (each, origin) in enumerate(entries):
        result[name].append(each)
        result.origins[f"{name}[{place}]"] = origin


def _by_key(parent: list[Entry], child: Iterable[Entry], key: str) -> list[Entry]:
    result = list(parent)
    places = {each[key]: place for place, (each, _) in enumerate(result) if key in each}
    for each, origin in child:
        place = places.get(each.get(key))
        if place is None:
            result.append((each, origin))
        else:
            result[place] = (each, origin)
    return result


def _merged_map(
    parent: Document,
    child: Document,
    path: str,
    below: Mapping[str, Any],
    above: Mapping[str, Any],
    result: Document,
) -> dict[str, Any]:
    """Return one map over another; those of business attributes replace each other whole."""
    members = dict(below)
    for name in below:
        result.origins[f"{path}.{name}"] = parent.origin(f"{path}.{name}")
    for name, value in above.items():
        inside = f"{path}.{name}"
        known = members.get(name)
        if path not in _MAPS_BY_KEY and isinstance(known, dict) and isinstance(value, dict):
            members[name] = _merged_map(parent, child, inside, known, value, result)
        else:
            members[name] = value
        result.origins[inside] = child.origin(inside)
    return members


def _without_removed(document: Document) -> Document:
    for name in _LISTS_BY_KEY:
        if name in document:
            entries = [entry for entry in document.entries(name) if not entry[0].get("remove")]
            _put_list(document, name, entries)
    for name in _MAPS_BY_KEY:
        if name in document:
            document[name] = {
                key: each for key, each in document[name].items() if not each.get("remove")
            }
    return document
