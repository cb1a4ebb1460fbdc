"""The room where replies wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from cs_simulator.clock import stopwatch
from cs_simulator.faults.waiting import End, TooManyWaitingError, Wait, WaitingRoom
from tests.unit.faults.support import until

Held = tuple[Wait, "Future[End]"]


class Room(WaitingRoom):
    """A room whose waits run in threads of their own."""

    def __init__(self, most: int) -> None:
        self.told: list[int] = []
        super().__init__(most, self.told.append)
        self._pool = ThreadPoolExecutor(64)

    def begin(self, world: str, seconds: float | None = None, wait: Wait | None = None) -> Held:
        """Hold a reply back in a thread; return when it waits."""
        wait = wait or Wait()
        before = len(self.told)
        future = self._pool.submit(self.hold, world, wait, seconds)
        until(lambda: len(self.told) > before or future.done())
        return wait, future

    def end(self) -> None:
        """End every wait and every thread."""
        self.close()
        self._pool.shutdown()


@pytest.fixture
def room() -> Iterator[Room]:
    """A room for 8 replies, 2 of one world; afterwards nothing of it may be left."""
    threads = threading.active_count()
    made = Room(8)
    yield made
    made.end()
    assert len(made) == 0
    assert made._waits == {}
    assert threading.active_count() == threads
    assert_balanced(made.told)


def assert_balanced(told: list[int]) -> None:
    """Check that a pool that was told so grows and shrinks by one, and ends where it began."""
    steps = [after - before for before, after in zip([0, *told], told, strict=False)]
    assert set(steps) <= {-1, 1}
    assert sum(steps) == 0


def test_wait_lasts_its_time(room: Room) -> None:
    begun = stopwatch()
    assert room.hold("w", Wait(), 0.05) == "over"
    assert 0.05 <= stopwatch() - begun < 5
    assert room.told == [1, 0]


@pytest.mark.parametrize("seconds", [None, 3_600.0, 1e30])
def test_wait_may_be_ended_before_its_time(room: Room, seconds: float | None) -> None:
    wait, future = room.begin("w", seconds)
    wait.finish("gone")
    assert future.result(10) == "gone"


def test_wait_that_ended_before_it_began_is_over_at_once(room: Room) -> None:
    wait = Wait()
    wait.finish("gone")
    assert room.hold("w", wait, None) == "gone"


def test_first_end_counts() -> None:
    wait = Wait()
    wait.finish("gone")
    wait.finish("cancelled")
    assert wait.sleep(None) == "gone"


def test_world_takes_no_more_than_a_quarter(room: Room) -> None:
    held = [room.begin("w") for _ in range(2)]
    with pytest.raises(TooManyWaitingError) as error:
        room.hold("w", Wait(), 0)
    assert str(error.value) == (
        "2 responses are held back, 2 of them in this world; "
        "--max-waiting allows 8, and 2 for one world"
    )
    assert room.hold("other", Wait(), 0) == "over"
    held[0][0].finish("gone")
    held[0][1].result(10)
    assert room.hold("w", Wait(), 0) == "over"


def test_room_takes_no_more_than_its_bound(room: Room) -> None:
    held = [room.begin(world) for world in "abcd" for _ in range(2)]
    assert len(room) == 8
    with pytest.raises(TooManyWaitingError, match="8 responses are held back, 0 of them in this"):
        room.check_room("new")
    assert room.told == [1, 2, 3, 4, 5, 6, 7, 8]
    held[0][0].finish("gone")
    held[0][1].result(10)
    room.check_room("new")
    assert len(room) == 7


@pytest.mark.parametrize(("most", "share"), [(1, 1), (3, 1), (4, 1), (8, 2), (1000, 250)])
def test_quarter_is_one_at_least(most: int, share: int) -> None:
    room = WaitingRoom(most)
    room._waits["w"] = {Wait() for _ in range(share - 1)}
    room.check_room("w")
    room._waits["w"].add(Wait())
    with pytest.raises(TooManyWaitingError, match=f"and {share} for one world"):
        room.check_room("w")


def test_room_for_none_refuses_all() -> None:
    with pytest.raises(TooManyWaitingError, match="--max-waiting allows 0"):
        WaitingRoom(0).hold("w", Wait(), 0)


def test_cancel_ends_the_waits_of_one_world(room: Room) -> None:
    first, second = room.begin("w"), room.begin("w")
    other = room.begin("other")
    assert room.cancel("w") == 2
    assert [first[1].result(10), second[1].result(10)] == ["cancelled"] * 2
    assert not other[1].done()
    assert room.cancel("w") == 0
    assert room.cancel("other") == 1


def test_close_ends_all_and_whatever_comes_later(room: Room) -> None:
    held = [room.begin(world) for world in "aab"]
    room.close()
    assert [future.result(10) for _, future in held] == ["cancelled"] * 3
    assert room.hold("a", Wait(), None) == "cancelled"


def test_wait_of_a_world_that_was_reset_on_the_way_is_cancelled(room: Room) -> None:
    generation = 1
    wait = Wait(lambda: generation != 1)
    generation = 2
    assert room.cancel("w") == 0
    assert room.hold("w", wait, None) == "cancelled"


def test_pool_that_cannot_grow_leaves_no_wait_behind() -> None:
    def refuse(count: int) -> None:
        if count:
            raise RuntimeError("can't start new thread")

    room = WaitingRoom(8, refuse)
    with pytest.raises(RuntimeError, match="new thread"):
        room.hold("w", Wait(), None)
    assert (len(room), room._waits) == (0, {})


def test_grow_with_tells_another() -> None:
    told: list[int] = []
    room = WaitingRoom(8)
    room.grow_with(told.append)
    room.hold("w", Wait(), 0)
    assert told == [1, 0]


def test_pool_follows_many_threads_that_come_and_go() -> None:
    told: list[int] = []
    room = WaitingRoom(1_000, told.append)

    def visit(number: int) -> int:
        for step in range(20):
            assert room.hold(f"w{number % 8}", Wait(), (step % 3) / 1000) == "over"
        return number

    with ThreadPoolExecutor(32) as pool:
        assert sorted(pool.map(visit, range(32))) == list(range(32))
    assert len(room) == 0
    assert len(told) == 2 * 32 * 20
    assert told[-1] == 0
    assert all(0 <= count <= 32 for count in told)
