"""What a connection reads in a turn of the loop, what it carries out, and what it leaves alone."""

from __future__ import annotations

import socket
from threading import Event
from typing import Any

import pytest

from cs_simulator.http import connection as module
from cs_simulator.http.connection import IN_A_ROW, Connection
from tests.unit.http.conftest import MakeServer
from tests.unit.http.support import START, LoopServer, is_whole, request_bytes

DELAY = {"faults": [{"on": "start_service", "delay": "1h"}]}
SLOW = request_bytes("GET", "/_control/requests")
CREATED = b"HTTP/1.1 201 Created\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTING = START.replace(b"\r\n", b"\r\nExpect: 100-continue\r\n", 1)
MALFORMED = b"GET / HTTP/1.1\r\nno header\r\n\r\n"


def states(server: LoopServer) -> list[str]:
    """Return the states of the journal's entries."""
    return [entry.state for entry in server.worlds.default.journal.entries()]


def settle(server: LoopServer) -> None:
    """Turn the loop until nothing is left to do at once."""
    server.until(lambda: not server.loop.turn(0))


def only(server: LoopServer) -> Connection:
    """Return the only connection."""
    [connection] = server.shared.open.values()
    return connection


def end_wait(server: LoopServer) -> None:
    """End the wait of the only connection, as its timer does."""
    wait = only(server)._wait
    assert wait is not None
    wait.finish("over")


def held_pool(server: LoopServer, monkeypatch: pytest.MonkeyPatch) -> Event:
    """Return what the requests that the pool carries out wait for."""
    let_go, handle = Event(), server.app.handle

    def held(*arguments: Any, at_once: bool = False) -> Any:
        if not at_once:
            assert let_go.wait(20)
        return handle(*arguments, at_once=at_once)

    monkeypatch.setattr(server.app, "handle", held)
    return let_go


# Expect: 100-continue


def test_client_that_asks_is_told_once_to_continue(make_server: MakeServer) -> None:
    client = make_server().connect()
    head, body = EXPECTING[:-20], EXPECTING[-20:]
    client.socket.sendall(head)
    assert client.until(lambda found: found) == CONTINUE
    client.socket.sendall(body[:5])
    settle(client._server)
    client.socket.sendall(body[5:])
    assert client.until(is_whole).startswith(CREATED)


def test_client_is_told_to_continue_after_the_response_before(make_server: MakeServer) -> None:
    once = {"on": "start_service", "times": 1, "delay": "1h"}
    server = make_server({"faults": [once]})
    client = server.connect()
    client.socket.sendall(START + EXPECTING[:-20])
    settle(server)
    assert client.read() == b""
    end_wait(server)
    received = client.until(lambda found: found.endswith(CONTINUE))
    assert received.startswith(CREATED)
    client.socket.sendall(EXPECTING[-20:])
    assert client.until(is_whole).startswith(CREATED)


# What is refused


def test_request_that_is_refused_whole_leaves_the_connection_open(make_server: MakeServer) -> None:
    client = make_server().connect()
    sent = request_bytes("PUT", "/_control/scenario", b"{}", {"Origin": "http://a.example"})
    for _ in range(2):
        received = client.ask(sent)
        assert received.startswith(b"HTTP/1.1 403 ")
        assert b"\r\nConnection: close\r\n" not in received


def test_head_in_two_pieces_is_enough_to_refuse_it(make_server: MakeServer) -> None:
    server = make_server()
    client = server.connect()
    headers = {"Origin": "http://a.example", "Content-Length": "1000"}
    sent = request_bytes("PUT", "/_control/scenario", headers=headers)
    client.socket.sendall(sent[:30])
    settle(server)
    client.socket.sendall(sent[30:])
    assert client.until(is_whole).startswith(b"HTTP/1.1 403 ")


def test_nothing_behind_a_malformed_request_is_carried_out(make_server: MakeServer) -> None:
    server = make_server()
    client = server.connect()
    count = 2 * IN_A_ROW
    client.socket.sendall(START * count + MALFORMED + START)
    server.loop.turn(1)
    client.socket.sendall(START)  # it is read before the malformed one has its turn
    received = client.until(lambda _: client.is_closed)
    assert received.count(b"HTTP/1.") == count + 1
    assert len(states(server)) == count


# Turns


def test_other_connections_have_their_turn(make_server: MakeServer) -> None:
    server = make_server()
    busy, other = server.connect(), server.connect()
    busy.socket.sendall(START * (9 * IN_A_ROW))
    server.loop.turn(1)
    assert IN_A_ROW <= len(states(server)) <= 2 * IN_A_ROW
    other.socket.sendall(START)
    server.loop.turn(1)
    assert other.read().startswith(CREATED)
    assert len(states(server)) < 5 * IN_A_ROW


def test_requests_behind_one_in_the_pool_are_carried_out_after_it(
    make_server: MakeServer,
) -> None:
    client = make_server().connect()
    client.socket.sendall(SLOW * 2 + START)
    received = client.until(lambda found: found.endswith(b'{"service_id":4294967297}'))
    assert received.count(b"HTTP/1.1 200 ") == 2


def test_last_of_many_is_answered_though_the_pool_answers_it(
    make_server: MakeServer,
) -> None:
    """Its client has sent all by then, and says so."""
    client = make_server().connect()
    client.socket.sendall(START * (2 * IN_A_ROW) + SLOW)
    client.socket.shutdown(socket.SHUT_WR)
    received = client.until(lambda _: client.is_closed)
    assert received.count(b"HTTP/1.1 200 ") == 1


def test_loop_rests_while_the_pool_works_for_a_client_that_sends_no_more(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBING", 0.0)
    server = make_server()
    let_go = held_pool(server, monkeypatch)
    client = server.connect()
    client.socket.sendall(SLOW)
    client.socket.shutdown(socket.SHUT_WR)
    settle(server)
    let_go.set()
    assert client.until(lambda _: client.is_closed).startswith(b"HTTP/1.1 200 ")


def test_loop_rests_while_responses_wait(make_server: MakeServer) -> None:
    server = make_server(DELAY)
    client = server.connect()
    client.socket.sendall(START * 2)
    settle(server)
    client.socket.sendall(START)
    assert server.loop.turn(0) is False, "nothing more is read"
    assert len(server.worlds.waiting) == 1


def test_probing_ends_where_reading_begins(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBING", 0.0)
    server = make_server(DELAY)
    client = server.connect()
    client.socket.sendall(START * 2)
    server.until(lambda: len(server.worlds.waiting) == 1)
    assert server.loop.turn(0) is True, "it is looked whether the client has left"
    end_wait(server)
    settle(server)
    assert len(server.worlds.waiting) == 1, "the second is held back"
    client.socket.sendall(START)
    server.loop.turn(1)
    assert len(only(server)._requests) == 1


# Waits


@pytest.mark.parametrize(
    "action", [{"delay": "1h"}, {"dribble": {"chunks": 4, "duration": "4h"}}], ids=str
)
def test_reset_counts_though_the_wait_was_just_over(
    make_server: MakeServer, action: dict[str, Any]
) -> None:
    server = make_server({"faults": [{"on": "start_service", **action}]})
    client = server.connect()
    client.socket.sendall(START)
    server.until(lambda: len(server.worlds.waiting) == 1)
    settle(server)
    client.read()
    client.received = b""
    end_wait(server)
    server.worlds.default.reset()
    assert client.until(lambda _: client.is_closed) == b""


def test_stalled_response_does_not_come(make_server: MakeServer) -> None:
    server = make_server({"faults": [{"on": "start_service", "connection": "stall"}]})
    client = server.connect()
    client.socket.sendall(START)
    settle(server)
    assert len(server.worlds.waiting) == 1
    assert only(server)._timer is None
    assert client.read() == b""


# What fails


class NoMemory(socket.socket):
    """A socket for whose data there is no memory."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Fail."""
        raise MemoryError


def test_connection_for_which_there_is_no_memory_is_closed(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    server = make_server()
    ours, theirs = socket.socketpair()
    client = server.connect((NoMemory(fileno=ours.detach()), theirs))
    client.socket.sendall(START)
    client.until(lambda _: client.is_closed)
    assert caplog.messages == ["out of memory reading from a connection; it was closed"]
    assert server.shared.open == {}


def test_connection_for_whose_request_there_is_no_memory_is_closed(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def parser(_: object) -> None:
        raise MemoryError

    server = make_server()
    monkeypatch.setattr(module, "Parser", parser)
    client = server.connect()
    client.socket.sendall(START)
    client.until(lambda _: client.is_closed)
    assert caplog.messages == ["out of memory for a request; its connection was closed"]
    assert server.shared.open == {}
