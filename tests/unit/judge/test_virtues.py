"""Each virtue: what passes, what fails, and what is left open with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.judge.virtues import VIRTUES
from tests.unit.judge.support import (
    CREATED,
    at_gaps,
    attempt,
    busy,
    date,
    found,
    lost,
    verdict,
)


@pytest.mark.parametrize(
    ("wanted", "count", "expected"),
    [
        (2, 2, "passed"),
        (2, 1, "failed"),
        (2, 3, "failed"),
        ({"at_least": 2}, 3, "passed"),
        ({"at_most": 3}, 3, "passed"),
        ({"at_most": 3}, 4, "failed"),
        ({"at_least": 2, "at_most": 5}, 6, "failed"),
    ],
)
def test_attempts(wanted: Any, count: int, expected: str) -> None:
    assert verdict({"attempts": wanted}, *at_gaps(*[100] * (count - 1))) == expected


def test_attempts_are_open_while_more_may_come() -> None:
    assert verdict({"attempts": {"at_most": 3}}, busy(0), ended=False) == "undecided"
    assert verdict({"attempts": {"at_least": 2}}, busy(0), ended=False) == "undecided"
    assert verdict({"attempts": {"at_most": 1}}, *at_gaps(5), ended=False) == "failed"
    assert verdict({"attempts": {"at_most": 3}}, attempt(0), ended=False) == "passed"
    assert verdict({"attempts": {"at_least": 2}}, attempt(0), ended=False) == "failed"


def test_attempts_that_the_journal_may_have_lost() -> None:
    assert verdict({"attempts": {"at_most": 3}}, attempt(0), dropped=1) == "undecided"
    assert verdict({"attempts": {"at_most": 0}}, attempt(0), dropped=1) == "failed"


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(494, "failed"), (496, "passed"), (2_000, "passed"), (2_249, "passed"), (2_251, "failed")],
)
def test_first_retry_has_its_tolerances(gap: float, expected: str) -> None:
    wanted = {"first_retry_after": {"at_least": "500ms", "at_most": "2s"}}
    assert verdict(wanted, *at_gaps(gap, 1)) == expected


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ((100, 200, 400), "passed"),
        ((0, 1000, 2000), "passed"),
        ((1000, 2000), "passed"),
        ((1000, 1003, 1001), "failed"),
        ((1000, 1040, 1080), "failed"),
        ((1, 2, 3), "failed"),
        ((1, 1, 18), "failed"),
        ((1000,), "undecided"),
        ((1000, 2000, 1500), "undecided"),
        ((1000, 2000, 1500, 4000, 1300), "passed"),
        ((1000, 2000, 1500, 4000, 1100), "undecided"),
        ((100, 200, 400, 800, 800, 800), "passed"),
    ],
)
def test_growing(gaps: tuple[float, ...], expected: str) -> None:
    assert verdict({"gaps": {"growing": True}}, *at_gaps(*gaps)) == expected


@pytest.mark.parametrize(
    ("gaps", "wanted", "expected"),
    [
        ((1000, 2000, 4000), {"at_least": 1.5}, "passed"),
        ((1000, 2000, 4000), {"at_least": 1.5, "at_most": 2.5}, "passed"),
        ((1000, 1000, 1000), {"at_least": 1.5}, "failed"),
        ((1000, 4000), {"at_most": 2}, "failed"),
        ((1000, 1300), {"at_least": 1.5}, "undecided"),
        ((0, 1000, 2000), {"at_least": 1.5}, "passed"),
        ((1000,), {"at_least": 1.5}, "undecided"),
    ],
)
def test_factor(gaps: tuple[float, ...], wanted: dict[str, float], expected: str) -> None:
    assert verdict({"gaps": {"factor": wanted}}, *at_gaps(*gaps)) == expected


def test_first_gap_of_nothing_is_let_pass_where_others_follow() -> None:
    wanted = {"gaps": {"at_least": "200ms"}}
    assert verdict(wanted, *at_gaps(0, 1000, 2000)) == "passed"
    assert verdict(wanted, *at_gaps(1000, 0, 2000)) == "failed"
    assert verdict(wanted, *at_gaps(0, 1, 1)) == "failed"
    assert verdict(wanted, *at_gaps(0)) == "failed"


def test_gaps_speak_of_what_failed_first() -> None:
    wanted = {"gaps": {"at_least": "200ms", "growing": True}}
    finding = found(wanted, *at_gaps(1, 1, 2))
    assert finding.verdict == "failed"
    assert finding.text == (
        "gaps from 1ms to 2ms, expected at least 200ms; gaps 1ms, 1ms, 2ms stay the same"
    )
    assert verdict(wanted, attempt(0)) == "undecided"


@pytest.mark.parametrize(
    ("header", "gap", "expected"),
    [
        ("2", 2_000, "passed"),
        ("2", 1_996, "passed"),
        ("2", 1_994, "failed"),
        ("2", 2, "failed"),
        ("2", 9_000, "passed"),
        ("0", 0, "passed"),
        (date(3_000), 2_999, "passed"),
        (date(3_000), 2_000, "failed"),
        ("soon", 5_000, "undecided"),
        ("1.5", 5_000, "undecided"),
    ],
)
def test_retry_after(header: str, gap: float, expected: str) -> None:
    entries = [busy(0, took=0, retry_after=header), attempt(gap)]
    assert verdict({"honours_retry_after": True}, *entries) == expected


def test_seconds_taken_for_milliseconds_are_suspected() -> None:
    finding = found({"honours_retry_after": True}, busy(0, retry_after="30"), attempt(32))
    assert finding.text == (
        "request 2 came after 31ms, though the response before asked for 30s; "
        "are seconds taken for milliseconds?"
    )
    assert finding.requests == [2]


def test_date_under_another_clock_is_not_judged_unless_a_rule_wrote_it() -> None:
    year = 365 * 86_400_000
    shifted = busy(0, retry_after=date(3_000))
    shifted.at -= year
    finding = found({"honours_retry_after": True}, shifted, attempt(10))
    assert finding.verdict == "undecided"
    assert "the world's clock is not the real one" in finding.text
    shifted.date_is_real = True
    assert verdict({"honours_retry_after": True}, shifted, attempt(10)) == "failed"


def test_retry_after_that_nobody_was_shown_or_nobody_followed() -> None:
    wanted = {"honours_retry_after": True}
    assert found(wanted, *at_gaps(5)).text == "no response had a Retry-After"
    assert found(wanted, busy(0, retry_after="2")).text == "there was no retry after one"
    assert verdict(wanted, busy(0, retry_after="2", broken="close"), attempt(9)) == "undecided"


@pytest.mark.parametrize(
    ("entries", "more", "expected"),
    [
        (at_gaps(1000, 2000), {}, "passed"),
        (at_gaps(3000, 3000), {}, "failed"),
        (at_gaps(3000, 2200), {}, "passed"),
        ([attempt(0, took=None)], {"now": 9_000, "ended": False}, "failed"),
        ([attempt(0, took=None)], {"now": 900, "ended": False}, "undecided"),
        ([busy(0)], {"now": 900, "ended": False}, "undecided"),
        ([busy(0)], {"now": 900, "ended": True}, "passed"),
        ([busy(0)], {"now": 9_000, "ended": False}, "passed"),
        ([attempt(0)], {"now": 900, "ended": False}, "passed"),
    ],
)
def test_giving_up_is_silence(entries: list[Any], more: dict[str, Any], expected: str) -> None:
    assert verdict({"gives_up_within": "5s"}, *entries, **more) == expected


def test_a_client_without_a_timeout_is_suspected() -> None:
    finding = found({"gives_up_within": "5s"}, attempt(0, took=None), now=9_000, ended=False)
    assert finding.text == (
        "9s from the first request to the end of the last, expected at most 5s; one is still "
        "waiting for its response: has the client a timeout?"
    )


def test_created_counts_what_an_intent_made() -> None:
    wanted = {"created": {"at_most": 1}}
    assert verdict(wanted, lost(0), attempt(50, 400)) == "passed"
    finding = found(wanted, lost(0), lost(50), attempt(100, **CREATED))
    assert (finding.verdict, finding.requests) == ("failed", [1, 2, 3])
    assert finding.text == "one intent created 3 services, expected at most 1"
    assert verdict({"created": 1}, busy(0)) == "failed"
    assert verdict(wanted, attempt(0, **CREATED), dropped=2) == "undecided"


def test_what_is_refused_must_not_be_tried_again() -> None:
    wanted = {"not_retried": [400, 404]}
    assert verdict(wanted, attempt(0, 400)) == "passed"
    finding = found(wanted, attempt(0, 400), attempt(40, 400))
    assert finding.text == "request 2 repeats what 400 had rejected"
    finding = found({"not_retried": ["4XX", 501]}, attempt(0, 422), attempt(40, 422))
    assert (finding.verdict, finding.found) == ("failed", [422])
    assert verdict({"not_retried": ["4xx"]}, busy(0), attempt(40)) == "undecided"
    assert verdict(wanted, busy(0), attempt(40)) == "undecided"
    assert verdict(wanted, attempt(0, 400), ended=False) == "undecided"
    assert verdict(wanted, attempt(0, 400, broken="truncate"), attempt(9)) == "undecided"


def test_in_flight_counts_what_overlaps() -> None:
    entries = [attempt(at, body=b"%d" % at, took=10) for at in (0, 5, 9, 30)]
    assert verdict({"in_flight": {"at_most": 3}}, *entries) == "passed"
    assert found({"in_flight": {"at_most": 2}}, *entries).found == 3
    assert verdict({"in_flight": {"at_most": 2}}, attempt(0), dropped=3) == "undecided"


def test_spread_tells_jitter_of_many() -> None:
    def herd(*gaps: float) -> list[Any]:
        pairs = [at_gaps(gap) for gap in gaps]
        for number, pair in enumerate(pairs):
            for entry in pair:
                entry.body = b"%d" % number
        return [entry for pair in pairs for entry in pair]

    wanted = {"spread": {"at_least": 0.3}}
    assert verdict(wanted, *herd(1000, 1010, 1020, 1100, 1001)) == "failed"
    assert verdict(wanted, *herd(200, 900, 400, 100, 700)) == "passed"
    assert verdict(wanted, *herd(1, 2, 9, 1, 3)) == "failed"
    assert verdict(wanted, *herd(100, 900)) == "undecided"


def test_outcome() -> None:
    answered, given_up = {"outcome": "answered"}, {"outcome": "given_up"}
    assert verdict(answered, busy(0), attempt(50)) == "passed"
    assert verdict(answered, busy(0)) == "failed"
    assert verdict(answered, busy(0), ended=False) == "undecided"
    assert verdict(answered, attempt(0, broken="truncate")) == "failed"
    assert verdict(given_up, busy(0)) == "passed"
    assert verdict(given_up, busy(0), ended=False) == "undecided"
    assert verdict(given_up, attempt(0)) == "failed"


def test_connections() -> None:
    def on(port: str, at: float, **more: Any) -> Any:
        return attempt(at, 503, peer=("127.0.0.1", port), **more)

    whole, broken = (
        {"connection_reused_after": {"whole": True}},
        {"connection_reused_after": {"broken": False}},
    )
    assert verdict(whole, on("1", 0), on("1", 50)) == "passed"
    assert verdict(whole, on("1", 0), on("2", 50)) == "failed"
    assert verdict(broken, on("1", 0, state="aborted"), on("1", 50)) == "failed"
    assert verdict(broken, on("1", 0, broken="close"), on("2", 50)) == "passed"
    assert verdict(broken, on("1", 0), on("1", 50)) == "undecided"


def test_every_virtue_is_open_where_nothing_was_asked() -> None:
    examples: dict[str, Any] = {
        "attempts": 1,
        "first_retry_after": {"at_least": "1s"},
        "gaps": {"growing": True},
        "honours_retry_after": True,
        "gives_up_within": "5s",
        "created": 1,
        "not_retried": [400],
        "in_flight": 1,
        "spread": {"at_least": 0.1},
        "outcome": "answered",
        "connection_reused_after": {"whole": True},
    }
    assert list(examples) == list(VIRTUES)
    for name, example in examples.items():
        finding = found({"on": "start_service", name: example})
        assert finding.verdict == "undecided"
        assert finding.text == "no request to start_service was found; did the client send one?"
