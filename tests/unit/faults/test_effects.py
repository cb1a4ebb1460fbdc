"""What becomes of the operation, and what the journal says of it."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.clock import WorldClock
from cs_simulator.control.shows import judgement_members
from cs_simulator.faults.actions import ACTIONS
from cs_simulator.faults.criteria import Mismatch
from tests.support import NOW, Simulation
from tests.unit.faults.support import book, call

START = {"contact_key": "1"}
FAIL = {"response": {"status": 503}}


def faulty(**rule: Any) -> Simulation:
    """Return a world with one rule for the start of services."""
    return Simulation({"faults": [{"name": "it", "on": "start_service", **rule}]})


def started(cs: Simulation) -> int:
    """Return how many services there are."""
    return len(cs.get("services/anonymous/1").shows())


def last(cs: Simulation) -> dict[str, Any]:
    """Return the newest entry of the journal."""
    return cs.world.journal.entries()[-1].as_members()


TAKES_PLACE: list[tuple[dict[str, Any], bool]] = [
    (FAIL, False),
    ({**FAIL, "effect": "none"}, False),
    ({**FAIL, "effect": "applied"}, True),
    ({"connection": "close"}, False),
    ({"connection": "reset", "effect": "applied"}, True),
    ({"connection": "truncate"}, True),
    ({"connection": "truncate", "effect": "none"}, False),
    ({"connection": {"truncate": {"after": 3}}}, True),
    ({"connection": {"truncate": {}}, "effect": "none"}, False),
    ({"patch": {"a": 1}}, True),
    ({"patch": {"a": 1}, "effect": "applied"}, True),
    ({"delay": "1ms"}, True),
    ({"advance": "1s"}, True),
    ({"dribble": {"chunks": 1, "duration": "0s"}}, True),
    ({"dribble": {"chunks": 1, "duration": "0s"}, **FAIL}, False),
]
"""Actions, and whether the operation takes place under them."""


@pytest.mark.parametrize(("action", "applied"), TAKES_PLACE, ids=str)
def test_operation_takes_place_unless_its_reply_is_replaced(
    action: dict[str, Any], *, applied: bool
) -> None:
    cs = faulty(**action)
    cs.post("services/start", START)
    assert started(cs) == applied
    assert cs.world.rules.counters("it").acted == 1


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_says_whether_the_operation_takes_place(name: str) -> None:
    assert any(name in action for action, _ in TAKES_PLACE), (
        f"{name} has no row in TAKES_PLACE of tests/unit/faults/test_effects.py"
    )


def test_operation_that_is_left_out_is_not_even_checked() -> None:
    cs = faulty(**FAIL)
    assert cs.post("services/start", raw=b"{").status == 503
    assert "real_status" not in last(cs)


def test_journal_shows_the_scripted_and_the_real_status() -> None:
    cs = faulty(**FAIL, effect="applied")
    assert cs.post("services/start", START).status == 503
    shown = last(cs)
    assert (shown["response"]["status"], shown["real_status"], shown["faults"]) == (
        503,
        201,
        ["it"],
    )


@pytest.mark.parametrize(
    ("raw", "real"), [(b"{", 400), (b'{"est_duration":"x","contact_key":"1"}', 400), (b"[]", 400)]
)
def test_operation_that_is_itself_refused_gets_the_scripted_reply(raw: bytes, real: int) -> None:
    cs = faulty(response={"status": 200, "body": {"ok": True}}, effect="applied")
    answer = cs.post("services/start", raw=raw)
    assert (answer.status, answer.json) == (200, {"ok": True})
    shown = last(cs)
    assert (shown["response"]["status"], shown["real_status"]) == (200, real)
    assert started(cs) == 0


def test_journal_has_no_reply_where_there_is_none() -> None:
    cs = faulty(connection="reset")
    cs.post("services/start", START)
    shown = last(cs)
    assert (shown["state"], shown["faults"]) == ("done", ["it"])
    assert "response" not in shown


def test_journal_says_how_long_a_reply_was_held_back() -> None:
    cs = faulty(delay="20ms")
    cs.post("services/start", START)
    shown = last(cs)
    assert shown["waited_ms"] == 20
    assert shown["ms"] >= 20


def test_journal_names_all_that_acted_and_keeps_all_judgements() -> None:
    slow = {"name": "slow", "on": "any", "delay": "1ms"}
    shadowed = {"name": "second", "on": "any", **FAIL}
    other = {"name": "other", "on": "end_task", **FAIL}
    first = {"name": "first", "on": "any", "response": {"status": 500}}
    cs = Simulation({"faults": [slow, first, shadowed, other]})
    cs.post("services/start", START)
    [entry] = cs.world.journal.entries()
    assert entry.faults == ("slow", "first")
    assert [(each.rule, each.decision) for each in entry.judgements] == [
        *[("slow", "acted"), ("first", "acted"), ("second", "shadowed"), ("other", "no_match")]
    ]
    assert judgement_members(entry.judgements[-1]) == {
        "rule": "other",
        "decision": "no_match",
        "failed": [{"criterion": "on", "expected": "end_task", "found": "start_service"}],
    }


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ({"skip": 2}, "skipped 1 of 2"),
        ({"every": 2}, "match 1, acts on every 2"),
        ({"times": 0}, "acted 0 of 0 times"),
        ({"probability": 0.25}, "drew 0.913, probability 0.25"),
        ({"above_rate": {"calls": 3, "per": "1s"}}, "rate not exceeded: 3 calls in 1000 ms"),
    ],
    ids=str,
)
def test_judgement_says_why_a_rule_was_not_due(schedule: dict[str, Any], why: str) -> None:
    [judgement] = book({"name": "it", "on": "any", **FAIL, **schedule}).judge(call(), 0).judgements
    assert (judgement.decision, judgement.why) == ("not_due", why)


def test_advance_moves_a_frozen_clock_before_the_operation() -> None:
    cs = faulty(advance="3s")
    answer = cs.post("services/start", START)
    assert answer.headers["Date"] == "Mon, 05 Jan 2026 09:00:03 GMT"
    [service] = cs.get("services/anonymous/1").shows()
    assert service["started"]["timestamp"] == "2026-01-05T09:00:03.000Z"
    assert last(cs)["time"] == "2026-01-05T09:00:03.000Z"


def test_advance_moves_an_offset_clock_which_runs_on() -> None:
    cs = faulty(advance="1h")
    before = cs.world.clock.now()
    machine = iter([0, *[5] * 99])
    cs.world.clock = WorldClock("offset", before, lambda: next(machine))
    cs.post("services/start", START)
    assert cs.world.clock.now() == before + 3_600_005


def test_advance_crosses_retention_before_the_operation() -> None:
    cs = Simulation(
        {
            "faults": [{"on": "get_service", "advance": "1h"}],
            "services": [
                {"service_id": 5, "contact_key": "1", "completed": NOW, "expiration_time": "59m"},
                {"service_id": 6, "contact_key": "1", "completed": NOW, "expiration_time": "61m"},
            ],
        }
    )
    assert cs.exists(6)
    assert [each["service_id"] for each in cs.get("services/anonymous/1").shows()] == [6]


def test_advance_happens_though_the_operation_is_left_out() -> None:
    cs = faulty(advance="1m", **FAIL)
    assert cs.post("services/start", START).headers["Date"] == "Mon, 05 Jan 2026 09:01:00 GMT"


def test_unrouted_requests_are_judged() -> None:
    rule = {"name": "it", "on": "unrouted", "where": {"path": "/**/nowhere"}, **FAIL}
    cs = Simulation({"faults": [rule]})
    assert cs.get("nowhere").refused(503)
    assert cs.get("elsewhere").status == 404
    assert cs.request("PATCH", "services/1").status == 405
    assert cs.get("services/anonymous/1").status == 200
    assert [entry.faults for entry in cs.world.journal.entries()] == [("it",), (), (), ()]


def test_options_are_judged_and_a_preflight_is_not() -> None:
    cs = Simulation({"faults": [{"name": "it", "on": "options", **FAIL}]})
    assert cs.request("OPTIONS", "services/start").refused(503)
    preflight = {"Origin": "http://x.example", "Access-Control-Request-Method": "POST"}
    assert cs.request("OPTIONS", "services/start", headers=preflight).status == 204
    assert cs.world.rules.counters("it").matched == 1


def test_any_speaks_of_everything() -> None:
    cs = Simulation({"faults": [{"name": "it", "on": "*", **FAIL}]})
    assert cs.get("services/1").status == 503
    assert cs.get("nowhere").status == 503
    assert cs.request("OPTIONS", "services/start").status == 503


def test_head_counts_as_its_get() -> None:
    cs = Simulation({"faults": [{"name": "it", "on": "get_service", "skip": 1, **FAIL}]})
    service = cs.service()
    assert cs.request("HEAD", f"services/{service}").status == 200
    assert cs.request("HEAD", f"services/{service}").status == 503
    assert cs.get(f"services/{service}").status == 503


def test_reset_begins_anew() -> None:
    cs = faulty(times=1, **FAIL)
    assert [cs.post("services/start", START).status for _ in range(2)] == [503, 201]
    cs.world.reset()
    assert [cs.post("services/start", START).status for _ in range(2)] == [503, 201]


@pytest.mark.parametrize(
    ("members", "difference"),
    [
        ({"on": "get_task"}, Mismatch("on", "get_task", "start_service")),
        (
            {"on": ["start_task", "get_task"]},
            Mismatch("on", ["get_task", "start_task"], "start_service"),
        ),
        (
            {"on": "any", "between": ["1s", "2s"]},
            Mismatch("between", "1000 to 2000 ms since the rule came into force", 300),
        ),
    ],
)
def test_verdict_tells_what_a_rule_is_for_and_when(
    members: dict[str, Any], difference: Mismatch
) -> None:
    rules = book({"name": "it", "delay": "1s", **members}, now=100)
    [judgement] = rules.judge(call(), 400).judgements
    assert list(judgement.differences) == [difference]


def test_verdict_tells_which_step_acted() -> None:
    rules = book({"name": "it", "on": "any", "sequence": [{"delay": "1s"}, {"delay": "2s"}]})
    whys = [rules.judge(call(), 0).judgements[0].why for _ in range(3)]
    assert whys == ["step 1 of 2", "step 2 of 2", "all 2 steps are used"]
