"""Entries as they are read: what a client received, and what an event tells."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cs_simulator.faults.wire import Cut
from cs_simulator.journal.entries import (
    MOST_OF_PATH,
    JournalEntry,
    shown_members,
    written_change,
)
from cs_simulator.journal.feed import FeedChange
from cs_simulator.journal.journal import Journal
from tests.unit.domain.support import START

OK = len(b"HTTP/1.1 200 OK\r\n")
NO_CONTENT = len(b"HTTP/1.1 204 No Content\r\n")


@pytest.mark.parametrize(
    ("method", "status", "body", "after", "is_shown"),
    [
        ("GET", 200, b"{}", None, True),
        ("GET", 200, b"{}", 1, True),
        ("GET", 200, b"", OK, True),
        ("GET", 200, b"", OK - 1, False),
        ("HEAD", 200, b"{}", OK, True),
        ("HEAD", 200, b"{}", OK - 1, False),
        ("PUT", 204, b"", NO_CONTENT, True),
        ("PUT", 204, b"", NO_CONTENT - 1, False),
        ("GET", 304, b"{}", 1, False),
    ],
)
def test_status_is_shown_if_the_client_got_its_line_whole(
    method: str, status: int, body: bytes, after: int | None, is_shown: bool
) -> None:
    journal = Journal()
    entry = journal.open(START, method, "/services/start", ())
    entry.broken, entry.cut = "truncate", Cut(after)
    journal.complete(entry, status, (), body, (), 1.5)
    shown = {"status": status} if is_shown else {}
    assert shown_members(entry) == {**shown, "broken": "truncate"}


# As events


def events(change: FeedChange) -> list[tuple[str | None, str, Any]]:
    """Return the id, the kind and the data of each event that tells of a change."""
    pattern = r"(?:id: (.+)\n)?event: (.+)\ndata: (.+)\n\n"
    text = written_change(change, "here")
    assert re.fullmatch(f"({pattern})+", text)
    return [(id_ or None, kind, json.loads(data)) for id_, kind, data in re.findall(pattern, text)]


def summary(entry: JournalEntry) -> Any:
    ((_, _, data),) = events(FeedChange(7, "w", "request", entry))
    return data


@pytest.fixture
def entry() -> JournalEntry:
    return Journal().open(START, "POST", "/services/start", ())


def test_request_in_progress_is_told_by_what_is_known(entry: JournalEntry) -> None:
    assert events(FeedChange(7, "w", "request", entry)) == [
        (
            "here-7",
            "request",
            {
                "world": "w",
                "id": 1,
                "state": "open",
                "time": "2026-01-05T09:00:00.000Z",
                "method": "POST",
                "path": "/services/start",
                "operation": "unrouted",
            },
        )
    ]


def test_rules_that_acted_are_told_before_the_response(entry: JournalEntry) -> None:
    entry.operation, entry.faults = "start_service", ["late", 'so "called"']
    entry.state, entry.status, entry.milliseconds = "done", 201, 2.25
    entry.hints, entry.waited, entry.broken = ["one", "another"], 250.12345, "truncate"
    fault, response = events(FeedChange(8, "w", "response", entry))
    acted = {"world": "w", "change": "acted", "names": ["late", 'so "called"'], "id": 1}
    assert fault == (None, "fault", acted), "only the last event of a change has its id"
    assert response == (
        "here-8",
        "response",
        {
            "world": "w",
            "id": 1,
            "state": "done",
            "time": "2026-01-05T09:00:00.000Z",
            "method": "POST",
            "path": "/services/start",
            "operation": "start_service",
            "faults": ["late", 'so "called"'],
            "status": 201,
            "ms": 2.25,
            "hints": 2,
            "waited_ms": 250.123,
            "broken": "truncate",
        },
    )


def test_rules_that_will_act_on_a_request_are_told_with_it_alone(entry: JournalEntry) -> None:
    entry.faults = ["late"]
    ((_, kind, data),) = events(FeedChange(7, "w", "request", entry))
    assert (kind, data["faults"]) == ("request", ["late"])


def test_response_that_never_came_has_no_status(entry: JournalEntry) -> None:
    entry.milliseconds, entry.broken = 2.25, "reset"
    told = summary(entry)
    assert (told["status"], told["ms"], told["broken"]) == (None, 2.25, "reset")


def test_long_path_is_cut_in_an_event(entry: JournalEntry) -> None:
    entry.target = "/" * MOST_OF_PATH
    assert summary(entry)["path"] == entry.target
    entry.target += "x"
    assert summary(entry)["path"] == "/" * MOST_OF_PATH + "..."


def test_change_of_no_request_is_told_by_its_members() -> None:
    change = FeedChange(9, "w", "stage", None, {"stage": "outage"})
    assert events(change) == [("here-9", "stage", {"world": "w", "stage": "outage"})]
