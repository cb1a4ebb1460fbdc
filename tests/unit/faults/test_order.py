"""Which rules act where several are due."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.faults import criteria, expressions
from tests.unit.faults.support import book, call, rule, staged, verdicts

FAIL = {"on": "any", "response": {"status": 500}}


def test_delays_add_up() -> None:
    rules = book(
        {"on": "any", "delay": "100ms"}, {"on": "any", "delay": "20ms"}, {**FAIL, "delay": "3ms"}
    )
    verdict = rules.judge(call(), 0)
    assert verdict.delay == 123
    assert verdict.acted == ("any-1", "any-2", "any-3")


def test_advances_add_up() -> None:
    rules = book({"on": "any", "advance": "2s"}, {"on": "any", "advance": "1m"})
    assert rules.judge(call(), 0).advance == 62_000


def test_first_outcome_acts_and_later_ones_are_shown_and_not_spent() -> None:
    rules = book(
        {**FAIL, "name": "first", "times": 1},
        {**FAIL, "name": "second", "times": 1, "delay": "1s"},
        {"name": "slow", "on": "any", "delay": "5ms"},
    )
    verdict = rules.judge(call(), 0)
    assert verdicts(verdict) == {"first": "acted", "second": "shadowed", "slow": "acted"}
    assert (verdict.outcome_rule, verdict.delay) == ("first", 5)
    assert "first already acted" in [each.why for each in verdict.judgements]
    second = rules.counters("second")
    assert (second.matched, second.acted, second.shadowed) == (1, 0, 1)
    assert rules.judge(call(), 0).outcome_rule == "second"
    assert rules.judge(call(), 0).outcome is None


def test_each_kind_of_outcome_shadows_each() -> None:
    outcomes: list[dict[str, Any]] = [
        {"response": {"status": 500}},
        {"patch": {"a": 1}},
        {"connection": "reset"},
    ]
    for first in outcomes:
        for second in outcomes:
            verdict = book({"on": "any", **first}, {"on": "any", **second}).judge(call(), 0)
            assert verdicts(verdict) == {"any-1": "acted", "any-2": "shadowed"}


def test_outcome_comes_before_what_else_is_done() -> None:
    dribble = {"on": "any", "dribble": {"chunks": 2, "duration": "1s"}}
    rules = book({"on": "any", "delay": "1s"}, dribble, {"on": "any", "connection": "reset"})
    done = [row.name for row, _ in rules.judge(call(), 0).done()]
    assert done == ["connection", "delay", "dribble"]


def test_rule_that_is_not_due_lets_later_ones_act() -> None:
    rules = book({**FAIL, "name": "first", "skip": 1}, {**FAIL, "name": "second"})
    assert [rules.judge(call(), 0).outcome_rule for _ in range(2)] == ["second", "first"]


def test_order_is_newest_at_run_time_then_stage_then_document() -> None:
    stages, rules = staged(
        {"name": "s", "faults": [{**FAIL, "name": "stage 1"}, {**FAIL, "name": "stage 2"}]},
        faults=[{**FAIL, "name": "document 1"}, {**FAIL, "name": "document 2"}],
    )
    rules.put(rule(name="older", response={"status": 500}), 0)
    rules.put(rule(name="newer", response={"status": 500}), 0)
    in_order = ["newer", "older", "stage 1", "stage 2", "document 1", "document 2"]
    assert list(verdicts(rules.judge(call(), 0))) == in_order
    winners = []
    for name in in_order:
        winners.append(rules.judge(call(), 0).outcome_rule)
        assert rules.remove(name)
    assert winners == in_order
    assert not rules
    assert stages.names() == ["s"]


def test_put_replaces_the_rule_of_its_name_where_it_stands() -> None:
    rules = book()
    for name in ("a", "b", "c"):
        rules.put(rule(name=name, delay="1s"), 0)
    rules.judge(call(), 0)
    rules.put(rule(name="b", delay="9s"), 50)
    assert [each.name for each in rules.rules()] == ["c", "b", "a"]
    assert (rules.counters("b").matched, rules.counters("b").since) == (0, 50)
    assert (rules.counters("a").matched, rules.judge(call(), 0).delay) == (1, 11_000)


def test_put_takes_the_place_of_a_rule_of_the_document() -> None:
    rules = book({**FAIL, "name": "it"}, {**FAIL, "name": "other"})
    rules.put(rule(name="it", response={"status": 418}), 0)
    assert [each.name for each in rules.rules()] == ["it", "other"]
    outcome = rules.judge(call(), 0).outcome
    assert outcome is not None
    assert outcome.values["response"].status == 418


def test_remove_tells_whether_there_was_such_a_rule() -> None:
    rules = book({**FAIL, "name": "it"})
    assert rules.remove("it")
    assert not rules.remove("it")
    assert rules.named("it") is None


def test_rule_of_a_stage_stays_out_while_one_of_its_name_was_added() -> None:
    stages, rules = staged(
        {"name": "a", "until": {"calls": 1}},
        {"name": "b", "until": {"calls": 1}, "faults": [{**FAIL, "name": "it"}]},
        {"name": "c", "then": "a", "until": {"calls": 1}},
    )
    rules.put(rule(name="it", delay="1s"), 0)
    for _ in range(7):
        verdict = rules.judge(call(), 0)
        assert verdict.acted == ("it",)
        assert verdict.outcome is None
        stages.count(call(), 0)
    assert rules.counters("it").acted == 7


def test_rules_whose_expressions_take_too_long_are_tried_ten_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(criteria, "Patience", lambda: expressions.Patience(0.001))
    slow = {"on": "any", "where": {"headers": {"X-A": {"matches": "(a|aa)+b"}}}, "delay": "1ms"}
    quick = {"on": "any", "where": {"headers": {"X-B": {"matches": "(b+)"}}}, "delay": "1ms"}
    facts = call(headers={"x-a": ("a" * 5_000,), "x-b": ("bb",)})
    for number, acted in ((9, 1), (10, 0), (200, 0)):
        verdict = book(*[slow] * number, quick).judge(facts, 0)
        assert len(verdict.acted) == acted


def test_each_rule_knows_where_it_is_from() -> None:
    _, rules = staged(
        {"name": "s", "faults": [{**FAIL, "name": "of the stage"}]},
        faults=[{**FAIL, "name": "of the document"}],
    )
    rules.put(rule(name="added", delay="1s"), 0)
    origins = {each.name: rules.origin(each.name) for each in rules.rules()}
    assert origins == {"added": "runtime", "of the stage": "stage", "of the document": "document"}
