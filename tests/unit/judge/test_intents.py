"""Which attempts mean one thing, and what is said where that cannot be told."""

from __future__ import annotations

from typing import Any

from cs_simulator.journal.entries import JournalEntry
from tests.unit.judge.support import CREATED, attempt, busy, found, lost, ruled

CREATES_ONE = {"created": {"at_most": 1}}


def with_header(entry: JournalEntry, name: str, value: str) -> JournalEntry:
    entry.headers = [(f"HTTP_{name}", value)]
    return entry


def grouped(document: dict[str, Any], *entries: JournalEntry) -> list[list[int]]:
    return [intent.requests for _, intent in ruled(document, entries).intents]


def test_equal_requests_are_one_intent() -> None:
    other = b'{"contact_key": "b"}'
    entries = (lost(0), lost(5, body=other), attempt(50), attempt(60, body=other))
    assert grouped(CREATES_ONE, *entries) == [[1, 3], [2, 4]]


def test_equal_request_after_an_answer_is_another_intent() -> None:
    entries = [attempt(at, **CREATED) for at in (0, 50, 100)]
    assert grouped(CREATES_ONE, *entries) == [[1], [2], [3]]
    assert found(CREATES_ONE, *entries).verdict == "passed"


def test_equal_requests_at_once_are_told_and_not_guessed_over() -> None:
    ruling = ruled(CREATES_ONE, [lost(0, took=30), attempt(10, **CREATED)])
    assert ruling.verdict == "undecided"
    [told] = ruling.ambiguities
    assert told.startswith("requests 1 and 2 are equal and were in progress at once")
    assert "intent: {header: X-Request-Id}" in told
    assert ruling.as_members()["ambiguous"] == [told]


def test_client_that_left_before_it_tried_again_is_one_client() -> None:
    ruling = ruled(CREATES_ONE, [lost(0, took=30, state="aborted"), attempt(10, **CREATED)])
    assert (ruling.verdict, ruling.ambiguities) == ("failed", ())


def test_in_flight_does_not_hang_on_intents() -> None:
    entries = [attempt(0, took=30), attempt(10)]
    assert found({"in_flight": {"at_most": 1}}, *entries).verdict == "failed"


def test_header_groups_what_a_body_would_not() -> None:
    entries = [
        with_header(lost(0), "X_REQUEST_ID", "1"),
        with_header(lost(5), "X_REQUEST_ID", "2"),
        with_header(attempt(50), "X_REQUEST_ID", "1"),
    ]
    wanted = {**CREATES_ONE, "intent": {"header": "x-request-id"}}
    assert grouped(wanted, *entries) == [[1, 3], [2]]


def test_trace_is_the_second_part_of_its_header() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    entries = [
        with_header(lost(0), "TRACEPARENT", f"00-{trace}-00f067aa0ba902b7-01"),
        with_header(attempt(50), "TRACEPARENT", f"00-{trace}-00f067aa0ba902b8-01"),
    ]
    wanted = {**CREATES_ONE, "intent": {"header": "traceparent"}}
    assert grouped(wanted, *entries) == [[1, 2]]


def test_path_groups_by_what_it_finds() -> None:
    entries = [
        lost(0, body=b'{"order": {"number": 7}, "try": 1}'),
        attempt(50, body=b'{"order": {"number": 7}, "try": 2}'),
        attempt(60, body=b'{"order": {"number": 8}}'),
    ]
    wanted = {**CREATES_ONE, "intent": {"$": "$.order.number"}}
    ruling = ruled(wanted, entries)
    assert [intent.requests for _, intent in ruling.intents] == [[1, 2], [3]]
    [told] = ruling.ambiguities
    assert told.startswith("requests 1 and 2 have the same value of $.order.number and different")


def test_header_that_nobody_sent_is_told() -> None:
    ruling = ruled({**CREATES_ONE, "intent": {"header": "Idempotency-Key"}}, [lost(0), busy(5)])
    assert ruling.verdict == "undecided"
    assert ruling.results[0].text == (
        "no request has the header Idempotency-Key; have the client send it, or remove intent "
        "to use operation, path and body"
    )


def test_header_that_some_did_not_send_is_told() -> None:
    entries = [with_header(lost(0), "X_REQUEST_ID", "1"), lost(5)]
    ruling = ruled({**CREATES_ONE, "intent": {"header": "X-Request-Id"}}, entries)
    assert ruling.verdict == "undecided"
    assert "requests 2 have no value of the header X-Request-Id" in ruling.ambiguities[0]


def test_secret_is_not_shown() -> None:
    entries = [with_header(attempt(0), "AUTHORIZATION", "Basic c2VjcmV0")]
    ruling = ruled({**CREATES_ONE, "intent": {"header": "Authorization"}}, entries)
    assert "c2Vj" not in str(ruling.as_members())


def test_attempts_are_shown_with_their_instants_and_effects() -> None:
    ruling = ruled(
        {"attempts": 3},
        [busy(1_000, retry_after="2"), lost(3_050), attempt(3_100, 503, took=None)],
    )
    [intent] = ruling.as_members()["intents"]
    assert intent["intent"].startswith("start_service POST /genesys/1/cs/services/start body ")
    assert intent["attempts"] == [
        {
            "request": 1,
            "at_ms": 0.0,
            "gap_ms": None,
            "shown": {"status": 503, "retry_after": "2"},
            "effect": [],
        },
        {
            "request": 2,
            "at_ms": 2050.0,
            "gap_ms": 2049.0,
            "shown": {"broken": "close"},
            "effect": [{"change": "created", "kind": "service", "id": 1}],
        },
        {"request": 3, "at_ms": 2100.0, "gap_ms": 49.0, "shown": {"pending": True}, "effect": []},
    ]
