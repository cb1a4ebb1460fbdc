"""A stream on a connection: its place is given back however its client goes."""

from __future__ import annotations

import socket
import time

import pytest

from cs_simulator.control import streams
from tests.unit.http.conftest import MakeServer
from tests.unit.http.support import START, LoopClient, LoopServer, request_bytes

EVENTS = request_bytes("GET", "/_control/events")


def reading(server: LoopServer) -> LoopClient:
    """Return a client of a stream that has begun."""
    client = server.connect()
    client.socket.sendall(EVENTS)
    client.until(lambda found: b"event: ready" in found)
    assert len(server.worlds.waiting) >= 1
    return client


def is_free(server: LoopServer) -> bool:
    return not server.shared.open and not len(server.worlds.waiting)


@pytest.mark.parametrize("how", ["close", "half", "reset"])
def test_client_that_leaves_gives_its_place_back(make_server: MakeServer, how: str) -> None:
    server = make_server()
    for _ in range(3):
        client = reading(server)
        if how == "half":
            client.socket.shutdown(socket.SHUT_WR)
        else:
            client.socket.close()
        server.until(lambda: is_free(server))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_client_that_leaves_before_it_begins_gives_its_place_back(
    make_server: MakeServer, at: int
) -> None:
    server = make_server()
    if at:
        reading(server).socket.close()  # the control API is there: a stream begins at once
        server.until(lambda: is_free(server))
    client = server.connect()
    client.socket.sendall(EVENTS)
    if at == 1:
        server.loop.turn(0)
    client.socket.close()
    deadline = time.monotonic() + 1
    server.until(lambda: is_free(server) and (at or time.monotonic() > deadline))
    assert is_free(server)


def test_stream_goes_on_over_a_reset_and_ends_with_the_server(make_server: MakeServer) -> None:
    server = make_server()
    client, other = reading(server), server.connect()
    other.ask(request_bytes("POST", "/_control/reset", b"{}"))
    client.until(lambda found: b"event: reset" in found)
    other.ask(START)
    client.until(lambda found: b"event: response" in found)
    server.worlds.waiting.close()
    assert client.until(lambda _: client.is_closed).endswith(b"0\r\n\r\n")
    assert not len(server.worlds.waiting)


def test_pieces_of_a_stream_are_chunks(make_server: MakeServer) -> None:
    server = make_server()
    client = reading(server)
    server.connect().ask(START)
    server.worlds.waiting.close()
    chunks = client.until(lambda _: client.is_closed)
    sizes = []
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        sizes.append(int(size, 16))
        assert rest[sizes[-1] :].startswith(b"\r\n")
        chunks = rest[sizes[-1] + 2 :]
    assert len(sizes) > 1
    assert sizes[-1] == 0


def test_requests_behind_a_stream_do_not_pile_up(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is sent behind a stream hides that its client has left until the next heartbeat.
    monkeypatch.setattr(streams, "HEARTBEAT", 0.2)
    server = make_server()
    client = reading(server)
    client.socket.sendall(START * 50)
    for _ in range(20):
        server.loop.turn(0.001)
    assert len(server.worlds.default.journal) == 0
    client.socket.close()
    server.until(lambda: is_free(server))
