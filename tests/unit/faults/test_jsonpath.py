"""Walks of a JSONPath end in time, whatever its author multiplies."""

from __future__ import annotations

from typing import Any

import jsonpath_rfc9535
import pytest

from cs_simulator.faults.expressions import GAVE_UP, LONGEST, GaveUpError, Patience
from cs_simulator.faults.jsonpath import finder
from tests.unit.faults.support import call, rule

BODY = {"a": [{"b": [{"c": number} for number in range(60)]} for _ in range(60)]}


@pytest.mark.parametrize(
    "path",
    [
        "$..*..*..*..*",
        "$..[*,*,*,*]..[*,*,*,*]..*",
        "$..[?count(@..*)>count($..*)]",
        "$..[?!(@..x)||@..[?match(@,'a*')]]",
        "$..[?@..[?@..[?@..x]]]",
        "$..[?length(value(@..*..*..*))==1]",
        "$..[?1<count(@..*..*..*)]",
        "$..[?!count(@..*..*..*)>1]",
        "$..[?!@..*..*..*..x]",
    ],
)
def test_walk_that_multiplies_gives_up(path: str) -> None:
    with pytest.raises(GaveUpError):
        finder(path)(BODY, Patience())


@pytest.mark.parametrize(
    ("path", "count"),
    [("$.a[*].b[?@.c==3].c", 60), ("$..c", 3600), ("$.a[0].b[-1].c", 1), ("$.a[*].c", 0)],
)
def test_walk_of_a_large_body_is_done(path: str, count: int) -> None:
    assert len(finder(path)(BODY, Patience(60))) == count


@pytest.mark.parametrize(
    "path",
    ["$", "$.a", "$['a'][1]", "$.a[-1]", "$.a[7]", "$.a.b", "$.x", "$[0]", "$.a[0].n", "$['1']"],
)
@pytest.mark.parametrize(
    "body", [{"a": [{"n": None}, [], "t"], "1": 0}, [1, {"a": 2}], {"a": {"b": False}}, "text", 1]
)
def test_path_to_one_value_leads_where_the_standard_says(path: str, body: Any) -> None:
    assert finder(path)(body, Patience()) == jsonpath_rfc9535.find(path, body).values()


def test_criterion_that_takes_too_long_does_not_hold_and_says_so() -> None:
    where = rule(where={"body": {"$..*..*..*..*": 1}}, delay="1s").where
    [difference] = where.differences(call(bodies=(BODY,)))
    assert (difference.found, difference.gave_up) == (GAVE_UP, True)


def test_path_of_many_characters_is_not_valid() -> None:
    with pytest.raises(ValueError, match="more than 10000"):
        finder("$" + ".a" * 6000)


def test_longest_path_is_followed() -> None:
    name = "a" * (LONGEST - 2)
    assert finder(f"$.{name}")({name: 1}, Patience()) == [1]
    with pytest.raises(ValueError, match=f"{LONGEST + 1} characters, more than {LONGEST}"):
        finder(f"$.{name}a")
