"""Merging documents by ``extends``, and the origin of each part of the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.problems import shown
from cs_simulator.documents.shape import Checker
from cs_simulator.documents.text import Origin
from cs_simulator.domain.metadata import KINDS, PREDEFINED_KEYS, PREDEFINED_SCHEMA

OWN_KEYS_BEGIN = "x-"
"""How the keys at the top of a document begin that are the author's own."""

_NEVER_INHERITED = ("name", "description", "extends", "format")
_LISTS_BY_KEY: Mapping[str, str] = MappingProxyType({"customers": "customer_id"})
_SCHEMAS = "extension_schemas"
_LISTS_BY_NAME = (
    "profile_attributes",
    "identification_keys",
    *(f"{_SCHEMAS}.{kind}" for kind in KINDS),
)
"""Lists whose entries have case-insensitive names."""
_MAPS_BY_KEY = ("business_attributes",)
_CHILD_FIRST = ("faults",)
_REPLACED = ("stages", "expect")
_SINGLE = ("generate",)
"""Kept as lists, to which a parent's is added, even if a document has a single value."""

Entry = tuple[Any, Origin]


class Predefined(dict[str, Any]):
    """An attribute or a key that a world has unless its document says otherwise."""


class Document(dict[str, Any]):
    """A checked document, and the texts that its parts come from, by path."""

    def __init__(
        self,
        members: Mapping[str, Any],
        origins: Mapping[str, Origin],
        written: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(members)
        self.origins = dict(origins)
        self.written = written or {}
        """The document as it was written, before merging and before any conversion."""
        self.partial: frozenset[str] = frozenset()
        """The keys that lost something with an error in it."""

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
        if name in _SINGLE and f"{name}[0]" not in self.origins and len(self.listed(name)) == 1:
            return [(entry, self.origin(name)) for entry in self.listed(name)]
        return [
            (entry, self.origin(f"{name}[{place}]"))
            for place, entry in enumerate(self.listed(name))
        ]

    def listed(self, path: str) -> list[Any]:
        """Return a list by its path; empty if it does not exist."""
        return _found(self, path) or []


def merged(parent: Document, child: Document) -> Document:
    """Merge a document over the one that it extends.

    Maps are merged by key. Customers, business attributes and metadata are merged by their names:
    entries are replaced in place, and ``remove: true`` drops one. Faults come before the parent's,
    stages and expectations replace the parent's, and every other list comes after the parent's, so
    that the parent's ids do not change.
    """
    result = Document({}, {"": child.origins[""]}, child.written)
    result.partial = parent.partial | child.partial
    for name in (*parent, *(child_key for child_key in child if child_key not in parent)):
        if name in _NEVER_INHERITED:
            if name in child:
                _put(result, name, child[name], child.origin(name))
        elif name in _LISTS_BY_NAME:
            _put_list(result, name, _by_name(parent, child, name))
        elif name == _SCHEMAS:
            _put(result, name, {}, (child if name in child else parent).origin(name))
            for path in _LISTS_BY_NAME:
                if path.startswith(f"{_SCHEMAS}."):
                    _put_list(result, path, _by_name(parent, child, path))
        elif name not in child or name not in parent:
            owner = child if name in child else parent
            _put_whole(result, name, owner)
        elif name in _LISTS_BY_KEY:
            key = _LISTS_BY_KEY[name]
            _put_list(result, name, _by_key(parent.entries(name), child.entries(name), key))
        elif name in _REPLACED:
            _put_whole(result, name, child)
        elif isinstance(child[name], list):
            first, second = (child, parent) if name in _CHILD_FIRST else (parent, child)
            _put_list(result, name, [*first.entries(name), *second.entries(name)])
        elif isinstance(child[name], dict):
            below = parent[name]
            if name == "clock" and child[name].get("mode") == "real":
                below = {}  # a real clock has no time to inherit
            value = _merged_map(parent, child, name, below, child[name], result)
            _put(result, name, value, child.origin(name))
        else:
            _put(result, name, child[name], child.origin(name))
    return _without_removed(result)


def mergeable(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a valid document as they are written, in the form that is merged.

    That is the form of a checked document: without null, which is the same as leaving a key out,
    without the author's own keys, and with text in the keys by which entries are merged.
    """
    given = _given(written).items()
    members = {key: value for key, value in given if not key.startswith(OWN_KEYS_BEGIN)}
    for name in _SINGLE:
        if isinstance(members.get(name), dict):
            members[name] = [members[name]]
    for name, key in _LISTS_BY_KEY.items():
        if name in members:
            members[name] = [_entry(entry, key) for entry in members[name]]
    schemas = dict(members.get(_SCHEMAS, {}))
    for path in _LISTS_BY_NAME:
        above, name = (schemas, path.partition(".")[2]) if "." in path else (members, path)
        if name in above:
            above[name] = [_entry(entry, "name") for entry in above[name]]
    return {**members, **({_SCHEMAS: schemas} if _SCHEMAS in members else {})}


def _given(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map without the keys that are null, and so the maps in it."""
    return {
        key: _given(value) if isinstance(value, dict) else value
        for key, value in written.items()
        if value is not None
    }


def _entry(written: Mapping[str, Any], key: str) -> dict[str, Any]:
    given = {name: value for name, value in written.items() if value is not None}
    return {**given, **({key: str(given[key])} if key in given else {})}


def check_removals(parent: Mapping[str, Any], child: Mapping[str, Any], checker: Checker) -> None:
    """Add problems for removing what the parent does not have."""
    for name, key in _LISTS_BY_KEY.items():
        known = dict.fromkeys(entry[key] for entry in parent.get(name, ()) if key in entry)
        seen = set()
        for place, entry in enumerate(child.get(name, ())):
            own = entry.get(key)
            # Data that the parent lacks is reported later, after merging.
            if own in seen and own in known:
                checker.problem(f"{name}[{place}].{key}", f"duplicate {key} {own}")
            seen.add(own)
            if entry.get("remove") and own not in known:
                _nothing_to_remove(f"{name}[{place}]", key, own, known, checker)
    for name in _MAPS_BY_KEY:
        there = parent.get(name, {})
        for key, entry in child.get(name, {}).items():
            if entry.get("remove") and key not in there:
                _nothing_to_remove(f"{name}.{key}", "name", key, there, checker)
    for path in _LISTS_BY_NAME:
        _check_names(parent, child, path, checker)


def _check_names(
    parent: Mapping[str, Any], child: Mapping[str, Any], path: str, checker: Checker
) -> None:
    known = {entry["name"].lower(): entry["name"] for entry in _inherited(parent, path)}
    seen: set[str] = set()
    for place, entry in enumerate(_found(child, path) or ()):
        name = entry.get("name")
        if name is None:  # remove: true alone
            known = {}
            continue
        at = f"{path}[{place}]"
        if name.lower() in seen:
            checker.problem(f"{at}.name", f"duplicate name {name}")
        elif entry.get("remove") and name.lower() not in known:
            _nothing_to_remove(at, "name", name, known.values(), checker)
        seen.add(name.lower())


def _nothing_to_remove(
    at: str, key: str, own: object, known: Iterable[object], checker: Checker
) -> None:
    if own is None:
        checker.problem(at, f"nothing to remove: {key} is missing")
    else:
        text = f"nothing to remove: no {key} {shown(own)}"
        checker.no_such(at, own, map(str, known), text=text)


def _found(members: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path, or None."""
    found: Any = members
    for name in path.split("."):
        found = found.get(name, {})
    return None if found == {} else found


def _inherited(parent: Mapping[str, Any], path: str) -> Iterable[Any]:
    """Return a parent's entries at a path, or those that every world has."""
    given = _found(parent, path)
    if given is not None:
        return list(given)
    if path == "profile_attributes":
        return [
            Predefined(name=attribute.name, type=attribute.type) for attribute in PREDEFINED_SCHEMA
        ]
    if path == "identification_keys":
        return [Predefined(name=k.name, attributes=list(k.attributes)) for k in PREDEFINED_KEYS]
    return []


def _by_name(parent: Document, child: Document, path: str) -> list[Entry]:
    """Merge the entries of a child over those of its parent, or those of every world.

    An empty list drops all of these, and so does an entry with only ``remove: true``.
    """
    if _found(parent, path) is None:
        whole = child.origin("")
        entries = [(entry, whole) for entry in _inherited(parent, path)]
    else:
        entries = parent.entries(path)
    if _found(child, path) == []:
        return []
    result = {entry["name"].lower(): (entry, origin) for entry, origin in entries}
    for entry, origin in child.entries(path):
        name = entry.get("name", "").lower()
        if not name:
            result = {}
        elif not entry.get("remove"):
            result[name] = (entry, origin)
        else:
            result.pop(name, None)
    return list(result.values())


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


def _put_list(result: Document, path: str, entries: Iterable[Entry]) -> None:
    *above, name = path.split(".")
    inside: Any = result
    for step in above:
        inside = inside[step]
    inside[name] = []
    for place, (entry, origin) in enumerate(entries):
        inside[name].append(entry)
        result.origins[f"{path}[{place}]"] = origin


def _by_key(parent: list[Entry], child: Iterable[Entry], key: str) -> list[Entry]:
    result = list(parent)
    places = {entry[key]: place for place, (entry, _) in enumerate(result) if key in entry}
    for entry, origin in child:
        place = places.get(entry.get(key))
        if place is None:
            result.append((entry, origin))
        else:
            result[place] = (entry, origin)
    return result


def _merged_map(
    parent: Document,
    child: Document,
    path: str,
    below: Mapping[str, Any],
    above: Mapping[str, Any],
    result: Document,
) -> dict[str, Any]:
    """Merge a map over another one; business attributes replace each other completely."""
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
                key: entry for key, entry in document[name].items() if not entry.get("remove")
            }
    return document
