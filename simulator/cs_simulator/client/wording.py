"""The texts of a failed verification and a failed judgement, and the drills that ship."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cs_simulator.client.responses import Entry, NearMiss, Verification
from cs_simulator.client.rules import Question
from cs_simulator.client.values import json_text

_COMMANDS = re.compile(r"#(?=#\[|#vso\[)")
"""Patterns that are commands to a CI anywhere in a line; those that must begin a line cannot occur
here.
"""


def printable(text: str) -> str:
    """Return text as one line without terminal control sequences or CI commands.

    Unprintable characters are escaped as in the server's log.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return _COMMANDS.sub(r"\\x23", text)


_WIDEST = 40
_MOST_ROWS = 12
_DEEPEST = 6
_NOISE = frozenset({"content-length", "date", "x-request-id", "traceparent"})
"""Headers that differ from call to call anyway."""


def failure_text(
    url: str, question: Question, verification: Verification, entries: Sequence[Entry] = ()
) -> str:
    """Return what was expected of the world at ``url``, what was found, and what came closest.

    ``entries`` are some of the surplus requests.
    """
    if verification.get("inconclusive"):
        found = f"the result is inconclusive: {verification.get('reason')}"
    elif "missing" in verification:
        found = _missing(question, verification)
    else:
        found = f"{_requests(verification['matched'])} matched"
    lines = [printable(f"Expected {_expected(question)}; {found}")]
    if verification.get("matched_ids"):
        lines += _too_many(verification["matched_ids"], entries)
    lines += [printable(f"  {hint}") for hint in verification.get("hints", ())]
    misses = verification["near_misses"]
    if misses:
        lines.append("Closest requests:" if len(misses) > 1 else "Closest request:")
        for miss in misses:
            lines += _miss_lines(miss)
    elif not verification["matched"] and not verification.get("inconclusive"):
        received = (
            f"No requests after #{question['after']}"
            if "after" in question
            else "This world received no requests"
        )
        lines.append(f"{received}. Does the code under test use a base URL under {url}?")
    return "\n".join(lines)


def _expected(question: Question) -> str:
    if "in_order" in question:
        patterns = [_pattern(pattern) for pattern in question["in_order"]]
        return f"in this order: {', then '.join(patterns)}"
    if question.get("count") == 0:
        return f"no {_pattern(question).removeprefix('any ')}"
    return f"{_pattern(question)} {_times(question.get('count'))}"


def _missing(question: Question, verification: Verification) -> str:
    """Return which of the ordered patterns were found, and the first that was not."""
    place = re.search(r"\d+", verification["missing"])
    patterns = question.get("in_order", ())
    number = int(place[0]) if place else len(patterns)
    pattern = f": {_pattern(patterns[number])}" if number < len(patterns) else ""
    first = verification["matched"]
    after = f"matched the first {first} of {len(patterns)}; then " if first else ""
    return f"{after}nothing matched {verification['missing']}{pattern}"


def _pattern(pattern: Mapping[str, Any]) -> str:
    on = pattern.get("on", "any request")
    parts = [on if isinstance(on, str) else " or ".join(map(str, on))]
    parts += [f"{key} {json_text(pattern[key])}" for key in ("where", "response") if key in pattern]
    return " ".join(parts)


def _times(count: object) -> str:
    if isinstance(count, Mapping):
        least, most = count.get("at_least"), count.get("at_most")
        if least is None or most is None:
            return f"at most {_once(most)}" if least is None else f"at least {_once(least)}"
        return f"from {least} to {most} times"
    return "at least once" if count is None else f"exactly {_once(count)}"


def _once(count: object) -> str:
    return "once" if count == 1 else f"{count} times"


def _requests(count: int) -> str:
    return f"{count or 'no'} request{'' if count < 2 else 's'}"


def _miss_lines(miss: NearMiss) -> list[str]:
    lines = [printable(f"  #{miss['id']} {miss['method']} {miss['path']} ({miss['operation']})")]
    for failed in miss["failed"]:
        expected = json_text(failed["expected"])
        found = "nothing" if failed["found"] is None else json_text(failed["found"])
        line = f"      {failed['criterion']}: expected {expected}, found {found}"
        lines.append(printable(line))
        if _holds_a_part(failed["expected"], failed["found"]):
            lines.append(
                "        matches compares the whole value, and here only a part of it matches; "
                'use {"contains": ...}, or start and end the expression with .*'
            )
    return lines


def _holds_a_part(expected: object, found: object) -> bool:
    """Tell whether an expression, which must match a whole value, matches a part of it."""
    expression = expected.get("matches") if isinstance(expected, Mapping) else None
    if not isinstance(expression, str) or not isinstance(found, (str, int, float)):
        return False
    try:
        return re.search(expression, str(found)[:1_000]) is not None
    except re.error:  # the server's syntax may be wider than Python's
        return False


def _too_many(ids: Sequence[int], entries: Sequence[Entry]) -> list[str]:
    """Return the surplus requests, and how they differ."""
    lines = [f"  matched: {', '.join(f'#{number}' for number in ids)}"]
    if len(entries) < 2:
        return lines
    tables = [dict(_facts(entry)) for entry in entries]
    names = list(dict.fromkeys(name for table in tables for name in table))
    rows = [
        (name, [table.get(name, "-") for table in tables])
        for name in names
        if len({table.get(name) for table in tables}) > 1
    ]
    if not rows:
        return [*lines, "  and are identical: the same request was sent again"]
    head = ("they differ in", [f"#{entry['id']}" for entry in entries])
    shown = [head, *rows[:_MOST_ROWS]]
    widths = [max(len(row[0]) for row in shown)]
    widths += [max(len(row[1][column]) for row in shown) for column in range(len(entries))]
    for name, values in shown:
        cells = [cell.ljust(width) for cell, width in zip([name, *values], widths, strict=True)]
        lines.append(f"  {'  '.join(cells)}".rstrip())
    if len(rows) > _MOST_ROWS:
        lines.append(f"  and in {len(rows) - _MOST_ROWS} more")
    return lines


def _facts(entry: Entry) -> Iterable[tuple[str, str]]:
    """Yield the facts about a request, under the names that criteria use."""
    request = entry["request"]
    yield "method", printable(request["method"])
    yield "path", _short(request["path"])
    if "json" in request:
        yield from _members("body", request["json"])
    elif "body" in request:
        yield "body", _short(request["body"])
    for name, value in request["headers"].items():
        if name.lower() not in _NOISE:
            text = value if isinstance(value, str) else ", ".join(value)
            yield f"headers.{name.lower()}", _short(text)
    yield "response.status", str(entry.get("response", {}).get("status", entry["state"]))
    yield "response.fault", _short(", ".join(entry.get("faults", ())) or "-")


def _members(at: str, value: object, depth: int = 0) -> Iterable[tuple[str, str]]:
    """Yield each value in a body with its path."""
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        for name, member in value.items():
            yield from _members(f"{at}.{name}", member, depth + 1)
    else:
        yield _short(at), _short(json_text(value))


def _short(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


PREFIX = "drill-"

DRILLS = (
    "drill-bad-request",
    "drill-big-id",
    "drill-garbage",
    "drill-herd",
    "drill-lost-answer",
    "drill-lost-answer-reused",
    "drill-outage",
    "drill-rate-limit",
    "drill-redirect",
    "drill-reset",
    "drill-retry-after",
    "drill-retry-after-date",
    "drill-slow-tail",
    "drill-truncated-body",
)


def drill_named(name: str) -> str:
    """Return the drill of that name; its prefix may be omitted."""
    return f"{PREFIX}{name}" if f"{PREFIX}{name}" in DRILLS else name


_MOST_INTENTS = 5
_MOST_ATTEMPTS = 12


def judgement_text(url: str, ruling: Mapping[str, Any]) -> str:
    """Return the text of a judgement that was not passed."""
    virtues = ruling["virtues"]
    not_passed = [virtue for virtue in virtues if virtue["verdict"] != "passed"]
    word = "failed" if ruling["verdict"] == "failed" else "undecided"
    lines = [f"The judge of {url} says {word}: {len(not_passed)} of {len(virtues)} not passed"]
    width = max((len(virtue["virtue"]) for virtue in virtues), default=0)
    lines += [
        f"  {virtue['virtue']:{width}}  {virtue['verdict']:9}  {virtue['text']}"
        for virtue in virtues
    ]
    lines += [f"  ambiguous: {text}" for text in ruling.get("ambiguous", ())]
    return "\n".join([*lines, *attempts_table(ruling)])


def attempts_table(ruling: Mapping[str, Any]) -> list[str]:
    """Return a table of the attempts of a ruling's intents, as lines."""
    lines: list[str] = []
    intents: Sequence[Mapping[str, Any]] = ruling["intents"]
    decisive = _decisive(ruling)
    shown = sorted(intents, key=lambda intent: not _numbers(intent) & decisive)[:_MOST_INTENTS]
    for intent in shown:
        lines.append(str(intent["intent"]))
        rows = [("request", "at", "gap", "shown", "effect")]
        attempts = intent["attempts"]
        rows += [
            (
                f"#{attempt['request']}",
                _span(attempt["at_ms"]),
                "-" if attempt["gap_ms"] is None else _span(attempt["gap_ms"]),
                _received(attempt["shown"]),
                _effects(attempt["effect"]),
            )
            for attempt in attempts[:_MOST_ATTEMPTS]
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        if len(attempts) > _MOST_ATTEMPTS:
            lines.append(f"  and {len(attempts) - _MOST_ATTEMPTS} more")
    more = len(intents) - len(shown) + int(ruling.get("intents_left_out", 0))
    if more:
        lines.append(f"and {more} more {'intent' if more == 1 else 'intents'}")
    return lines


def _decisive(ruling: Mapping[str, Any]) -> set[int]:
    """Return the requests that decide a result other than passed."""
    not_passed = [virtue for virtue in ruling["virtues"] if virtue["verdict"] != "passed"]
    return {number for virtue in not_passed for number in virtue["requests"]}


def _numbers(intent: Mapping[str, Any]) -> set[int]:
    return {attempt["request"] for attempt in intent["attempts"]}


def _span(milliseconds: float) -> str:
    return f"{milliseconds:.0f}ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f}s"


def _received(shown: Mapping[str, Any]) -> str:
    parts = [str(shown["status"])] if "status" in shown else []
    if "retry_after" in shown:
        parts.append(f"Retry-After: {shown['retry_after']}")
    if "broken" in shown:
        parts.append(f"broken: {shown['broken']}")
    parts += [word for word in ("pending", "client_left") if word in shown]
    return ", ".join(parts).replace("_", " ")


def _effects(effects: Sequence[Mapping[str, Any]]) -> str:
    parts = [f"{effect['change']} {effect['kind']} {effect['id']}" for effect in effects[:3]]
    more = len(effects) - len(parts)
    return ", ".join([*parts, f"{more} more"] if more else parts) or "-"
