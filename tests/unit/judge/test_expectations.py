"""Expectations as documents write them, and what is said of wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.judge.virtues import VIRTUES
from tests.unit.judge.support import expectation, mistakes

NONE = f"no virtue: expected one of {', '.join(VIRTUES)}"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, [f": {NONE}"]),
        ({"on": "start_service"}, [f": {NONE}"]),
        (
            {"atempts": 2},
            ["atempts: unknown key; did you mean attempts?"],
        ),
        ({"attempts": -1}, ["attempts: found -1, expected an integer of 32 bits, 0 or more"]),
        ({"attempts": {}}, ["attempts: found a map, expected at_least or at_most"]),
        (
            {"attempts": {"at_least": 3, "at_most": 2}},
            ["attempts: at_least 3 is more than at_most 2; exchange them"],
        ),
        (
            {"first_retry_after": {"at_least": "2s", "at_most": "500ms"}},
            ["first_retry_after: at_least 2s is more than at_most 500ms; exchange them"],
        ),
        ({"gaps": {}}, ["gaps: found nothing, expected at_least, at_most, growing or factor"]),
        (
            {"gaps": {"growing": False}},
            ["gaps.growing: found false, expected true, or leave it out"],
        ),
        (
            {"honours_retry_after": False},
            ["honours_retry_after: found false, expected true, or leave it out"],
        ),
        (
            {"gives_up_within": "0s"},
            ["gives_up_within: found '0s', expected a span of time longer than none, such as 60s"],
        ),
        ({"not_retried": []}, ["not_retried: found an empty list, expected statuses such as 400"]),
        ({"not_retried": [200]}, ["not_retried[0]: found 200, expected a status from 300 to 599"]),
        ({"outcome": "answerd"}, ["outcome: found 'answerd', expected one of answered, given_up"]),
        (
            {"connection_reused_after": {"broken": True}},
            ["connection_reused_after.broken: found true, expected false: a broken connection"],
        ),
        ({"attempts": 1, "intent": "bdy"}, ["intent: found 'bdy', expected body, "]),
        (
            {"attempts": 1, "intent": {"haeder": "X"}},
            ["intent.haeder: unknown key; did you mean header?"],
        ),
        (
            {"attempts": 1, "intent": {"header": "X Y"}},
            ["intent.header: found 'X Y', expected the name of a header, such as X-Request-Id"],
        ),
        (
            {"attempts": 1, "intent": {"$": "$.["}},
            ["intent.$: found '$.[', expected a JSONPath: "],
        ),
        (
            {"attempts": 1, "intent": {"$": 1}},
            ["intent.$: found 1, expected a JSONPath such as $.contact_key"],
        ),
        (
            {"attempts": 1, "intent": {}},
            ['intent: found a map, expected one of body, {"header": "X-Request-Id"} or'],
        ),
        (
            {"on": "start_servce", "attempts": 1},
            ["on: no operation has the id start_servce; did you mean start_service?"],
        ),
        ({"spread": {"at_least": "much"}}, ["spread.at_least: found 'much', expected a number"]),
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
