"""What a verification that failed is told in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cs_simulator.client.answers import NearMiss, Question, Verification


def failure_text(url: str, question: Question, verification: Verification) -> str:
    """Return what was expected of the world at ``url``, what there was, and what came closest."""
    if verification.get("inconclusive"):
        found = f"it cannot be told: {verification.get('reason')}"
    elif "missing" in verification:
        found = f"found {verification['matched']} of them and then no {verification['missing']}"
    else:
        found = f"found {_requests(verification['matched'])}"
    lines = [f"Expected {_expected(question)}; {found}"]
    if verification.get("matched_ids"):
        lines.append(f"  they are {', '.join(f'#{each}' for each in verification['matched_ids'])}")
    lines += [f"  {hint}" for hint in verification.get("hints", ())]
    misses = verification["near_misses"]
    if misses:
        lines.append("Nearest:" if len(misses) > 1 else "Nearest is")
        for miss in misses:
            lines += _miss_lines(miss)
    elif not verification["matched"] and not verification.get("inconclusive"):
        later = f" after request {question['after']}" if "after" in question else ""
        lines.append(
            f"Nothing was asked{later}: does the code under test use a base URL below {url}?"
        )
    return "\n".join(lines)


def _expected(question: Question) -> str:
    if "in_order" in question:
        patterns = [_pattern(each) for each in question["in_order"]]
        return f"in this order: {', then '.join(patterns)}"
    return f"{_pattern(question)} {_times(question.get('count'))}"


def _pattern(pattern: Mapping[str, Any]) -> str:
    on = pattern.get("on", "any request")
    parts = [on if isinstance(on, str) else " or ".join(on)]
    parts += [
        f"{word} {json.dumps(pattern[key], ensure_ascii=False)}"
        for key, word in (("where", "where"), ("response", "response"))
        if key in pattern
    ]
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
    return f"{count or 'no'} request{'' if count == 1 else 's'}"


def _miss_lines(miss: NearMiss) -> list[str]:
    lines = [f"  #{miss['id']} {miss['method']} {miss['path']} ({miss['operation']})"]
    for each in miss["failed"]:
        expected = json.dumps(each["expected"], ensure_ascii=False)
        found = (
            "nothing" if each["found"] is None else json.dumps(each["found"], ensure_ascii=False)
        )
        lines.append(f"      {each['criterion']}: expected {expected}, found {found}")
    return lines
