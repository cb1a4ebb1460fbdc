"""Expectations as documents write them, and what is said of wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.judge.virtues import VIRTUES
from tests.unit.judge.support import expectation, mistakes

NONE = f"no virtue; expected at least one of {', '.join(VIRTUES)}"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, [NONE]),
        ({"on": "start_service"}, [NONE]),
        (
            {"atempts": 2},
            ["atempts: unknown key; did you mean attempts?"],
        ),
        ({"attempts": -1}, ["attempts: expected a 32-bit integer, 0 or greater, found -1"]),
        ({"attempts": {}}, ["attempts: expected at_least, at_most or both, found {}"]),
        (
            {"attempts": {"at_least": 3, "at_most": 2}},
            ["attempts: at_least (3) is greater than at_most (2); swap them"],
        ),
        (
            {"first_retry_after": {"at_least": "2s", "at_most": "500ms"}},
            ["first_retry_after: at_least (2s) is greater than at_most (500ms); swap them"],
        ),
        ({"gaps": {}}, ["gaps: expected at_least, at_most, growing or factor, found {}"]),
        (
            {"gaps": {"growing": False}},
            ["gaps.growing: expected true, found false; or remove it"],
        ),
        (
            {"honours_retry_after": False},
            ["honours_retry_after: expected true, found false; or remove it"],
        ),
        (
            {"gives_up_within": "0s"},
            ["gives_up_within: expected a duration longer than 0, such as 60s, found '0s'"],
        ),
        (
            {"not_retried": []},
            ["not_retried: expected at least one status such as 400 or 404, found []"],
        ),
        (
            {"not_retried": [200, "2xx"]},
            [
                f"not_retried[{place}]: expected a status from 300 to 599, "
                f"or a class of them such as 4xx, found {found}"
                for place, found in enumerate(["200", "'2xx'"])
            ],
        ),
        ({"outcome": "answerd"}, ["outcome: expected one of answered, given_up, found 'answerd'"]),
        (
            {"connection_reused_after": {"broken": True}},
            ["connection_reused_after.broken: expected false, found true; a broken connection"],
        ),
        ({"attempts": 1, "intent": "bdy"}, ["intent: expected body, "]),
        (
            {"attempts": 1, "intent": {"haeder": "X"}},
            ["intent.haeder: unknown key; did you mean header?"],
        ),
        (
            {"attempts": 1, "intent": {"header": "X Y"}},
            ["intent.header: expected the name of a header, such as X-Request-Id, found 'X Y'"],
        ),
        (
            {"attempts": 1, "intent": {"$": "$.["}},
            ["intent.$: not a valid JSONPath: "],
        ),
        (
            {"attempts": 1, "intent": {"$": 1}},
            ["intent.$: expected a JSONPath such as $.contact_key, found 1"],
        ),
        (
            {"attempts": 1, "intent": {}},
            ['intent: expected one of body, {"header": "X-Request-Id"} or'],
        ),
        (
            {"on": "start_servce", "attempts": 1},
            ["on: no operation named 'start_servce'; did you mean start_service?"],
        ),
        ({"spread": {"at_least": "much"}}, ["spread.at_least: expected a number, 0 or greater"]),
    ],
)
def test_wrong_expectation_is_told_with_its_fix(document: Any, told: list[str]) -> None:
    found = mistakes(document)
    assert len(found) == len(told)
    assert all(text.startswith(start) for text, start in zip(found, told, strict=True)), found


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
