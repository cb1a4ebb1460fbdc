"""Rules go on from where others were, as those of a snapshot do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from cs_simulator.clock import instant_of
from cs_simulator.documents.shape import Checker
from cs_simulator.faults.engine import RuleBook
from cs_simulator.faults.rules import Progress, RuleProgress, StageProgress
from cs_simulator.faults.stages import PROGRESS, progress_of
from cs_simulator.faults.verdict import Verdict
from tests.support.problems import Said, no_such, said
from tests.unit.faults.support import Written, book, call, read_stages, rules

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


SINCE = "2026-01-05T09:00:00.000Z"
INSTANT = instant_of(datetime(2026, 1, 5, 9, tzinfo=UTC))


def read(
    written: dict[str, Any], *faults: Written, stages: Sequence[Written] = ()
) -> tuple[Progress | None, list[Said]]:
    """Return the progress that a snapshot describes, and all that is wrong with it."""
    checker = Checker("s")
    given = PROGRESS.check(written, "progress", checker)
    found = progress_of(given, rules(*faults), read_stages(stages, *faults)[0], checker)
    return found, [said(problem, place=False) for problem in checker.problems]


def test_progress_is_read() -> None:
    counts = {"matched": 5, "acted": 4, "shadowed": 3, "step": 2}
    rate = {"above_rate": {"calls": 1, "per": "1s"}}
    written = {
        "faults": {"first": {"since": SINCE, **counts, "recent": [SINCE], "runtime": True}},
        "stage": {"name": "a", "entered": SINCE, "calls": 6},
    }
    found, problems = read(written, {**FIRST, **rate}, stages=[{"name": "a"}])
    assert problems == []
    assert found == Progress(
        {"first": RuleProgress(INSTANT, 5, 4, 3, 2, (INSTANT,), runtime=True)},
        StageProgress("a", INSTANT, 6),
    )


def test_counts_that_are_left_out_are_none() -> None:
    written = {"faults": {"first": {"since": SINCE}}, "stage": {"name": "a", "entered": SINCE}}
    found, problems = read(written, FIRST, stages=[{"name": "a"}])
    assert problems == []
    assert found == Progress({"first": RuleProgress(INSTANT)}, StageProgress("a", INSTANT))


def test_counters_of_no_rule_are_refused_each() -> None:
    written = {"faults": {"one": {"since": SINCE}, "two": {"since": SINCE}}}
    place, kind = "progress.faults", "fault rule in force"
    assert read(written)[1] == [
        no_such("", f"{place}.{name}", kind, name, note="no rules are in force")
        for name in ("one", "two")
    ]
    assert read(written, {**FIRST, "name": "xyz"})[1] == [
        no_such("", f"{place}.{name}", kind, name, available="xyz") for name in ("one", "two")
    ]
