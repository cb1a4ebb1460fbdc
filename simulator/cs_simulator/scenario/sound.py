"""The sound part of a document with errors: what can still be checked, so that all are reported.

The shape of a document is checked before its parts are checked against each other. An entry with
the wrong shape is left out of the second check; the entries beside it are not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.positions import Origin
from cs_simulator.documents.shape import Checker
from cs_simulator.scenario.extends import Document

_REFERS_TO: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "customers": ("profile_attributes", "extension_schemas"),
        "identification_keys": ("profile_attributes", "extension_schemas"),
        "generate": ("profile_attributes",),
        "interactions": ("customers",),
        "services": ("business_attributes", "fidelity", "settings"),
        "progress": ("clock", "faults", "stages"),
    }
)
"""What a key of a document refers to; if that is invalid, references to it cannot be checked."""

_ENTRIES = ("customers", "services", "generate", "interactions", "faults", "stages")
"""The lists whose entries are checked one by one."""

_BY_ENTRY = ("interactions", "progress")
"""The keys that refer to single entries of a list."""

_PLACE = re.compile(r"([^.\[]*)\[(\d+)\](?:\.faults\[(\d+)\])?")


def sound(
    members: Mapping[str, Any], written: Mapping[str, Any], origin: Origin, checker: Checker
) -> Document:
    """Return a checked document without what has problems, or refers to what has some."""
    document = Document(members, {"": origin}, written)
    if not checker:
        return document
    lost, entries, rules = _wrong(checker)
    partial = {*lost, *entries, *(["faults"] if rules else [])}
    for key, others in _REFERS_TO.items():
        if (partial if key in _BY_ENTRY else lost).intersection(others):
            lost.add(key)
            partial.add(key)
    for key in lost & document.keys():
        del document[key]
    if "clock" in lost:
        document["clock"] = {"mode": "offset"}  # in which every rule is allowed
    if "customers" in partial:
        services = enumerate(document.get("services", ()))
        entries["services"] |= {place for place, each in services if "customer_id" in each}
    unsound_stages = entries.pop("stages", set())
    for key, places in entries.items():
        if key in document:
            document[key] = _without(document, document[key], key, places)
    for number in {*unsound_stages, *rules} if "stages" in document else ():
        stage = document["stages"][number]
        if number in unsound_stages:
            stage = {name: stage[name] for name in ("name", "faults") if name in stage}
        place = f"stages[{number}].faults"
        if "faults" in stage:
            stage = {**stage, "faults": _without(document, stage["faults"], place, rules[number])}
        document["stages"][number] = stage
    document.partial = frozenset(partial)
    return document


def _wrong(checker: Checker) -> tuple[set[str], dict[str, set[int]], dict[int, set[int]]]:
    """Return the keys with problems, the entries of lists, and the rules of stages."""
    if checker.more:
        return set(checker.wrong), defaultdict(set), defaultdict(set)  # as many as are shown
    keys: set[str] = set()
    entries: dict[str, set[int]] = defaultdict(set)
    rules: dict[int, set[int]] = defaultdict(set)
    for problem in checker.problems:
        found = _PLACE.match(problem.at)
        if found is None or found[1] not in _ENTRIES:
            keys.add(re.split(r"[.\[]", problem.at, maxsplit=1)[0])
        elif found[1] == "stages" and found[3]:
            rules[int(found[2])].add(int(found[3]))
        else:
            entries[found[1]].add(int(found[2]))
    return keys, entries, rules


def _without(
    document: Document, entries: Sequence[Any], path: str, wrong: Collection[int]
) -> list[Any]:
    """Return a list without some entries; record in the document where the others were written."""
    whole = document.origins[""]
    kept = [place for place in range(len(entries)) if place not in wrong]
    for now, place in enumerate(kept):
        document.origins[f"{path}[{now}]"] = Origin(whole.source, whole.text, f"{path}[{place}]")
    return [entries[place] for place in kept]
