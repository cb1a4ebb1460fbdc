"""The drills that ship; and the text of a failed judgement: virtues, and a table of attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    not_passed = [each for each in virtues if each["verdict"] != "passed"]
    word = "failed" if ruling["verdict"] == "failed" else "undecided"
    lines = [f"The judge of {url} says {word}: {len(not_passed)} of {len(virtues)} not passed"]
    width = max((len(each["virtue"]) for each in virtues), default=0)
    lines += [
        f"  {each['virtue']:{width}}  {each['verdict']:9}  {each['text']}" for each in virtues
    ]
    lines += [f"  ambiguous: {text}" for text in ruling.get("ambiguous", ())]
    return "\n".join([*lines, *attempts_table(ruling)])


def attempts_table(ruling: Mapping[str, Any]) -> list[str]:
    """Return a table of the attempts of a ruling's intents, as lines."""
    lines: list[str] = []
    intents: Sequence[Mapping[str, Any]] = ruling["intents"]
    telling = _telling(ruling)
    shown = sorted(intents, key=lambda intent: not _numbers(intent) & telling)[:_MOST_INTENTS]
    for intent in shown:
        lines.append(str(intent["intent"]))
        rows = [("request", "at", "gap", "shown", "effect")]
        attempts = intent["attempts"]
        rows += [
            (
                f"#{each['request']}",
                _span(each["at_ms"]),
                "-" if each["gap_ms"] is None else _span(each["gap_ms"]),
                _shown(each["shown"]),
                _effects(each["effect"]),
            )
            for each in attempts[:_MOST_ATTEMPTS]
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        if len(attempts) > _MOST_ATTEMPTS:
            lines.append(f"  and {len(attempts) - _MOST_ATTEMPTS} more")
    more = len(intents) - len(shown) + int(ruling.get("intents_left_out", 0))
    if more:
        lines.append(f"and {more} more {'intent' if more == 1 else 'intents'}")
    return lines


def _telling(ruling: Mapping[str, Any]) -> set[int]:
    """Return the requests that decide a result other than passed."""
    not_passed = [each for each in ruling["virtues"] if each["verdict"] != "passed"]
    return {number for each in not_passed for number in each["requests"]}


def _numbers(intent: Mapping[str, Any]) -> set[int]:
    return {each["request"] for each in intent["attempts"]}


def _span(milliseconds: float) -> str:
    return f"{milliseconds:.0f}ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f}s"


def _shown(shown: Mapping[str, Any]) -> str:
    parts = [str(shown["status"])] if "status" in shown else []
    if "retry_after" in shown:
        parts.append(f"Retry-After: {shown['retry_after']}")
    if "broken" in shown:
        parts.append(f"broken: {shown['broken']}")
    parts += [word for word in ("pending", "client_left") if word in shown]
    return ", ".join(parts).replace("_", " ")


def _effects(effects: Sequence[Mapping[str, Any]]) -> str:
    parts = [f"{each['change']} {each['kind']} {each['id']}" for each in effects[:3]]
    more = len(effects) - len(parts)
    return ", ".join([*parts, f"{more} more"] if more else parts) or "-"
