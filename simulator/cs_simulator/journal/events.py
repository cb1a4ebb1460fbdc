"""Events: the changes of the feed, written as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cs_simulator.clock import format_instant

if TYPE_CHECKING:
    from cs_simulator.journal.entries import JournalEntry
    from cs_simulator.journal.feed import FeedChange

MOST_OF_PATH = 2_000
"""The maximum length of a target in an event; the journal has all of it."""

_encoded = json.JSONEncoder(separators=(",", ":")).encode


def written(kind: str, members: Mapping[str, Any], event_id: str | None = None) -> str:
    """Return one event in its wire format; ASCII JSON has no line ends that would break it."""
    first = "" if event_id is None else f"id: {event_id}\n"
    return f"{first}event: {kind}\ndata: {_encoded(members)}\n\n"


def written_change(change: FeedChange, instance: str) -> str:
    """Return a change in its wire format: first the rules that acted, then the response."""
    event_id = f"{instance}-{change.number}"
    entry = change.entry
    if entry is None:
        return written(change.kind, {"world": change.world, **change.members}, event_id)
    text = written(change.kind, entry_summary(change.world, entry), event_id)
    if entry.faults and change.kind == "response":
        acted = {"world": change.world, "change": "acted", "names": list(entry.faults)}
        return written("fault", {**acted, "id": entry.id}) + text
    return text


def entry_summary(world: str, entry: JournalEntry) -> dict[str, Any]:
    """Return the summary of an entry, with the journal's member names."""
    target = entry.target
    members: dict[str, Any] = {
        "world": world,
        "id": entry.id,
        "state": entry.state,
        "time": format_instant(entry.at),
        "method": entry.method,
        "path": target if len(target) <= MOST_OF_PATH else f"{target[:MOST_OF_PATH]}...",
        "operation": entry.operation,
    }
    if entry.faults:
        members["faults"] = list(entry.faults)
    if entry.milliseconds is not None:
        members["status"] = entry.status
        members["ms"] = entry.milliseconds
        members["hints"] = len(entry.hints)
    if entry.waited:
        members["waited_ms"] = round(entry.waited, 3)
    if entry.broken is not None:
        members["broken"] = entry.broken
    return members
