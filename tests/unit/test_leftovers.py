"""What nobody needs is freed in small steps: counted, because time depends on the machine."""

from __future__ import annotations

import gc
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cs_simulator import leftovers as module
from cs_simulator.faults.engine import RuleCounts
from cs_simulator.leftovers import LONGEST, LOOK, SHARE, STEP, WAITING, Leftovers
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.worlds import ServedWorld, Worlds
from tests.support.simulation import worlds_that_leave

MANY = 20 * STEP


class Counted:
    """A value that tells when it is freed."""

    freed = 0

    def __init__(self, content: Any = None) -> None:
        self.content = content

    def __del__(self) -> None:
        Counted.freed += 1


@pytest.fixture
def leftovers() -> Leftovers:
    Counted.freed = 0
    made = Leftovers()
    made.is_open = True
    return made


def steps(leftovers: Leftovers) -> Iterator[int]:
    """Yield how many values each step frees, until nothing is left."""
    while leftovers:
        before = Counted.freed
        leftovers.free()
        yield Counted.freed - before


CONTAINERS: dict[str, Callable[[], Any]] = {
    "a list": lambda: [Counted() for _ in range(MANY)],
    "a tuple": lambda: tuple(Counted() for _ in range(MANY)),
    "a map": lambda: {number: Counted() for number in range(MANY)},
    "keys": lambda: {Counted(): number for number in range(MANY)},
    "a set": lambda: {Counted() for _ in range(MANY)},
    "a queue": lambda: deque(Counted() for _ in range(MANY)),
    "lists in lists": lambda: [[[Counted()] * 2] for _ in range(MANY)],
    "members": lambda: Counted([Counted(Counted()) for _ in range(MANY // 2)]),
    "a chain": lambda: [chain(MANY // 100) for _ in range(100)],
}


def chain(length: int) -> Counted:
    made = Counted()
    for _ in range(length - 1):
        made = Counted(made)
    return made


@pytest.mark.parametrize("what", CONTAINERS)
def test_value_is_freed_in_small_steps(leftovers: Leftovers, what: str) -> None:
    leftovers.leave(CONTAINERS[what]())
    freed = list(steps(leftovers))
    assert sum(freed) == pytest.approx(MANY, abs=1)
    assert max(freed) <= STEP
    assert leftovers.patience == 1.0


def test_what_is_in_large_values_becomes_known_of_one_at_a_time(leftovers: Leftovers) -> None:
    leftovers.leave([[Counted() for _ in range(MANY)] for _ in range(3)])
    known = 1
    while leftovers:
        before = known
        leftovers.free()
        known = len(leftovers)
        assert known <= before + MANY + STEP
    assert Counted.freed == 3 * MANY


def test_value_in_use_is_not_touched_and_freed_in_steps_afterwards(leftovers: Leftovers) -> None:
    used = {"a": [Counted() for _ in range(MANY)], "b": {"c": (1, 2)}}
    leftovers.leave(used)
    for _ in range(10):
        leftovers.free()
    assert leftovers.patience == LOOK, "it is looked at again"
    assert (len(used["a"]), used["b"], Counted.freed) == (MANY, {"c": (1, 2)}, 0)
    del used
    freed = list(steps(leftovers))
    assert (sum(freed), max(freed) <= STEP) == (MANY, True)


def test_part_in_use_is_not_touched(leftovers: Leftovers) -> None:
    part = [Counted() for _ in range(MANY)]
    leftovers.leave([part, {"a": part}])
    assert sum(steps(leftovers)) == 0
    assert [each.content for each in part] == [None] * MANY


def test_value_in_use_for_ever_does_not_keep_the_loop_busy_for_ever(
    leftovers: Leftovers, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(module, "stopwatch", lambda: now[0])
    used = [Counted()]
    leftovers.leave(used)
    leftovers.free()
    assert leftovers
    now[0] += LONGEST
    leftovers.free()
    assert not leftovers
    assert len(used) == 1


def test_many_values_are_freed_in_larger_steps(leftovers: Leftovers) -> None:
    values = 3 * SHARE * STEP
    leftovers.leave([0.5 + number for number in range(values)])
    taken = 0
    while leftovers:
        leftovers.free()
        taken += 1
    assert taken < 0.8 * values / STEP


def test_small_values_are_freed_together(leftovers: Leftovers) -> None:
    for _ in range(STEP // 10):
        leftovers.leave([Counted(), Counted()])
    assert leftovers.patience == 0.0, "nobody uses them"
    leftovers.free()
    assert (len(leftovers), Counted.freed) == (0, STEP // 5)


def test_values_that_come_faster_than_a_step_frees_them_do_not_pile_up(
    leftovers: Leftovers,
) -> None:
    waiting = []
    for _ in range(500):  # at 400 as many wait as ever will; in equal steps too many would
        leftovers.leave([[Counted()] for _ in range(STEP)])
        leftovers.free()
        waiting.append(len(leftovers._left))
    assert max(waiting) <= 10 * WAITING


def test_nothing_is_kept_where_nobody_frees() -> None:
    Counted.freed = 0
    closed = Leftovers()
    closed.leave([Counted()])
    assert (len(closed), Counted.freed) == (0, 1)


# Worlds


@pytest.fixture
def worlds() -> Worlds:
    return worlds_that_leave()


def large(worlds: Worlds) -> LoadedScenario:
    services = [{"contact_key": f"K{n}", "started": "-1h"} for n in range(2 * STEP)]
    faults = [{"on": "start_service", "name": f"r{n}", "delay": "1ms"} for n in range(2 * STEP)]
    text = json.dumps({"services": services, "faults": faults})
    return worlds.loader.load_text(text, "request", "large")


def there_are(kind: type) -> int:
    return sum(isinstance(each, kind) for each in gc.get_objects())


def drop(worlds: Worlds, world: ServedWorld) -> None:
    worlds.drop(world.name)


def reset(_: Worlds, world: ServedWorld) -> None:
    world.reset()


def activate(worlds: Worlds, world: ServedWorld) -> None:
    world.activate(worlds.scenario)


@pytest.mark.parametrize(("ends", "stay"), [(drop, 0), (activate, 0), (reset, 2 * STEP)])
def test_end_of_a_large_world_frees_it_in_small_steps(worlds: Worlds, ends: Any, stay: int) -> None:
    gc.collect()  # what other tests left
    before = there_are(RuleCounts)
    world = worlds.obtain("w")
    world.activate(large(worlds))
    gc.collect()
    gc.disable()  # only counting frees
    try:
        full = sys.getallocatedblocks()
        ends(worlds, world)
        del world
        most, now = 0, sys.getallocatedblocks()
        assert now > full - 5 * STEP, "nothing was freed yet"
        while worlds.leftovers:
            worlds.leftovers.free()
            most, now = max(most, now - sys.getallocatedblocks()), sys.getallocatedblocks()
    finally:
        gc.enable()
    assert there_are(RuleCounts) == before + stay
    assert now < full + (5 if stay else -5) * STEP
    assert most < 5 * STEP
