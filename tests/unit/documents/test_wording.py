"""Every shape of a problem, pinned in full once; other tests name its place, expected and found.

So the wording of errors is changed in ``documents/problems.py`` and here.
"""

from __future__ import annotations

import pytest

from cs_simulator.documents.problems import (
    ABSENT,
    DocumentError,
    Problem,
    as_sentence,
    no_such,
    unknown_key,
)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        pytest.param(
            Problem("est_duration", "a 32-bit integer", -1.5),
            "est_duration: expected a 32-bit integer, found -1.5",
            id="a value of the wrong kind",
        ),
        pytest.param(
            Problem("mode", "one of real, frozen", "forzen", nearest="frozen"),
            "mode: expected one of real, frozen, found 'forzen'; did you mean frozen?",
            id="a word with a near one",
        ),
        pytest.param(
            Problem("type", "an integer", "a", note="text needs another switch"),
            "type: expected an integer, found 'a'; text needs another switch",
            id="a value with a fix",
        ),
        pytest.param(Problem("on", found=ABSENT), "on is missing", id="a missing key"),
        pytest.param(
            Problem("count", "an integer"), "count is missing; expected an integer", id="missing"
        ),
        pytest.param(
            unknown_key("dealy", ["delay", "times"], "faults[0].dealy"),
            "faults[0].dealy: unknown key; did you mean delay?",
            id="an unknown key with a near one",
        ),
        pytest.param(
            unknown_key("x", ["delay", "times"], "x"),
            "x: unknown key; allowed: delay, times",
            id="an unknown key without",
        ),
        pytest.param(
            no_such("operation", "strat_service", ["start_service"], at="on"),
            "on: no operation named 'strat_service'; did you mean start_service?",
            id="an unknown name with a near one",
        ),
        pytest.param(
            no_such("stage", "x", ["down", "up"], at="stage"),
            "stage: no stage named 'x'; available: down, up",
            id="an unknown name without",
        ),
        pytest.param(
            no_such("fault rule", "x", [], "no rules are in force"),
            "no fault rule named 'x'; no rules are in force",
            id="a name where nothing exists",
        ),
        pytest.param(
            Problem("body", text="a response with status 204 has no body", note="remove it"),
            "body: a response with status 204 has no body; remove it",
            id="a problem of its own with a fix",
        ),
        pytest.param(
            Problem("seed", "an integer", "x", source="s.yaml", line=1, column=7),
            "s.yaml:1:7: seed: expected an integer, found 'x'",
            id="a place in a file",
        ),
    ],
)
def test_shape_of_a_problem(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_problem_that_stands_alone_is_a_sentence() -> None:
    assert as_sentence(no_such("world", "x", ["default"]).detail) == (
        "No world named 'x'; available: default"
    )


def test_problems_beyond_those_that_are_kept_are_counted() -> None:
    error = DocumentError([Problem("a", "text", 1)], more=1200)
    assert str(error) == "a: expected text, found 1\n1,200 more"
