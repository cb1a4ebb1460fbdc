"""Stages that are refused when they are loaded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.faults.support import SPAN, read_stages

FAIL = {"on": "any", "response": {"status": 503}}
ONCE = {"until": {"calls": 1}}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([{"name": "a"}, {"name": "b"}], "stages[1]: stage 'b' is never reached"),
        (
            [{"name": "a", **ONCE, "then": "c"}, {"name": "b", **ONCE}, {"name": "c"}],
            "stages[1]: stage 'b' is never reached",
        ),
        (
            [{"name": "a", **ONCE, "then": "a"}, {"name": "b"}],
            "stages[1]: stage 'b' is never reached",
        ),
        (
            [{"name": "a", **ONCE}],
            "stages[0].until: no stage follows: leave it out, or say then",
        ),
        (
            [{"name": "a", **ONCE}, {"name": "b", "until": {"elapsed": "1s"}}],
            "stages[1].until: no stage follows: leave it out, or say then",
        ),
        (
            [{"name": "able", **ONCE}, {"name": "baker", **ONCE, "then": "abel"}],
            "stages[1].then: no stage has the name 'abel'; did you mean able?",
        ),
        (
            [{"name": "a", **ONCE, "then": "zzz"}, {"name": "b"}],
            "stages[0].then: no stage has the name 'zzz'; allowed: a, b",
        ),
        (
            [{"name": "a", **ONCE}, {"name": "a"}],
            "stages[1].name: another stage has the name 'a' already",
        ),
        (
            [{"name": "a", "until": {}}, {"name": "b"}],
            "stages[0].until: calls or elapsed is missing",
        ),
        (
            [{"name": "a", "until": {"elapsed": "0s"}}, {"name": "b"}],
            "stages[0].until.elapsed: found '0s', expected a span of time longer than 0",
        ),
        (
            [{"name": "a", "until": {"elapsed": "1s", "on": "end_task"}}, {"name": "b"}],
            "stages[0].until.on: it goes with calls only",
        ),
        (
            [{"name": "a", "until": {"elapsed": "1s", "where": {"path": "/"}}}, {"name": "b"}],
            "stages[0].until.where: it goes with calls only",
        ),
        (
            [{"name": "a", "until": {"calls": 0}}, {"name": "b"}],
            "stages[0].until.calls: found 0, expected an integer of 32 bits, 1 or more",
        ),
        (
            [{"name": "a", "until": {"elapsed": "soon"}}, {"name": "b"}],
            f"stages[0].until.elapsed: found 'soon', {SPAN}",
        ),
        (
            [{"name": "a", "until": {"calls": 1, "on": "end_tsk"}}, {"name": "b"}],
            "stages[0].until.on: no operation has the id end_tsk; did you mean end_task?",
        ),
        (
            [{"name": "a", "until": {"calls": 1, "on": []}}, {"name": "b"}],
            "stages[0].until.on: found an empty list, expected an operation id",
        ),
        ([{"until": {"calls": 1}, "name": ""}], "found '', expected a string that is not empty"),
        ([{"faults": []}], "stages[0]: name is missing"),
        (
            [{"name": "a", "faults": [{"on": "any"}]}],
            "stages[0].faults[0]: no action: expected one of delay, advance, dribble",
        ),
        (
            [{"name": "a", "faults": [{"name": "taken", **FAIL}]}],
            "stages[0].faults[0].name: another fault has the name 'taken' already",
        ),
        (
            [{"name": "a", "faults": [{"name": "x", **FAIL}, {"name": "x", **FAIL}]}],
            "stages[0].faults[1].name: another fault has the name 'x' already",
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
