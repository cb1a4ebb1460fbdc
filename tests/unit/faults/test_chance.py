"""Decisions depend on the seed, the rule and the number of the match, and on nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import mean, median
from threading import Barrier
from typing import Any

import pytest

from cs_simulator.faults.actions import Delay, Draw, drawn_delay
from cs_simulator.faults.verdict import Verdict
from tests.support import Simulation
from tests.unit.faults.support import book, call, rule

THREADS = 32
CALLS = 50
ALL = THREADS * CALLS
FAIL = {"response": {"status": 503}}
FLAKY = {"name": "flaky", "on": "any", "probability": 0.3, **FAIL}
SLOW = {"name": "slow", "on": "any", "delay": {"from": "0ms", "to": "1s"}}


def test_decisions_are_the_same_in_every_run() -> None:
    runs = []
    for _ in range(2):
        rules = book(FLAKY, SLOW)
        runs.append(
            [(rules.judge(call(), 0).acted, rules.judge(call(), 0).delay) for _ in range(99)]
        )
    assert runs[0] == runs[1]
    assert len({delay for _, delay in runs[0]}) == 99


@pytest.mark.parametrize(("seed", "name"), [(8, "flaky"), (7, "other")])
def test_decisions_are_others_for_another_seed_or_name(seed: int, name: str) -> None:
    def decisions(seed: int, name: str) -> list[bool]:
        rules = book({**FLAKY, "name": name}, seed=seed)
        return [bool(rules.judge(call(), 0).acted) for _ in range(200)]

    assert decisions(7, "flaky") != decisions(seed, name)


def test_decisions_are_those_of_the_number_of_the_match() -> None:
    alone = book(FLAKY)
    expected = [bool(alone.judge(call(), 0).acted) for _ in range(100)]
    mixed = book(SLOW, {**FLAKY, "on": "start_task"}, {**FLAKY, "name": "later", "on": "any"})
    found = []
    for number in range(300):
        operation = "start_task" if number % 3 == 1 else "end_task"
        verdict = mixed.judge(call(operation), number)
        if operation == "start_task":
            found.append("flaky" in verdict.acted)
    assert found == expected


def test_decisions_do_not_depend_on_the_order_of_rules() -> None:
    delayed = {**FLAKY, "name": "delayed", "delay": "1ms"}
    del delayed["response"]
    one, other = book(delayed, SLOW), book(SLOW, delayed)
    for _ in range(100):
        first, second = one.judge(call(), 0), other.judge(call(), 0)
        assert set(first.acted) == set(second.acted)
        assert first.delay == pytest.approx(second.delay)


def hammer(document: Sequence[dict[str, Any]]) -> tuple[Simulation, list[Verdict]]:
    """Judge from many threads at once; return the world and all verdicts."""
    simulation = Simulation({"seed": 7, "faults": list(document)})
    world = simulation.world
    barrier = Barrier(THREADS)

    def work(_: int) -> list[Verdict]:
        barrier.wait(10)
        found = []
        for _ in range(CALLS):
            with world.lock:
                found.append(world.judge(call(), world.begin().now, None, []))
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        return simulation, [each for some in pool.map(work, range(THREADS)) for each in some]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({}, ALL),
        ({"times": 333}, 333),
        ({"every": 7}, ALL // 7),
        ({"skip": 700}, ALL - 700),
        ({"skip": 13, "every": 4, "times": 100}, 100),
        ({"probability": 0.3}, None),
    ],
    ids=str,
)
def test_counting_is_exact_in_many_threads(schedule: dict[str, Any], expected: int | None) -> None:
    it = {"name": "it", "on": "any", **FAIL, **schedule}
    if expected is None:
        alone = book(it)
        expected = sum(bool(alone.judge(call(), 0).acted) for _ in range(ALL))
    simulation, verdicts = hammer([it])
    counters = simulation.world.rules.counters("it")
    assert sum(each.outcome_rule == "it" for each in verdicts) == expected
    assert (counters.matched, counters.acted, counters.shadowed) == (ALL, expected, 0)


def test_sequence_is_exact_in_many_threads() -> None:
    steps = ["pass", FAIL, {"delay": "1ms"}]
    first = {"name": "first", "on": "any", "sequence": steps, "repeat": 100}
    rest = {"name": "rest", "on": "any", **FAIL}
    simulation, verdicts = hammer([first, rest])
    rules = simulation.world.rules
    assert (rules.counters("first").step, rules.counters("first").acted) == (300, 200)
    assert sum(each.outcome_rule == "first" for each in verdicts) == 100
    assert sum(bool(each.delay) for each in verdicts) == 100
    assert rules.counters("rest").acted == ALL - 100
    assert rules.counters("rest").shadowed == 100


def test_requests_from_many_threads_are_counted_exactly() -> None:
    it = {"name": "it", "on": "start_service", "every": 3, "times": 40, **FAIL}
    cs = Simulation(
        {"faults": [it], "stages": [{"name": "a", "until": {"calls": 150}}, {"name": "b"}]}
    )
    barrier = Barrier(THREADS)

    def work(_: int) -> list[int]:
        barrier.wait(10)
        return [cs.post("services/start", {"contact_key": "1"}).status for _ in range(5)]

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = [each for some in pool.map(work, range(THREADS)) for each in some]
    assert (statuses.count(503), statuses.count(201)) == (40, 120)
    assert len(cs.get("services/anonymous/1").shows()) == 120
    assert cs.world.rules.counters("it").matched == 160
    assert cs.world.stages.current is not None
    assert cs.world.stages.current.name == "b"


def drawn(delay: Delay, count: int = 2_000) -> list[float]:
    """Return the delays of so many matches."""
    return [drawn_delay(delay, Draw(7, "it", number)) for number in range(count)]


def test_fixed_delay_is_what_it_is() -> None:
    written = rule(delay="250ms").action
    assert written is not None
    assert set(drawn(written.values["delay"])) == {250}


def test_uniform_delay_lies_between_its_ends() -> None:
    delays = drawn(Delay(100, 2_000))
    assert min(delays) >= 100
    assert max(delays) <= 2_000
    assert mean(delays) == pytest.approx(1_050, rel=0.05)


def test_log_normal_delay_has_its_median_and_its_bound() -> None:
    written = rule(delay={"median": "200ms", "sigma": 0.5, "max": "400ms"}).action
    assert written is not None
    delays = drawn(written.values["delay"])
    assert median(delays) == pytest.approx(200, rel=0.05)
    assert max(delays) == 400
    assert 0.05 < delays.count(400) / len(delays) < 0.12  # sigma 0.5: twice the median is 1.39 away


def test_log_normal_delay_without_a_spread_is_its_median() -> None:
    assert set(drawn(Delay(0, 400, 200, 0.0))) == {200}


@pytest.mark.parametrize("delay", [Delay(0, 1_000), Delay(0, 1_000, 200, 0.5)])
@pytest.mark.parametrize(("seed", "name"), [(8, "it"), (7, "other")])
def test_delays_are_others_for_another_seed_or_name(delay: Delay, seed: int, name: str) -> None:
    for number in range(1, 10):
        assert drawn_delay(delay, Draw(7, "it", number)) != drawn_delay(
            delay, Draw(seed, name, number)
        )


def test_seed_means_the_same_in_every_version() -> None:
    flaky = book(FLAKY)
    acted = [number for number in range(20) if flaky.judge(call(), 0).acted]
    assert acted == [3, 6, 12, 13, 16]
    uniform = [drawn_delay(Delay(0, 1_000), Draw(7, "slow", number)) for number in range(3)]
    assert uniform == pytest.approx([673.29546938, 697.67415027, 407.40607684])
    lognormal = Delay(0, 10_000, median=100, sigma=0.5)
    delays = [drawn_delay(lognormal, Draw(7, "slow", number)) for number in range(3)]
    assert delays == pytest.approx([93.76371356, 71.57341269, 62.40395916])


def test_delay_is_drawn_apart_from_the_probability() -> None:
    rules = book({**SLOW, "probability": 0.5})
    delays = [rules.judge(call(), 0).delay for _ in range(200)]
    assert max(delays) > 900
