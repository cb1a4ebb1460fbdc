"""The one meaning of "equal", held to the table on the page about faults and to its laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.documents.equality import any_equal, equal, normal_path, same_items, text_of

PAGE = Path(__file__).parents[3] / "docs" / "faults.md"

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def table() -> list[tuple[Any, Any, bool]]:
    """Return the rows of the table: two values as JSON, and whether they are equal."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index("| expected | found | equal |") + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        one, other, answer = (cell.strip().strip("`") for cell in line.strip("|").split("|"))
        rows.append((json.loads(one), json.loads(other), answer == "yes"))
    return rows


@pytest.mark.parametrize(("one", "other", "answer"), table(), ids=str)
def test_equal_as_the_page_says(one: Any, other: Any, answer: bool) -> None:
    assert equal(one, other) is answer
    assert equal(other, one) is answer
    assert equal({"a": [one]}, {"a": [other]}) is answer
    assert any_equal(["x", other], one) is answer
    assert same_items([other, "x"], ["x", one]) is answer


@given(values)
def test_equal_to_itself_and_to_what_json_makes_of_it(value: Any) -> None:
    assert equal(value, value)
    assert equal(value, json.loads(json.dumps(value)))


@given(values, values, values)
def test_equal_is_symmetric_and_transitive(one: Any, two: Any, three: Any) -> None:
    assert equal(one, two) is equal(two, one)
    if equal(one, two) and equal(two, three):
        assert equal(one, three)


@given(scalars, scalars)
def test_scalars_are_equal_exactly_when_their_texts_are(one: Any, other: Any) -> None:
    assert equal(one, other) is (text_of(one) == text_of(other))


@given(st.integers(-(2**53), 2**53))
def test_number_is_equal_by_its_value_and_as_text(number: int) -> None:
    assert equal(number, float(number))
    assert equal(number, str(number))
    assert not equal(number, number + 1)
    assert not equal(bool(number), number)


@given(st.lists(values, max_size=4), st.randoms(use_true_random=False))
def test_same_items_ignore_the_order_alone(items: list[Any], chance: Any) -> None:
    mixed = list(items)
    chance.shuffle(mixed)
    assert same_items([mixed], items)
    assert same_items(mixed, items)
    assert not same_items([[*mixed, "one more"]], items)


def test_of_several_values_one_is_enough_and_a_list_asks_for_all() -> None:
    assert any_equal(["a", "b"], "b")
    assert any_equal(["a", "b"], ["a", "b"])
    assert not any_equal(["a", "b"], ["b", "a"])
    assert not any_equal(["a", "b"], ["a"])
    assert any_equal([["a"]], ["a"])
    assert not any_equal([], [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a/J\u00fcrgen", "/a/J%C3%BCrgen"),
        ("/a/J%c3%bcrgen", "/a/J%C3%BCrgen"),
        ("/a/%41%7e", "/a/A~"),
        ("/a/x y", "/a/x%20y"),
    ],
)
def test_paths_are_compared_in_one_spelling(one: str, other: str) -> None:
    assert normal_path(one) == normal_path(other) == other


def test_encoded_slash_is_no_slash() -> None:
    assert normal_path("/a/b%2fc") == "/a/b%2Fc"
