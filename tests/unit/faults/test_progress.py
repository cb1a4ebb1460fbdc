"""Rules go on from where others were, as those of a snapshot do."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.faults.engine import RuleBook
from cs_simulator.faults.verdict import Verdict
from tests.unit.faults.support import book, call, rules

FAIL = {"response": {"status": 503}}
FIRST = {"name": "first", "on": "any", "skip": 3, **FAIL}


def judged(rules_in_force: RuleBook, *times: int) -> list[Verdict]:
    """Judge a call at each of some times."""
    return [rules_in_force.judge(call(), at) for at in times]


@pytest.mark.parametrize(
    "it",
    [
        {"skip": 5, **FAIL},
        {"every": 3, **FAIL},
        {"times": 4, **FAIL},
        {"above_rate": {"calls": 2, "per": "1s"}, **FAIL},
        {"between": ["2s", "5s"], **FAIL},
        {"probability": 0.5, **FAIL},
        {"delay": {"from": "0ms", "to": "1s"}},
        {"sequence": [FAIL, {"delay": "1s"}, "pass", {"response": {"status": 500}}]},
    ],
    ids=str,
)
def test_rule_goes_on_from_where_it_was(it: dict[str, Any]) -> None:
    written = (FIRST, {"name": "it", "on": "any", **it})
    one, other = book(*written), book(*written, now=7)
    judged(one, 0, 700, 1_400, 2_100)
    judged(other, 8, 9)
    other.restore(one.progress())
    assert other.progress() == one.progress()
    later = (2_200, 3_000, 4_900, 5_000)
    assert judged(other, *later) == judged(one, *later)
    assert other.progress() == one.progress()


def test_rules_of_run_time_stand_first_again() -> None:
    one, other = book(FIRST), book(FIRST, {"name": "added", "on": "any", **FAIL})
    [added] = rules({"name": "added", "on": "any", **FAIL})
    one.put(added, 0)
    judged(one, 0, 1)
    other.restore(one.progress())
    assert [each.name for each in other.rules()] == ["added", "first"]
    assert (other.origin("added"), other.origin("first")) == ("runtime", "document")
    assert other.progress() == one.progress()
