"""What a failed test is told of its world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.client import SimulatorError, World

if TYPE_CHECKING:
    from cs_simulator.client.answers import Entry

_MOST = 50
_LONGEST = 300


def report_of(world: World) -> str:
    """Return the journal of a world, with its hints, and what went wrong in it."""
    try:
        journal = world.requests_page(limit=_MOST)
        scenario, clock = world.scenario(), world.clock()
    except SimulatorError as error:
        return str(error)
    entries = journal["requests"]
    lines = [f"{world.root_url} scenario {scenario['name']}, clock {clock['mode']} {clock['time']}"]
    if not entries:
        return f"{lines[0]}\nNothing was asked of this world."
    before = entries[0]["id"] - 1
    if before:
        lines.append(f"({before} earlier requests are not shown)")
    lines += [line for entry in entries for line in _lines(entry, world)]
    for title, chosen in (
        ("Matched no operation", [each for each in entries if each["operation"] == "unrouted"]),
        ("Refused", [each for each in entries if _is_refused(each)]),
    ):
        if chosen:
            lines.append(f"{title}:")
            lines += [line for entry in chosen for line in _details(entry)]
    return "\n".join(lines)


def _lines(entry: Entry, world: World) -> list[str]:
    """Return an entry in a line, and its hints below."""
    reply = entry.get("response")
    answer = str(reply["status"]) if reply else entry["state"]
    path = entry["request"]["path"].removeprefix(world.prefix)
    words = [f"#{entry['id']}", entry["request"]["method"], path, "->", answer, entry["operation"]]
    if "faults" in entry:
        words.append(f"[fault {', '.join(entry['faults'])}]")
    return [" ".join(words), *(f"     hint: {hint}" for hint in entry["hints"])]


def _is_refused(entry: Entry) -> bool:
    """Tell whether the simulator refused a request, and not a fault for it."""
    status = entry.get("real_status") or (entry["response"]["status"] if "response" in entry else 0)
    by_fault = "faults" in entry and "real_status" not in entry
    return status >= 400 and entry["operation"] != "unrouted" and not by_fault


def _details(entry: Entry) -> list[str]:
    lines = [f"  #{entry['id']} {entry['request']['method']} {entry['request']['path']}"]
    for word, body in (
        ("sent", entry["request"].get("body")),
        ("answered", entry.get("response", {}).get("body")),
    ):
        if body:
            short = body if len(body) <= _LONGEST else f"{body[:_LONGEST]}... ({len(body)} in all)"
            lines.append(f"     {word}: {short}")
    return lines
