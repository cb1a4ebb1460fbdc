"""Connections: what is read when, what is written how, and what is left of them."""

from __future__ import annotations

import gc
import socket
import threading
from typing import Any

import pytest

from cs_simulator.clock import stopwatch
from cs_simulator.http.connection import IN_A_ROW, Connection
from tests.unit.http.conftest import MakeServer
from tests.unit.http.support import START, LoopClient, LoopServer, is_whole, request_bytes

DELAY = {"faults": [{"on": "start_service", "delay": "1h"}]}


def entries(server: LoopServer) -> list[tuple[str, str]]:
    """Return the operation and state of each entry of the journal."""
    found = server.worlds.default.journal.entries()
    return [(entry.operation, entry.state) for entry in found]


def test_request_is_answered(make_server: MakeServer) -> None:
    client = make_server().connect()
    assert client.ask(START).startswith(b"HTTP/1.1 201 Created\r\n")
    assert client.ask(START).startswith(b"HTTP/1.1 201 Created\r\n")


def test_client_that_sends_no_more_is_answered(make_server: MakeServer) -> None:
    server = make_server()
    for _ in range(100):
        client = server.connect()
        client.socket.sendall(START)
        client.socket.shutdown(socket.SHUT_WR)
        assert client.until(lambda _: client.is_closed).startswith(b"HTTP/1.1 201 ")  # noqa: B023
    assert entries(server) == [("start_service", "done")] * 100
    assert server.shared.open == {}


def test_client_that_sends_no_more_gets_what_the_pool_answers(make_server: MakeServer) -> None:
    client = make_server().connect()
    client.socket.sendall(request_bytes("GET", "/_control/requests"))
    client.socket.shutdown(socket.SHUT_WR)
    assert client.until(lambda _: client.is_closed).startswith(b"HTTP/1.1 200 ")


def test_several_requests_of_a_client_that_sends_no_more_are_all_answered(
    make_server: MakeServer,
) -> None:
    client = make_server().connect()
    client.socket.sendall(START * (3 * IN_A_ROW))
    client.socket.shutdown(socket.SHUT_WR)
    received = client.until(lambda _: client.is_closed)
    assert received.count(b"HTTP/1.1 201 ") == 3 * IN_A_ROW


class NotedSocket(socket.socket):
    """A socket that notes when it is given something to send."""

    given: list[float]

    def send(self, *args: Any) -> int:
        """Send, as any socket does."""
        self.given.append(stopwatch())
        return super().send(*args)


@pytest.mark.parametrize("size", [1, 400_000])
def test_response_has_left_when_its_last_bytes_are_handed_over_and_not_later(
    make_server: MakeServer, size: int
) -> None:
    """A client that waits from then on is not to look impatient."""
    body = {"x": "y" * size}
    rule = {"on": "start_service", "response": {"status": 503, "body": body}}
    server = make_server({"faults": [rule]})
    ours, theirs = socket.socketpair()
    noted = NotedSocket(fileno=ours.detach())
    noted.given = []
    noted.setblocking(False)
    Connection(server.shared, noted, ("127.0.0.1", "1"))
    client = LoopClient(server, theirs)
    client.ask(START)
    (entry,) = server.worlds.default.journal.entries()
    assert entry.left is not None
    assert entry.arrived < entry.left <= noted.given[-1]
    assert all(each < entry.left for each in noted.given[:-1])
    theirs.close()


def test_held_response_ends_when_its_client_leaves(make_server: MakeServer) -> None:
    server = make_server(DELAY)
    client = server.connect()
    client.socket.sendall(START)
    server.until(lambda: len(server.worlds.waiting) == 1)
    client.socket.close()
    server.until(lambda: len(server.worlds.waiting) == 0)
    server.until(lambda: server.shared.open == {})
    assert entries(server) == [("start_service", "aborted")]


@pytest.mark.skipif("sys.platform != 'linux'", reason="no other system tells")
def test_held_response_ends_though_more_was_sent_behind_it(make_server: MakeServer) -> None:
    server = make_server(DELAY)
    # Over TCP, since only there the system tells who has gone without reading what was sent.
    listening = socket.create_server(("127.0.0.1", 0))
    raw = socket.create_connection(listening.getsockname())
    ours, _ = listening.accept()
    ours.setblocking(False)
    Connection(server.shared, ours, ("127.0.0.1", "1"))
    raw.sendall(START * 2)
    server.until(lambda: len(server.worlds.waiting) == 1)
    raw.close()
    server.until(lambda: len(server.worlds.waiting) == 0)
    listening.close()


def test_held_responses_take_no_threads(make_server: MakeServer) -> None:
    server = make_server(DELAY, max_waiting=4_000)
    before = threading.active_count()
    clients = [server.connect() for _ in range(400)]
    for client in clients:
        client.socket.sendall(START)
    server.until(lambda: len(server.worlds.waiting) == 400)
    assert threading.active_count() == before
    server.worlds.default.reset()
    server.until(lambda: server.shared.open == {})
    assert len(server.worlds.waiting) == 0
    for client in clients:
        client.socket.close()


@pytest.mark.parametrize(
    "action",
    [{"delay": "1h"}, {"connection": "stall"}, {"dribble": {"chunks": 4, "duration": "4h"}}],
    ids=str,
)
def test_reset_stop_and_drop_end_what_is_held(
    make_server: MakeServer, action: dict[str, Any]
) -> None:
    server = make_server({"faults": [{"on": "start_service", **action}]})
    for end in (
        server.worlds.default.reset,
        lambda: server.worlds.drop("default"),
        server.worlds.waiting.close,
    ):
        client = server.connect()
        client.socket.sendall(START)
        server.until(lambda: len(server.worlds.waiting) == 1)
        end()
        client.until(lambda _: client.is_closed)  # noqa: B023
        assert len(server.worlds.waiting) == 0


def test_dribble_comes_in_pieces_and_goes_on(make_server: MakeServer) -> None:
    dribble = {"chunks": 5, "duration": "50ms"}
    server = make_server({"faults": [{"on": "start_service", "times": 1, "dribble": dribble}]})
    client = server.connect()
    first, second = client.ask(START), client.ask(START)
    assert first.partition(b"\r\n\r\n")[2] == b'{"service_id":4294967297}'
    assert second.partition(b"\r\n\r\n")[2] == b'{"service_id":4294967298}'
    assert len(server.worlds.waiting) == 0


def test_nothing_is_read_while_a_response_is_unread(make_server: MakeServer) -> None:
    server = make_server()
    client = server.connect()
    large = request_bytes(
        "POST", "services/start", b'{"contact_key": "a", "n": "%s"}' % (b"x" * 500_000)
    )
    assert client.ask(large).startswith(b"HTTP/1.1 201 ")
    shown = request_bytes("GET", "services/4294967297?extensions=n")
    sent = 0
    client.socket.setblocking(False)
    try:
        for _ in range(20_000):
            sent += client.socket.send(shown)
            server.loop.turn(0)
    except BlockingIOError:
        pass
    [connection] = server.shared.open.values()
    begun = len(entries(server))
    assert begun < 30  # of some hundreds or thousands that were sent
    assert sum(len(piece) for piece in connection._out or ()) < 600_000
    assert len(connection._requests) < 1_500  # no more than was read in one go


def test_large_response_arrives_whole(make_server: MakeServer) -> None:
    client = make_server().connect()
    text = b"x" * 900_000
    body = b'{"contact_key": "a", "n": "%s"}' % text
    assert client.ask(request_bytes("POST", "services/start", body)).startswith(b"HTTP/1.1 201 ")
    shown = client.ask(request_bytes("GET", "services/4294967297?extensions=n"))
    assert is_whole(shown)
    assert text in shown


def test_connection_that_fails_is_closed_and_harms_no_other(make_server: MakeServer) -> None:
    server = make_server()
    broken, other = server.connect(), server.connect()
    broken.socket.sendall(START * 10)
    broken.socket.close()
    assert other.ask(START).startswith(b"HTTP/1.1 201 ")
    server.until(lambda: len(server.shared.open) == 1)


def test_body_larger_than_allowed_is_not_kept(make_server: MakeServer) -> None:
    server = make_server()
    client = server.connect()
    size = 30 * 2**20
    head = request_bytes("POST", "services/start", headers={"Content-Length": str(size)})
    client.socket.sendall(head)
    sent = 0
    while sent < size:
        try:
            sent += client.socket.send(b" " * min(65_536, size - sent))
        except BlockingIOError:
            server.loop.turn(0.01)
        for connection in server.shared.open.values():
            parser = connection._parser
            if parser is not None and parser.body_rcv is not None:
                assert len(parser.body_rcv.buf) <= 2**20 + 1
    assert client.until(is_whole).startswith(b"HTTP/1.1 413 ")
    assert client.ask(START).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://elsewhere.example"}, b"403"),
        ({"Origin": "http://[::1"}, b"403"),
        ({"Content-Length": "99999999"}, b"413"),
    ],
    ids=["another origin", "no origin", "too large"],
)
def test_head_is_enough_to_refuse_a_control_request(
    make_server: MakeServer, headers: dict[str, str], status: bytes
) -> None:
    server = make_server()
    client = server.connect()
    sent = {"Content-Length": "1000", **headers}
    client.socket.sendall(request_bytes("PUT", "/_control/scenario", headers=sent))
    assert client.until(is_whole).startswith(b"HTTP/1.1 %s " % status)
    client.socket.sendall(b"x" * 1000)
    client.until(lambda _: client.is_closed)


CALLS = (
    START,
    request_bytes("GET", "services/4294967297"),
    request_bytes("POST", "services/4294967297/states/start", b'{"state_type": "1"}'),
    request_bytes("PUT", "services/4294967297/extensions/note", b'{"a": 1}'),
    request_bytes("GET", "services/anonymous/a"),
    request_bytes("POST", "services/4294967297/end"),
    request_bytes("HEAD", "services/4294967297"),
    request_bytes("OPTIONS", "services/4294967297"),
)


def test_no_request_leaves_cyclic_garbage(make_server: MakeServer) -> None:
    client = make_server().connect()
    left = {}
    gc.disable()
    try:
        for call in CALLS:
            for _ in range(20):
                client.ask(call)
            gc.collect()
            gc.freeze()  # what is there by now is not looked at again
            for _ in range(50):
                client.ask(call)
            left[call] = gc.collect()
    finally:
        gc.enable()
    assert {call: count for call, count in left.items() if count} == {}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\nbad header\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\nHost: a\r\nOrigin: http://b\r\n\r\n", b"400"),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\nContent-Length: 9999999999\r\n\r\n",
            b"413",
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\nX: " + b"x" * 70_000, b"431"),
    ],
    ids=["header", "line", "body", "head"],
)
def test_page_is_told_what_its_request_is_wrong_with(
    make_server: MakeServer, sent: bytes, status: bytes
) -> None:
    client = make_server().connect()
    received = client.ask(sent)
    assert received[9:12] == status
    assert b"Access-Control-Allow-Origin: http://b\r\n" in received


def test_what_is_no_request_is_in_no_journal(make_server: MakeServer) -> None:
    server = make_server({"faults": [{"name": "it", "on": "any", "times": 1, "delay": "1h"}]})
    for sent in (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /x HTTP/1.1\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        assert server.connect().ask(sent)[9:10] in (b"2", b"4")
    head = server.connect()
    head.socket.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert head.until(lambda data: b"\r\n\r\n" in data).startswith(b"HTTP/1.1 204 ")
    assert entries(server) == []
    assert server.worlds.default.rules.counters("it").matched == 0


def test_defect_in_a_connection_closes_it_and_no_other(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = make_server()
    broken, other = server.connect(), server.connect()
    with monkeypatch.context() as patched:
        patched.setattr("cs_simulator.http.connection.Parser", None)
        broken.socket.sendall(START)
        broken.until(lambda _: broken.is_closed)
    assert caplog.messages == ["a connection failed and was closed"]
    assert other.ask(START).startswith(b"HTTP/1.1 201 ")
