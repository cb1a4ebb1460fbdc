"""When a rule is due."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.faults.verdict import Verdict
from cs_simulator.ids import draw
from tests.unit.faults.support import SEED, acted, book, call

IT = {"name": "it", "on": "start_service", "response": {"status": 503}}


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ({"skip": 7}, [8, 9, 10]),
        ({"every": 3}, [3, 6, 9]),
        ({"times": 2}, [1, 2]),
        ({"times": 0}, []),
        ({"probability": 0}, []),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ({"skip": 1, "every": 2}, [3, 5, 7, 9]),
        ({"skip": 1, "every": 3}, [4, 7, 10]),
        ({"skip": 1, "every": 2, "times": 3}, [3, 5, 7]),
        ({"above_rate": {"calls": 6, "per": "1s"}}, [7, 8, 9, 10]),
        ({"above_rate": {"calls": 6, "per": "1s"}, "skip": 8}, [9, 10]),
        ({"above_rate": {"calls": 6, "per": "1s"}, "every": 4, "times": 1}, [8]),
    ],
)
def test_rule_is_due_on(schedule: dict[str, Any], due: list[int]) -> None:
    assert acted(book({**IT, **schedule}), 10) == due


def test_rule_says_which_match_after_those_skipped_it_waits_for() -> None:
    rules = book({**IT, "skip": 1, "every": 3})
    whys = [rules.judge(call(), 0).judgements[0].why for _ in range(3)]
    assert whys == ["skipped 1 of 1", "match 1, acts on every 3", "match 2, acts on every 3"]


def test_probability_is_the_draw_of_the_match() -> None:
    expected = [n for n in range(1, 1001) if draw(SEED, "it", n) < 0.3]
    assert acted(book({**IT, "probability": 0.3}), 1000) == expected
    assert 250 < len(expected) < 350


def test_times_counts_what_was_drawn_and_not_what_was_tried() -> None:
    lucky = acted(book({**IT, "probability": 0.3}), 1000)
    assert acted(book({**IT, "probability": 0.3, "times": 5}), 1000) == lucky[:5]


def test_times_does_not_count_what_is_shadowed() -> None:
    rules = book({**IT, "name": "first", "times": 3}, {**IT, "times": 2})
    second = [rules.judge(call(), 0).acted == ("it",) for _ in range(8)]
    assert second == [False, False, False, True, True, False, False, False]
    counters = rules.counters("it")
    assert (counters.matched, counters.acted, counters.shadowed) == (8, 2, 3)


def test_only_matches_count() -> None:
    rules = book({**IT, "where": {"customer_id": "C-1"}, "skip": 1, "times": 1})
    assert not rules.judge(call("end_service"), 0).acted
    assert not rules.judge(call(customer_ids=frozenset({"C-2"})), 0).acted
    assert not rules.judge(call(customer_ids=frozenset({"C-1"})), 0).acted
    assert rules.counters("it").matched == 1
    assert rules.judge(call(customer_ids=frozenset({"C-1"})), 0).acted == ("it",)


def test_what_counts_goes_on_whatever_other_rules_do() -> None:
    schedule = {"probability": 0.4, "skip": 2}
    alone = acted(book({**IT, **schedule}), 60)
    crowd = book(
        {**IT, "name": "before", "every": 2, "probability": 0.5},
        {"name": "slow", "on": "any", "delay": "1ms", "probability": 0.5},
        {**IT, **schedule},
    )
    due = []
    for number in range(1, 61):
        judged = {each.rule: each.decision for each in crowd.judge(call(), 0).judgements}
        if judged["it"] in ("acted", "shadowed"):
            due.append(number)
    assert due == alone


def test_between_is_on_the_worlds_clock_since_the_rule_came_into_force() -> None:
    rules = book({**IT, "between": ["10s", "40s"]}, now=5_000)
    times = (5_000, 14_999, 15_000, 44_999, 45_000)
    assert [bool(rules.judge(call(), at).acted) for at in times] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert rules.counters("it").matched == 2


def test_between_begins_anew_for_a_rule_that_is_put_again() -> None:
    rules = book()
    [window] = book({**IT, "between": ["0s", "10s"]}).rules()
    rules.put(window, 0)
    assert not rules.judge(call(), 10_000).acted
    rules.put(window, 10_000)
    assert rules.judge(call(), 19_999).acted == ("it",)


def test_over_slides_with_every_match() -> None:
    rules = book({**IT, "above_rate": {"calls": 2, "per": "1s"}})
    times = (0, 400, 999, 1_399, 1_400, 1_999, 3_000)
    assert [bool(rules.judge(call(), at).acted) for at in times] == [
        False,
        False,
        True,  # after those at 0 and 400
        True,  # after 400 and 999: what was refused counts as well
        True,  # after 999 and 1399
        True,
        False,
    ]


def test_over_lets_a_call_through_when_the_window_has_gone_by() -> None:
    rules = book({**IT, "above_rate": {"calls": 1, "per": "1s"}})
    assert [bool(rules.judge(call(), at).acted) for at in (0, 999, 1_998, 2_998)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("at", "seconds"), [(0, 5), (1, 5), (999, 5), (1_000, 4), (4_999, 1)])
def test_retry_after_is_the_time_until_the_window_lets_a_call_through(
    at: int, seconds: int
) -> None:
    headers = {"Retry-After": "auto"}
    rules = book(
        {
            **IT,
            "above_rate": {"calls": 2, "per": "5s"},
            "response": {"status": 429, "headers": headers},
        }
    )
    assert [rules.judge(call(), 0).free_at for _ in range(2)] == [None, None]
    verdict = rules.judge(call(), at)
    assert verdict.retry_after(at) == seconds


@pytest.mark.parametrize(
    ("free_at", "now", "seconds"),
    [(None, 5, 1), (3_600_000, 0, 3_600), (1_001, 0, 2), (1_000, 0, 1), (0, 9_000, 1)],
)
def test_retry_after_is_in_whole_seconds_and_one_at_least(
    free_at: int | None, now: int, seconds: int
) -> None:
    assert Verdict(free_at=free_at).retry_after(now) == seconds


def test_calls_that_are_still_to_come_do_not_count_where_the_clock_was_set_back() -> None:
    rules = book({**IT, "above_rate": {"calls": 2, "per": "1s"}})
    times = (5_000, 60_000, 5_500, 5_900, 5_950)
    assert [bool(rules.judge(call(), at).acted) for at in times] == [
        False,
        False,
        False,  # after that at 5000
        True,  # after 5000 and 5500
        True,
    ]


SCHEDULES = st.fixed_dictionaries(
    {},
    optional={
        "skip": st.integers(0, 6),
        "every": st.integers(1, 4),
        "times": st.integers(0, 5),
        "probability": st.sampled_from([0, 0.25, 0.5, 0.9, 1]),
        "above_rate": st.fixed_dictionaries(
            {"calls": st.integers(1, 4), "per": st.sampled_from(["1ms", "5ms", "20ms"])}
        ),
        "between": st.tuples(st.integers(0, 30), st.integers(1, 60)).map(
            lambda pair: [f"{pair[0]}ms", f"{pair[0] + pair[1]}ms"]
        ),
    },
)


def naive(schedule: dict[str, Any], requests: list[tuple[int, bool]]) -> list[bool]:
    """Read the sentence of the documents: which requests, at some time and of some fit, fail."""
    low, high = (int(each[:-2]) for each in schedule.get("between", ["0ms", "99999ms"]))
    matches: list[int] = []
    failed: list[bool] = []
    for now, fits in requests:
        due = fits and low <= now < high
        if due:
            matches.append(now)
            n, skip = len(matches), schedule.get("skip", 0)
            due = (
                n > skip
                and (n - skip) % schedule.get("every", 1) == 0
                and sum(failed) < schedule.get("times", 10**9)
                and draw(SEED, "it", n) < schedule.get("probability", 1)
            )
            if "above_rate" in schedule:
                per = int(schedule["above_rate"]["per"][:-2])
                within = [each for each in matches if each > now - per]
                due = due and len(within) > schedule["above_rate"]["calls"]
        failed.append(due)
    return failed


@given(
    SCHEDULES,
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40),
    st.lists(st.sampled_from([0.3, 1]), max_size=2),
)
def test_all_keys_combine(
    schedule: dict[str, Any], steps: list[tuple[int, bool]], others: list[float]
) -> None:
    now, requests = 0, []
    for step, fits in steps:
        now += step
        requests.append((now, fits))
    delays = [{"on": "any", "delay": "1ms", "probability": each} for each in others]
    rules = book(*delays, {**IT, **schedule})
    operation = {True: "start_service", False: "end_service"}
    found = [rules.judge(call(operation[fits]), at).outcome_rule == "it" for at, fits in requests]
    assert found == naive(schedule, requests)
    assert rules.counters("it").acted == sum(found)
