"""Unexpected errors in a test's world; a strict test fails for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cs_simulator.client.wording import printable
from cs_simulator.testing.markers import STRICT, Strictness
from cs_simulator.testing.report import entry_lines, is_rejected

if TYPE_CHECKING:
    from cs_simulator.client.responses import Entry, Fault
    from cs_simulator.client.rules import Question
    from cs_simulator.testing.worlds import Lent

_TITLES = (
    ("unrouted", "{} that matched no operation"),
    ("rejected", "{} that was rejected"),
    ("hinted", "{} with a hint"),
    ("idle_faults", "{} that never acted"),
)


class Trouble(NamedTuple):
    """One error: its kind, what distinguishes it from others, and its description."""

    kind: str
    key: str
    lines: Sequence[str]


class Watch:
    """Collect errors while a strict test runs."""

    def __init__(self, worlds: Sequence[Lent], strictness: Strictness) -> None:
        self._worlds = worlds
        self._allowed = strictness.allowed
        self._seen: list[Trouble] = []
        for lent in worlds:
            lent.world.before_it_is_gone = lambda lent=lent: self._look(lent)

    def _look(self, lent: Lent) -> None:
        """Collect the errors so far, before they are cleared."""
        self._seen += [trouble for trouble in _troubles(lent) if trouble.kind not in self._allowed]

    def finish(self) -> str | None:
        """Return the errors for which a test fails at its end, or None."""
        for lent in self._worlds:
            lent.world.before_it_is_gone = None
            self._look(lent)
        if not self._seen:
            return None
        seen = list({(trouble.kind, trouble.key): trouble for trouble in self._seen}.values())
        parts = []
        for kind, title in _TITLES:
            count = sum(trouble.kind == kind for trouble in seen)
            if count:
                what = "fault" if kind == "idle_faults" else "request"
                parts.append(title.format(f"{count} {what}{'' if count == 1 else 's'}"))
        kinds = ", ".join(f'"{kind}"' for kind, _ in _TITLES if any(e.kind == kind for e in seen))
        fix = (
            'Say that it is expected with verify(..., response={"status": ...}), or allow it with '
            f"@pytest.mark.{STRICT}(allow=[{kinds}])"
        )
        lines = [line for trouble in seen for line in trouble.lines]
        return "\n".join([f"Not expected: {', '.join(parts)}", *lines, fix])


def _troubles(lent: Lent) -> Iterator[Trouble]:
    world = lent.world
    for entry in world.requests(after=world.since):
        kind = _kind_of(entry)
        if kind and not any(_is_expected(entry, question) for question in world.expected):
            key = f"{world.name} {entry['id']} {entry['time']} {entry['request']['path']}"
            yield Trouble(kind, key, entry_lines(entry, world))
    for fault in world.faults():
        if not fault["acted"]:
            yield Trouble("idle_faults", f"{world.name} {fault['name']}", [_fault_line(fault)])


def _kind_of(entry: Entry) -> str:
    if entry["operation"] == "unrouted":
        return "unrouted"
    if is_rejected(entry):
        return "rejected"
    return "hinted" if entry["hints"] else ""


def _is_expected(entry: Entry, question: Question) -> bool:
    """Tell whether a test has verified that requests like this one are answered as it was."""
    return any(
        "status" in pattern.get("response", {})
        and _is_on(pattern.get("on", "any"), entry["operation"])
        and _is_status(pattern["response"]["status"], entry.get("response", {}).get("status"))
        for pattern in question.get("in_order", [question])
    )


def _is_on(on: object, operation: str) -> bool:
    wanted = [on] if isinstance(on, str) else on
    return isinstance(wanted, Sequence) and ("any" in wanted or operation in wanted)


def _is_status(wanted: Any, status: object) -> bool:
    if isinstance(wanted, Mapping):
        matches = wanted.get("matches")
        if isinstance(matches, str):
            return re.fullmatch(matches, str(status)) is not None
        return _is_status(wanted.get("equals"), status)
    if isinstance(wanted, (list, tuple)):
        return any(_is_status(item, status) for item in wanted)
    return str(wanted) == str(status)


def _fault_line(fault: Fault) -> str:
    matched = f"matched {fault['matched']} requests" if fault["matched"] else "matched no request"
    return printable(f"fault {fault['name']} on {', '.join(fault['on'])}: {matched}")
