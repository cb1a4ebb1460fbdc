"""What a client received, as the journal tells it."""

from __future__ import annotations

import pytest

from cs_simulator.faults.wire import Cut
from cs_simulator.journal.entries import shown_members
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
