"""What is written to a client, byte for byte, and all of it, however little it takes at a time."""

from __future__ import annotations

import logging
import socket
from typing import Any

import pytest

from cs_simulator.app import SERVER_NAME
from cs_simulator.http import connection as module
from tests.unit.http.conftest import MakeServer
from tests.unit.http.support import START, LoopClient, LoopServer, is_whole, request_bytes, tcp_pair

FROZEN = {"clock": {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}}
SERVER = f"Server: {SERVER_NAME}\r\n"


def settle(server: LoopServer) -> None:
    """Turn the loop until nothing is left to do at once."""
    server.until(lambda: not server.loop.turn(0))


def entry_of(server: LoopServer) -> Any:
    """Return the only entry of the journal."""
    [entry] = server.worlds.default.journal.entries()
    return entry


@pytest.mark.parametrize(
    ("version", "asked", "connection", "stays"),
    [
        ("1.1", "", "", True),
        ("1.1", "Connection: close\r\n", "Connection: close\r\n", False),
        ("1.0", "", "Connection: close\r\n", False),
        ("1.0", "Connection: keep-alive\r\n", "Connection: Keep-Alive\r\n", True),
    ],
)
def test_head_says_whether_the_connection_stays_open(
    make_server: MakeServer, version: str, asked: str, connection: str, *, stays: bool
) -> None:
    client = make_server(FROZEN).connect()
    head, _, rest = START.partition(b"HTTP/1.1\r\n")
    sent = head + f"HTTP/{version}\r\n{asked}".encode() + rest
    assert client.ask(sent).decode() == (
        f"HTTP/{version} 201 Created\r\n"
        "Content-Type: application/json\r\n"
        "Location: /genesys/1/cs/services/4294967297\r\n"
        "Date: Mon, 05 Jan 2026 09:00:00 GMT\r\n"
        "X-Simulator-Request: default/1\r\n"
        "Content-Length: 25\r\n"
        f"{connection}{SERVER}\r\n"
        '{"service_id":4294967297}'
    )
    if stays:
        assert client.ask(sent).startswith(f"HTTP/{version} 201 ".encode())
    else:
        client.until(lambda _: client.is_closed)


def test_response_of_no_world_has_the_date_of_the_system(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "system_time", lambda: 0)
    received = make_server(FROZEN).connect().ask(request_bytes("GET", "/_control/clock"))
    assert received.count(b"\r\nDate: ") == 1
    last = f"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n{SERVER}"
    assert received.partition(b"\r\n\r\n")[0].decode().endswith(last.rstrip())


def test_head_alone_is_answered_without_a_body(make_server: MakeServer) -> None:
    client = make_server(FROZEN).connect()
    client.ask(START)
    shown = client.ask(request_bytes("GET", "services/4294967297"))
    head = client.ask(request_bytes("HEAD", "services/4294967297"))
    assert head == shown.partition(b"\r\n\r\n")[0].replace(b"default/2", b"default/3") + b"\r\n\r\n"
    assert client.ask(START).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize(("version", "is_chunked"), [("1.1", True), ("1.0", False)])
def test_head_of_a_stream_says_how_it_comes_and_that_nothing_follows(
    make_server: MakeServer, version: str, *, is_chunked: bool
) -> None:
    client = make_server().connect()
    asked = request_bytes("GET", "/_control/events").replace(b"1.1", version.encode(), 1)
    client.socket.sendall(asked)
    received = client.until(lambda found: b"event: ready" in found).decode()
    head, _, body = received.partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == f"HTTP/{version} 200 OK"
    assert ("Transfer-Encoding: chunked" in lines) is is_chunked
    assert lines[-2:] == ["Connection: close", SERVER.strip()]
    assert body.startswith("retry:") is not is_chunked


def test_log_of_a_malformed_request_quotes_nothing_of_it(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cs_simulator")
    received = make_server().connect().ask(b"s3cret / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"s3cret" in received
    assert caplog.messages == ["malformed request: answered 400 Bad Request: Malformed HTTP method"]


class Reluctant(socket.socket):
    """A socket whose system takes nothing every other time, and few bytes the other times."""

    most: int
    takes = False

    def send(self, data: Any, flags: int = 0) -> int:
        """Send some of the data."""
        self.takes = not self.takes
        if not self.takes:
            return super().send(data[: self.most], flags)
        raise BlockingIOError


def reluctant(server: LoopServer, most: int) -> LoopClient:
    """Return a client to which only a few bytes at a time get through."""
    ours, theirs = socket.socketpair()
    sock = Reluctant(fileno=ours.detach())
    sock.most = most
    return server.connect((sock, theirs))


def test_whatever_the_system_does_not_take_now_is_sent_later(make_server: MakeServer) -> None:
    server = make_server(FROZEN)
    expected = server.connect().ask(START)
    client = reluctant(make_server(FROZEN), 7)
    assert client.ask(START) == expected
    assert client.ask(START).startswith(b"HTTP/1.1 201 ")


def test_stream_goes_on_when_its_client_has_caught_up(make_server: MakeServer) -> None:
    server = make_server()
    client = reluctant(server, 50)
    client.socket.sendall(request_bytes("GET", "/_control/events"))
    client.until(lambda found: b"event: ready" in found)
    settle(server)
    server.connect().ask(START)
    client.until(lambda found: b"event: response" in found)
    assert not client.is_closed


def test_dribbled_response_is_whole_before_the_next_begins(make_server: MakeServer) -> None:
    """Even if its client takes less at a time than the pieces have."""
    dribble = {"chunks": 3, "duration": "3h"}
    server = make_server({"faults": [{"on": "start_service", "times": 1, "dribble": dribble}]})
    client = reluctant(server, 5)
    client.socket.sendall(START * 2)
    for _ in range(3):
        settle(server)
        [connection] = server.shared.open.values()
        assert connection._wait is not None
        connection._wait.finish("over")
    client.until(
        lambda found: found.count(b'{"service_id":429496729') == 2 and found.endswith(b"}")
    )
    assert len(server.worlds.waiting) == 0


@pytest.mark.parametrize("most", [1_000_000, 100])
def test_response_that_is_cut_off_ends_the_connection(make_server: MakeServer, most: int) -> None:
    rule = {"on": "start_service", "connection": {"truncate": {"after": 5}}}
    server = make_server({"faults": [rule]})
    client = reluctant(server, most)
    client.socket.sendall(START * 2)
    received = client.until(lambda _: client.is_closed)
    assert received.endswith(b'\r\n\r\n{"ser')
    assert entry_of(server).state == "done"
    assert server.shared.open == {}


@pytest.mark.parametrize("how", ["reset", "close"])
def test_connection_is_reset_or_closed_as_a_rule_says(make_server: MakeServer, how: str) -> None:
    server = make_server({"faults": [{"on": "start_service", "connection": how}]})
    client = server.connect(tcp_pair())
    client.socket.sendall(START)
    server.until(lambda: server.shared.open == {})
    client.socket.settimeout(20)
    if how == "reset":
        with pytest.raises(ConnectionResetError):
            client.socket.recv(1)
    else:
        assert client.socket.recv(1) == b""


def test_response_that_its_client_does_not_take_is_aborted(make_server: MakeServer) -> None:
    body = {"x": "y" * 2_000_000}
    rule = {"on": "start_service", "response": {"status": 503, "body": body}}
    server = make_server({"faults": [rule]})
    client = server.connect()
    client.socket.sendall(START)
    client.until(lambda found: found)
    client.socket.close()
    server.until(lambda: server.shared.open == {})
    assert entry_of(server).state == "aborted"


def test_large_response_lets_the_next_request_in(make_server: MakeServer) -> None:
    body = {"x": "y" * 900_000}
    rule = {"on": "start_service", "response": {"status": 503, "body": body}}
    client = make_server({"faults": [rule]}).connect()
    for _ in range(2):
        assert is_whole(client.ask(START))
