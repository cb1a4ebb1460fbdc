"""The clock of a world and its three modes."""

from __future__ import annotations

from cs_simulator.clock import DAY, LATEST, Instant, WorldClock, latest_of, system_time


class Machine:
    """A machine whose time a test sets."""

    def __init__(self, now: Instant) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now


def test_real_clock_follows_the_machine() -> None:
    machine = Machine(1_000)
    clock = WorldClock(source=machine)
    assert clock.mode == "real"
    assert clock.now() == 1_000
    machine.now = 1_500
    assert clock.now() == 1_500


def test_offset_clock_runs_from_its_beginning() -> None:
    machine = Machine(1_000)
    clock = WorldClock("offset", at=50, source=machine)
    assert clock.now() == 50
    machine.now += 30
    assert clock.now() == 80


def test_offset_clock_without_a_beginning_is_the_machines() -> None:
    machine = Machine(1_000)
    assert WorldClock("offset", source=machine).now() == 1_000


def test_offset_clock_may_begin_at_the_epoch() -> None:
    machine = Machine(1_000)
    assert WorldClock("offset", at=0, source=machine).now() == 0


def test_offset_clock_stops_at_the_last_instant_that_can_be_written() -> None:
    machine = Machine(1_000)
    clock = WorldClock("offset", at=LATEST, source=machine)
    machine.now += 5_000
    assert clock.now() == LATEST


def test_frozen_clock_stands_still() -> None:
    machine = Machine(1_000)
    clock = WorldClock("frozen", at=0, source=machine)
    machine.now += 5_000
    assert clock.now() == 0


def test_frozen_clock_without_an_instant_keeps_that_of_its_making() -> None:
    machine = Machine(1_000)
    clock = WorldClock("frozen", source=machine)
    machine.now += 5_000
    assert clock.now() == 1_000


def test_clock_of_its_own_asks_the_machine() -> None:
    before = system_time()
    now = WorldClock().now()
    assert before <= now <= system_time()


def test_clock_that_is_moved_says_whether_it_went_all_the_way() -> None:
    machine = Machine(1_000)
    for mode in ("offset", "frozen"):
        clock = WorldClock(mode, at=LATEST - 10, source=machine)
        assert clock.advance(7)
        assert clock.now() == LATEST - 3
        assert not clock.advance(7)
        assert clock.now() == LATEST
    real = WorldClock(source=machine)
    assert not real.advance(7)
    assert real.now() == 1_000


def test_clock_that_runs_is_set_a_day_before_the_end() -> None:
    assert (latest_of("frozen"), latest_of("offset")) == (LATEST, LATEST - DAY)
