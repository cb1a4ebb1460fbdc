"""Criteria: what they fit and what they say of what does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.faults.criteria import UNREADABLE, Facts, Mismatch
from tests.unit.faults.support import call, rule

BODY = {
    "service_type": 100,
    "customer_id": "C-1",
    "est": 1.5,
    "vip": True,
    "new": False,
    "note": None,
    "list": ["a", 2],
    "coupon": {"coupon_name": "DISCOUNT15", "lines": [{"n": 1}, {"n": 2}]},
}


def failed(where: dict[str, Any], facts: Facts) -> list[Mismatch]:
    """Return what a request fails of some criteria."""
    return rule(where=where, delay="1s").where.differences(facts)


@pytest.mark.parametrize(
    "criterion",
    [
        {"service_type": 100},
        {"service_type": "100"},
        {"service_type": ["1", "100"]},
        {"service_type": {"equals": "100"}},
        {"service_type": {"matches": "1.."}},
        {"service_type": {"contains": 0}},
        {"customer_id": "C-1"},
        {"est": "1.5"},
        {"vip": True},
        {"vip": "true"},
        {"new": False},
        {"new": "false"},
        {"note": None},
        {"note": "null"},
        {"note": {"matches": "nul+"}},
        {"note": {"absent": False}},
        {"other": {"absent": True}},
        {"list": {"contains": "2"}},
        {"list": {"equals": ["a", 2]}},
        {"coupon": {"contains": "lines"}},
        {"$.coupon.coupon_name": {"matches": "DISC.*"}},
        {"$.coupon.lines[*].n": 2},
        {"$.coupon.lines[?@.n > 1].n": [2, 3]},
        {"$..n": "1"},
        {"$.coupon.other": {"absent": True}},
        {"$.coupon": {"absent": False}},
        {"service_type": 100, "$.customer_id": "C-1"},
    ],
    ids=str,
)
def test_body_fits(criterion: dict[str, Any]) -> None:
    assert failed({"body": criterion}, call(bodies=(BODY,))) == []


@pytest.mark.parametrize(
    ("criterion", "difference"),
    [
        ({"service_type": 1}, ("body.service_type", 1, 100)),
        ({"service_type": [1, "10"]}, ("body.service_type", [1, "10"], 100)),
        ({"service_type": {"equals": 10}}, ("body.service_type", 10, 100)),
        ({"service_type": {"matches": "10"}}, ("body.service_type", {"matches": "10"}, 100)),
        ({"service_type": {"contains": 3}}, ("body.service_type", {"contains": 3}, 100)),
        ({"service_type": {"absent": True}}, ("body.service_type", {"absent": True}, 100)),
        ({"other": 1}, ("body.other", 1, None)),
        ({"other": {"absent": False}}, ("body.other", {"absent": False}, None)),
        ({"vip": 1}, ("body.vip", 1, True)),
        ({"vip": False}, ("body.vip", False, True)),
        ({"new": True}, ("body.new", True, False)),
        ({"list": "a"}, ("body.list", "a", ["a", 2])),
        ({"list": {"contains": "c"}}, ("body.list", {"contains": "c"}, ["a", 2])),
        ({"$..n": 3}, ("body.$..n", 3, [1, 2])),
        ({"$.coupon.coupon_name": "D"}, ("body.$.coupon.coupon_name", "D", "DISCOUNT15")),
    ],
    ids=str,
)
def test_body_that_does_not_fit_says_what_was_found(
    criterion: dict[str, Any], difference: tuple[str, Any, Any]
) -> None:
    assert failed({"body": criterion}, call(bodies=(BODY,))) == [Mismatch(*difference)]


@pytest.mark.parametrize("criterion", ["x", {"matches": ".*"}, {"absent": True}, {"absent": False}])
@pytest.mark.parametrize("name", ["a", "$.a", "$"])
def test_unreadable_body_fails_every_criterion_of_the_body(name: str, criterion: object) -> None:
    [difference] = failed({"body": {name: criterion}}, call(bodies=(UNREADABLE,)))
    assert difference == Mismatch(f"body.{name}", criterion, "unreadable body")


def test_unreadable_body_is_no_matter_to_other_criteria() -> None:
    where = {"customer_id": "C-1"}
    facts = call(bodies=(UNREADABLE,), customer_ids=frozenset({"C-1"}))
    assert failed(where, facts) == []


def test_no_body_has_nothing_in_it() -> None:
    assert failed({"body": {"a": {"absent": True}, "$.b": {"absent": True}}}, call()) == []
    assert failed({"body": {"a": 1}}, call()) == [Mismatch("body.a", 1, None)]


@pytest.mark.parametrize("body", [None, 5, "a", [{"a": 1}]])
def test_body_that_is_no_object_has_no_members(body: object) -> None:
    assert failed({"body": {"a": {"absent": True}}}, call(bodies=(body,))) == []
    assert failed({"body": {"$.a": 1}}, call(bodies=(body,))) == [Mismatch("body.$.a", 1, None)]


def test_all_criteria_must_hold() -> None:
    where = {
        "body": {"service_type": 1, "est": "1.5"},
        "query": {"q": "1"},
        "headers": {"X-A": "1"},
        "path": "/y",
        "customer_id": "C-2",
        "contact_key": "K",
        "tenant": "T",
    }
    assert [each.criterion for each in failed(where, call(bodies=(BODY,)))] == [
        *["body.service_type", "query.q", "headers.X-A", "path"],
        *["customer_id", "contact_key", "tenant"],
    ]


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({"query": {"a": "2"}}, True),
        ({"query": {"a": ["7", "1"]}}, True),
        ({"query": {"a": "3"}}, False),
        ({"query": {"b": {"absent": True}}}, True),
        ({"query": {"a": {"absent": True}}}, False),
        ({"query": {"A": "1"}}, False),
        ({"headers": {"x-trace": "t-1"}}, True),
        ({"headers": {"X-TRACE": {"matches": "t-[0-9]"}}}, True),
        ({"headers": {"X-Trace": {"contains": "T"}}}, False),
        ({"headers": {"X-Other": {"absent": True}}}, True),
        ({"headers": {"X-Trace": {"absent": True}}}, False),
        ({"customer_id": "C-1"}, True),
        ({"customer_id": ["C-9", "C-2"]}, True),
        ({"customer_id": {"matches": "C-."}}, True),
        ({"customer_id": "C-3"}, False),
        ({"customer_id": {"absent": True}}, False),
        ({"contact_key": {"absent": True}}, True),
        ({"contact_key": "K"}, False),
        ({"tenant": "101"}, True),
        ({"tenant": 101}, True),
        ({"tenant": "Resources"}, True),
        ({"tenant": "102"}, False),
    ],
    ids=str,
)
def test_request_fits(where: dict[str, Any], *, fits: bool) -> None:
    facts = call(
        query={"a": ["1", "2"]},
        headers={"x-trace": ["t-1"]},
        customer_ids=frozenset({"C-1", "C-2"}),
        tenant=("Resources", "101"),
    )
    assert (failed(where, facts) == []) is fits


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("/genesys/1/cs/**", "/genesys/1/cs/services/start", True),
        ("/genesys/1/cs/**", "/genesys/1/cs", True),
        ("/genesys/1/cs/**", "/genesys/1/csx", False),
        ("/a/**/d", "/a/d", True),
        ("/a/**/d", "/a/b/c/d", True),
        ("/a/**/d", "/ad", False),
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*/c", "/a/b/c", True),
        ("/a/b*d", "/a/bcd", True),
        ("/a/b*d", "/a/b/d", False),
        ("**/end", "/services/5/end", True),
        ("/a.c", "/abc", False),
        ("/a", "/a/b", False),
        ("/customers/Zoë Å/*", "/customers/Zo%C3%AB%20%C3%85/services", True),
        ("/customers/Zo%C3%AB", "/customers/Zo%C3%AB", True),
    ],
)
def test_path_is_a_glob(glob: str, path: str, *, fits: bool) -> None:
    differences = failed({"path": glob}, call(path=path))
    assert differences == ([] if fits else [Mismatch("path", glob, path)])


def test_composite_fits_where_one_element_fits_all() -> None:
    facts = call(
        "composite_start",
        elements=(
            call(bodies=({"type": 1, "state": 2},), customer_ids=frozenset({"A"})),
            call(bodies=({"type": 3, "state": 4},), customer_ids=frozenset({"B"})),
        ),
    )
    assert failed({"body": {"type": 3, "state": 4}, "customer_id": "B"}, facts) == []
    assert failed({"body": {"type": 1, "state": 4}}, facts) == [Mismatch("body.state", 4, 2)]
    assert failed({"body": {"type": 1}, "customer_id": "B"}, facts) == [
        Mismatch("customer_id", "B", "A")
    ]


ORDER = {"order": {"number": "A-1", "lines": [1, "2"], "to": {"city": "Ulm", "zip": 89073.0}}}


@pytest.mark.parametrize(
    "criterion",
    [
        {"order": {"number": "A-1"}},
        {"order": {"to": {"zip": "89073"}}},
        {"order": {"to": {"city": {"matches": "U.*"}}, "number": ["A-1", "A-2"]}},
        {"order": {"gone": {"absent": True}}},
        {"order": {"lines": {"same_items": [2, 1]}}},
        {"order": {"lines": {"equals": ["1", 2]}}},
        {"$.order.lines[*]": {"equals": [1, 2]}},
        {"$.order.lines[*]": {"same_items": [2, "1"]}},
        {"order": {"to": {"equals": {"zip": 89073, "city": "Ulm"}}}},
    ],
    ids=str,
)
def test_part_of_a_body_fits(criterion: dict[str, Any]) -> None:
    assert failed({"body": criterion}, call(bodies=(ORDER,))) == []


@pytest.mark.parametrize(
    "part",
    [
        {"number": "A-2"},
        {"to": {"zip": "89074"}},
        {"number": {"number": "A-1"}},
        {"gone": "x"},
        {"lines": {"same_items": [1, 2, 2]}},
        {"lines": {"equals": [2, 1]}},
    ],
    ids=str,
)
def test_part_of_a_body_that_is_not_there_is_named_as_written(part: dict[str, Any]) -> None:
    [difference] = failed({"body": {"order": part}}, call(bodies=(ORDER,)))
    assert difference == Mismatch("body.order", part, ORDER["order"])


def test_several_values_of_a_query_and_a_header_are_compared_alike() -> None:
    facts = call(query={"a": ["1", "2"]}, headers={"x-a": ["1", "2"]})
    for criterion, fits in (
        (1.0, True),
        ({"equals": [1, 2]}, True),
        ({"equals": [2, 1]}, False),
        ({"same_items": [2, 1]}, True),
        ([3, 2], True),
        (3, False),
    ):
        assert (not failed({"query": {"a": criterion}}, facts)) is fits
        assert (not failed({"headers": {"X-A": criterion}}, facts)) is fits


def test_path_is_spelt_alike_on_both_sides() -> None:
    facts = call(path="/a/J%c3%bcrgen/%41")
    assert failed({"path": "/a/Jürgen/A"}, facts) == []
    assert failed({"path": "/a/*/%41"}, facts) == []
