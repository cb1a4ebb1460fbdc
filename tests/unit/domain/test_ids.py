"""Identifiers: auto-incrementing, told by a seed and counters alone."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.ids import (
    FIRST_SERVICE,
    FIRST_STATE,
    FIRST_TASK,
    Ids,
    NextNumbers,
    conversation_id,
    customer_id,
    digest,
    new_instance,
)

CONVERSATION = re.compile(
    r"[0-9]{1,3}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)
CUSTOMER = re.compile(r"[0-9A-Z]{5}[ab][0-9A-Z]{10}")

seeds = st.integers(-(2**63), 2**63 - 1)


def test_ids_begin_where_the_contract_says() -> None:
    ids = Ids()
    assert ids.service() == (4_294_967_297, 4_294_967_297)
    assert ids.service() == (4_294_967_298, 4_294_967_298)
    assert (ids.state(), ids.state()) == (1001, 1002)
    assert (ids.task(), ids.task()) == (500_001, 500_002)
    assert (FIRST_SERVICE, FIRST_STATE, FIRST_TASK) == (2**32 + 1, 1001, 500_001)


@given(seeds, st.integers(0, 10**9))
def test_conversation_id_shape(seed: int, number: int) -> None:
    drawn = conversation_id(seed, number)
    assert CONVERSATION.fullmatch(drawn)
    assert UUID(drawn.partition("-")[2]).version == 4
    assert drawn == conversation_id(seed, number)


@given(seeds, st.integers(1, 10**9))
def test_customer_id_shape(seed: int, number: int) -> None:
    drawn = customer_id(seed, number)
    assert CUSTOMER.fullmatch(drawn)
    assert drawn == customer_id(seed, number)


def test_both_letters_of_customer_ids_occur() -> None:
    assert {customer_id(seed, 1)[5] for seed in range(50)} == {"a", "b"}


def test_ids_are_unique() -> None:
    ids = Ids(7, "conversation")
    assert len({ids.service()[1] for _ in range(5_000)}) == 5_000
    assert len({ids.customer() for _ in range(50_000)}) == 50_000


def test_customer_ids_stay_unique_where_their_tail_begins_anew() -> None:
    turn = 36**4
    drawn = {customer_id(7, number) for number in range(turn - 500, turn + 500)}
    assert len(drawn) == 1_000
    assert customer_id(7, 5) != customer_id(7, turn + 5)


@given(seeds, seeds)
def test_ids_are_told_by_the_seed(one: int, other: int) -> None:
    first, second = Ids(one, "conversation"), Ids(other, "conversation")
    drawn = [(ids.service(), ids.customer()) for ids in (first, second)]
    assert (drawn[0] == drawn[1]) == (one == other)


def test_service_id_of_a_number() -> None:
    ids = Ids(3, "conversation")
    number, service_id = ids.service()
    assert number == FIRST_SERVICE
    assert ids.service_id(number) == service_id
    assert Ids(3).service_id(number) == number


def test_counters_tell_what_comes_next() -> None:
    ids = Ids(start=NextNumbers(10, 20, 30, 40))
    ids.service()
    ids.state()
    ids.state()
    ids.customer()
    assert ids.counters == NextNumbers(11, 22, 30, 41)
    again = Ids(start=ids.counters)
    assert (again.service()[0], again.state(), again.task()) == (11, 22, 30)


def test_copy_counts_on_its_own() -> None:
    ids = Ids(5, "conversation", NextNumbers(10, 20, 30, 40))
    twin = ids.copy()
    assert (twin.seed, twin.form, twin.counters) == (5, "conversation", ids.counters)
    assert twin.service() == ids.service()
    twin.state()
    assert (ids.counters.state, twin.counters.state) == (20, 21)


@pytest.mark.parametrize(
    ("given_out", "counted"),
    [
        ({"service": 15}, NextNumbers(16, 20, 30, 1)),
        ({"service": 9}, NextNumbers(10, 20, 30, 1)),
        ({"state": 20}, NextNumbers(10, 21, 30, 1)),
        ({"task": 99}, NextNumbers(10, 20, 100, 1)),
        ({}, NextNumbers(10, 20, 30, 1)),
    ],
)
def test_reserve_moves_counters_forward_only(
    given_out: dict[str, int], counted: NextNumbers
) -> None:
    ids = Ids(start=NextNumbers(10, 20, 30, 1))
    ids.reserve(**given_out)
    assert ids.counters == counted


def test_digest_depends_on_all_of_it() -> None:
    assert digest(1, "a") == digest(1, "a")
    assert (
        len({digest(1, "a"), digest("1", "a"), digest(1, "b"), digest(1), digest(1, "\u00e4")}) == 5
    )
    assert len(digest()) == 32


def test_instances_differ() -> None:
    assert len({new_instance() for _ in range(100)}) == 100
