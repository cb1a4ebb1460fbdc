"""Rules that act in steps."""

from __future__ import annotations

from typing import Any

from tests.unit.faults.support import acted, book, call, verdicts

FAIL = {"response": {"status": 500}}
SLOW = {"delay": "3s"}


def steps(count: int, *sequence: Any, **more: Any) -> list[str]:
    """Return what a sequence does, call by call: outcome, delay or nothing."""
    rules = book({"name": "it", "on": "any", "sequence": list(sequence), **more})
    words = []
    for _ in range(count):
        verdict = rules.judge(call(), 0)
        words.append("fail" if verdict.outcome else "slow" if verdict.delay else "-")
    return words


def test_sequence_takes_one_step_a_match_and_ends() -> None:
    assert steps(6, FAIL, SLOW, "pass", FAIL) == ["fail", "slow", "-", "fail", "-", "-"]


def test_sequence_repeats_as_often_as_it_says() -> None:
    assert steps(8, FAIL, "pass", SLOW, repeat=2) == [
        *["fail", "-", "slow", "fail", "-", "slow"],
        *["-", "-"],
    ]


def test_sequence_repeats_for_ever() -> None:
    assert steps(300, FAIL, "pass", repeat="forever") == ["fail", "-"] * 150


def test_sequence_that_is_used_up_says_so() -> None:
    rules = book({"name": "it", "on": "any", "sequence": [FAIL, "pass"], "repeat": 2})
    for _ in range(4):
        rules.judge(call(), 0)
    [judgement] = rules.judge(call(), 0).judgements
    assert (judgement.decision, judgement.why) == ("not_due", "all 4 steps are used")
    counters = rules.counters("it")
    assert (counters.matched, counters.acted, counters.step) == (5, 2, 4)


def test_sequence_begins_after_skip() -> None:
    assert steps(5, FAIL, SLOW, skip=2) == ["-", "-", "fail", "slow", "-"]


def test_sequence_takes_no_step_below_its_rate() -> None:
    over = {"calls": 2, "per": "1s"}
    assert steps(5, FAIL, SLOW, above_rate=over) == ["-", "-", "fail", "slow", "-"]


def test_sequence_takes_no_step_outside_its_window() -> None:
    rules = book({"on": "any", "sequence": [FAIL, FAIL], "between": ["1s", "2s"]})
    assert [bool(rules.judge(call(), at).acted) for at in (0, 1_000, 2_000, 1_500, 1_501)] == [
        *[False, True, False, True, False]
    ]


def test_pass_lets_later_rules_be_tried() -> None:
    rules = book(
        {"name": "it", "on": "any", "sequence": ["pass", FAIL]},
        {"name": "later", "on": "any", "times": 1, **FAIL},
    )
    assert [rules.judge(call(), 0).outcome_rule for _ in range(3)] == ["later", "it", None]


def test_pass_is_no_action() -> None:
    rules = book({"name": "it", "on": "any", "sequence": ["pass", SLOW]})
    verdict = rules.judge(call(), 0)
    assert verdict.acted == ()
    assert verdicts(verdict) == {"it": "passed"}
    assert [each.why for each in verdict.judgements] == ["step 1 of 2"]
    assert rules.counters("it").acted == 0


def test_shadowed_sequence_keeps_its_step() -> None:
    rules = book(
        {"name": "first", "on": "any", "times": 2, **FAIL},
        {"name": "it", "on": "any", "sequence": [FAIL, SLOW]},
    )
    found = [verdicts(rules.judge(call(), 0)) for _ in range(5)]
    assert [each["it"] for each in found] == [
        *["shadowed", "shadowed", "acted", "acted", "not_due"]
    ]
    counters = rules.counters("it")
    assert (counters.matched, counters.acted, counters.shadowed) == (5, 2, 2)


def test_step_without_an_outcome_is_never_shadowed() -> None:
    rules = book(
        {"name": "first", "on": "any", **FAIL},
        {"name": "it", "on": "any", "sequence": [SLOW, "pass", SLOW]},
    )
    assert [rules.judge(call(), 0).delay for _ in range(4)] == [3_000, 0, 3_000, 0]


def test_sequence_counts_only_what_matches() -> None:
    rules = book({"on": "end_task", "sequence": [FAIL, SLOW]})
    assert acted(rules, 5) == []
    assert rules.judge(call("end_task"), 0).outcome is not None
    assert rules.judge(call("end_task"), 0).delay == 3_000
