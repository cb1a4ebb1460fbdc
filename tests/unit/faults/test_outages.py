"""Stages through the API: the world's clock, requests and rules together."""

from __future__ import annotations

from typing import Any

from tests.support import Simulation

START = {"contact_key": "1"}
FAIL = {"name": "down", "on": "any", "response": {"status": 503}}


def stages(*written: dict[str, Any], **document: Any) -> Simulation:
    """Return a world with stages."""
    return Simulation({"stages": list(written), **document})


def starts(cs: Simulation, count: int) -> list[int]:
    """Start services; return the statuses."""
    return [cs.post("services/start", START).status for _ in range(count)]


def current(cs: Simulation) -> str:
    """Return the name of the stage there is."""
    with cs.world.lock:
        cs.world.begin()
    assert cs.world.stages.current is not None
    return cs.world.stages.current.name


def test_call_that_reaches_the_number_belongs_to_the_old_stage() -> None:
    cs = stages(
        {"name": "healthy", "until": {"calls": 3, "on": "start_service"}},
        {"name": "outage", "until": {"elapsed": "30s"}, "faults": [FAIL]},
        {"name": "recovered"},
    )
    assert starts(cs, 5) == [201, 201, 201, 503, 503]
    cs.advance("29999ms")
    assert starts(cs, 1) == [503]
    cs.advance("1ms")
    assert starts(cs, 2) == [201, 201]


def test_faulted_calls_count() -> None:
    cs = stages({"name": "down", "until": {"calls": 4}, "faults": [FAIL]}, {"name": "up"})
    assert starts(cs, 6) == [503, 503, 503, 503, 201, 201]


def test_refused_calls_count() -> None:
    cs = stages({"name": "up", "until": {"calls": 2}}, {"name": "down", "faults": [FAIL]})
    assert cs.post("services/start", raw=b"{").status == 400
    assert cs.get("nowhere").status == 404
    assert starts(cs, 1) == [503]


def test_loop_fails_and_recovers_again_and_again() -> None:
    cs = stages(
        {"name": "up", "until": {"calls": 2}},
        {"name": "down", "until": {"calls": 1}, "faults": [FAIL], "then": "up"},
    )
    assert starts(cs, 7) == [201, 201, 503, 201, 201, 503, 201]


def test_advance_of_a_rule_is_felt_by_the_stages_at_once() -> None:
    cs = stages(
        {
            "name": "a",
            "until": {"elapsed": "10s"},
            "faults": [{"on": "any", "advance": "1m"}],
        },
        {"name": "b", "until": {"elapsed": "40s"}, "faults": [FAIL]},
        {"name": "c"},
    )
    assert starts(cs, 1) == [201]
    assert current(cs) == "c"
    assert cs.world.stages.entered == cs.world.clock.now() - 10_000


def test_stage_that_a_call_ends_begins_before_the_call_advances_the_clock() -> None:
    cs = stages(
        {"name": "a", "until": {"calls": 1}, "faults": [{"on": "any", "advance": "1m"}]},
        {"name": "b", "until": {"elapsed": "1m"}, "faults": [FAIL]},
        {"name": "c"},
    )
    assert starts(cs, 1) == [201]
    assert current(cs) == "c"


def test_stage_counts_what_the_header_fires() -> None:
    cs = stages({"name": "a", "until": {"calls": 1}}, {"name": "b"})
    header = {"X-Simulator-Fault": '{"response": {"status": 418}}'}
    assert cs.post("services/start", START, headers=header).status == 418
    assert current(cs) == "b"


def test_stage_stands_still_while_the_clock_does() -> None:
    cs = stages({"name": "a", "until": {"elapsed": "1ms"}}, {"name": "b"})
    starts(cs, 3)
    assert current(cs) == "a"
    cs.advance("1ms")
    assert current(cs) == "b"


def test_reset_begins_with_the_first_stage() -> None:
    cs = stages({"name": "a", "until": {"calls": 1}, "faults": [FAIL]}, {"name": "b"})
    assert starts(cs, 2) == [503, 201]
    cs.world.reset()
    assert starts(cs, 2) == [503, 201]


def test_rule_added_at_run_time_outlives_the_stage() -> None:
    cs = stages({"name": "a", "until": {"calls": 1}, "faults": [FAIL]}, {"name": "b"})
    rule = cs.world.rules.named("down")
    assert rule is not None
    cs.world.rules.put(rule, cs.world.clock.now())
    assert starts(cs, 3) == [503, 503, 503]
    assert current(cs) == "b"
