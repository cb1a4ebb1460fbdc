"""Header X-Simulator-Fault: a request asks for a rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import ApiResponse, Simulation
from tests.support.problems import DURATION, INT_32_FROM_1, meant, sentence
from tests.unit.faults.support import ACTS, book, call, rule

START = {"contact_key": "1"}


def asking(cs: Simulation, value: object, path: str = "services/start", **more: Any) -> ApiResponse:
    """Send a request that asks for a rule by its name, or brings one along."""
    text = value if isinstance(value, str) else json.dumps(value)
    return cs.post(path, START, headers={"X-Simulator-Fault": text}, **more)


def test_name_bypasses_on_where_and_schedule() -> None:
    it = {
        "name": "it",
        "on": "end_task",
        "where": {"customer_id": "X"},
        "between": ["1y", "2y"],
        "skip": 9,
        "every": 9,
        "times": 0,
        "probability": 0,
        "above_rate": {"calls": 9, "per": "1s"},
        "response": {"status": 418},
    }
    cs = Simulation({"faults": [it]})
    assert asking(cs, "it").status == 418
    assert cs.get("services/anonymous/1").json == []
    counters = cs.world.rules.counters("it")
    assert (counters.matched, counters.acted) == (0, 1)


def test_rule_of_times_0_is_fired_by_the_header_alone() -> None:
    cs = Simulation(
        {"faults": [{"name": "it", "on": "any", "times": 0, "response": {"status": 418}}]}
    )
    assert cs.post("services/start", START).status == 201
    assert [asking(cs, "it").status for _ in range(3)] == [418] * 3
    assert cs.post("services/start", START).status == 201
    counters = cs.world.rules.counters("it")
    assert (counters.matched, counters.acted) == (5, 3)


def test_what_the_header_fires_counts_as_acted() -> None:
    cs = Simulation(
        {"faults": [{"name": "it", "on": "any", "times": 2, "response": {"status": 418}}]}
    )
    assert asking(cs, "it").status == 418
    assert [cs.post("services/start", START).status for _ in range(3)] == [418, 201, 201]


def test_what_the_header_fires_elsewhere_is_no_match() -> None:
    it = {"name": "it", "on": "start_service", "skip": 1, "times": 5, "response": {"status": 418}}
    rules = book(it)
    [in_force] = rules.rules()
    assert rules.judge(call("get_service"), 0, in_force).acted == ("it",)
    assert rules.counters("it").matched == 0
    assert [rules.judge(call(), 0).acted for _ in range(2)] == [(), ("it",)]


def test_what_the_header_fires_acts_before_all_others() -> None:
    rules = book(
        {"name": "first", "on": "any", "response": {"status": 500}},
        {"name": "slow", "on": "any", "delay": "7ms"},
        {"name": "it", "on": "any", "response": {"status": 418}, "delay": "2ms"},
    )
    verdict = rules.judge(call(), 0, rules.named("it"))
    assert (verdict.outcome_rule, verdict.delay) == ("it", 9)
    found = [(each.rule, each.decision, each.why) for each in verdict.judgements]
    assert found == [
        ("it", "acted", "requested by X-Simulator-Fault"),
        ("first", "shadowed", "it already acted"),
        ("slow", "acted", ""),
    ]


def test_rules_after_the_one_that_the_header_fires_are_judged_too() -> None:
    rules = book(
        {"name": "it", "on": "any", "delay": "2ms"},
        {"name": "slow", "on": "any", "delay": "7ms"},
    )
    assert rules.judge(call(), 0, rules.named("it")).acted == ("it", "slow")


def test_what_the_header_fires_without_an_outcome_shadows_nothing() -> None:
    rules = book({"name": "first", "on": "any", "response": {"status": 500}})
    verdict = rules.judge(call(), 0, rule(delay="2ms"))
    assert (verdict.outcome_rule, verdict.delay) == ("first", 2)


def test_sequence_that_the_header_fires_does_its_first_step_and_keeps_its_turn() -> None:
    steps = ["pass", {"response": {"status": 418}}, {"delay": "1ms"}]
    rules = book({"name": "it", "on": "any", "sequence": steps})
    for _ in range(2):
        assert rules.judge(call(), 0, rules.named("it")).outcome is not None
    assert rules.counters("it").step == 0
    assert rules.judge(call(), 0).acted == ()


def test_retry_after_is_a_second_where_the_rate_is_not_reached() -> None:
    response = {"status": 429, "headers": {"Retry-After": "auto"}}
    rules = book(
        {"name": "it", "on": "any", "above_rate": {"calls": 2, "per": "9s"}, "response": response}
    )
    asked = [rules.judge(call(), 0, rules.named("it")).retry_after(0) for _ in range(2)]
    assert asked == [1, 9]


@pytest.mark.parametrize(
    "written",
    [
        {"response": {"status": 418}},
        {"name": None, "on": None, "response": {"status": 418}},
        {"on": "end_task", "times": 0, "skip": 9, "response": {"status": 418}},
        {"sequence": ["pass", {"response": {"status": 418}}]},
    ],
    ids=str,
)
def test_rule_comes_along_as_json(written: dict[str, Any]) -> None:
    cs = Simulation({})
    assert asking(cs, written).status == 418
    assert cs.post("services/start", START).status == 201
    assert not cs.world.rules


def test_rule_that_comes_along_is_not_the_one_of_its_name() -> None:
    it = {"name": "it", "on": "any", "times": 1, "response": {"status": 500}}
    cs = Simulation({"faults": [it]})
    assert asking(cs, {"name": "it", "delay": "1ms"}).status == 500
    counters = cs.world.rules.counters("it")
    assert (counters.matched, counters.acted) == (1, 1)


def test_rule_that_comes_along_may_patch_with_null() -> None:
    assert asking(Simulation({}), {"patch": None}).raw == b"null"


def test_journal_names_what_the_header_fired() -> None:
    cs = Simulation(
        {"faults": [{"name": "it", "on": "any", "times": 0, "response": {"status": 418}}]}
    )
    asking(cs, "it")
    asking(cs, {"name": "brought", "response": {"status": 418}})
    asking(cs, {"response": {"status": 418}})
    journal = [entry.faults for entry in cs.world.journal.entries()]
    assert journal == [("it",), ("brought",), ("X-Simulator-Fault",)]


NAME = "no fault rule named"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("losst", f": {NAME} 'losst'; {meant('lost')}"),
        ("quite different", f": {NAME} 'quite different'; available: lost"),
        ("", f": {NAME} ''; available: lost"),
        (
            "{",
            (
                ": not valid JSON: expecting property name enclosed in double quotes at "
                "line 1, column 2"
            ),
        ),
        (
            '{"delay": "1s", "delay": "2s"}',
            ": duplicate key 'delay' at line 1, column 17",
        ),
        (
            '{"delay": "1s"} x',
            (
                ": not valid JSON: extra data at line 1, column 17; send one JSON "
                "document; something follows its end"
            ),
        ),
        ('{"patch": NaN}', ": not valid JSON: NaN is not a JSON number at line 1, column 11"),
        (
            '{"patch": ' + "[" * 5000,
            ": nested more than 100 levels deep at line 1, column 110",
        ),
        (
            '{"patch": ' + "9" * 5000,
            (": an integer of 5000 digits; at most 40 are allowed at line 1, column 11"),
        ),
        ("{}", f": no action; expected at least one of {ACTS}, or sequence"),
        ('{"dellay": "1s"}', f".dellay: unknown key; {meant('delay')}"),
        ('{"delay": 5}', sentence(".delay", DURATION, 5)),
        (
            '{"delay": "1s", "every": 0, "tims": 3}',
            (
                sentence(".every", INT_32_FROM_1, 0)
                + f"; X-Simulator-Fault.tims: unknown key; {meant('times')}"
            ),
        ),
        (
            '{"response": {"status": 204, "body": 1}}',
            ".response.body: a response with status 204 has no body; remove it",
        ),
        (
            '{"sequence": ["pass", {}]}',
            f".sequence[1]: no action; expected at least one of {ACTS}, or pass",
        ),
    ],
    ids=lambda each: each[:30],
)
def test_rule_that_is_none_is_refused(value: str, message: str) -> None:
    cs = Simulation({"faults": [{"name": "lost", "on": "end_task", "delay": "1s"}]})
    assert asking(cs, value).refused() == f"X-Simulator-Fault{message}"
    assert cs.get("services/anonymous/1").json == []


def test_rule_that_is_none_is_refused_by_both_editions() -> None:
    answer = asking(Simulation({}), {"delay": 5}, base="/").json
    assert (answer["code"], answer["title"]) == (4020, "bad parameter")
    assert answer["description"] == (
        "bad parameter 'X-Simulator-Fault.delay' reason : " + sentence("", DURATION, 5)
    )


def test_name_is_refused_where_there_is_no_rule() -> None:
    refused = asking(Simulation({}), "it").refused()
    assert refused == "X-Simulator-Fault: no fault rule named 'it'; no rules are in force"


@pytest.mark.parametrize("value", ["lost,tail:close", "lost, slow", "response.status=503"])
def test_several_names_or_actions_are_told_what_is_taken(value: str) -> None:
    cs = Simulation({"faults": [{"name": "lost", "on": "end_task", "delay": "1s"}]})
    assert asking(cs, value).refused() == sentence(
        "X-Simulator-Fault",
        'the name of one rule in force, or a rule as JSON such as {"connection": "close"}',
        value,
    )


def test_name_with_a_comma_is_a_name() -> None:
    cs = Simulation({"faults": [{"name": "a, b", "on": "end_task", "response": {"status": 418}}]})
    assert asking(cs, "a, b").status == 418
    assert asking(cs, "a, bb").refused().endswith(meant("a, b"))


def test_advance_is_refused_by_a_real_clock() -> None:
    cs = Simulation({"clock": {"mode": "real"}})
    assert asking(cs, {"advance": "1s"}).refused() == (
        "X-Simulator-Fault.advance: a real clock cannot be advanced; set "
        "clock.mode to offset or frozen"
    )


def test_unknown_name_is_refused_wherever_it_is_sent() -> None:
    cs = Simulation({})
    assert "no fault rule named" in asking(cs, "it", "nowhere").refused()
    options = cs.request("OPTIONS", "services/start", headers={"X-Simulator-Fault": "it"})
    assert "no fault rule named" in options.refused()


def test_name_may_be_any_text() -> None:
    cs = Simulation({"faults": [{"name": "größer", "on": "any", "times": 0, "patch": {"a": 1}}]})
    sent = "größer".encode().decode("latin-1")
    assert asking(cs, sent).json == {"service_id": 4294967297, "a": 1}
