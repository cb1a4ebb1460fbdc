"""The store: what it finds, in which order, and that copies share nothing that changes."""

from __future__ import annotations

import pytest

from cs_simulator.clock import LATEST
from cs_simulator.domain.index import SortedIndex
from cs_simulator.domain.model import Event, Retention, Service, with_values
from cs_simulator.domain.store import (
    AUTO_COMPLETE,
    EXPIRE,
    MOST_GONE,
    MOST_READ,
    Gone,
    Store,
    Which,
    due_times,
    same_value,
)
from tests.unit.domain.support import START, check_indexes, service, state, task

WHICH: tuple[Which, ...] = ("all", "active", "completed")


def numbers(found: object) -> list[int]:
    assert isinstance(found, list)
    return [each.number for each in found]


def filled() -> Store:
    store = Store()
    store.add_services(
        [
            service(1, "C", "K", at=START + 5),
            service(2, "C", at=START, completed_at=START + 9),
            service(3, None, "K", at=START),
            service(4, "D", "K", at=START),
            service(5, "C", at=START),
        ]
    )
    return store


def test_customers_services_are_oldest_first_then_by_number() -> None:
    store = filled()
    assert numbers(store.of_customer("C")) == [2, 5, 1]
    assert numbers(store.of_customer("C", "active")) == [5, 1]
    assert numbers(store.of_customer("C", "completed")) == [2]
    assert store.of_customer("c") == []


def test_services_of_a_span_hold_its_beginning_and_not_its_end() -> None:
    store = filled()
    assert numbers(store.of_customer("C", start=START, end=START + 5)) == [2, 5]
    assert numbers(store.of_customer("C", start=START + 1)) == [1]
    assert numbers(store.started_between(START, START + 5)) == [2, 3, 4, 5]
    assert numbers(store.started_between(START, START + 6, "active")) == [3, 4, 5, 1]
    assert numbers(store.completed_between(START + 9, START + 10)) == [2]
    assert store.completed_between(START, START + 9) == []


def test_contact_finds_services_without_customer_only() -> None:
    assert numbers(filled().of_contact("K")) == [3]


def test_an_owner_that_begins_another_is_another() -> None:
    store = Store()
    store.add_services([service(1, "C"), service(2, "C1"), service(3, "")])
    assert numbers(store.of_customer("C")) == [1]
    assert numbers(store.of_customer("")) == [3]


def test_associating_moves_a_service_between_owners() -> None:
    store = filled()
    store.replace_service(with_values(store.service(3), customer_id="D"))
    assert store.of_contact("K") == []
    assert numbers(store.of_customer("D")) == [3, 4]
    check_indexes(store)


def test_newest_active_is_equal_in_all_three() -> None:
    store = Store()
    store.add_services(
        [
            service(1, "C", None, service_type=100),
            service(2, "C", "K", service_type="100", at=START + 1),
            service(3, "C", None, service_type="100", at=START + 2),
            service(4, "C", None, at=START + 3),
            service(5, "C", None, service_type=100, at=START + 4, completed_at=START + 5),
            service(6, None, "K", service_type=100),
        ]
    )
    newest = store.newest_active("C", None, 100)
    assert newest is not None
    assert newest.number == 3
    for owner, contact, kind, number in (
        ("C", "K", 100, 2),
        ("C", None, None, 4),
        (None, "K", "100", 6),
    ):
        found = store.newest_active(owner, contact, kind)
        assert found is not None
        assert found.number == number
    assert store.newest_active("C", "L", 100) is None
    assert store.newest_active("C", None, 101) is None
    assert store.newest_active(None, "K", None) is None


def test_service_of_nobody_is_found_as_such_and_as_no_one_elses() -> None:
    store = Store()
    store.add_service(service(1, None, None))
    found = store.newest_active(None, None, None)
    assert found is not None
    assert found.number == 1
    assert store.newest_active(None, "K", None) is None
    check_indexes(store)


def test_services_of_the_last_instant_are_found() -> None:
    store = Store()
    store.add_service(service(1, at=LATEST))
    assert numbers(store.of_customer("C")) == [1]
    assert numbers(store.of_customer("C", end=LATEST)) == []
    assert store.newest_active("C", None, None) is store.service(1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (100, "100", True),
        (None, None, True),
        (None, "", False),
        ("a", "A", False),
        (0, None, False),
        (None, "None", False),
        ("None", None, False),
    ],
)
def test_same_value(one: object, other: object, *, same: bool) -> None:
    assert same_value(one, other) is same


def test_conversation_ids_are_found_by_their_text() -> None:
    store = Store()
    store.add_service(service(7, service_id="383-a"))
    store.add_services([service(8, service_id="383-b")])
    assert store.number_of("383-a") == 7
    assert store.number_of("383-b") == 8
    assert store.number_of("7") is None
    store.delete_service(7)
    assert store.number_of("383-a") is None
    check_indexes(store)


def test_deleting_takes_states_and_tasks_along() -> None:
    store = filled()
    store.put_state(1, state(1001))
    store.put_task(1, task(5))
    store.delete_service(1)
    assert not store.states(1)
    assert not store.tasks(1)
    with pytest.raises(KeyError):
        store.service(1)
    assert len(store) == 4
    check_indexes(store)


def test_parts_keep_the_order_of_their_making_when_replaced() -> None:
    store = filled()
    store.put_state(1, state(9))
    store.put_state(1, state(3))
    store.put_state(1, state(9, state_type="new"))
    assert list(store.states(1)) == [9, 3]
    assert store.states(1)[9].state_type == "new"
    assert not store.states(2)


def test_what_a_reader_holds_stays_as_it_was_read() -> None:
    store = filled()
    store.put_state(1, state(9))
    held = store.states(1)
    store.put_state(1, state(10))
    assert list(held) == [9]


def test_copies_never_see_each_others_changes() -> None:
    store = filled()
    store.put_state(1, state(9))
    twin = store.copy()
    third = twin.copy()
    twin.delete_service(1)
    twin.add_service(service(6, "C", at=START - 1))
    store.replace_service(store.service(5)._replace(completed=Event(START + 1)))
    store.put_state(1, state(10))
    store.put_task(1, task(11))
    assert numbers(store.of_customer("C", "active")) == [1]
    assert numbers(twin.of_customer("C")) == [6, 2, 5]
    assert numbers(third.of_customer("C")) == [2, 5, 1]
    assert list(store.states(1)) == [9, 10]
    assert list(third.states(1)) == [9]
    assert not third.tasks(1)
    for each in (store, twin, third):
        check_indexes(each)


@pytest.mark.parametrize("length", [0, 1, 7, 40, 500])
def test_a_period_apart_is_searched_as_all_is(length: int) -> None:
    store = Store()
    store.add_services(
        service(number, at=START + number, completed_at=START + 50 + number if number % 3 else None)
        for number in range(200)
    )
    store.put_state(31, state(9))
    store.put_task(31, task(11))
    for start in range(START - 10, START + 260, 30):
        end = start + length
        part = store.within(start, end)
        for which in WHICH:
            assert part.started_between(start, end, which) == store.started_between(
                start, end, which
            )
        assert part.completed_between(start, end) == store.completed_between(start, end)
        if part.number_of(31) is not None:
            assert part.states(31) == store.states(31)
            assert part.tasks(31) == store.tasks(31)


def test_a_short_period_apart_has_what_it_needs_alone() -> None:
    store = Store()
    store.add_services(
        [service(number, at=START + number, completed_at=START + 2) for number in range(200)]
    )
    assert [len(store.within(START + at, START + at + 3)) for at in (-9, 3, 199)] == [0, 3, 1]
    assert len(store.within(START, START + 3)) == 200
    assert len(store.within(START + 3, START)) == 0  # ends before it begins
    part = store.within(START + 7, START + 8)
    store.delete_service(7)
    assert numbers(part.started_between(START + 7, START + 8)) == [7]


def test_few_services_stay_unpacked_after_they_were_read() -> None:
    store = Store()
    store.add_services([service(number) for number in range(2 * MOST_READ)])
    for number in range(2 * MOST_READ):
        assert store.service(number) is store.service(number)
        assert len(store._read) <= MOST_READ
    store.replace_service(service(7, "D"))
    assert store.service(7).customer_id == "D"
    assert len(store.of_customer("C")) == 2 * MOST_READ - 1
    assert len(store._read) <= MOST_READ
    store.delete_service(7)
    with pytest.raises(KeyError):
        store.service(7)
    check_indexes(store)


@pytest.mark.parametrize(
    ("names", "weight"),
    [
        ({}, 0),
        ({"service_id": "1"}, 3),
        ({"service_id": "my id"}, 2),
        ({"service_id": "77"}, 1),
        ({"service_id": "2"}, 0),
        ({"service_id": "x"}, 0),
        ({"service_id": "-1"}, 0),
        ({"service_id": "\N{SUPERSCRIPT ONE}"}, 0),
        ({"service_id": "9" * 5_000}, 0),
        ({"customer_id": "C"}, 3),
        ({"customer_id": "nobody"}, 0),
        ({"contact_key": "K"}, 1),
        ({"service_id": "1", "customer_id": "C", "contact_key": "K"}, 7),
    ],
)
def test_names_of_a_path_weigh_what_is_stored_under_them(
    names: dict[str, str], weight: int
) -> None:
    store = filled()
    store.add_services([service(6, "E", service_id="my id"), service(7, "E", service_id="77")])
    store.put_states(1, [state(1001), state(1002)])
    store.put_task(1, task(5))
    store.put_tasks(6, [task(5), task(6)])
    store.put_task(7, task(5))
    assert store.weight(names) == weight


def test_what_is_due_is_counted_up_to_an_instant() -> None:
    store = Store()
    assert store.count_due(LATEST) == 0
    store.add_services(
        [
            service(number, retention=retention)
            for number, retention in enumerate(
                (
                    Retention(START, START, lifetime=1),
                    Retention(START, START, lifetime=3),
                    Retention(START, START, idle=3),
                    Retention(START, START, idle=5),
                )
            )
        ]
    )
    assert [store.count_due(START + after) for after in range(7)] == [0, 1, 1, 3, 3, 4, 4]


def test_number_of_a_service_may_be_0() -> None:
    store = Store()
    store.add_services([service(number, at=START, completed_at=START) for number in (1, 0)])
    assert numbers(store.started_between(START, START + 1)) == [0, 1]
    assert numbers(store.completed_between(START, START + 1)) == [0, 1]


@pytest.mark.parametrize(
    ("other", "is_like"),
    [
        ([service(1, "C"), service(2, "D")], True),
        ([service(2, "D"), service(1, "C")], True),
        ([service(1, "C")], False),
        ([service(1, "C"), service(3, "D")], False),
        ([service(1, "C"), service(2, "E")], False),
    ],
)
def test_stores_of_equal_services_are_alike(other: list[Service], *, is_like: bool) -> None:
    one, two = Store(), Store()
    one.add_services([service(1, "C"), service(2, "D")])
    two.add_services(other)
    assert one.is_like(two) is two.is_like(one) is is_like


def test_stores_of_equal_services_differ_by_states_and_tasks() -> None:
    one, two = Store(), Store()
    for each in (one, two):
        each.add_services([service(1)._replace(extensions={"order": 1})])
    two.replace_service(service(1)._replace(extensions={"order": 1.0}))
    assert one.is_like(two), "1 and 1.0 are equal"
    one.put_state(1, state(1001))
    assert not one.is_like(two)
    two.put_state(1, state(1001))
    one.put_task(1, task(5))
    assert not one.is_like(two)
    two.put_task(1, task(5))
    assert one.is_like(two)


def test_store_remembers_the_last_of_those_that_went() -> None:
    store = Store()
    store.add_services([service(number) for number in range(MOST_GONE + 1)])
    gone = Gone("deleted", START)
    for number in range(MOST_GONE):
        store.delete_service(number, gone)
    assert (store.gone(0), store.gone(MOST_GONE)) == (gone, None)
    store.delete_service(MOST_GONE, gone)
    assert (store.gone(0), store.gone(1), store.gone(MOST_GONE)) == (None, gone, gone)


def test_due_times_of_a_retention() -> None:
    idle = Retention(START, START, lifetime=50, idle=10)
    assert due_times(service(1, retention=idle)) == (
        (START + 10, AUTO_COMPLETE, 1),
        (START + 50, EXPIRE, 1),
    )
    assert due_times(service(1, retention=idle, completed_at=START)) == ((START + 50, EXPIRE, 1),)
    fixed = Retention(START, START, expires=START + 7)
    assert due_times(service(1, retention=fixed)) == ((START + 7, EXPIRE, 1),)
    assert due_times(service(1, retention=Retention(START, START))) == ()


def test_index_is_copied_by_its_first_change_alone() -> None:
    index = SortedIndex()
    first = index._entries
    index.add((1,))
    assert index._entries is first
    twin = index.share()
    twin.add((2,))
    own = twin._entries
    assert own is not first
    twin.add((3,))
    assert twin._entries is own


def test_index_shares_until_it_changes() -> None:
    index = SortedIndex()
    index.extend([(2,), (1,)])
    twin = index.share()
    assert twin._entries is index._entries
    twin.add((3,))
    assert (list(index), list(twin)) == ([(1,), (2,)], [(1,), (2,), (3,)])
    index.remove((1,))
    assert (list(index), list(twin)) == ([(2,)], [(1,), (2,), (3,)])
    assert (index.first(), len(twin), SortedIndex().first()) == ((2,), 3, None)
    with pytest.raises(ValueError, match="not in list"):
        index.remove((9,))


def test_index_between_holds_its_low_end_only() -> None:
    index = SortedIndex()
    index.extend([("a", 1), ("a", 2), ("a", 3), ("b", 1)])
    assert list(index.between(("a",), ("a", 3))) == [("a", 1), ("a", 2)]
    assert list(index.between(("a", 2), ("b",), newest_first=True)) == [("a", 3), ("a", 2)]
