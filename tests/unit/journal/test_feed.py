"""The feed: changes in one order, passed on once."""

from __future__ import annotations

from functools import partial

import pytest

from cs_simulator.journal.entries import JournalEntry
from cs_simulator.journal.feed import MOST_CHANGES, MOST_PENDING, Feed
from cs_simulator.journal.journal import Budget, Journal
from tests.unit.domain.support import START


def entry(number: int) -> JournalEntry:
    return JournalEntry(number, START, "GET", "/version", ())


@pytest.fixture
def told() -> list[None]:
    """Something for each time that the feed calls its listener."""
    return []


@pytest.fixture
def feed(told: list[None]) -> Feed:
    feed = Feed("x")
    feed.listen(partial(told.append, None))
    return feed


def taken(feed: Feed) -> list[tuple[int, str, int | None]]:
    """Return the number and kind of each change taken, and its request."""
    return [
        (each.number, each.kind, None if each.entry is None else each.entry.id)
        for each in feed.take() or ()
    ]


def test_request_answered_at_once_is_one_change(feed: Feed, told: list[None]) -> None:
    for number in (1, 2):
        request = entry(number)
        feed.note("w", "request", request)
        feed.note("w", "response", request)
    assert taken(feed) == [(2, "response", 1), (4, "response", 2)]
    assert len(told) == 1


def test_requests_in_progress_at_once_are_told_in_order(feed: Feed) -> None:
    first, second = entry(1), entry(2)
    feed.note("w", "request", first)
    feed.note("w", "request", second)
    feed.note("w", "response", first)
    assert [(number, kind) for number, kind, _ in taken(feed)] == [
        (1, "request"),
        (2, "request"),
        (3, "response"),
    ]
    feed.note("w", "response", second)
    assert taken(feed) == [(4, "response", 2)]


def test_listener_is_called_once_until_all_is_taken(feed: Feed, told: list[None]) -> None:
    feed.tell("w", "reset", {})
    feed.tell("w", "reset", {})
    assert len(told) == 1
    feed.take()
    feed.tell("w", "reset", {})
    assert len(told) == 2


def test_change_is_passed_on_and_kept_with_its_members(feed: Feed) -> None:
    feed.tell("w", "stage", {"stage": "outage"})
    [change] = feed.take() or []
    assert (change.world, change.kind, change.members) == ("w", "stage", {"stage": "outage"})
    assert feed.since(0, "w") == ([change], False)


def test_too_many_changes_are_left_to_the_journals(feed: Feed) -> None:
    for number in range(MOST_PENDING):
        feed.note("w", "request", entry(number))
    assert len(feed.take() or ()) == MOST_PENDING
    for number in range(MOST_PENDING + 1):
        feed.note("w", "request", entry(number))
    assert feed.take() is None
    assert feed.take() == []


def test_nothing_waits_without_a_listener(feed: Feed) -> None:
    feed.listen(None)
    feed.note("w", "request", entry(1))
    feed.tell("w", "reset", {})
    assert feed.take() is None
    feed.listen(lambda: None)
    assert feed.take() == []
    assert [each.number for each in feed.since(0, None)[0]] == [2]


def test_changes_after_one_are_those_of_a_world_and_what_was_lost_is_told() -> None:
    feed = Feed()
    for world in "ab" * (MOST_CHANGES // 2):
        feed.tell(world, "reset", {})
    kept, is_lost = feed.since(MOST_CHANGES - 4, None)
    assert [(each.number, each.world) for each in kept] == [
        (MOST_CHANGES - 3, "a"),
        (MOST_CHANGES - 2, "b"),
        (MOST_CHANGES - 1, "a"),
        (MOST_CHANGES, "b"),
    ]
    kept, _ = feed.since(MOST_CHANGES - 4, "b")
    assert [each.number for each in kept] == [MOST_CHANGES - 2, MOST_CHANGES]
    assert not is_lost
    feed.tell("a", "reset", {})
    assert [feed.since(number, None)[1] for number in (0, 1)] == [True, False]


@pytest.mark.parametrize("removes", ["cut", "clear", "close"])
def test_request_that_was_removed_in_progress_is_not_told_again(feed: Feed, removes: str) -> None:
    """Whoever follows a stream has forgotten it, and would have it again."""
    journal = Journal(Budget(), feed, "w")
    answered, held = (journal.open(START, "GET", "/version", ()) for _ in "12")
    journal.arrived(held)
    assert taken(feed) == [(1, "request", 2)]
    journal.cut(1) if removes == "cut" else getattr(journal, removes)()
    journal.complete(answered, 200, (), b"", (), 1.0)
    journal.end(held, 2.0, aborted=True)
    assert taken(feed) == []


def test_request_that_the_journal_dropped_in_progress_is_still_told(feed: Feed) -> None:
    journal = Journal(Budget(), feed, "w")
    held = journal.open(START, "GET", "/version", ())
    journal.drop_oldest()
    journal.end(held, 2.0, aborted=True)
    assert taken(feed) == [(1, "response", 1)]
