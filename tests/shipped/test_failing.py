"""Scenarios in which calls fail: outage, flaky, fail-once, rate-limited, slow-tail."""

from __future__ import annotations

from statistics import median

import pytest

from cs_simulator.faults.waiting import HeldWait, WaitingRoom
from cs_simulator.operations import OPERATION_IDS
from tests.shipped.support import RETRY, played, reset, start, stopped
from tests.support import Simulation


def statuses(simulation: Simulation, calls: int) -> list[int]:
    """Ask for a service of the demo so often; return the statuses."""
    return [simulation.get("services/95").status for _ in range(calls)]


def test_outage_begins_after_the_third_start() -> None:
    outage = stopped("outage")
    for _ in range(3):
        assert start(outage).status == 201
    assert start(outage).refused(503) == "Fault rule outage: status 503"
    assert outage.get("services/anonymous/K").refused(503)


def test_outage_spares_what_comes_before_the_third_start() -> None:
    outage = stopped("outage")
    assert [start(outage).status, start(outage).status] == [201, 201]
    assert statuses(outage, 5) == [200] * 5


def test_outage_ends_after_thirty_seconds_of_the_worlds_clock() -> None:
    outage = stopped("outage")
    for _ in range(3):
        start(outage)
    outage.advance("29s")
    assert start(outage).headers[RETRY] == "30"
    outage.advance("1s")
    assert start(outage).status == 201
    assert len(outage.get("services/anonymous/K").shows()) == 4


def test_outage_does_not_come_back() -> None:
    outage = stopped("outage")
    for _ in range(3):
        start(outage)
    outage.advance("30s")
    assert {start(outage).status for _ in range(10)} == {201}


def test_flaky_fails_one_call_in_ten() -> None:
    failed = statuses(played("flaky"), 1_000).count(503)
    assert 70 <= failed <= 130


def test_flaky_fails_the_same_calls_every_time() -> None:
    flaky = played("flaky")
    first = statuses(flaky, 100)
    reset(flaky)
    assert statuses(flaky, 100) == first == statuses(played("flaky"), 100)
    assert set(first) == {200, 503}


def test_flaky_calls_that_fail_do_nothing() -> None:
    flaky = played("flaky")
    started = [start(flaky).status for _ in range(60)].count(201)
    assert 0 < started < 60
    found = next(each for each in map(flaky.get, ["services/anonymous/K"] * 9) if each.status < 400)
    assert len(found.shows()) == started


def test_fail_once_has_a_rule_for_each_operation() -> None:
    rules = played("fail-once").world.rules.rules()
    missing = set(OPERATION_IDS) - {operation for rule in rules for operation in rule.on}
    assert not missing, f"scenarios/fail-once.yaml has no rule for {', '.join(sorted(missing))}"
    assert {(len(rule.on), rule.times) for rule in rules} == {(1, 1)}


def test_fail_once_fails_the_first_call_of_each_operation() -> None:
    once = played("fail-once")
    assert [start(once).status for _ in range(4)] == [503, 201, 201, 201]
    assert statuses(once, 4) == [503, 200, 200, 200]
    path = "services/95/tasks/3/end"
    assert [once.post(path).status for _ in range(3)] == [503, 204, 204]
    assert start(once).status == 201


def test_fail_once_does_not_carry_out_what_fails() -> None:
    once = played("fail-once")
    assert start(once).status == 503
    once.get("services/anonymous/K")
    assert once.get("services/anonymous/K").shows() == []


def test_rate_limited_takes_ten_calls_in_a_second() -> None:
    limited = stopped("rate-limited")
    assert statuses(limited, 12) == [200] * 10 + [503] * 2


def test_rate_limited_says_when_there_is_room_again() -> None:
    limited = stopped("rate-limited")
    statuses(limited, 10)
    refused = limited.get("services/95")
    assert (refused.status, refused.headers[RETRY]) == (503, "1")
    limited.advance(f"{refused.headers[RETRY]}s")
    assert statuses(limited, 1) == [200]


def test_rate_limited_lets_a_steady_client_through() -> None:
    limited = stopped("rate-limited")
    for _ in range(30):
        assert statuses(limited, 1) == [200]
        limited.advance("101ms")


def test_slow_tail_holds_back_most_a_little_and_few_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delays: list[float] = []

    def hold(_room: WaitingRoom, _wait: HeldWait, seconds: float) -> str:
        delays.append(seconds)
        return "over"

    monkeypatch.setattr(WaitingRoom, "hold", hold)
    assert set(statuses(played("slow-tail"), 2_000)) == {200}
    assert len(delays) == 2_000
    assert 0.03 < median(delays) < 0.05
    assert 0.7 < sum(delay < 0.1 for delay in delays) / 2_000 < 0.85
    assert 0.4 < sorted(delays)[-20] < 1
    assert 1 < max(delays) <= 2


def test_slow_tail_is_the_same_every_time_and_real() -> None:
    slow = played("slow-tail")
    statuses(slow, 3)
    waited = [entry.waited for entry in slow.world.journal.entries()]
    assert all(waited)
    assert all(
        entry.milliseconds is not None and entry.milliseconds >= entry.waited
        for entry in slow.world.journal.entries()
    )
    reset(slow)
    statuses(slow, 3)
    assert [entry.waited for entry in slow.world.journal.entries()] == waited
