"""The journal: a ring bounded by number and by bytes, which says what it leaves out."""

from __future__ import annotations

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cs_simulator.domain.transaction import Effect
from cs_simulator.domain.undo import UndoMark
from cs_simulator.journal.entries import MAX_BODY, JournalEntry, keep_body
from cs_simulator.journal.feed import Feed
from cs_simulator.journal.journal import (
    ENTRY_OVERHEAD,
    MAX_BYTES,
    MAX_ENTRIES,
    Budget,
    Journal,
    RewindError,
    marks_from,
)
from tests.unit.domain.support import START


def opened(journal: Journal, body: bytes = b"", **headers: str) -> JournalEntry:
    entry = journal.open(START, "POST", "/services/start", tuple(headers.items()))
    keep_body(entry, body)
    return entry


def done(
    journal: Journal, entry: JournalEntry, response: bytes = b"", status: int = 200
) -> JournalEntry:
    journal.complete(entry, status, (("Content-Type", "application/json"),), response, (), 1.5)
    return entry


def ids(journal: Journal) -> list[int]:
    return [entry.id for entry in journal.entries()]


def held(journal: Journal) -> int:
    return sum(len(entry.body) + len(entry.response) for entry in journal.entries())


def test_ids_are_in_the_order_of_arrival() -> None:
    journal = Journal()
    first, second = opened(journal), opened(journal)
    done(journal, second)
    done(journal, first)
    assert ids(journal) == [1, 2]
    assert len(journal) == 2


def test_ring_keeps_the_newest_and_counts_the_rest() -> None:
    journal = Journal()
    for _ in range(MAX_ENTRIES + 5):
        done(journal, opened(journal))
    assert ids(journal) == list(range(6, MAX_ENTRIES + 6))
    assert journal.dropped == 5


def test_ring_is_bounded_by_bytes() -> None:
    journal = Journal()
    for _ in range(200):
        done(journal, opened(journal, b"q" * MAX_BODY), b"a" * MAX_BODY)
        assert held(journal) <= MAX_BYTES
    assert held(journal) > MAX_BYTES - 4 * MAX_BODY
    assert journal.dropped == 200 - len(journal)
    assert ids(journal)[-1] == 200


def test_many_small_entries_count_for_more_than_their_bodies() -> None:
    journal = Journal()
    big = [done(journal, opened(journal, b"q" * MAX_BODY)) for _ in range(100)]
    for _ in range(MAX_ENTRIES):
        done(journal, opened(journal))
    assert not set(ids(journal)) & {entry.id for entry in big}
    assert journal.bytes == ENTRY_OVERHEAD * MAX_ENTRIES


def test_entry_dropped_while_open_weighs_nothing_afterwards() -> None:
    journal = Journal()
    slow = opened(journal, b"q" * MAX_BODY)
    for _ in range(MAX_ENTRIES):
        done(journal, opened(journal))
    before = journal.bytes
    done(journal, slow, b"a" * MAX_BODY)
    assert slow.id not in ids(journal)
    assert slow.status == 200
    assert journal.bytes == before
    assert journal.dropped == 1


def test_entry_cleared_while_open_stays_away() -> None:
    journal = Journal()
    slow = opened(journal)
    assert len(journal.clear()) == 1
    done(journal, slow, b"a" * 100)
    assert (ids(journal), journal.bytes, journal.dropped) == ([], 0, 0)


def test_copy_of_what_is_in_flight_stays_open_nowhere() -> None:
    journal, copy = Journal(), Journal()
    done(journal, opened(journal))
    opened(journal)
    copy.take(journal.entries())
    assert [entry.state for entry in copy.entries()] == ["done", "aborted"]
    assert journal.entries()[1].state == "open"


def test_copies_weigh_what_they_hold_and_are_no_changes_of_their_world_yet() -> None:
    budget = Budget()
    journal, copy = Journal(), Journal(budget)
    for size in (100, 200):
        done(journal, opened(journal, b"q" * size))
    assert all(entry.changed for entry in journal.entries())
    copy.take(journal.entries())
    assert copy.bytes == budget.total == 2 * ENTRY_OVERHEAD + 300
    assert [entry.changed for entry in copy.entries()] == [0, 0]
    assert (ids(copy), opened(copy).id) == ([1, 2], 3)
    part = Journal()
    part.take(journal.entries()[1:])
    assert part.changed_since(0) == ([], 0), "it has dropped nothing"


def test_requests_that_are_cut_off_count_for_nothing() -> None:
    budget = Budget()
    journal = Journal(budget)
    kept, *gone = (done(journal, opened(journal, b"q" * size)) for size in (1, 20, 300))
    late = opened(journal)
    assert journal.cut(2) == 3
    assert journal.bytes == budget.total == ENTRY_OVERHEAD + 1
    assert journal.entries() == [kept]
    for entry in (*gone, late):
        done(journal, entry, b"a" * 1_000)
    assert journal.bytes == budget.total == ENTRY_OVERHEAD + 1
    assert done(journal, opened(journal)).id == 2
    assert journal.bytes == budget.total == 2 * ENTRY_OVERHEAD + 1


def test_response_that_nobody_received_waited_until_its_end() -> None:
    journal = Journal()
    received, aborted = (
        journal.open(START, "GET", "/services/1", (), arrived=at) for at in (1.0, 2.0)
    )
    journal.end(received, 4.5, aborted=False)
    journal.end(aborted, 4.5, aborted=True)
    assert (received.left, received.waited, received.state) == (4.5, 0.0, "open")
    assert (aborted.left, aborted.waited, aborted.state) == (4.5, 2_500, "aborted")


def test_empty_journal_has_nothing_to_drop() -> None:
    journal = Journal()
    assert (journal.drop_oldest(), journal.dropped) == (0, 0)


def began(*turns: int) -> Journal:
    """Return the journal of requests that arrived one by one, and began in another order."""
    journal = Journal()
    for turn in turns:
        opened(journal).mark = UndoMark(turn)
    return journal


def test_requests_are_taken_back_in_the_order_in_which_they_began() -> None:
    assert [mark.turn for mark in marks_from(began(0, 3, 1, 2), 2)] == [3, 2, 1]


def test_request_that_began_before_an_earlier_one_is_not_taken_back_alone() -> None:
    with pytest.raises(RewindError, match="request 3 began before one that had arrived before"):
        marks_from(began(0, 2, 1), 3)


def test_request_of_another_world_is_not_taken_back() -> None:
    journal, copy = began(0, 1, 2), Journal()
    copy.take(journal.entries())
    with pytest.raises(RewindError, match=r"^request 2 came here with the copy of another world$"):
        marks_from(copy, 2)


def test_changes_of_requests_after_one_are_known_up_to_the_newest_dropped() -> None:
    journal = Journal()
    entries = [done(journal, opened(journal)) for _ in range(3)]
    assert [entry.changed for entry in entries] == [1, 2, 3]
    assert journal.changed_since(1) == (entries[1:], 0)
    for _ in range(2):
        journal.drop_oldest()
    assert journal.changed_since(1) == (entries[2:], 2)
    assert journal.changed_since(2) == (entries[2:], 0), "the newest dropped is known there"
    journal.drop_oldest()
    assert journal.changed_since(1) == ([], 3)


def test_requests_that_were_dropped_are_counted_when_their_journal_is_gone() -> None:
    budget, feed = Budget(), Feed()
    feed.listen(lambda: None)
    journal = Journal(budget, feed, "w")
    entry = done(journal, opened(journal))
    assert (budget.dropped(), journal.changed_since(0)) == (0, ([entry], 0))
    assert [(each.world, each.entry) for each in feed.take() or ()] == [("w", entry)]
    journal.drop_oldest()
    assert budget.dropped() == 1
    journal.close()
    assert budget.dropped() == 1


def test_clear_forgets_all_and_counts_on() -> None:
    journal = Journal()
    for _ in range(MAX_ENTRIES + 1):
        done(journal, opened(journal))
    assert len(journal.clear()) == MAX_ENTRIES
    assert (journal.dropped, len(journal)) == (0, 0)
    assert opened(journal).id == MAX_ENTRIES + 2


def test_budget_takes_from_the_largest_journal_first() -> None:
    budget = Budget(limit=100_000)
    small, large = Journal(budget), Journal(budget)
    done(small, opened(small, b"q" * 100))
    for _ in range(20):
        done(large, opened(large, b"q" * 10_000))
    assert small.dropped == 0
    assert large.dropped == 12
    assert small.bytes + large.bytes <= 100_000
    large.close()
    for _ in range(40):
        done(small, opened(small))
    assert small.dropped == 0


def test_long_bodies_are_cut_and_it_is_said() -> None:
    journal = Journal()
    entry = done(journal, opened(journal, b"q" * (MAX_BODY + 1)), b"a" * (MAX_BODY + 9))
    members = entry.as_members()
    assert members["request"]["body"] == "q" * MAX_BODY
    assert members["request"]["body_cut"] == "the first 65536 of 65537 bytes"
    assert members["response"]["body"] == "a" * MAX_BODY
    assert members["response"]["body_cut"] == "the first 65536 of 65545 bytes"


def test_bodies_that_fit_are_whole() -> None:
    entry = opened(Journal(), b"q" * MAX_BODY)
    request = entry.as_members()["request"]
    assert len(request["body"]) == MAX_BODY
    assert "body_cut" not in request


def test_bytes_that_are_not_text_are_told_from_text_that_looks_like_them() -> None:
    binary = opened(Journal(), b"\xff{").as_members()["request"]
    assert (binary["body"], binary["body_encoding"]) == ("/3s=", "base64")
    text = opened(Journal(), rb"/3s=").as_members()["request"]
    assert (text["body"], "body_encoding" in text) == ("/3s=", False)


@pytest.mark.parametrize("body", [b"a\xc3", b"a\xff" + b"a" * MAX_BODY], ids=["end", "cut"])
def test_text_with_a_broken_character_is_bytes(body: bytes) -> None:
    request = opened(Journal(), body).as_members()["request"]
    assert b64decode(request["body"]) == body[:MAX_BODY]
    assert request["body_encoding"] == "base64"


def test_text_that_is_cut_inside_a_character_is_text() -> None:
    entry = opened(Journal(), "é".encode() * MAX_BODY)
    assert entry.as_members()["request"]["body"] == "é" * (MAX_BODY // 2)
    entry = opened(Journal(), b"x" + "é".encode() * MAX_BODY)
    assert entry.as_members()["request"]["body"] == "x" + "é" * (MAX_BODY // 2 - 1)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, null]}', {"a": [1, None]}),
        (b"null", None),
        (b"9007199254740993", 9007199254740993),
        (b"1.5", 1.5),
    ],
)
def test_body_in_json_stands_parsed_beside_its_text(body: bytes, value: Any) -> None:
    request = opened(Journal(), body).as_members()["request"]
    assert (request["body"], request["json"]) == (body.decode(), value)


@pytest.mark.parametrize("body", [b"{", b"NaN", b"1e400", b"[" * 5_000, b"9" * 5_000, b"a=b"])
def test_body_that_is_not_json_has_no_parsed_one(body: bytes) -> None:
    assert "json" not in opened(Journal(), body).as_members()["request"]


def test_body_that_was_cut_has_no_parsed_one() -> None:
    assert "json" not in opened(Journal(), b"1" + b" " * MAX_BODY).as_members()["request"]


def test_header_in_several_lines_keeps_them() -> None:
    lines = (("HTTP_X_A", "1, 2"), ("HTTP_X_B", "b"), ("HTTP_X_A", "3"), ("HTTP_X_A", "4"))
    entry = Journal().open(START, "GET", "/", lines)
    headers = entry.as_members()["request"]["headers"]
    assert headers == {"X-A": ["1, 2", "3", "4"], "X-B": "b"}


def test_secrets_are_masked() -> None:
    journal = Journal()
    entry = journal.open(
        START,
        "GET",
        "/",
        (
            ("HTTP_AUTHORIZATION", "Basic c2VjcmV0"),
            ("HTTP_COOKIE", "session=secret"),
            ("HTTP_PROXY_AUTHORIZATION", "secret"),
            ("HTTP_ACCEPT", "*/*"),
        ),
    )
    assert entry.as_members()["request"]["headers"] == {
        "Authorization": "***",
        "Cookie": "***",
        "Proxy-Authorization": "***",
        "Accept": "*/*",
    }


def test_open_entry_tells_what_is_known() -> None:
    assert opened(Journal()).as_members() == {
        "id": 1,
        "state": "open",
        "time": "2026-01-05T09:00:00.000Z",
        "arrived_ms": 0.0,
        "left_ms": None,
        "operation": "unrouted",
        "request": {"method": "POST", "path": "/services/start", "headers": {}},
        "shown": {},
        "effects": [],
        "hints": [],
    }


def test_entry_tells_how_many_effects_are_left_out_and_times_to_the_microsecond() -> None:
    entry = opened(Journal())
    entry.arrived, entry.left, entry.effects_left_out = 1.0000004, 2.0000016, 3
    members = entry.as_members()
    assert (members["arrived_ms"], members["left_ms"]) == (1000.0, 2000.002)
    assert members["effects_left_out"] == 3


def test_complete_entry_tells_all() -> None:
    journal = Journal()
    entry = opened(journal, b"{}", HTTP_ACCEPT="*/*")
    entry.edition, entry.operation = "8.5", "start_service"
    entry.arrived, entry.peer = 1.5, ("::1", "50000")
    entry.effects = [Effect("created", "service", 7)]
    headers = (("Location", "/x"), ("retry-after", "2"))
    journal.complete(entry, 201, headers, b"[]", ["a hint"], 2.25, 1.50225)
    assert entry.as_members() == {
        "id": 1,
        "state": "done",
        "time": "2026-01-05T09:00:00.000Z",
        "arrived_ms": 1500.0,
        "left_ms": 1502.25,
        "operation": "start_service",
        "client": "::1:50000",
        "edition": "8.5",
        "request": {
            "method": "POST",
            "path": "/services/start",
            "headers": {"Accept": "*/*"},
            "body": "{}",
            "json": {},
        },
        "response": {
            "status": 201,
            "headers": {"Location": "/x", "retry-after": "2"},
            "body": "[]",
            "json": [],
        },
        "ms": 2.25,
        "shown": {"status": 201, "retry_after": "2"},
        "effects": [{"change": "created", "kind": "service", "id": 7}],
        "hints": ["a hint"],
    }


def test_concurrent_requests_are_all_noted_once() -> None:
    journal = Journal()
    threads, each = 16, 50
    barrier = Barrier(threads)

    def work(_: int) -> list[int]:
        barrier.wait(10)
        return [done(journal, opened(journal, b"x" * 10), b"y").id for _ in range(each)]

    with ThreadPoolExecutor(threads) as pool:
        noted = [id_ for of_thread in pool.map(work, range(threads)) for id_ in of_thread]
    assert sorted(noted) == ids(journal) == list(range(1, threads * each + 1))
    assert journal.bytes == threads * each * (ENTRY_OVERHEAD + 11)
    assert all(entry.state == "done" for entry in journal.entries())


def test_closed_journal_counts_for_nothing() -> None:
    budget = Budget(limit=10_000)
    closed, other = Journal(budget), Journal(budget)
    late = opened(closed)
    closed.close()
    for _ in range(20):
        done(closed, opened(closed, b"q" * 5_000))
    done(closed, late)
    kept = done(other, opened(other, b"q" * 5_000))
    assert other.entries() == [kept]
    assert other.dropped == 0


def test_budget_that_one_open_entry_exceeds_takes_nothing_else() -> None:
    budget = Budget(limit=10)
    journal = Journal(budget)
    done(journal, opened(journal))
    assert len(journal) <= 1
    budget.spend(1)
    assert opened(journal).id == 2
    budget.leave(journal)
    budget.spend(1)


def test_budget_without_a_journal_takes_nothing() -> None:
    budget = Budget(limit=10)
    budget.spend(11)
    journal = Journal(budget)
    done(journal, opened(journal))
    assert len(journal) <= 1


class Counted:
    """What spends, and counts how often it is asked how much."""

    asked = 0

    def __init__(self, entries: int) -> None:
        self.entries = entries
        self.lost = 0

    @property
    def bytes(self) -> int:
        Counted.asked += 1
        return 1_000 * self.entries

    def drop_oldest(self) -> int:
        self.entries -= 1
        self.lost += 1
        return 1_000


def test_budget_seldom_looks_for_the_largest_of_many_journals() -> None:
    journals = [Counted(10 + number % 3) for number in range(1_000)]
    budget = Budget(limit=1_000 * sum(each.entries for each in journals))
    for each in journals:
        budget.join(each)
    budget.spend(1_000 * sum(each.entries for each in journals))
    Counted.asked = 0
    for _ in range(500):
        journals[0].entries += 1
        budget.spend(1_000)
    assert Counted.asked < 500 * len(journals) / 5
    assert sum(each.lost for each in journals) >= 500
    assert max(each.entries for each in journals) <= 25, "the largest have dropped theirs"


def test_budget_takes_no_more_than_it_has_to() -> None:
    journal = Counted(3)
    budget = Budget(limit=2_002)  # a thousandth of it is freed beyond the limit, rounded down
    budget.join(journal)
    budget.spend(2_002)
    assert journal.entries == 3
    budget.spend(998)
    assert (journal.entries, budget.total) == (2, 2_000)
