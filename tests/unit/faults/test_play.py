"""Faults on the wire: the scripts that responses leave by."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from cs_simulator.faults.wire import (
    GARBAGE,
    Broken,
    Cut,
    Dribbling,
    Script,
    broken,
    dribbled,
    has_ended,
    reset_on_close,
)

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
BODY = b"0123456789"


def test_reset_and_close_send_nothing() -> None:
    assert broken(Broken("reset"), HEAD, BODY) == Script(end="reset")
    assert broken(Broken("close"), HEAD, BODY) == Script()


def test_truncate_sends_half_of_the_body() -> None:
    assert broken(Broken("truncate"), HEAD, BODY + b"!") == Script(HEAD + b"01234")


def test_truncate_without_a_body_sends_half_of_the_head() -> None:
    assert broken(Broken("truncate"), HEAD, b"") == Script(HEAD[: len(HEAD) // 2])


@pytest.mark.parametrize(
    ("after", "body"),
    [(0, b""), (3, b"012"), (9, b"012345678"), (10, b"012345678"), (99, b"012345678")],
)
def test_truncate_ends_where_it_is_told_and_never_at_the_end(after: int, body: bytes) -> None:
    assert broken(Broken("truncate", Cut(after)), HEAD, BODY) == Script(HEAD + body)


def test_truncate_of_a_response_without_a_body_ends_within_its_head() -> None:
    assert broken(Broken("truncate", Cut(5, chunked=True)), HEAD, b"") == Script(HEAD[:5])
    assert broken(Broken("truncate", Cut(999)), HEAD, b"") == Script(HEAD[:-1])


@pytest.mark.parametrize(
    ("after", "chunk"),
    [(None, b"5\r\n01234\r\n"), (0, b""), (3, b"3\r\n012\r\n"), (99, b"9\r\n012345678\r\n")],
)
def test_truncate_in_chunks_lacks_the_last_one(after: int | None, chunk: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nA: b\r\ncontent-length: 10\r\n\r\n"
    script = broken(Broken("truncate", Cut(after, chunked=True)), head, BODY)
    assert script.first == (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n" + chunk
    )
    old = head.replace(b"1.1", b"1.0")
    assert broken(Broken("truncate", Cut(1, chunked=True)), old, BODY) == Script(old + b"0")


def test_garbage_is_sent_in_place_of_the_response() -> None:
    assert broken(Broken("garbage"), HEAD, BODY) == Script(GARBAGE)


def test_stall_sends_nothing_and_has_no_end() -> None:
    assert broken(Broken("stall"), HEAD, BODY) == Script(end="stall")


def test_dribble_shares_body_and_time_among_its_pieces() -> None:
    script = dribbled(Dribbling(4, 2000), HEAD, BODY)
    assert script == Script(HEAD, [b"01", b"234", b"56", b"789"], 0.5, "goes on")


def test_dribble_without_a_body_splits_the_head() -> None:
    script = dribbled(Dribbling(2, 40), HEAD, b"")
    middle = len(HEAD) // 2
    assert script == Script(b"", [HEAD[:middle], HEAD[middle:]], 0.02, "goes on")


@pytest.mark.parametrize("body", [b"", BODY])
@pytest.mark.parametrize("chunks", [1, 3, 1_000])
def test_dribble_sends_everything(chunks: int, body: bytes) -> None:
    script = dribbled(Dribbling(chunks, 40), HEAD, body)
    assert script.first + b"".join(script.pieces) == HEAD + body
    assert script.pause * len(script.pieces) == pytest.approx(0.04)


def test_dribble_of_more_pieces_than_bytes_sends_a_byte_each() -> None:
    assert dribbled(Dribbling(100, 40), HEAD, b"abcd").pieces == [b"a", b"b", b"c", b"d"]


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: the server's end and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname(), 10)
        server, _ = listening.accept()
    with client, server:
        yield server, client


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
def test_connection_that_was_reset_has_ended(
    connection: tuple[socket.socket, socket.socket],
) -> None:
    server, client = connection
    reset_on_close(server)
    server.close()
    assert has_ended(client) is True
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_socket_that_is_closed_says_nothing_of_its_other_side() -> None:
    with socket.socket() as closed:
        pass
    assert has_ended(closed) is False
