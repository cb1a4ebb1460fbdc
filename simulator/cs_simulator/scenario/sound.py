"""What is sound of a document with problems.

The shape of a document is checked before its parts are checked against each other. An entry with
the wrong shape is left out of the second check; the entries beside it are not. Of a service, what
it is and whose it is stays in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.shape import Checker
from cs_simulator.documents.text import Origin
from cs_simulator.scenario.extends import Document

_REFERS_TO: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "customers": ("profile_attributes", "extension_schemas"),
        "identification_keys": ("profile_attributes", "extension_schemas"),
        "generate": ("profile_attributes",),
        "interactions": ("customers",),
        "services": ("business_attributes", "fidelity", "settings"),
        "deleted_services": ("fidelity", "settings"),
        "progress": ("clock", "faults", "stages"),
    }
)
"""What a key of a document refers to; if that is invalid, references to it cannot be checked."""

_ENTRIES = (
    "customers",
    "services",
    "deleted_services",
    "generate",
    "interactions",
    "faults",
    "stages",
)
"""The lists from which single entries can be left out."""

_KEPT_WHOLE = ("faults", "stages")
"""Those whose entries are checked for contradictions even if they have other problems."""

_OF_SERVICE = ("service_id", "customer_id", "contact_key", "tenant")
"""The keys of a service that are checked against others even if it has other problems."""

_BY_ENTRY = ("interactions", "progress")
"""The keys that refer to single entries of a list."""

_PLACE = re.compile(r"([^.\[]*)\[(\d+)\]")


def sound(
    members: Mapping[str, Any], written: Mapping[str, Any], origin: Origin, checker: Checker
) -> Document:
    """Return a checked document without what has problems, or refers to what has some."""
    document = Document(members, {"": origin}, written)
    if not checker:
        return document
    lost, entries = _wrong(checker)
    partial = {*lost, *entries}
    for key, others in _REFERS_TO.items():
        if (partial if key in _BY_ENTRY else lost).intersection(others):
            lost.add(key)
            partial.add(key)
    for key in lost & document.keys():
        del document[key]
    if "clock" in lost:
        document["clock"] = {"mode": "offset"}  # in which every rule is allowed
    services = document.get("services", ())
    reduced = {
        place: known
        for place in entries["services"]
        if place < len(services) and (known := _known_of(services[place], place, checker))
    }
    if "customers" in partial:
        may_own = _owners_left_out(document, written, entries["customers"])
        left_out = {
            place for place, service in enumerate(services) if may_own(service.get("customer_id"))
        }
        entries["services"] |= left_out
        reduced = {place: service for place, service in reduced.items() if place not in left_out}
    for key, indices in entries.items():
        if key in document and key not in _KEPT_WHOLE:
            written_there = document[key]
            if key == "services" and reduced:
                indices = indices - reduced.keys()
                written_there = [reduced.get(*numbered) for numbered in enumerate(written_there)]
            document[key] = _without(document, written_there, key, indices)
    document.partial = frozenset(partial)
    return document


def _known_of(service: Mapping[str, Any], place: int, checker: Checker) -> Mapping[str, Any] | None:
    """Return what a service with problems is and whose it is; None if that is among them."""
    wrong = {problem.at for problem in checker.problems}
    known = {key: service[key] for key in _OF_SERVICE if key in service}
    has_owner = "customer_id" in known or "contact_key" in known
    is_wrong = any(f"services[{place}].{key}" in wrong for key in known)
    return known if has_owner and not is_wrong else None


def _owners_left_out(
    document: Document, written: Mapping[str, Any], wrong: Collection[int]
) -> Callable[[str | None], bool]:
    """Return whether a customer of some id may be among those with problems, by their places."""
    customers, given = document.get("customers"), written.get("customers")
    if customers is None or not isinstance(given, list):
        return lambda owner: owner is not None
    known = {
        customer.get("customer_id")
        for place, customer in enumerate(customers)
        if place not in wrong
    }
    left_out = [
        given[place].get("customer_id") if isinstance(given[place], dict) else None
        for place in wrong
    ]
    if all(isinstance(customer_id, str) for customer_id in left_out):
        return lambda owner: owner in left_out and owner not in known
    return lambda owner: owner is not None and owner not in known


def _wrong(checker: Checker) -> tuple[set[str], dict[str, set[int]]]:
    """Return the keys with problems, and the entries of lists."""
    if checker.more:
        return set(checker.wrong), defaultdict(set)  # not every problem was kept
    keys: set[str] = set()
    entries: dict[str, set[int]] = defaultdict(set)
    for problem in checker.problems:
        found = _PLACE.match(problem.at)
        if found is None or found[1] not in _ENTRIES:
            keys.add(re.split(r"[.\[]", problem.at, maxsplit=1)[0])
        else:
            entries[found[1]].add(int(found[2]))
    return keys, entries


def _without(
    document: Document, entries: Sequence[Any], path: str, wrong: Collection[int]
) -> list[Any]:
    """Return a list without some entries; record in the document where the others were written."""
    whole = document.origins[""]
    kept = [index for index in range(len(entries)) if index not in wrong]
    for index, written in enumerate(kept):
        at = f"{path}[{written}]"
        document.origins[f"{path}[{index}]"] = Origin(whole.source, whole.text, at)
    return [entries[written] for written in kept]
