"""Many threads in one world: nothing is lost, nothing doubled."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from threading import Barrier
from typing import TypeVar

import pytest

from cs_simulator.domain.composite import Element, composite_start
from cs_simulator.domain.services import (
    associate_service,
    delete_service,
    end_service,
    start_service,
)
from cs_simulator.domain.states import start_state, transition_state
from cs_simulator.domain.tasks import end_task, start_task
from cs_simulator.worlds import ServedWorld
from tests.unit.domain.support import check_indexes, sent, world

Result = TypeVar("Result")

THREADS = 16
ROUNDS = 40


@pytest.fixture(autouse=True)
def _eager_switches() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def together(work: Callable[[int], Result]) -> list[Result]:
    """Do the same in every thread, all of them beginning at once."""
    barrier = Barrier(THREADS)

    def one(thread: int) -> Result:
        barrier.wait(10)
        return work(thread)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def rounds(shared: ServedWorld, thread: int) -> list[tuple[int, int, int, int]]:
    """Lead services through their lives; return the ids of those that stay."""
    kept = []
    for turn in range(ROUNDS):
        with shared.lock:
            tx = shared.begin()
            service = start_service(tx, sent(contact_key=f"K{thread % 4}", ttl=3600))
        with shared.lock:
            tx = shared.begin()
            first = start_state(tx, tx.store.service(service.number), sent(state_type=thread))
        with shared.lock:
            tx = shared.begin()
            task = start_task(tx, tx.store.service(service.number), sent(state_id=first.state_id))
        with shared.lock:
            tx = shared.begin()
            second = transition_state(
                tx, tx.store.service(service.number), first.state_id, sent(), sent()
            )
        with shared.lock:
            tx = shared.begin()
            associate_service(tx, tx.store.service(service.number), f"C{thread}", sent({"n": turn}))
        with shared.lock:
            tx = shared.begin()
            end_task(tx, tx.store.service(service.number), task, sent())
            end_service(tx, tx.store.service(service.number), sent())
        if turn % 4 == 0:
            with shared.lock:
                tx = shared.begin()
                delete_service(tx, tx.store.service(service.number))
        else:
            kept.append((service.number, first.state_id, second.state_id, task.task_id))
    return kept


def test_threads_lose_and_double_nothing() -> None:
    shared = world()
    kept = together(lambda thread: rounds(shared, thread))
    with shared.lock:
        tx = shared.begin()
    store = tx.store
    check_indexes(store)
    ids = [each for of_thread in kept for each in of_thread]
    assert len(ids) == THREADS * ROUNDS * 3 // 4
    assert {each.number for each in store.services()} == {number for number, *_ in ids}
    for kind in (0, 3):
        assert len({each[kind] for each in ids}) == len(ids)
    assert len({each[1] for each in ids} | {each[2] for each in ids}) == 2 * len(ids)
    for thread, of_thread in enumerate(kept):
        mine = store.of_customer(f"C{thread}", "completed")
        assert [each.number for each in mine] == sorted(number for number, *_ in of_thread)
        assert sorted(each.extensions["n"] for each in mine) == [
            turn for turn in range(ROUNDS) if turn % 4
        ]
        assert store.of_customer(f"C{thread}", "active") == []
    for number, first, second, task_id in ids:
        assert list(store.states(number)) == [first, second]
        assert list(store.tasks(number)) == [task_id]
        assert store.tasks(number)[task_id].completed is not None
    counters = tx.ids.counters
    made = THREADS * ROUNDS
    assert (counters.service, counters.state, counters.task) == (
        4_294_967_297 + made,
        1001 + 2 * made,
        500_001 + made,
    )


def test_threads_make_one_service_of_one_composite() -> None:
    shared = world()
    element = Element(sent(customer_id="C"), sent(state_type=1), None, associate_state_task=False)

    def start(_thread: int) -> list[bool]:
        created = []
        for _ in range(ROUNDS):
            with shared.lock:
                created.append(composite_start(shared.begin(), [element])[0].service_created)
        return created

    created = [each for of_thread in together(start) for each in of_thread]
    assert created.count(True) == 1
    assert shared.counts().services == 1


def test_reset_waits_for_the_operation_under_way() -> None:
    shared = world()
    with ThreadPoolExecutor(1) as pool:
        with shared.lock:
            tx = shared.begin()
            resetting = pool.submit(shared.reset)
            with pytest.raises(FutureTimeout):
                resetting.result(timeout=0.05)
            start_service(tx, sent(contact_key="K"))
            assert shared.generation == 0
        assert resetting.result(timeout=10).services == 1
    assert shared.counts().services == 0


def test_resets_between_operations_leave_a_whole_world() -> None:
    shared = world({"services": [{"contact_key": "K", "states": [{"state_type": 1}]}]})

    def work(thread: int) -> None:
        for _ in range(ROUNDS):
            if thread == 0:
                shared.reset()
            with shared.lock:
                tx = shared.begin()
                service = start_service(tx, sent(contact_key="L"))
                start_state(tx, service, sent())

    together(work)
    assert shared.generation == ROUNDS
    with shared.lock:
        check_indexes(shared.begin().store)
    shared.reset()
    assert shared.counts().services == 1
