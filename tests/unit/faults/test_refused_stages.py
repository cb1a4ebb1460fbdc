"""Stages that are refused when they are loaded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.problems import (
    DURATION,
    INT_32_FROM_1,
    NON_EMPTY,
    SOME_DURATION,
    Said,
    missing,
    no_such,
    only_with,
    unfit,
    wrong,
)
from tests.unit.faults.support import ACTS, read_stages, stage_problems

UNREACHABLE = "stage 'b' is unreachable"

FAIL = {"on": "any", "response": {"status": 503}}
ONCE = {"until": {"calls": 1}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([{"name": "a"}, {"name": "b"}], wrong("", "stages[1]", UNREACHABLE)),
        (
            [{"name": "a", **ONCE, "then": "c"}, {"name": "b", **ONCE}, {"name": "c"}],
            wrong("", "stages[1]", UNREACHABLE),
        ),
        (
            [{"name": "a", **ONCE, "then": "a"}, {"name": "b"}],
            wrong("", "stages[1]", UNREACHABLE),
        ),
        (
            [{"name": "a", **ONCE}],
            wrong("", "stages[0].until", "no stage follows", note="remove until or add then"),
        ),
        (
            [{"name": "a", **ONCE}, {"name": "b", "until": {"elapsed": "1s"}}],
            wrong("", "stages[1].until", "no stage follows", note="remove until or add then"),
        ),
        (
            [{"name": "able", **ONCE}, {"name": "baker", **ONCE, "then": "abel"}],
            no_such("", "stages[1].then", "stage", "abel", near="able"),
        ),
        (
            [{"name": "a", **ONCE, "then": "zzz"}, {"name": "b"}],
            no_such("", "stages[0].then", "stage", "zzz", available="a, b"),
        ),
        (
            [{"name": "a", **ONCE}, {"name": "a"}],
            wrong("", "stages[1].name", "stage 'a' already exists"),
        ),
        (
            [{"name": "a", "until": {}}, {"name": "b"}],
            wrong("", "stages[0].until", "expected calls or elapsed"),
        ),
        (
            [{"name": "a", "until": {"elapsed": "0s"}}, {"name": "b"}],
            unfit("", "stages[0].until.elapsed", SOME_DURATION, "0s"),
        ),
        (
            [{"name": "a", "until": {"elapsed": "1s", "on": "end_task"}}, {"name": "b"}],
            only_with("", "stages[0].until.on", "calls"),
        ),
        (
            [{"name": "a", "until": {"elapsed": "1s", "where": {"path": "/"}}}, {"name": "b"}],
            only_with("", "stages[0].until.where", "calls"),
        ),
        (
            [{"name": "a", "until": {"calls": 0}}, {"name": "b"}],
            unfit("", "stages[0].until.calls", INT_32_FROM_1, 0),
        ),
        (
            [{"name": "a", "until": {"elapsed": "soon"}}, {"name": "b"}],
            unfit("", "stages[0].until.elapsed", DURATION, "soon"),
        ),
        (
            [{"name": "a", "until": {"calls": 1, "on": "end_tsk"}}, {"name": "b"}],
            no_such("", "stages[0].until.on", "operation", "end_tsk", near="end_task"),
        ),
        (
            [{"name": "a", "until": {"calls": 1, "on": []}}, {"name": "b"}],
            unfit("", "stages[0].until.on", "at least one operation id", []),
        ),
        ([{"until": {"calls": 1}, "name": ""}], unfit("", "stages[0].name", NON_EMPTY, "")),
        ([{"faults": []}], missing("", "stages[0].name")),
        (
            [{"name": "a", "faults": [{"on": "any"}]}],
            wrong(
                "",
                "stages[0].faults[0]",
                "no action",
                note=f"expected at least one of {ACTS}, or sequence",
            ),
        ),
        (
            [{"name": "a", "faults": [{"name": "taken", **FAIL}]}],
            wrong("", "stages[0].faults[0].name", "fault rule 'taken' already exists"),
        ),
        (
            [{"name": "a", "faults": [{"name": "x", **FAIL}, {"name": "x", **FAIL}]}],
            wrong("", "stages[0].faults[1].name", "fault rule 'x' already exists"),
        ),
    ],
)
def test_stage_is_refused(written: list[dict[str, Any]], expected: Said) -> None:
    assert stage_problems(written, {"name": "taken", **FAIL}) == [expected]


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
