"""Expectations as documents write them, and what is said of wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.judge.virtues import VIRTUES
from tests.support.problems import INT_32_FROM_0, Said, no_such, unfit, unknown, wrong
from tests.unit.judge.support import expectation, problems

NO_VIRTUE = wrong("", "", "no virtue", note=f"expected at least one of {', '.join(VIRTUES)}")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, [NO_VIRTUE]),
        ({"on": "start_service"}, [NO_VIRTUE]),
        (
            {"atempts": 2},
            [unknown("", "atempts", near="attempts")],
        ),
        ({"attempts": -1}, [unfit("", "attempts", INT_32_FROM_0, -1)]),
        ({"attempts": {}}, [unfit("", "attempts", "at_least, at_most or both", {})]),
        (
            {"attempts": {"at_least": 3, "at_most": 2}},
            [wrong("", "attempts", "at_least (3) is greater than at_most (2)", note="swap them")],
        ),
        (
            {"first_retry_after": {"at_least": "2s", "at_most": "500ms"}},
            [
                wrong(
                    "",
                    "first_retry_after",
                    "at_least (2s) is greater than at_most (500ms)",
                    note="swap them",
                )
            ],
        ),
        ({"gaps": {}}, [unfit("", "gaps", "at_least, at_most, growing or factor", {})]),
        (
            {"gaps": {"growing": None}},
            [unfit("", "gaps", "at_least, at_most, growing or factor", {"growing": None})],
        ),
        (
            {"gaps": {"growing": False}},
            [unfit("", "gaps.growing", "true", False, note="or remove it")],
        ),
        (
            {"honours_retry_after": False},
            [unfit("", "honours_retry_after", "true", False, note="or remove it")],
        ),
        (
            {"gives_up_within": "0s"},
            [unfit("", "gives_up_within", "a duration longer than 0, such as 60s", "0s")],
        ),
        (
            {"not_retried": []},
            [unfit("", "not_retried", "at least one status such as 400 or 404", [])],
        ),
        (
            {"not_retried": [200, "2xx"]},
            [
                unfit(
                    "",
                    "not_retried[0]",
                    "a status from 300 to 599, or a class of them such as 4xx",
                    200,
                ),
                unfit(
                    "",
                    "not_retried[1]",
                    "a status from 300 to 599, or a class of them such as 4xx",
                    "2xx",
                ),
            ],
        ),
        (
            {"outcome": "answerd"},
            [unfit("", "outcome", "one of answered, given_up", "answerd", near="answered")],
        ),
        (
            {"connection_reused_after": {"broken": True}},
            [
                unfit(
                    "",
                    "connection_reused_after.broken",
                    "false",
                    True,
                    note="a broken connection must not be reused",
                )
            ],
        ),
        (
            {"attempts": 1, "intent": "bdy"},
            [
                unfit(
                    "",
                    "intent",
                    'body, {"header": "X-Request-Id"} or {"$": "$.contact_key"}',
                    "bdy",
                )
            ],
        ),
        (
            {"attempts": 1, "intent": {"haeder": "X"}},
            [unknown("", "intent.haeder", near="header")],
        ),
        (
            {"attempts": 1, "intent": {"header": "X Y"}},
            [unfit("", "intent.header", "the name of a header, such as X-Request-Id", "X Y")],
        ),
        (
            {"attempts": 1, "intent": {"$": "$.["}},
            [
                wrong(
                    "",
                    "intent.$",
                    "not a valid JSONPath: unexpected shorthand selector '[', line 1, column 2",
                )
            ],
        ),
        (
            {"attempts": 1, "intent": {"$": 1}},
            [unfit("", "intent.$", "a JSONPath such as $.contact_key", 1)],
        ),
        (
            {"attempts": 1, "intent": {}},
            [
                unfit(
                    "",
                    "intent",
                    'one of body, {"header": "X-Request-Id"} or {"$": "$.contact_key"}',
                    {},
                )
            ],
        ),
        (
            {"on": "start_servce", "attempts": 1},
            [no_such("", "on", "operation", "start_servce", near="start_service")],
        ),
        (
            {"spread": {"at_least": "much"}},
            [unfit("", "spread.at_least", "a number, 0 or greater", "much")],
        ),
    ],
)
def test_wrong_expectation_is_told_with_its_fix(document: Any, expected: list[Said]) -> None:
    assert problems(document) == expected


def test_whole_expectation() -> None:
    document = {
        "on": ["start_service", "end_service"],
        "where": {"contact_key": "a"},
        "after": 7,
        "intent": {"header": "X-Request-Id"},
        "attempts": {"at_least": 2, "at_most": 5},
        "gaps": {"growing": True, "factor": {"at_least": 1.5}, "at_most": "30s"},
    }
    expected = expectation(document)
    assert expected.on == {"start_service", "end_service"}
    assert (expected.after, expected.by.name) == (7, "X-Request-Id")
    assert set(expected.virtues) == {"attempts", "gaps"}
    assert expected.written == document
