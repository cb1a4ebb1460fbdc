"""Values of a rule that are refused when it is loaded: operations, criteria, spans, numbers."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from cs_simulator.operations import OPERATION_IDS, OPERATIONS
from tests.support.problems import (
    BOOLEAN,
    DURATION,
    INT_32_FROM_0,
    INT_32_FROM_1,
    LIST,
    MAP,
    NON_EMPTY,
    PROBABILITY,
    RULE_NAME,
    SCALAR,
    SOME_DURATION,
    STATUS,
    STRING,
    TEXT,
    TWO_DURATIONS,
    Said,
    missing,
    no_such,
    unfit,
    unknown,
    wrong,
)
from tests.unit.faults.support import rule_problems, rules

OPERATORS = "equals, matches, contains, absent, same_items"
IDS = ", ".join(sorted([*OPERATION_IDS, "any", "options", "unrouted"]))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("start_servce", [no_such("", "on", "operation", "start_servce", near="start_service")]),
        (["any", "option"], [no_such("", "on[1]", "operation", "option", near="options")]),
        ("zzz", [no_such("", "on", "operation", "zzz", available=IDS)]),
        ([5], [wrong("", "on[0]", "no operation named 5", available=IDS)]),
        ([], [unfit("", "on", "at least one operation id", [])]),
        (None, [missing("", "on")]),
    ],
    ids=str,
)
def test_operation_that_does_not_exist(on: object, expected: list[Said]) -> None:
    assert rule_problems(on=on, delay="1s") == expected


def test_on_takes_all_there_is() -> None:
    assert [operation.id for operation in OPERATIONS] == list(OPERATION_IDS)
    [rule] = rules({"on": ["*", "options", "unrouted", *OPERATION_IDS], "delay": "1s"})
    assert rule.on == {"any", "options", "unrouted", *OPERATION_IDS}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (
            {"body": {"$.a[": 1}},
            wrong(
                "", "where.body.$.a[", "not a valid JSONPath: unbalanced brackets, line 1, column 4"
            ),
        ),
        ({"body": []}, unfit("", "where.body", MAP, [])),
        ({"body": {"a": {}}}, unfit("", "where.body.a", f"members, or one of {OPERATORS}", {})),
        ({"body": {"a": {"b": {"equls": 1}}}}, unknown("", "where.body.a.b.equls", near="equals")),
        (
            {"body": {"a": {"equals": 1, "b": 2}}},
            wrong(
                "",
                "where.body.a",
                f"expected one of {OPERATORS}, found 2 operators",
                note="operators and members cannot be combined",
            ),
        ),
        ({"body": {"a": {"same_items": 1}}}, unfit("", "where.body.a.same_items", LIST, 1)),
        (
            {"customer_id": {"matches": "("}},
            wrong(
                "",
                "where.customer_id.matches",
                "not a valid regular expression: missing ), unterminated subpattern at position 0",
            ),
        ),
        ({"tenant": {"matches": 1}}, unfit("", "where.tenant.matches", TEXT, 1)),
        ({"tenant": {"match": "x"}}, unknown("", "where.tenant.match", near="matches")),
        (
            {"tenant": {}},
            wrong("", "where.tenant", f"expected one of {OPERATORS}, found 0 operators"),
        ),
        (
            {"tenant": {"equals": 1, "absent": True}},
            wrong("", "where.tenant", f"expected one of {OPERATORS}, found 2 operators"),
        ),
        (
            {"tenant": {"a": 1, "b": 2}},
            wrong("", "where.tenant", f"expected one of {OPERATORS}, found 2 operators"),
        ),
        (
            {"query": {"a": {"absent": "yes"}}},
            unfit("", "where.query.a.absent", BOOLEAN, "yes"),
        ),
        ({"headers": {"a": []}}, unfit("", "where.headers.a", "at least one value", [])),
        (
            {"headers": {"a": [{"matches": "x"}]}},
            unfit("", "where.headers.a[0]", SCALAR, {"matches": "x"}),
        ),
        ({"headers": {"a": {"contains": []}}}, unfit("", "where.headers.a.contains", SCALAR, [])),
        ({"path": ""}, unfit("", "where.path", NON_EMPTY, "")),
        ({"paht": "/"}, unknown("", "where.paht", near="path")),
        ({"customer": "C"}, unknown("", "where.customer", near="customer_id")),
        ([], unfit("", "where", MAP, [])),
    ],
    ids=str,
)
def test_criterion_that_is_none(where: object, expected: Said) -> None:
    assert rule_problems(where=where, delay="1s") == [expected]


def test_path_that_is_nested_too_deep() -> None:
    path = "$[?" + "(" * 3000 + "@.a" + ")" * 3000 + "]"
    [problem] = rule_problems(where={"body": {path: 1}}, delay="1s")
    assert problem.text.startswith("not a valid JSONPath: too many")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"delay": 5}, unfit("", "delay", DURATION, 5)),
        ({"delay": "-1s"}, unfit("", "delay", DURATION, "-1s")),
        ({"delay": "1.5s"}, unfit("", "delay", DURATION, "1.5s")),
        ({"delay": {"from": "2s", "to": "1s"}}, wrong("", "delay", "from is longer than to")),
        ({"delay": {"from": "2s"}}, missing("", "delay.to")),
        ({"delay": {"to": "1s"}}, missing("", "delay.from")),
        ({"delay": {"median": "1s", "sigma": 1}}, missing("", "delay.max")),
        (
            {"delay": {"median": "1s", "sigma": 9, "max": "2s"}},
            unfit("", "delay.sigma", "a number from 0 to 5", 9),
        ),
        (
            {"delay": {"from": "1s", "to": "2s", "of": 1}},
            unknown("", "delay.of", allowed="from, to"),
        ),
        ({"advance": "soon"}, unfit("", "advance", DURATION, "soon")),
        (
            {"dribble": {"chunks": 0, "duration": "1s"}},
            unfit("", "dribble.chunks", INT_32_FROM_1, 0),
        ),
        ({"dribble": {"chunks": 1}}, missing("", "dribble.duration")),
        ({"between": "1s"}, unfit("", "between", TWO_DURATIONS, "1s")),
        ({"between": ["1s"]}, unfit("", "between", TWO_DURATIONS, ["1s"])),
        ({"between": ["1s", "x"]}, unfit("", "between[1]", DURATION, "x")),
        (
            {"between": ["2s", "2s"]},
            wrong(
                "",
                "between",
                "the window is empty",
                note="the second duration must be longer than the first",
            ),
        ),
        ({"above_rate": {"calls": 2}}, missing("", "above_rate.per")),
        (
            {"above_rate": {"calls": 2, "per": "0s"}},
            unfit("", "above_rate.per", SOME_DURATION, "0s"),
        ),
        (
            {"above_rate": {"calls": 0, "per": "1s"}},
            unfit("", "above_rate.calls", INT_32_FROM_1, 0),
        ),
        ({"skip": -1}, unfit("", "skip", INT_32_FROM_0, -1)),
        ({"every": 0}, unfit("", "every", INT_32_FROM_1, 0)),
        ({"times": -1}, unfit("", "times", INT_32_FROM_0, -1)),
        ({"probability": 1.1}, unfit("", "probability", PROBABILITY, 1.1)),
        ({"probability": "25%"}, unfit("", "probability", PROBABILITY, "25%")),
        ({"probability": True}, unfit("", "probability", PROBABILITY, True)),
        (
            {"connection": "rest"},
            unfit(
                "",
                "connection",
                "one of reset, close, truncate, garbage, stall",
                "rest",
                near="reset",
            ),
        ),
        ({"effect": "both"}, unfit("", "effect", "one of none, applied", "both")),
        ({"response": {}}, missing("", "response.status")),
        (
            {"response": {"status": 199}},
            unfit("", "response.status", STATUS, 199),
        ),
        ({"response": {"status": "500"}}, unfit("", "response.status", STATUS, "500")),
        ({"response": 503}, unfit("", "response", MAP, 503)),
        (
            {"response": {"status": 200, "headers": {"A": None}}},
            unfit("", "response.headers.A", STRING, None),
        ),
        ({"name": ""}, unfit("", "name", RULE_NAME, "")),
        ({"name": "{a"}, unfit("", "name", RULE_NAME, "{a")),
        ({"name": " a"}, unfit("", "name", RULE_NAME, " a")),
        ({"name": "a\nb"}, unfit("", "name", RULE_NAME, "a\nb")),
        ({"name": "a" * 101}, unfit("", "name", RULE_NAME, "a" * 101)),
        ({"tims": 3}, unknown("", "tims", near="times")),
        (
            {"where": {"path": "/" + "a" * 500}},
            unfit("", "where.path", "a path of at most 500 characters", "/" + "a" * 500),
        ),
    ],
    ids=count(),  # one value has a line end, which the name of a test cannot show
)
def test_value_that_is_none(rule: dict[str, Any], expected: Said) -> None:
    assert rule_problems(**{"delay": "1s", **rule}) == [expected]


@pytest.mark.parametrize("key", ["median", "sigma", "max"])
def test_each_key_of_a_drawn_delay_needs_the_others(key: str) -> None:
    delay = {"median": "1s", "sigma": 1, "max": "2s"}
    lacking = [missing("", f"delay.{each}") for each in delay if each != key]
    assert rule_problems(delay={key: delay[key]}) == lacking
