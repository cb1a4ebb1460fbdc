"""Values of a rule that are refused when it is loaded: operations, criteria, spans, numbers."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.operations import OPERATION_IDS, OPERATIONS
from tests.unit.faults.support import SPAN, refused, rules

IDS = ", ".join(sorted([*OPERATION_IDS, "any", "options", "unrouted"]))


@pytest.mark.parametrize(
    ("on", "messages"),
    [
        ("start_servce", ["on: no operation named 'start_servce'; did you mean start_service?"]),
        (["any", "option"], ["on[1]: no operation named 'option'; did you mean options?"]),
        ("zzz", [f"on: no operation named 'zzz'; available: {IDS}"]),
        ([5], [f"on[0]: no operation named 5; available: {IDS}"]),
        ([], ["on: expected at least one operation id, found []"]),
        (None, ["on is missing"]),
    ],
    ids=str,
)
def test_operation_that_does_not_exist(on: object, messages: list[str]) -> None:
    assert refused(on=on, delay="1s") == messages


def test_on_takes_all_there_is() -> None:
    assert [operation.id for operation in OPERATIONS] == list(OPERATION_IDS)
    [rule] = rules({"on": ["*", "options", "unrouted", *OPERATION_IDS], "delay": "1s"})
    assert rule.on == {"any", "options", "unrouted", *OPERATION_IDS}


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            {"body": {"$.a[": 1}},
            "body.$.a[: not a valid JSONPath: unbalanced brackets, line 1, column 4",
        ),
        (
            {"body": {"$[?" + "(" * 3000 + "@.a" + ")" * 3000 + "]": 1}},
            ": not a valid JSONPath: too many",
        ),
        ({"body": []}, "body: expected a map, found ["),
        ({"body": {"a": {}}}, "body.a: expected members, or one of equals, matches"),
        ({"body": {"a": {"b": {"equls": 1}}}}, "a.b.equls: unknown key; did you mean equals"),
        (
            {"body": {"a": {"equals": 1, "b": 2}}},
            "found 2 operators; operators and members cannot be combined",
        ),
        ({"body": {"a": {"same_items": 1}}}, "body.a.same_items: expected a list, found 1"),
        (
            {"customer_id": {"matches": "("}},
            "customer_id.matches: not a valid regular expression: missing )",
        ),
        ({"tenant": {"matches": 1}}, "tenant.matches: expected text, found 1"),
        ({"tenant": {"match": "x"}}, "tenant.match: unknown key; did you mean matches?"),
        (
            {"tenant": {}},
            "expected one of equals, matches, contains, absent, same_items, found 0 operators",
        ),
        (
            {"tenant": {"equals": 1, "absent": True}},
            "expected one of equals, matches, contains, absent, same_items, found 2 operators",
        ),
        (
            {"query": {"a": {"absent": "yes"}}},
            "query.a.absent: expected true or false, found 'yes'",
        ),
        ({"headers": {"a": []}}, "headers.a: expected at least one value, found []"),
        ({"headers": {"a": [{"matches": "x"}]}}, "headers.a[0]: expected a scalar, found {"),
        ({"headers": {"a": {"contains": []}}}, "a.contains: expected a scalar, found ["),
        ({"path": ""}, "path: expected a non-empty string, found ''"),
        ({"paht": "/"}, "paht: unknown key; did you mean path?"),
        ({"customer": "C"}, "customer: unknown key; did you mean customer_id?"),
        ([], "where: expected a map, found ["),
    ],
    ids=str,
)
def test_criterion_that_is_none(where: object, message: str) -> None:
    [mistake] = refused(where=where, delay="1s")
    assert message in mistake


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"delay": 5}, f"delay: {SPAN}, found 5"),
        ({"delay": "-1s"}, f"delay: {SPAN}, found '-1s'"),
        ({"delay": "1.5s"}, f"delay: {SPAN}, found '1.5s'"),
        ({"delay": {"from": "2s", "to": "1s"}}, "delay: from is longer than to"),
        ({"delay": {"from": "2s"}}, "delay.to is missing"),
        ({"delay": {"to": "1s"}}, "delay.from is missing"),
        ({"delay": {"median": "1s", "sigma": 1}}, "delay.max is missing"),
        ({"delay": {"median": "1s", "sigma": 9, "max": "2s"}}, "a number from 0 to 5"),
        ({"delay": {"from": "1s", "to": "2s", "of": 1}}, "delay.of: unknown key"),
        ({"advance": "soon"}, f"advance: {SPAN}, found 'soon'"),
        ({"dribble": {"chunks": 0, "duration": "1s"}}, "dribble.chunks: expected a 32-bit integer"),
        ({"dribble": {"chunks": 1}}, "dribble.duration is missing"),
        ({"between": "1s"}, "between: expected two durations such as [10s, 40s], found '1s'"),
        ({"between": ["1s"]}, "between: expected two durations such as [10s, 40s], found ["),
        ({"between": ["1s", "x"]}, f"between[1]: {SPAN}, found 'x'"),
        (
            {"between": ["2s", "2s"]},
            "between: the window is empty; the second duration must be longer than the first",
        ),
        ({"above_rate": {"calls": 2}}, "above_rate.per is missing"),
        (
            {"above_rate": {"calls": 2, "per": "0s"}},
            "above_rate.per: expected a duration longer than 0",
        ),
        (
            {"above_rate": {"calls": 0, "per": "1s"}},
            "above_rate.calls: expected a 32-bit integer",
        ),
        ({"skip": -1}, "skip: expected a 32-bit integer, 0 or greater, found -1"),
        ({"every": 0}, "every: expected a 32-bit integer, 1 or greater, found 0"),
        ({"times": -1}, "times: expected a 32-bit integer, 0 or greater, found -1"),
        ({"probability": 1.1}, "probability: expected a number from 0 to 1, found 1.1"),
        ({"probability": "25%"}, "probability: expected a number from 0 to 1, found '25%'"),
        ({"probability": True}, "probability: expected a number from 0 to 1, found true"),
        ({"connection": "rest"}, "garbage, stall, found 'rest'; did you mean reset?"),
        ({"effect": "both"}, "effect: expected one of none, applied, found 'both'"),
        ({"response": {}}, "response.status is missing"),
        (
            {"response": {"status": 199}},
            "response.status: expected a status from 200",
        ),
        ({"response": {"status": "500"}}, "expected a status from 200 to 599, found '500'"),
        ({"response": 503}, "response: expected a map, found 503"),
        (
            {"response": {"status": 200, "headers": {"A": None}}},
            "response.headers.A: expected a string, found null",
        ),
        ({"name": ""}, "name: expected a name of 1 to 100 characters"),
        ({"name": "{a"}, "name: expected a name of 1 to 100 characters"),
        ({"name": " a"}, "name: expected a name of 1 to 100 characters"),
        ({"name": "a\nb"}, "name: expected a name of 1 to 100 characters"),
        ({"name": "a" * 101}, "expected a name of 1 to 100 characters"),
        ({"tims": 3}, "tims: unknown key; did you mean times?"),
        ({"where": {"path": "/" + "a" * 500}}, "expected a path of at most 500 characters, found"),
    ],
    ids=str,
)
def test_value_that_is_none(rule: dict[str, Any], message: str) -> None:
    [mistake] = refused(**{"delay": "1s", **rule})
    assert message in mistake
