"""The room where responses wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from cs_simulator.clock import stopwatch
from cs_simulator.faults.waiting import End, HeldWait, TooManyWaitingError, WaitingRoom
from tests.unit.faults.support import until


@pytest.fixture
def room() -> Iterator[WaitingRoom]:
    """A room for 8 responses, 2 of one world."""
    made = WaitingRoom(8)
    yield made
    made.close()


def entered(room: WaitingRoom, world: str, ends: list[End] | None = None) -> HeldWait:
    """Return a wait that has its place, and leaves it when it ends."""
    wait = HeldWait(world)

    def leave(end: End) -> None:
        room.leave(wait)
        if ends is not None:
            ends.append(end)

    room.enter(wait)
    wait.then(leave)
    return wait


def test_wait_takes_no_thread_and_ends_once(room: WaitingRoom) -> None:
    threads = threading.active_count()
    ends: list[End] = []
    wait = entered(room, "w", ends)
    assert (len(room), wait.end, ends) == (1, None, [])
    wait.finish("gone")
    wait.finish("cancelled")
    assert (len(room), wait.end, ends) == (0, "gone", ["gone"])
    assert threading.active_count() == threads


def test_end_of_a_wait_that_has_ended_is_told_at_once() -> None:
    ends: list[End] = []
    wait = HeldWait("w")
    wait.finish("gone")
    wait.then(ends.append)
    assert ends == ["gone"]


def test_wait_that_is_left_twice_is_counted_once(room: WaitingRoom) -> None:
    wait = entered(room, "w")
    room.leave(wait)
    room.leave(wait)
    assert len(room) == 0


def test_held_thread_waits_its_time(room: WaitingRoom) -> None:
    begun = stopwatch()
    wait = HeldWait("w")
    assert room.hold(wait, 0.05) == "over"
    assert 0.05 <= stopwatch() - begun < 5
    assert wait.end == "over"
    assert len(room) == 0


@pytest.mark.parametrize("seconds", [None, 3_600.0, 1e30])
def test_held_thread_may_be_let_go_before_its_time(
    room: WaitingRoom, seconds: float | None
) -> None:
    wait = HeldWait("w")
    with ThreadPoolExecutor(1) as pool:
        held: Future[End] = pool.submit(room.hold, wait, seconds)
        until(lambda: len(room) == 1)
        wait.finish("gone")
        assert held.result(10) == "gone"
    assert len(room) == 0


def test_world_takes_no_more_than_a_quarter(room: WaitingRoom) -> None:
    first = entered(room, "w")
    entered(room, "w")
    with pytest.raises(TooManyWaitingError) as error:
        room.enter(HeldWait("w"))
    assert str(error.value) == (
        "2 responses are waiting, 2 of them in this world; --max-waiting allows 8, and 2 per world"
    )
    entered(room, "other")
    first.finish("gone")
    entered(room, "w")


def test_room_takes_no_more_than_its_bound(room: WaitingRoom) -> None:
    waits = [entered(room, world) for world in "abcd" for _ in range(2)]
    assert len(room) == 8
    with pytest.raises(TooManyWaitingError, match="8 responses are waiting, 0 of them in this"):
        room.enter(HeldWait("new"))
    waits[0].finish("gone")
    entered(room, "new")
    assert len(room) == 8


@pytest.mark.parametrize(("most", "share"), [(1, 1), (3, 1), (4, 1), (8, 2), (1000, 250)])
def test_quarter_is_one_at_least(most: int, share: int) -> None:
    room = WaitingRoom(most)
    for _ in range(share):
        room.enter(HeldWait("w"))
    with pytest.raises(TooManyWaitingError, match=f"and {share} per world"):
        room.enter(HeldWait("w"))


def test_room_for_none_refuses_all() -> None:
    with pytest.raises(TooManyWaitingError, match="--max-waiting allows 0"):
        WaitingRoom(0).hold(HeldWait("w"), 0)


def test_cancel_ends_the_waits_of_one_world(room: WaitingRoom) -> None:
    waits = [entered(room, world) for world in ("w", "w", "other")]
    assert room.cancel("w") == 2
    assert [wait.end for wait in waits] == ["cancelled", "cancelled", None]
    assert room.cancel("w") == 0
    assert room.cancel("other") == 1
    assert len(room) == 0


def test_close_ends_all_and_whatever_comes_later(room: WaitingRoom) -> None:
    waits = [entered(room, world) for world in "aab"]
    room.close()
    assert [wait.end for wait in waits] == ["cancelled"] * 3
    assert room.hold(HeldWait("a"), None) == "cancelled"


def test_wait_of_a_world_that_was_reset_on_the_way_is_cancelled(room: WaitingRoom) -> None:
    generation = 1
    wait = HeldWait("w", lambda: generation != 1)
    generation = 2
    assert room.cancel("w") == 0
    assert room.hold(wait, None) == "cancelled"


def test_wait_of_a_world_that_was_reset_when_its_time_was_over_is_cancelled(
    room: WaitingRoom,
) -> None:
    asked = iter([False, True])  # at the beginning, and at the end
    assert room.hold(HeldWait("w", lambda: next(asked)), 0) == "cancelled"


def test_a_thousand_come_and_go_at_once() -> None:
    room = WaitingRoom(40_000)
    waits = [entered(room, "w") for _ in range(10_000)]
    with ThreadPoolExecutor(4) as pool:
        for wait in waits[::2]:
            pool.submit(wait.finish, "gone")
        pool.submit(room.cancel, "w")
    assert len(room) == 0
    assert all(wait.end in ("gone", "cancelled") for wait in waits)
