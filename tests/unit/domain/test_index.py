"""An index keeps its order, and what shares its entries does not see what changes in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_simulator.domain.index import SortedIndex
from tests.support.chance import examples

ENTRIES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30)


def index(entries: list[tuple[str, int]]) -> SortedIndex:
    made = SortedIndex()
    made.extend(entries)
    return made


@settings(max_examples=examples(50))
@given(ENTRIES, ENTRIES, st.booleans())
def test_change_in_a_shared_index_is_its_own(
    before: list[tuple[str, int]], added: list[tuple[str, int]], in_the_first: bool
) -> None:
    first = index(before)
    second = first.share()
    changed, other = (first, second) if in_the_first else (second, first)
    for entry in added:
        changed.add(entry)
    for entry in before[::2]:
        changed.remove(entry)
    kept = [*before[1::2], *added]
    assert list(changed) == sorted(kept)
    assert list(other) == sorted(before)
    assert list(changed.between(("b",), ("b", 9))) == [
        entry for entry in sorted(kept) if ("b",) <= entry < ("b", 9)
    ]
    changed._entries._check()
    other._entries._check()


def test_copy_of_many_is_a_list_of_its_own() -> None:
    many = [("a", number) for number in range(5_000)]
    first = index(many)
    second = first.share()
    second.remove(("a", 2_500))
    second.add(("a", 9_999))
    assert (len(first), len(second)) == (5_000, 5_000)
    assert list(first) == many
    assert second._entries[2_500] == ("a", 2_501)
    assert second._entries[-1] == ("a", 9_999)
    second._entries._check()


def test_copy_of_nothing_takes_entries() -> None:
    first = SortedIndex()
    second = first.share()
    second.add(("a", 1))
    assert (first.first(), second.first()) == (None, ("a", 1))
    with pytest.raises(ValueError, match="not in list"):
        first.remove(("a", 1))
