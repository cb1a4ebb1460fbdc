"""What the collector walks, and when: by number of objects, since time hangs on the machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest

from cs_simulator.http import sweeping
from cs_simulator.http.sweeping import LONG, MANY, OLD, SHORT, YOUNG, Sweeper


class Knot:
    """What counting never frees."""

    there: ClassVar[list[Knot | None]] = []
    """As many as the test has that runs: to look for them among all objects takes long."""

    def __init__(self) -> None:
        self.itself = self
        self.counted = Knot.there
        self.counted.append(None)

    def __del__(self) -> None:
        self.counted.pop()


@pytest.fixture
def jobs() -> list[int]:
    """The number of jobs that were carried out, for the sweeper."""
    return [0]


@pytest.fixture
def running() -> list[int]:
    """The number of jobs that are being carried out, for the sweeper."""
    return [0]


@pytest.fixture
def sweeper(
    jobs: list[int], running: list[int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sweeper]:
    sweeper = Sweeper(lambda: jobs[0], lambda: running[0])
    Knot.there = []
    gc.collect()
    sweeper.begin()
    # This process has far more objects than a server at its start, and more with every test.
    counted, before = gc.get_freeze_count, gc.get_freeze_count()
    monkeypatch.setattr(gc, "get_freeze_count", lambda: counted() - before)
    yield sweeper
    gc.freeze()  # a collection of all that the process has takes a third of a second
    gc.enable()


@contextmanager
def collections(oldest: int = 0) -> Iterator[list[int]]:
    """Note how many objects are walked by each collection of a generation, or of an older one."""
    walked: list[int] = []

    def note(phase: str, found: dict[str, int]) -> None:
        if phase == "start" and found["generation"] >= oldest:
            walked.append(sum(gc.get_count()[: found["generation"] + 1]))

    gc.callbacks.append(note)
    try:
        yield walked
    finally:
        gc.callbacks.remove(note)


def test_start_does_not_wait_until_its_objects_are_counted(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: counts.append(1))
    sweeper.begin()
    assert not counts


def store(sweeper: Sweeper, objects: int) -> list[list[int]]:
    """Store objects, as under constant load."""
    stored = []
    for number in range(objects):
        stored.append([number])
        sweeper.work()
    return stored


def knots() -> int:
    return len(Knot.there)


def test_sweeping_walks_few_at_a_time_however_many_are_stored(sweeper: Sweeper) -> None:
    walked: list[int] = []

    def note(phase: str, found: dict[str, int]) -> None:
        if phase == "start":
            walked.append(len(gc.get_objects(found["generation"])))

    gc.callbacks.append(note)
    try:
        stored = []
        for number in range(10 * YOUNG):
            stored.append([[number], [number]])
            sweeper.work()
    finally:
        gc.callbacks.remove(note)
    assert len(walked) >= 20
    assert max(walked) < 4 * YOUNG, "other things of this process are among them"


def test_sweeping_does_not_walk_what_a_job_made_at_once(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(sweeping, "stopwatch", lambda: now[0])
    made: list[object] = [Knot() for _ in range(2 * MANY)]
    with collections() as walked:
        for _ in range(10):
            made += [[number] for number in range(2 * MANY)]
            sweeper.work()
        stored = store(sweeper, 2 * OLD)
    assert max(walked) <= MANY
    made.clear()
    now[0] = 60.0
    sweeper.rest()
    assert knots() == 0
    assert len(stored) == 2 * OLD


def test_sweeping_does_not_stop_everything_for_what_jobs_freed(
    sweeper: Sweeper, jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "LEFT", 10 * OLD)
    with collections(2) as full:
        for _ in range(20):
            made = [[number] for number in range(2 * OLD)]
            sweeper.work()
            jobs[0] += 1
            assert made.pop()
            made.clear()
    assert not full


def test_sweeping_under_load_frees_what_counting_does_not(sweeper: Sweeper) -> None:
    for _ in range(20 * YOUNG):
        Knot()
        sweeper.work()
    assert knots() < 2 * YOUNG


def test_sweeping_sets_aside_what_is_too_much_to_walk_in_a_pause(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(sweeping, "stopwatch", lambda: now[0])
    stored = store(sweeper, 2 * OLD)
    now[0] = 60.0
    sweeper.rest()
    assert len(gc.get_objects()) < OLD + 20 * YOUNG
    assert len(stored) == 2 * OLD


def test_sweeping_in_a_long_pause_frees_what_grew_old(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(sweeping, "stopwatch", lambda: now[0])
    kept = [Knot() for _ in range(2 * YOUNG)]
    sweeper.work()
    kept.clear()
    sweeper.work()
    assert knots() == 2 * YOUNG, "they outlived the look at the young"
    now[0] = 60.0
    sweeper.rest()
    assert knots() == 0


def test_sweeping_frees_what_jobs_left_before_it_sets_anything_aside(
    sweeper: Sweeper, jobs: list[int]
) -> None:
    kept = [Knot() for _ in range(2 * YOUNG)]
    sweeper.work()
    kept.clear()
    jobs[0] += 1
    stored = store(sweeper, 2 * OLD)
    assert knots() == 0
    assert len(stored) == 2 * OLD


def test_sweeping_in_a_long_pause_frees_what_jobs_left_among_what_was_set_aside(
    sweeper: Sweeper, jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(sweeping, "stopwatch", lambda: now[0])
    in_use = [Knot() for _ in range(2 * YOUNG)]
    jobs[0] += 1
    stored = store(sweeper, 2 * OLD)
    in_use.clear()
    now[0] = 60.0
    sweeper.rest()
    assert knots() == 0
    assert len(stored) == 2 * OLD


def test_sweeping_under_load_bounds_what_jobs_left_among_what_was_set_aside(
    sweeper: Sweeper, jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 10 * OLD
    monkeypatch.setattr(sweeping, "LEFT", left)
    stored = []
    for _ in range(3 * left // OLD):
        in_use = [Knot() for _ in range(2 * YOUNG)]
        jobs[0] += 1
        stored.append(store(sweeper, OLD))
        in_use.clear()
    assert knots() <= 2 * YOUNG * (left // OLD + 2), "of three times as many"
    assert len(stored) == 3 * left // OLD


def test_sweeping_stops_nothing_for_what_running_jobs_hold(
    sweeper: Sweeper, jobs: list[int], running: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "LEFT", 5 * OLD)
    monkeypatch.setattr(sweeping, "VERY_MANY", 25 * OLD)
    held: list[object] = []

    def hold(times: int) -> None:
        for _ in range(times):
            jobs[0] += 1
            held.append(store(sweeper, OLD))

    running[0] = 1
    with collections(2) as full:
        hold(20)
        assert full == []
        running[0] = 0
        hold(2)
        assert len(full) == 1
        running[0] = 1
        hold(40)
        assert len(full) == 2


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """A number of objects that are many already."""
    many = 1_000
    for name, number in {"OLD": many, "MANY": 3 * many // 2, "LEFT": 4 * many}.items():
        monkeypatch.setattr(sweeping, name, number)
    return many


def test_sweeping_stops_nothing_for_few_of_all_that_was_set_aside(
    sweeper: Sweeper, jobs: list[int], small: int
) -> None:
    stored = [store(sweeper, 40 * small)]
    with collections(2) as full:
        for _ in range(16):
            jobs[0] += 1
            stored.append(store(sweeper, small))
        assert full == []
        for _ in range(8):
            jobs[0] += 1
            stored.append(store(sweeper, small))
        assert len(full) == 1


def test_sweeping_counts_what_jobs_freed_from_the_last_time_that_it_cleared(
    sweeper: Sweeper, jobs: list[int], small: int
) -> None:
    stored = []
    with collections(2) as full:
        while not full:
            jobs[0] += 1
            stored.append(store(sweeper, small))
        for _ in range(20):
            made = [[number] for number in range(2 * small)]
            sweeper.work()
            jobs[0] += 1
            assert made.pop()
            made.clear()
        assert len(full) == 1


def test_sweeping_takes_a_small_part_of_the_pauses(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(sweeping, "stopwatch", lambda: now[0])

    def take_time(phase: str, found: dict[str, int]) -> None:
        if phase == "stop" and found["generation"] == 2:
            now[0] += 0.1

    def swept(at: float) -> int:
        now[0] = at
        sweeper.rest()
        return len(full)

    sweeper.work()
    assert sweeper.patience == LONG
    gc.callbacks.append(take_time)
    try:
        with collections(2) as full:
            assert (swept(4.9), swept(5.0)) == (0, 1), "a hundredth of a second is supposed"
            assert (sweeper.patience, swept(1_000.0)) == (1.0, 1), "once in a pause"
            sweeper.work()
            assert (swept(1_049.9), swept(1_050.0)) == (1, 2), "it took a tenth"
    finally:
        gc.callbacks.remove(take_time)
    young = [[number] for number in range(2 * YOUNG)]
    assert sweeper.patience == SHORT
    assert young


def test_sweeping_under_load_bounds_what_jobs_left_at_once(
    sweeper: Sweeper, jobs: list[int], small: int
) -> None:
    for _ in range(20):
        made = [Knot() for _ in range(2 * small)]
        sweeper.work()
        jobs[0] += 1
        made.clear()
    assert knots() <= 4 * 2 * small, "of five times as many"


def test_sweeping_in_a_pause_leaves_aside_what_no_job_was_about(
    sweeper: Sweeper, jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(sweeping, "stopwatch", lambda: now[0])
    aside = []

    def note(phase: str, found: dict[str, int]) -> None:
        if phase == "start" and found["generation"] == 2:
            aside.append(gc.get_freeze_count())

    gc.callbacks.append(note)
    try:
        for _ in range(2):
            jobs[0] += 1
            for _ in range(2):
                sweeper.work()
                now[0] += 60.0
                sweeper.rest()
    finally:
        gc.callbacks.remove(note)
    assert len(aside) == 4
    assert aside[0] == aside[2] < min(aside[1], aside[3]), "nothing is aside after jobs alone"
