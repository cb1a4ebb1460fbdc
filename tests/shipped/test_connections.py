"""Scenarios whose answers are lost on the wire: lost-response and dropped-connections."""

from __future__ import annotations

import json
import re

from cs_simulator.faults.wire import GARBAGE
from tests.shipped.conftest import Serve
from tests.support.server import ServerProcess
from tests.unit.faults.raw import Seen, request, see

START = request("POST", "services/start", b'{"contact_key":"K"}', "Connection: close")
MINE = request("GET", "services/anonymous/K", b"", "Connection: close")


def status(seen: Seen) -> int:
    """Return the status of a whole answer; 0 where there is none."""
    found = re.match(rb"HTTP/1\.1 (\d+) ", seen.bytes)
    return int(found[1]) if found else 0


def services(server: ServerProcess) -> int:
    """Return how many services there are of the caller."""
    return len(json.loads(see(server, MINE).bytes.partition(b"\r\n\r\n")[2]))


def test_lost_response_loses_the_answer_of_what_was_done(serve: Serve) -> None:
    server = serve("lost-response")
    first = see(server, START)
    assert (first.bytes, first.end) == (b"", "closed")
    assert services(server) == 1


def test_lost_response_makes_two_of_what_is_tried_again(serve: Serve) -> None:
    server = serve("lost-response")
    assert [status(see(server, START)) for _ in range(4)] == [0, 201, 0, 201]
    assert services(server) == 4


def test_lost_response_leaves_other_calls_alone(serve: Serve) -> None:
    server = serve("lost-response")
    end = request("POST", "services/95/end", b"", "Connection: close")
    assert [status(see(server, MINE)), status(see(server, end))] == [200, 204]


def test_dropped_connections_break_in_four_ways_in_turn(serve: Serve) -> None:
    server = serve("dropped-connections")
    seen = [see(server, MINE) for _ in range(16)]
    assert [status(each) for each in seen[1::2]] == [200] * 8
    for reset, close, truncate, garbage in (seen[:8:2], seen[8::2]):
        assert (reset.bytes, reset.end) == (b"", "reset")
        assert (close.bytes, close.end) == (b"", "closed")
        head, _, body = truncate.bytes.partition(b"\r\n\r\n")
        assert (b"Content-Length: 2" in head, body, truncate.end) == (True, b"[", "closed")
        assert (garbage.bytes, garbage.end) == (GARBAGE, "closed")


def test_dropped_connections_are_mended_by_one_more_try(serve: Serve) -> None:
    server = serve("dropped-connections")
    for _ in range(8):
        assert see(server, START).bytes[-1:] != b"}"  # none, half of one, or no HTTP
        assert status(see(server, START)) == 201
    # Only a truncated answer is one of something that was done.
    assert status(see(server, MINE)) == 0
    assert services(server) == 8 + 2
