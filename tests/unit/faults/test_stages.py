"""Stages: which is current, and which rules are in force with it."""

from __future__ import annotations

from typing import Any

from cs_simulator.faults.stages import Stages
from tests.unit.faults.support import call, read_stages, rule, staged

FAIL = {"on": "any", "response": {"status": 503}}
YEAR = 365 * 24 * 3_600_000


def current(stages: Stages) -> str:
    """Return the name of the stage there is."""
    assert stages.current is not None
    return stages.current.name


def walk(stages: Stages, *times: int) -> list[str]:
    """Let the clock go; return the stage at each time."""
    names = []
    for now in times:
        stages.settle(now)
        names.append(current(stages))
    return names


def calls(stages: Stages, *operations: str, now: int = 0, **members: Any) -> list[str]:
    """Make calls; return the stage after each."""
    names = []
    for operation in operations:
        stages.count(call(operation, **members), now)
        names.append(current(stages))
    return names


def test_no_stages_are_none() -> None:
    stages, rules = staged()
    stages.settle(5)
    stages.count(call(), 5)
    assert not stages
    assert (stages.current, stages.names(), stages.next(5)) == (None, [], False)
    assert not rules


def test_calls_end_a_stage() -> None:
    stages, _ = staged({"name": "a", "until": {"calls": 3}}, {"name": "b"})
    assert calls(stages, *["get_task"] * 5) == ["a", "a", "b", "b", "b"]


def test_calls_are_those_of_on_and_where() -> None:
    until = {"calls": 2, "on": ["start_task", "end_task"], "where": {"customer_id": "C"}}
    stages, _ = staged({"name": "a", "until": until}, {"name": "b"})
    them = frozenset({"C"})
    assert calls(stages, "start_task", "end_task") == ["a", "a"]
    assert calls(stages, "start_service", "get_task", customer_ids=them) == ["a", "a"]
    assert calls(stages, "end_task", "start_task", customer_ids=them) == ["a", "b"]


def test_elapsed_ends_a_stage_at_its_instant() -> None:
    stages, _ = staged({"name": "a", "until": {"elapsed": "30s"}}, {"name": "b"}, now=1_000)
    assert walk(stages, 1_000, 30_999, 31_000, 99_000) == ["a", "a", "b", "b"]
    assert stages.entered == 31_000


def test_first_of_calls_and_elapsed_ends_a_stage() -> None:
    until = {"calls": 2, "elapsed": "10s"}
    stages, _ = staged({"name": "a", "until": until}, {"name": "b"})
    assert calls(stages, "get_task", "get_task", now=5) == ["a", "b"]
    stages, _ = staged({"name": "a", "until": until}, {"name": "b"})
    assert calls(stages, "get_task") == ["a"]
    assert walk(stages, 9_999, 10_000) == ["a", "b"]


def test_next_stage_begins_when_the_last_fell_due() -> None:
    stages, rules = staged(
        {"name": "a", "until": {"elapsed": "10s"}},
        {"name": "b", "until": {"elapsed": "5s"}, "faults": [{"name": "it", **FAIL}]},
        {"name": "c", "faults": [{"name": "late", **FAIL, "between": ["10s", "20s"]}]},
    )
    assert walk(stages, 12_000, 14_999) == ["b", "b"]
    assert rules.counters("it").since == 10_000
    assert walk(stages, 24_999) == ["c"]
    assert stages.entered == 15_000
    assert not rules.judge(call(), 24_999).acted
    assert rules.judge(call(), 25_000).acted == ("late",)


def test_one_advance_crosses_several() -> None:
    spans = {"a": "1s", "b": "2s", "c": "3s", "d": "4s"}
    written = [{"name": name, "until": {"elapsed": span}} for name, span in spans.items()]
    stages, _ = staged(*written, {"name": "e"})
    assert walk(stages, 5_999) == ["c"]
    assert stages.entered == 3_000
    assert walk(stages, 10 * YEAR) == ["e"]
    assert stages.entered == 10_000


def test_one_advance_stops_where_calls_are_awaited() -> None:
    stages, _ = staged(
        {"name": "a", "until": {"elapsed": "1s"}},
        {"name": "b", "until": {"calls": 1}},
        {"name": "c", "until": {"elapsed": "1s"}},
        {"name": "d"},
    )
    assert walk(stages, YEAR) == ["b"]
    assert calls(stages, "get_task", now=YEAR) == ["c"]
    assert walk(stages, YEAR + 999, YEAR + 1_000) == ["c", "d"]


def test_clock_that_is_set_back_brings_nothing_back() -> None:
    stages, _ = staged({"name": "a", "until": {"elapsed": "1s"}}, {"name": "b"}, now=5_000)
    assert walk(stages, 6_000, 0, 5_000) == ["b", "b", "b"]


def test_loop_goes_round() -> None:
    stages, _ = staged(
        {"name": "a", "until": {"elapsed": "2s"}},
        {"name": "b", "until": {"elapsed": "3s"}, "then": "a"},
    )
    assert walk(stages, 0, 1_999, 2_000, 4_999, 5_000, 7_000, 9_999, 10_000) == list("aabbabba")


def test_loop_of_calls_goes_round() -> None:
    stages, _ = staged(
        {"name": "a", "until": {"calls": 1}}, {"name": "b", "until": {"calls": 2}, "then": "a"}
    )
    assert calls(stages, *["get_task"] * 7) == list("bbabbab")


def test_stage_may_follow_itself() -> None:
    it = {"name": "it", **FAIL, "times": 1}
    stages, rules = staged({"name": "a", "until": {"calls": 3}, "then": "a", "faults": [it]})
    acted = []
    for _ in range(7):
        acted.append(bool(rules.judge(call(), 0).acted))
        stages.count(call(), 0)
    assert acted == [True, False, False, True, False, False, True]


def test_huge_advance_over_a_loop_is_exact_and_ends() -> None:
    written = [
        {"name": "lead", "until": {"elapsed": "10ms"}},
        {"name": "a", "until": {"elapsed": "1ms"}},
        {"name": "b", "until": {"elapsed": "2ms", "calls": 5}, "then": "a"},
    ]
    for now in (2_000 * YEAR + offset for offset in range(6)):
        stages, _ = staged(*written)
        inside = (now - 10) % 3
        assert walk(stages, now) == ["a" if inside == 0 else "b"]
        assert stages.entered == now - max(0, inside - 1)


def test_settling_in_steps_is_settling_at_once() -> None:
    written = [
        {"name": "lead", "until": {"elapsed": "7ms"}},
        {"name": "a", "until": {"elapsed": "3ms"}},
        {"name": "b", "until": {"elapsed": "5ms"}, "then": "a"},
    ]
    steps, _ = staged(*written)
    for now in range(200):
        steps.settle(now)
        at_once, _ = staged(*written)
        at_once.settle(now)
        assert (current(steps), steps.entered) == (current(at_once), at_once.entered)


def test_counters_are_anew_on_entry() -> None:
    it = {"name": "it", **FAIL, "times": 1, "skip": 1}
    stages, rules = staged(
        {"name": "a", "until": {"elapsed": "1s"}},
        {"name": "b", "until": {"elapsed": "1s"}, "then": "a", "faults": [it]},
    )
    for round_ in range(3):
        assert rules.judge(call(), 0).judgements == ()
        stages.settle(1_000 + round_ * 2_000)
        assert [bool(rules.judge(call(), 0).acted) for _ in range(3)] == [False, True, False]
        stages.settle(2_000 + round_ * 2_000)


def test_counters_of_the_document_go_on() -> None:
    it = {"name": "it", **FAIL, "times": 2}
    stages, rules = staged({"name": "a", "until": {"calls": 1}}, {"name": "b"}, faults=[it])
    for _ in range(3):
        rules.judge(call(), 0)
        stages.count(call(), 0)
    assert (rules.counters("it").matched, rules.counters("it").acted) == (3, 2)


def test_rules_of_one_name_may_stand_in_two_stages() -> None:
    stages, rules = staged(
        {"name": "a", "until": {"calls": 1}, "faults": [{"name": "it", **FAIL}]},
        {"name": "b", "until": {"calls": 1}, "then": "a", "faults": [{**FAIL, "name": "it"}]},
    )
    for _ in range(5):
        assert rules.judge(call(), 0).acted == ("it",)
        assert rules.counters("it").matched == 1
        stages.count(call(), 0)


def test_rule_taken_out_of_a_stage_does_not_hinder_the_next() -> None:
    stages, rules = staged(
        {"name": "a", "until": {"calls": 1}, "faults": [{"name": "it", **FAIL}]}, {"name": "b"}
    )
    assert rules.remove("it")
    rules.put(rule(name="it", delay="1s"), 0)
    assert calls(stages, "get_task") == ["b"]
    assert rules.judge(call(), 0).acted == ("it",)


def test_next_and_enter_go_on_by_hand() -> None:
    stages, rules = staged(
        {"name": "a", "until": {"calls": 9}},
        {"name": "b", "until": {"elapsed": "1s"}, "faults": [{"name": "it", **FAIL}]},
        {"name": "c"},
    )
    stages.count(call(), 0)
    assert stages.next(500)
    assert (current(stages), stages.entered, stages.calls) == ("b", 500, 0)
    assert walk(stages, 1_499, 1_500) == ["b", "c"]
    assert not stages.next(2_000)
    number = stages.named("b")
    assert number is not None
    stages.enter(number, 2_000)
    assert [each.name for each in rules.rules()] == ["it"]
    assert stages.named("z") is None


def test_stage_without_until_goes_on_only_when_asked() -> None:
    stages, _ = staged({"name": "a", "until": {"calls": 1}}, {"name": "b", "then": "a"})
    assert calls(stages, "start_task", "start_task", now=5) == ["b", "b"]
    assert walk(stages, YEAR) == ["b"]
    assert stages.next(YEAR)
    assert (current(stages), stages.entered, stages.calls) == ("a", YEAR, 0)


def test_last_stage_has_no_end() -> None:
    stages, _ = staged({"name": "a", "until": {"calls": 1}}, {"name": "b"})
    assert calls(stages, *["get_task"] * 50)[-1] == "b"
    assert stages.calls == 0


def test_stage_reads_what_the_document_says() -> None:
    [first, second], mistakes = read_stages(
        [{"name": "a", "until": {"calls": "3", "elapsed": "2m", "on": "*"}}, {"name": "b"}]
    )
    assert mistakes == []
    assert (first.until.calls, first.until.elapsed) == (3, 120_000)
    assert first.until.on == {"any"}
    assert (first.then, second.then) == (1, None)


def test_huge_advance_enters_a_loop_it_did_not_begin_in() -> None:
    stages, _ = staged(
        {"name": "once", "until": {"elapsed": "1s"}},
        {"name": "a", "until": {"elapsed": "2s"}},
        {"name": "b", "until": {"elapsed": "3s"}, "then": "a"},
    )
    stages.settle(1_000 + 5_000 * 10**9 + 2_000)
    progress = stages.progress()
    assert progress is not None
    assert (progress.name, progress.entered) == ("b", 1_000 + 5_000 * 10**9 + 2_000)


def test_huge_advance_before_a_loop_begins() -> None:
    stages, _ = staged(
        {"name": "once", "until": {"elapsed": "1s"}},
        {"name": "twice", "until": {"elapsed": "1s"}},
        {"name": "a", "until": {"elapsed": "2s"}},
        {"name": "b", "until": {"elapsed": "3s"}, "then": "a"},
    )
    stages.settle(2_000 + 5_000 * 10**9)
    progress = stages.progress()
    assert progress is not None
    assert (progress.name, progress.entered) == ("a", 2_000 + 5_000 * 10**9)


def test_rules_of_stages_to_come_are_told_whatever_stands_before_them() -> None:
    def its(*names: str) -> list[dict[str, Any]]:
        return [{"name": name, **FAIL} for name in names]

    other = {"name": "other", "on": "end_task", "delay": "1s"}
    elsewhere = {"name": "elsewhere", **FAIL, "where": {"path": "/y"}}
    stages, rules = staged(
        {"name": "a", "until": {"calls": 1}, "faults": its("one", "two")},
        {"name": "b", "then": "a", "faults": [*its("one"), other, elsewhere, *its("later")]},
    )
    judged = [each.rule for each in rules.judge(call(), 0).judgements]
    assert judged == ["one", "two"]
    waiting = stages.waiting(call(), judged, stages.current)
    assert [(each.rule, each.why) for each in waiting] == [("later", "in force only in stage b")]
