"""The schema of a rule and the reader of rules say the same of each value, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cs_simulator.documents.shape import Checker
from cs_simulator.faults.actions import ACTIONS
from cs_simulator.faults.where import OPERATORS, WHERE
from cs_simulator.faults.written import FAULT
from cs_simulator.operations import OPERATION_IDS


def those(*values: Any) -> Sequence[Any]:
    """Return values of several types."""
    return values


OPERATOR: Sequence[Any] = (
    {"equals": 1},
    {"equals": "a"},
    {"equals": None},
    {"equals": [1, {}]},
    {"equals": {"a": []}},
    {"matches": "a+"},
    {"matches": ""},
    {"contains": 1},
    {"contains": 1.5},
    {"contains": "a"},
    {"contains": None},
    {"contains": False},
    {"absent": True},
    {"absent": False},
    {"same_items": []},
    {"same_items": [1, {}, []]},
)
CRITERION = ("a", "", 1, 1.5, True, None, [1], ["a", 2.5, None, False], *OPERATOR)
NO_CRITERION: Sequence[Any] = (
    [],
    [[]],
    [{}],
    ["a", ["b"]],
    [{"equals": 1}],
    {},
    {"matches": 1},
    {"matches": None},
    {"matches": ["a"]},
    {"matches": {}},
    {"contains": []},
    {"contains": {}},
    {"absent": 1},
    {"absent": "true"},
    {"absent": None},
    {"same_items": "a"},
    {"same_items": {}},
    {"same_items": None},
    *({"absent": True, **each} for each in OPERATOR if "absent" not in each),
    *({"a": 1, **each} for each in OPERATOR),
)
PARTS: Sequence[Any] = ({"a": 1}, {"a": 1, "b": "c"}, {"a": {"b": {"equals": 1}}}, {"a": [1]})

WHERE_RIGHT: Mapping[str, Sequence[Any]] = {
    "body": ({}, {"$.a": 1, "b": 2}, *({"a": each} for each in (*CRITERION, *PARTS))),
    "query": ({}, {"a": 1, "b": 2}, *({"a": each} for each in CRITERION)),
    "headers": ({}, {"A": 1, "b": 2}, *({"a": each} for each in CRITERION)),
    "path": ("/", "a", "/**/b", "/" + "a" * 499, 5),
    "customer_id": CRITERION[:5] + CRITERION[6:],
    "contact_key": CRITERION[:5] + CRITERION[6:],
    "tenant": CRITERION[:5] + CRITERION[6:],
}
NO_MAP: Sequence[Any] = ("a", 1, [], [{}])
MISSPELT = {"equls": 1}
"""Only the reader takes it for an operator where it could be a part of a body."""
WHERE_WRONG: Mapping[str, Sequence[Any]] = {
    "body": (*NO_MAP, *({"a": each} for each in NO_CRITERION)),
    "query": (*NO_MAP, *({"a": each} for each in (*NO_CRITERION, *PARTS, MISSPELT))),
    "headers": (*NO_MAP, *({"a": each} for each in (*NO_CRITERION, *PARTS, MISSPELT))),
    "path": ("", "/" + "a" * 500, 1.5, True, [], {}),
    "customer_id": (*NO_CRITERION, *PARTS, MISSPELT),
    "contact_key": (*NO_CRITERION, *PARTS, MISSPELT),
    "tenant": (*NO_CRITERION, *PARTS, MISSPELT),
    "paht": ("/",),
}

SPANS = ("0s", "250ms", "1s", "15m", "2h", "7d", "2w", "6M", "5y")
NO_SPANS: Sequence[Any] = ("", "soon", "1", "-1s", "1.5s", " 1s", "1s ", 5, True, [], {}, ["1s"])

RIGHT: Mapping[str, Sequence[Any]] = {
    "name": ("a", "a b", 5, "ü" * 100),
    "on": (
        *OPERATION_IDS,
        *("any", "*", "options", "unrouted"),
        "POST /services/start",
        "post /services/start",
        ["any"],
        ["end_task", "*", "Get /services/5"],
    ),
    "where": (
        {},
        dict.fromkeys(WHERE.members),
        {"tenant": "a", "path": "/"},
        *({name: each} for name, those in WHERE_RIGHT.items() for each in those),
    ),
    "between": (["1s", "2s"], ["0s", "1y"]),
    "skip": (0, 5, "5"),
    "every": (1, 5, "5"),
    "times": (0, 5, "5"),
    "probability": (0, 0.5, 1),
    "above_rate": ({"calls": 1, "per": "1s"},),
    "sequence": (
        [],
        ["pass"],
        ["pass", {"delay": "1s"}, {"patch": None, "effect": "applied"}, {"effect": None}],
    ),
    "repeat": (1, 7, "forever"),
    "delay": (
        *SPANS,
        {"from": "1s", "to": "1s"},
        {"from": "0s", "to": "2s"},
        {"median": "1s", "sigma": 0, "max": "2s"},
        {"median": "1s", "sigma": 0.5, "max": "2s"},
        {"median": "1s", "sigma": 5, "max": "2s"},
    ),
    "advance": SPANS,
    "dribble": ({"chunks": 1, "duration": "0s"}, {"chunks": "4", "duration": "2s"}),
    "response": (
        {"status": 200},
        {"status": 599, "headers": {}, "body": None},
        {"status": 200, "headers": {"A": "b", "C": 5, "Retry-After": {"date": "2s"}}},
        *({"status": 200, "body": each} for each in those("a", 1, True, [1], {"a": {}})),
    ),
    "patch": (None, "a", 1, 1.5, True, [1], {"a": None}),
    "connection": (
        *("reset", "close", "truncate", "garbage", "stall"),
        {"truncate": {}},
        {"truncate": {"after": 0}},
        {"truncate": {"after": "9", "chunked": False}},
        {"truncate": {"after": None, "chunked": True}},
    ),
    "effect": ("none", "applied"),
}
WRONG: Mapping[str, Sequence[Any]] = {
    "name": ("", " a", "a ", "{a", "a\nb", "a" * 101, 1.5, True, [], {}),
    "on": ("", "end_tsk", "POST", "POST services/start", 5, True, {}, [], [5], ["any", "x"], [[]]),
    "where": (
        *NO_MAP,
        *({name: each} for name, those in WHERE_WRONG.items() for each in those),
    ),
    "between": (
        *("1s", 5, {}, [], ["1s"], ["1s", "2s", "3s"]),
        *(["1s", each] for each in NO_SPANS),
        *([each, "1s"] for each in NO_SPANS),
    ),
    "skip": (-1, 1.5, True, "x", [], {}),
    "every": (0, -1, 1.5, True, "x", [], {}),
    "times": (-1, 1.5, True, "x", [], {}),
    "probability": (-0.1, 1.1, True, "x", [], {}),
    "above_rate": (
        *NO_MAP,
        {},
        {"calls": 1},
        {"per": "1s"},
        {"calls": 0, "per": "1s"},
        {"calls": 1, "per": "0s"},
        {"calls": 1, "per": "1s", "of": 1},
    ),
    "sequence": (
        *("pass", {}, 5, ["pas"], [None], [5], [[]]),
        *([{"delay": each}] for each in NO_SPANS),
        [{"skip": 1}],
    ),
    "repeat": (0, -1, 1.5, True, "2", "ever", [], {}),
    "delay": (
        *NO_SPANS,
        *({"from": "1s", "to": each} for each in NO_SPANS),
        *({"from": each, "to": "1y"} for each in NO_SPANS),
        {"from": "1s"},
        {"to": "1s"},
        {"from": "1s", "to": "2s", "of": 1},
        *(
            {"median": "1s", "sigma": each, "max": "2s"}
            for each in those(-0.1, 5.1, 6, True, "1", [])
        ),
        {"median": "x", "sigma": 1, "max": "2s"},
        {"median": "1s", "sigma": 1, "max": "x"},
        {"median": "1s", "sigma": 1},
        {"median": "1s", "max": "2s"},
        {"sigma": 1, "max": "2s"},
        {"median": "1s", "sigma": 1, "max": "2s", "from": "1s"},
    ),
    "advance": NO_SPANS,
    "dribble": (
        *NO_MAP,
        {},
        {"chunks": 1},
        {"duration": "1s"},
        {"chunks": 0, "duration": "1s"},
        {"chunks": 1, "duration": "x"},
        {"chunks": 1, "duration": "1s", "of": 1},
    ),
    "response": (
        *NO_MAP,
        {},
        *({"status": each} for each in (None, 199, 600, "500", 200.5, True)),
        *({"status": 200, "headers": each} for each in NO_MAP),
        *({"status": 200, "headers": {"A": each}} for each in those(None, 1.5, True, [], {})),
        {"status": 200, "headers": {"Retry-After": {"date": "x"}}},
        {"status": 200, "headers": {"Retry-After": {"date": "1s", "of": 1}}},
        {"status": 200, "header": {}},
    ),
    "connection": (
        *("", "rest", 5, True, [], {}),
        {"truncate": None},
        *({"truncate": each} for each in NO_MAP),
        *({"truncate": {"after": each}} for each in those(-1, 1.5, "x", [])),
        *({"truncate": {"chunked": each}} for each in those(1, "true", [])),
        {"truncate": {"of": 1}},
        {"truncate": {}, "reset": {}},
    ),
    "effect": ("", "both", 5, True, [], {}),
    "tims": (3,),
}


Judgement = tuple[bool, bool]
"""Whether the reader accepts the form of a rule, and whether the schema does."""


def judged(rule: Mapping[str, Any]) -> Judgement:
    """Let the reader and the schema judge a rule."""
    checker = Checker()
    FAULT.check(rule, "", checker)
    return not checker, Draft202012Validator(FAULT.json_schema()).is_valid(rule)


def otherwise_judged(key: str, values: Sequence[Any], wanted: Judgement) -> list[str]:
    """Return the values of a key that are not judged as is wanted, with their judgements."""
    judgements = [(each, judged({"on": "any", "delay": "1s", key: each})) for each in values]
    return [f"{each}: {judgement}" for each, judgement in judgements if judgement != wanted]


@pytest.mark.parametrize("key", RIGHT)
def test_right_value_fits_the_schema(key: str) -> None:
    assert otherwise_judged(key, RIGHT[key], (True, True)) == []


@pytest.mark.parametrize("key", WRONG)
def test_wrong_value_fits_no_schema(key: str) -> None:
    assert otherwise_judged(key, WRONG[key], (False, False)) == []


def test_each_key_is_tried() -> None:
    assert RIGHT.keys() == FAULT.members.keys()
    assert WRONG.keys() == FAULT.members.keys() - {"patch"} | {"tims"}
    assert WHERE_RIGHT.keys() == WHERE.members.keys()
    assert {*ACTIONS} | {"effect"} <= RIGHT.keys()
    assert {name for each in OPERATOR for name in each} == {*OPERATORS}


def test_null_is_a_value_of_a_patch_alone_and_else_as_good_as_absent() -> None:
    for key in FAULT.members.keys() - {"on"}:
        assert judged({"on": "any", key: None}) == (True, True)
    assert judged({"on": None}) == (False, False)
