"""Faults on the wire, over a connection between two sockets of this process."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from cs_simulator.faults.rules import Connection, Dribble
from cs_simulator.faults.waiting import End
from cs_simulator.faults.wire import GARBAGE, Plan, has_ended, play

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
BODY = b"0123456789"


class Channel:
    """The server's end of a connection, which keeps what is sent."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.sent: list[bytes] = []

    def write_soon(self, data: bytes) -> None:
        self.sent.append(data)
        self.socket.sendall(data)


class Holds:
    """Waits that take no time, end as they are told to, and are kept."""

    def __init__(self, *ends: End) -> None:
        self._ends = list(ends)
        self.seconds: list[float | None] = []

    def __call__(self, seconds: float | None) -> End:
        self.seconds.append(seconds)
        return self._ends.pop(0) if self._ends else "over"


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: the server's end and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname(), 10)
        server, _ = listening.accept()
    with client, server:
        yield server, client


@pytest.fixture
def channel(connection: tuple[socket.socket, socket.socket]) -> Channel:
    """The server's end of the connection."""
    return Channel(connection[0])


@pytest.fixture
def client(connection: tuple[socket.socket, socket.socket]) -> socket.socket:
    """The client's end of the connection."""
    return connection[1]


def planned(connection: Connection | None, dribble: Dribble | None) -> Plan:
    """Return a plan for a response of a world that is not reset."""
    return Plan(connection, dribble, "w", lambda: False)


def broken(connection: Connection) -> Plan:
    """Return the plan of a broken connection."""
    return planned(connection, None)


def test_reset_gives_the_client_an_error(channel: Channel, client: socket.socket) -> None:
    assert play(broken("reset"), channel, Holds(), HEAD, BODY) is True
    channel.socket.close()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    assert channel.sent == []


def test_close_sends_nothing(channel: Channel, client: socket.socket) -> None:
    assert play(broken("close"), channel, Holds(), HEAD, BODY) is True
    channel.socket.close()
    assert client.recv(1) == b""
    assert channel.sent == []


def test_truncate_sends_half_of_the_body(channel: Channel) -> None:
    assert play(broken("truncate"), channel, Holds(), HEAD, BODY + b"!") is True
    assert channel.sent == [HEAD, b"01234"]


def test_truncate_without_a_body_sends_half_of_the_head(channel: Channel) -> None:
    assert play(broken("truncate"), channel, Holds(), HEAD, b"") is True
    assert channel.sent == [HEAD[: len(HEAD) // 2]]


def test_garbage_is_sent_in_place_of_the_reply(channel: Channel) -> None:
    assert play(broken("garbage"), channel, Holds(), HEAD, BODY) is True
    assert channel.sent == [GARBAGE]
    assert len(GARBAGE) == 0x80 + len(b"\r\n\r\nthis is no HTTP\r\n")


def test_stall_holds_until_it_is_ended_and_sends_nothing(channel: Channel) -> None:
    holds = Holds("gone")
    assert play(planned("stall", None), channel, holds, HEAD, BODY) is True
    assert holds.seconds == [None]
    assert channel.sent == []


def test_broken_connections_but_a_stall_do_not_wait(channel: Channel) -> None:
    holds = Holds()
    for connection in ("reset", "close", "truncate", "garbage"):
        play(planned(connection, Dribble(4, 40)), channel, holds, HEAD, BODY)
    assert holds.seconds == []


def test_plan_without_anything_leaves_the_connection_open(channel: Channel) -> None:
    assert play(planned(None, None), channel, Holds(), HEAD, BODY) is False


def test_dribble_shares_body_and_time_among_its_pieces(channel: Channel) -> None:
    holds = Holds()
    assert play(planned(None, Dribble(4, 2000)), channel, holds, HEAD, BODY) is False
    assert channel.sent == [HEAD, b"01", b"234", b"56", b"789"]
    assert holds.seconds == [0.5] * 4


def test_dribble_without_a_body_splits_the_head(channel: Channel) -> None:
    assert play(planned(None, Dribble(2, 40)), channel, Holds(), b"head", b"") is False
    assert channel.sent == [b"he", b"ad"]


@pytest.mark.parametrize("body", [b"", BODY])
def test_dribble_in_one_piece_sends_everything(channel: Channel, body: bytes) -> None:
    holds = Holds()
    assert play(planned(None, Dribble(1, 40)), channel, holds, HEAD, body) is False
    assert b"".join(channel.sent) == HEAD + body
    assert holds.seconds == [0.04]


def test_dribble_of_more_pieces_than_bytes_sends_a_byte_each(channel: Channel) -> None:
    holds = Holds()
    assert play(planned(None, Dribble(100, 40)), channel, holds, HEAD, b"abcd") is False
    assert channel.sent == [HEAD, b"a", b"b", b"c", b"d"]
    assert holds.seconds == [0.01] * 4


def test_dribble_of_nothing_is_one_empty_piece(channel: Channel) -> None:
    assert play(planned(None, Dribble(4, 40)), channel, Holds(), b"", b"") is False
    assert channel.sent == [b""]


def test_dribble_ends_where_its_client_goes_away(channel: Channel) -> None:
    plan = planned(None, Dribble(4, 40))
    assert play(plan, channel, Holds("over", "gone"), HEAD, BODY) is True
    assert channel.sent == [HEAD, b"01"]


def test_open_connection_has_not_ended(connection: tuple[socket.socket, socket.socket]) -> None:
    server, _ = connection
    assert has_ended(server) is False


@pytest.mark.skipif("sys.platform != 'linux'", reason="no other system tells")
def test_connection_whose_client_sends_no_more_has_ended(
    connection: tuple[socket.socket, socket.socket],
) -> None:
    server, client = connection
    client.sendall(b"not read yet")
    client.shutdown(socket.SHUT_WR)
    assert has_ended(server) is True
    assert server.recv(100) == b"not read yet"


@pytest.mark.skipif("sys.platform != 'linux'", reason="no other system tells")
def test_connection_that_was_reset_has_ended(channel: Channel, client: socket.socket) -> None:
    play(broken("reset"), channel, Holds(), HEAD, BODY)
    channel.socket.close()
    assert has_ended(client) is True


def test_socket_that_is_closed_says_nothing_of_its_other_side() -> None:
    with socket.socket() as closed:
        pass
    assert has_ended(closed) is False
