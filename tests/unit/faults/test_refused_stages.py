"""Stages that are refused when they are loaded."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.faults.actions import ACTIONS
from tests.unit.faults.support import SPAN, read_stages

FAIL = {"on": "any", "response": {"status": 503}}
ONCE = {"until": {"calls": 1}}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([{"name": "a"}, {"name": "b"}], "stages[1]: stage 'b' is unreachable"),
        (
            [{"name": "a", **ONCE, "then": "c"}, {"name": "b", **ONCE}, {"name": "c"}],
            "stages[1]: stage 'b' is unreachable",
        ),
        (
            [{"name": "a", **ONCE, "then": "a"}, {"name": "b"}],
            "stages[1]: stage 'b' is unreachable",
        ),
        (
            [{"name": "a", **ONCE}],
            "stages[0].until: no stage follows; remove until or add then",
        ),
        (
            [{"name": "a", **ONCE}, {"name": "b", "until": {"elapsed": "1s"}}],
            "stages[1].until: no stage follows; remove until or add then",
        ),
        (
            [{"name": "able", **ONCE}, {"name": "baker", **ONCE, "then": "abel"}],
            "stages[1].then: no stage named 'abel'; did you mean able?",
        ),
        (
            [{"name": "a", **ONCE, "then": "zzz"}, {"name": "b"}],
            "stages[0].then: no stage named 'zzz'; available: a, b",
        ),
        (
            [{"name": "a", **ONCE}, {"name": "a"}],
            "stages[1].name: stage 'a' already exists",
        ),
        (
            [{"name": "a", "until": {}}, {"name": "b"}],
            "stages[0].until: expected calls or elapsed",
        ),
        (
            [{"name": "a", "until": {"elapsed": "0s"}}, {"name": "b"}],
            "stages[0].until.elapsed: expected a duration longer than 0, found '0s'",
        ),
        (
            [{"name": "a", "until": {"elapsed": "1s", "on": "end_task"}}, {"name": "b"}],
            "stages[0].until.on: only allowed with calls",
        ),
        (
            [{"name": "a", "until": {"elapsed": "1s", "where": {"path": "/"}}}, {"name": "b"}],
            "stages[0].until.where: only allowed with calls",
        ),
        (
            [{"name": "a", "until": {"calls": 0}}, {"name": "b"}],
            "stages[0].until.calls: expected a 32-bit integer, 1 or greater, found 0",
        ),
        (
            [{"name": "a", "until": {"elapsed": "soon"}}, {"name": "b"}],
            f"stages[0].until.elapsed: {SPAN}, found 'soon'",
        ),
        (
            [{"name": "a", "until": {"calls": 1, "on": "end_tsk"}}, {"name": "b"}],
            "stages[0].until.on: no operation named 'end_tsk'; did you mean end_task?",
        ),
        (
            [{"name": "a", "until": {"calls": 1, "on": []}}, {"name": "b"}],
            "stages[0].until.on: expected at least one operation id, found []",
        ),
        ([{"until": {"calls": 1}, "name": ""}], "expected a non-empty string, found ''"),
        ([{"faults": []}], "stages[0].name is missing"),
        (
            [{"name": "a", "faults": [{"on": "any"}]}],
            f"stages[0].faults[0]: no action; expected at least one of {', '.join(ACTIONS)}",
        ),
        (
            [{"name": "a", "faults": [{"name": "taken", **FAIL}]}],
            "stages[0].faults[0].name: fault rule 'taken' already exists",
        ),
        (
            [{"name": "a", "faults": [{"name": "x", **FAIL}, {"name": "x", **FAIL}]}],
            "stages[0].faults[1].name: fault rule 'x' already exists",
        ),
    ],
)
def test_stage_is_refused(written: list[dict[str, Any]], message: str) -> None:
    _, mistakes = read_stages(written, {"name": "taken", **FAIL})
    [mistake] = mistakes
    assert message in mistake


def test_names_left_out_are_no_one_elses() -> None:
    stages, mistakes = read_stages([{"name": "a", "faults": [FAIL, FAIL]}], FAIL)
    assert mistakes == []
    assert [each.name for each in stages[0].rules] == ["any-2", "any-3"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, mistakes = read_stages(
        [{"name": "a", "faults": [{"on": "any"}, {"on": "any"}]}, {"name": "b", **ONCE}]
    )
    assert [each.split(": ")[0] for each in mistakes] == [
        *["stages[0].faults[0]", "stages[0].faults[1]", "stages[1].until", "stages[1]"]
    ]
