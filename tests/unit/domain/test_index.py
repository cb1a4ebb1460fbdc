"""An index keeps its order, and what shares its entries does not see what changes in it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_simulator.domain import index as index_module
from cs_simulator.domain.index import PIECE, SortedIndex
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


def _many(begin: int, count: int, order: str) -> list[tuple[str, int]]:
    """Return entries of three beginnings, in some order."""
    made = [("abc"[number % 3], number) for number in range(begin, begin + count)]
    if order == "falling":
        made.reverse()
    elif order == "mixed":
        random.Random(1).shuffle(made)
    return made


@pytest.fixture
def sorts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each sort of the index takes."""
    lengths = []

    def counting(entries: Iterable[Any]) -> list[Any]:
        those = list(entries)
        lengths.append(len(those))
        return sorted(those)

    monkeypatch.setattr(index_module, "sorted", counting, raising=False)
    return lengths


@pytest.mark.parametrize("order", ["rising", "falling", "mixed"])
@pytest.mark.parametrize("before", [0, 3, 5 * PIECE, 40 * PIECE])
def test_many_entries_are_added_without_a_long_sort(
    sorts: list[int], before: int, order: str
) -> None:
    made = SortedIndex()
    made.extend(_many(0, before, "mixed"))
    twin = made.share()
    sorts.clear()
    more = _many(before // 2, 20 * PIECE + 7, order)  # half of them are there already
    made.extend_by_pieces(more)
    assert max(sorts) < 8 * PIECE
    assert before or sorts[0] > PIECE / 2, "the first part is not smaller than it must be"
    assert list(made) == sorted([*_many(0, before, ""), *more])
    assert len(made) == before + len(more)
    assert list(twin) == sorted(_many(0, before, ""))
    made._entries._check()
    made.remove(more[0])
    made.add(("d", 0))
    assert made.count(("a",), ("e",)) == before + len(more)
    made._entries._check()


def test_many_entries_of_one_place_are_added_without_a_long_sort(sorts: list[int]) -> None:
    made = SortedIndex()
    made.extend((("a", number), 0) for number in range(30 * PIECE))
    sorts.clear()
    more = [(("a", 500), number) for number in range(1, 20 * PIECE)]
    random.Random(1).shuffle(more)
    made.extend_by_pieces(more)
    assert max(sorts) < 8 * PIECE
    assert len(made) == 50 * PIECE - 1
    made._entries._check()


def test_few_entries_are_added_one_by_one() -> None:
    made = SortedIndex()
    made.extend(("a", number) for number in range(9 * PIECE))
    there = made._entries
    made.extend_by_pieces([("a", 7), ("b", 1)])
    assert made._entries is there
    assert made.count(("a", 7), ("a", 8)) == 2
