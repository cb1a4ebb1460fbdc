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
        ("start_servce", ["on: no operation has the id start_servce; did you mean start_service?"]),
        (["any", "option"], ["on[1]: no operation has the id option; did you mean options?"]),
        ("zzz", [f"on: no operation has the id zzz; allowed: {IDS}"]),
        ([5], [f"on[0]: no operation has the id 5; allowed: {IDS}"]),
        ([], ["on: found an empty list, expected an operation id"]),
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
        ({"body": {"$.a[": 1}}, "body.$.a[: no JSONPath: unbalanced brackets, line 1, column 4"),
        ({"body": {"$[?" + "(" * 3000 + "@.a" + ")" * 3000 + "]": 1}}, ": no JSONPath: too many"),
        ({"body": []}, "body: found a list, expected a map"),
        (
            {"customer_id": {"matches": "("}},
            "customer_id.matches: no regular expression: missing )",
        ),
        ({"tenant": {"matches": 1}}, "tenant.matches: found 1, expected text"),
        ({"tenant": {"match": "x"}}, "tenant.match: unknown operator; did you mean matches?"),
        ({"tenant": {}}, "found 0 operators, expected one of equals, matches, contains, absent"),
        ({"tenant": {"equals": 1, "absent": True}}, "tenant: found 2 operators, expected one of"),
        (
            {"query": {"a": {"absent": "yes"}}},
            "query.a.absent: found 'yes', expected true or false",
        ),
        ({"headers": {"a": []}}, "headers.a: found an empty list, expected values of which any"),
        ({"headers": {"a": [{"matches": "x"}]}}, "headers.a[0]: found a map, expected a scalar"),
        ({"headers": {"a": {"contains": []}}}, "a.contains: found a list, expected a scalar"),
        ({"path": ""}, "path: found '', expected a string that is not empty"),
        ({"paht": "/"}, "paht: unknown key; did you mean path?"),
        ({"customer": "C"}, "customer: unknown key; did you mean customer_id?"),
        ([], "where: found a list, expected a map"),
    ],
    ids=str,
)
def test_criterion_that_is_none(where: object, message: str) -> None:
    [mistake] = refused(where=where, delay="1s")
    assert message in mistake


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"delay": 5}, f"delay: found 5, {SPAN}"),
        ({"delay": "-1s"}, f"delay: found '-1s', {SPAN}"),
        ({"delay": "1.5s"}, f"delay: found '1.5s', {SPAN}"),
        ({"delay": {"from": "2s", "to": "1s"}}, "delay: from is longer than to"),
        ({"delay": {"from": "2s"}}, "delay: to is missing"),
        ({"delay": {"to": "1s"}}, "delay: from is missing"),
        ({"delay": {"median": "1s", "sigma": 1}}, "delay: max is missing"),
        ({"delay": {"median": "1s", "sigma": 9, "max": "2s"}}, "a number from 0 to 5"),
        ({"delay": {"from": "1s", "to": "2s", "of": 1}}, "delay.of: unknown key"),
        ({"advance": "soon"}, f"advance: found 'soon', {SPAN}"),
        (
            {"dribble": {"chunks": 0, "duration": "1s"}},
            "dribble.chunks: found 0, expected an integer",
        ),
        ({"dribble": {"chunks": 1}}, "dribble: duration is missing"),
        ({"between": "1s"}, "between: found '1s', expected two spans such as [10s, 40s]"),
        ({"between": ["1s"]}, "between: found a list, expected two spans such as [10s, 40s]"),
        ({"between": ["1s", "x"]}, f"between[1]: found 'x', {SPAN}"),
        (
            {"between": ["2s", "2s"]},
            "between: it has no length: the second span must be the longer",
        ),
        ({"above_rate": {"calls": 2}}, "above_rate: per is missing"),
        (
            {"above_rate": {"calls": 2, "per": "0s"}},
            "above_rate.per: found '0s', expected a span of time longer",
        ),
        (
            {"above_rate": {"calls": 0, "per": "1s"}},
            "above_rate.calls: found 0, expected an integer of 32 bits",
        ),
        ({"skip": -1}, "skip: found -1, expected an integer of 32 bits, 0 or more"),
        ({"every": 0}, "every: found 0, expected an integer of 32 bits, 1 or more"),
        ({"times": -1}, "times: found -1, expected an integer of 32 bits, 0 or more"),
        ({"probability": 1.1}, "probability: found 1.1, expected a number from 0 to 1"),
        ({"probability": "25%"}, "probability: found '25%', expected a number from 0 to 1"),
        ({"probability": True}, "probability: found true, expected a number from 0 to 1"),
        ({"connection": "rest"}, "close, truncate, garbage, stall; did you mean reset?"),
        ({"effect": "both"}, "effect: found 'both', expected one of none, applied"),
        ({"response": {}}, "response: status is missing"),
        (
            {"response": {"status": 199}},
            "response.status: found 199, expected a status from 200 to 599",
        ),
        ({"response": {"status": "500"}}, "found '500', expected a status from 200 to 599"),
        ({"response": 503}, "response: found 503, expected a map"),
        (
            {"response": {"status": 200, "headers": {"A": None}}},
            "response.headers.A: found null, expected",
        ),
        ({"name": ""}, "name: found '', expected a name of 1 to 100 characters"),
        ({"name": "{a"}, "name: found '{a', expected a name"),
        ({"name": " a"}, "name: found ' a', expected a name"),
        ({"name": "a\nb"}, "name: found 'a\\nb', expected a name"),
        ({"name": "a" * 101}, "expected a name of 1 to 100 characters"),
        ({"tims": 3}, "tims: unknown key; did you mean times?"),
        ({"where": {"path": "/" + "a" * 500}}, "aaa..., expected a path of at most 500 characters"),
    ],
    ids=str,
)
def test_value_that_is_none(rule: dict[str, Any], message: str) -> None:
    [mistake] = refused(**{"delay": "1s", **rule})
    assert message in mistake
