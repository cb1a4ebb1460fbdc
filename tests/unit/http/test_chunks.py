"""Bodies in chunks, however small these are: bounded in time for each turn, and in memory."""

from __future__ import annotations

import tracemalloc

import pytest
from waitress.receiver import ChunkedReceiver

from cs_simulator.http import parser as module
from cs_simulator.http.connection import AT_ONCE, OF_CHUNKS
from cs_simulator.http.parser import Limits, Parser
from tests.unit.http.conftest import MakeServer

HEAD = (
    b"POST /genesys/1/cs/services/start HTTP/1.1\r\nHost: a\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)
MANY = 20_000
FORMS = {
    "of a byte": b"1\r\n%c\r\n",
    "with extensions": b"1;name=value;other\r\n%c\r\n",
    "with zeros before": b"00001\r\n%c\r\n",
}


def parsed(data: bytes, piece: int = AT_ONCE) -> Parser:
    """Return a parser that received some bytes, as many at a time as given."""
    made = Parser(Limits(10**6, 10**6, "s"))
    at = 0
    while at < len(data) and not made.completed:
        at += made.received(data[at : at + piece])
    return made


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("piece", [AT_ONCE, 1_000, 7])
def test_small_chunks_are_joined(form: str, piece: int) -> None:
    text = bytes(97 + n % 26 for n in range(2_000))
    chunks = b"".join(FORMS[form] % each for each in text)
    for trailer in (b"", b"X-Sum: 1\r\nX-Other: 2\r\n"):
        made = parsed(HEAD + chunks + b"0\r\n" + trailer + b"\r\n", piece)
        assert (made.completed, made.error) == (True, None)
        assert made.request().body == text


def test_pieces_of_any_size_are_joined_in_order() -> None:
    sizes = [1, 5_000, 2, 3, 4_096, 70_000, 1]
    texts = [bytes([97 + n]) * size for n, size in enumerate(sizes)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in texts)
    made = parsed(HEAD + chunks + b"0\r\n\r\n")
    assert made.request().body == b"".join(texts)


def test_chunks_of_a_byte_take_no_more_memory_than_their_bytes() -> None:
    made = parsed(HEAD)
    tracemalloc.start()
    try:
        for _ in range(MANY // 100):
            made.received(b"1\r\na\r\n" * 100)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 3 * MANY


def test_chunks_are_parsed_in_short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    real = ChunkedReceiver.received

    def noted(self: ChunkedReceiver, data: bytes) -> int:
        lengths.append(len(data))
        taken: int = real(self, data)
        return taken

    monkeypatch.setattr(ChunkedReceiver, "received", noted)
    made = parsed(HEAD + b"1\r\na\r\n" * MANY + b"0\r\n\r\n")
    assert made.completed
    assert max(lengths) <= module._SLICE


@pytest.mark.parametrize(
    ("chunks", "said"),
    [
        (b"1\r\naX\r\n", "Chunk not properly terminated"),
        (b"x\r\n", "Invalid chunk size"),
        (b"1;\x01\r\na\r\n", "Invalid chunk extension"),
        (b"1" * 20_000, "the first line of a chunk has no end"),
        (b"0\r\n" + b"a" * 20_000, "the trailer after the last chunk has no end"),
    ],
)
def test_errors_among_many_chunks_are_found(chunks: bytes, said: str) -> None:
    made = parsed(HEAD + b"1\r\na\r\n" * MANY + chunks)
    assert made.completed
    assert made.error is not None
    assert said in made.error.body


def test_connection_reads_a_small_part_of_chunks_in_a_turn(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server()
    client = server.connect()
    client.socket.sendall(HEAD)
    server.loop.turn(0)
    lengths: list[int] = []
    real = Parser.received

    def noted(self: Parser, data: bytes) -> int:
        lengths.append(len(data))
        return real(self, data)

    monkeypatch.setattr(Parser, "received", noted)
    client.socket.sendall(b"1\r\na\r\n" * 5_000)
    for _ in range(5):
        server.loop.turn(0)
    assert sum(lengths) == 30_000
    assert max(lengths) <= OF_CHUNKS
