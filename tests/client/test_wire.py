"""One connection is kept from call to call, and what comes back on it is told for what it is."""

from __future__ import annotations

import gc
import os
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import pytest

from cs_simulator.client import NotASimulatorError, Server, SimulatorError, UnreachableError
from cs_simulator.client.transport import Transport
from cs_simulator.client.wire import NoHttpError, Wire


def answer(body: bytes, *lines: bytes, version: bytes = b"1.1") -> bytes:
    """Return a whole answer, its length told unless the lines tell otherwise."""
    head = [b"HTTP/" + version + b" 200 OK", *lines]
    if not any(line.startswith((b"Transfer", b"Connection", b"Content")) for line in lines):
        head.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(head) + b"\r\n\r\n" + body


Script = Sequence[Sequence[bytes | None]]
"""For each connection what it answers to one request after the other; None closes it unanswered."""


@contextmanager
def scripted(script: Script) -> Iterator[tuple[str, list[list[bytes]]]]:
    """Answer as told; yield the URL and, for each connection, the heads of what came."""
    seen: list[list[bytes]] = []

    def serve() -> None:
        for answers in script:
            connection, _ = listening.accept()
            seen.append([])
            with connection:
                waiting = b""
                for each in answers:
                    head, _, waiting = (waiting or connection.recv(65536)).partition(b"\r\n\r\n")
                    seen[-1].append(head + b"\r\n\r\n")
                    if each is None:
                        break
                    connection.sendall(each)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", seen
        finally:
            listening.close()
            thread.join(20)


HEALTH = answer(b'{"api": 1}')
WORLDS = answer(b'{"worlds": ["a"], "base_paths": {}}')


def test_calls_share_a_connection(server: Server) -> None:
    transport = Transport(server.url)
    transport.health()
    [kept] = transport._idle
    for _ in range(3):
        transport.json("GET", "/_control/worlds")
    assert list(transport._idle) == [kept]
    transport.close()
    assert not transport._idle
    assert transport.json("GET", "/_control/worlds")["worlds"]
    transport.close()


def test_threads_have_connections_of_their_own(server: Server) -> None:
    transport = Transport(server.url)
    transport.health()
    threads = [
        Thread(target=transport.json, args=("GET", "/_control/operations")) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(transport._idle) <= 5
    transport.close()


def test_server_that_is_let_go_leaves_no_connection_open(server: Server) -> None:
    other = Server(server.url)
    other.health()
    [wire] = other._transport._idle
    del other
    gc.collect()
    assert wire._socket.fileno() == -1


def test_with_statement_closes_it(server: Server) -> None:
    with Server(server.url) as other:
        other.health()
        [wire] = other._transport._idle
    assert wire._socket.fileno() == -1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_opens_a_connection_of_its_own(server: Server) -> None:
    transport = Transport(server.url)
    transport.health()
    [kept] = transport._idle
    child = os.fork()
    if child == 0:
        os._exit(0 if not kept.is_fresh() and transport.health()["api"] == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert transport.health()["api"] == 1
    assert list(transport._idle) == [kept]
    transport.close()


def test_connection_that_the_server_closed_is_opened_anew() -> None:
    with scripted([[HEALTH], [WORLDS]]) as (url, seen), Server(url) as server:
        server.health()
        [wire] = server._transport._idle
        while wire.is_fresh():  # until the end of the connection has arrived
            pass
        assert server.worlds() == ["a"]
    assert [len(requests) for requests in seen] == [1, 1]


def test_request_that_met_the_end_is_sent_again_where_that_does_no_harm() -> None:
    with scripted([[HEALTH, None], [WORLDS]]) as (url, seen), Server(url) as server:
        server.health()
        assert server.worlds() == ["a"]
    assert [len(requests) for requests in seen] == [2, 1]


def test_request_that_met_the_end_is_not_sent_twice_where_it_may_count_twice() -> None:
    with scripted([[HEALTH, None], [WORLDS]]) as (url, seen), Server(url) as server:
        server.health()
        with pytest.raises(UnreachableError, match="closed without a response"):
            server.world().next_stage()
        assert server.worlds() == ["a"]
    assert [len(requests) for requests in seen] == [2, 1]


@pytest.mark.parametrize(
    "body",
    [
        answer(b'{"api": 1}', b"Connection: close"),
        answer(b'{"api": 1}', version=b"1.0"),
        answer(b'{"api": 1}', b"connection:Close", b"Content-Length: 10"),
    ],
    ids=["says so", "HTTP 1.0", "in other letters"],
)
def test_connection_that_ends_with_its_answer_is_not_kept(body: bytes) -> None:
    with scripted([[body], [body]]) as (url, seen), Server(url) as server:
        assert server.health()["api"] == 1
        assert not server._transport._idle
        assert server.health()["api"] == 1
    assert len(seen) == 2


@pytest.mark.parametrize(
    "body",
    [
        answer(b'5\r\n{"api\r\n5;x=y\r\n": 1}\r\n0\r\n\r\n', b"Transfer-Encoding: chunked"),
        answer(b'A\r\n{"api": 1}\r\n0\r\nX-T: 1\r\n\r\n', b"Transfer-Encoding: chunked"),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + HEALTH,
        HEALTH.replace(b"\r\n", b"\n"),
    ],
    ids=["chunks", "a trailer", "interim answers", "bare line ends"],
)
def test_forms_that_a_proxy_may_give_an_answer(body: bytes) -> None:
    with scripted([[body, WORLDS]]) as (url, seen), Server(url) as server:
        assert server.health()["api"] == 1
        assert server.worlds() == ["a"]
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"220 mail.example ESMTP\r\n", "a first line that is not a status line"),
        (b"HTTP/1.1 OK\r\n\r\n", "a first line that is not a status line"),
        (b"HTTP/2 200 OK\r\n\r\n", "a first line that is not a status line"),
        (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "a header without a colon"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 201, "more than 200 headers"),
        (b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000, "a line without an end"),
        (answer(b"", b"Content-Length: -1"), "a length that is not a number"),
        (answer(b"xyz\r\n", b"Transfer-Encoding: chunked"), "a length that is not a number"),
    ],
)
def test_what_is_not_http_is_told(body: bytes, what: str) -> None:
    with scripted([[body]]) as (url, _):
        with pytest.raises(NotASimulatorError) as caught:
            Server(url).health()
        assert str(caught.value).startswith(f"{url} is not a Context Services simulator (it ")
        assert f"something other than HTTP ({what})" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}",
        answer(b"99\r\n{}", b"Transfer-Encoding: chunked"),
    ],
)
def test_answer_that_breaks_off_is_told(body: bytes) -> None:
    broken = pytest.raises(UnreachableError, match="was closed in a response; start")
    with scripted([[body]]) as (url, _), broken:
        Server(url).health()


def test_wire_says_that_nothing_may_follow_what_failed() -> None:
    with scripted([[b"nonsense\r\n"]]) as (url, _):
        host, _, port = url.removeprefix("http://").partition(":")
        wire = Wire(host, int(port), 20.0)
        with pytest.raises(NoHttpError):
            wire.exchange(b"GET / HTTP/1.1\r\n\r\n", 20.0)
        assert not wire.is_fresh()
        wire.close()


@pytest.mark.parametrize("token", ["two\nlines", "ä", "a\r\nX-Other: 1", "\x00", "two words"])
def test_token_that_no_header_may_hold(token: str) -> None:
    with pytest.raises(
        SimulatorError, match="contains a character that is not allowed in one"
    ) as caught:
        Server("http://localhost", token)
    assert token not in str(caught.value)


SENT: list[tuple[str, Callable[[Server], object], bytes]] = [
    ("a GET", lambda server: server.worlds(), b"GET /_control/worlds HTTP/1.1\r\nHost: 127.0.0.1:"),
    (
        "a PUT without a body",
        lambda server: server.world("a b").create(),
        b"PUT /_control/worlds/a%20b HTTP/1.1\r\n",
    ),
]


@pytest.mark.parametrize(("call", "begin"), [row[1:] for row in SENT], ids=[r[0] for r in SENT])
def test_request_as_it_is_sent(call: Callable[[Server], object], begin: bytes) -> None:
    with scripted([[HEALTH, WORLDS]]) as (url, seen), Server(url, "s3cret") as server:
        call(server)
    request = seen[0][1]
    assert request.startswith(begin)
    assert b"\r\nAuthorization: Bearer s3cret\r\n" in request
    assert b"\r\nUser-Agent: cs-simulator/" in request
    assert (b"\r\nContent-Length: 0\r\n" in request) == begin.startswith(b"PUT")
    assert request.endswith(b"\r\n\r\n")


LEFT = answer(b'{"deleted": ["a"]}')


def test_request_that_is_left_is_answered_before_the_next() -> None:
    with scripted([[HEALTH, LEFT, WORLDS]]) as (url, seen), Server(url) as server:
        server.health()
        server._transport.leave("DELETE", "/_control/worlds/a")
        assert server.worlds() == ["a"]
    assert [request.split()[0] for request in seen[0]] == [b"GET", b"DELETE", b"GET"]


def test_last_request_that_is_left_is_answered_before_the_end(server: Server) -> None:
    for number in range(20):
        with Server(server.url) as other:
            other.world(f"left-{number}").create()
            other._transport.leave("DELETE", f"/_control/worlds/left-{number}")
    assert not [name for name in server.worlds() if name.startswith("left-")]


@pytest.mark.parametrize("left", [None, b"nonsense\r\n", answer(b"{}", b"Connection: close")])
def test_connection_that_ended_after_what_was_left_is_opened_anew(left: bytes | None) -> None:
    with scripted([[HEALTH, left], [LEFT, WORLDS]]) as (url, seen), Server(url) as server:
        server.health()
        server._transport.leave("DELETE", "/_control/worlds/a")
        assert server.worlds() == ["a"]
    assert len(seen) == 2


def test_server_that_is_gone_is_told_by_what_comes_next() -> None:
    with scripted([[HEALTH]]) as (url, _):
        server = Server(url)
        server.health()
    server._transport.leave("DELETE", "/_control/worlds/a")
    with pytest.raises(UnreachableError, match="Connection refused"):
        server.worlds()


def test_request_ahead_is_answered_when_it_is_asked_for() -> None:
    made = answer(b'{"base_paths": {}}')
    with scripted([[HEALTH, made, LEFT, WORLDS]]) as (url, seen), Server(url) as server:
        server.health()
        server._transport.leave("DELETE", "/_control/worlds/a")
        promise = server._transport.ahead("PUT", "/_control/worlds/b", {"name": "demo"})
        assert promise is not None
        assert promise.redeem() == {"base_paths": {}}
        assert promise.redeem() is None
        assert server.worlds() == ["a"]
    assert [request.split()[:2] for request in seen[0][1:2]] == [[b"PUT", b"/_control/worlds/b"]]


def test_request_ahead_that_nobody_asks_for_is_answered_before_the_next(server: Server) -> None:
    with Server(server.url) as other:
        other.health()
        for number in range(3):
            promise = other._transport.ahead("PUT", f"/_control/worlds/ahead-{number}")
            assert promise is not None
            promise.forget()
        assert {f"ahead-{number}" for number in range(3)} <= set(other.worlds())
        for number in range(3):
            other._transport.leave("DELETE", f"/_control/worlds/ahead-{number}")


@pytest.mark.parametrize("ending", [None, b"nonsense\r\n", answer(b"{}", b"Content-Length: 9")])
def test_request_ahead_that_is_not_answered_is_made_by_another(ending: bytes | None) -> None:
    with scripted([[HEALTH, ending], [WORLDS]]) as (url, _), Server(url) as server:
        server.health()
        promise = server._transport.ahead("PUT", "/_control/worlds/b")
        assert promise is not None
        assert promise.redeem() is None
        assert server.worlds() == ["a"]


def test_nothing_is_sent_ahead_of_a_first_connection(server: Server) -> None:
    assert Transport(server.url).ahead("PUT", "/_control/worlds/b") is None


@pytest.mark.parametrize("error", [ssl.SSLError("no certificate"), KeyboardInterrupt()])
def test_connection_that_cannot_begin_is_closed(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", broken)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with pytest.raises(type(error)):
            Wire("127.0.0.1", listening.getsockname()[1], 5.0, is_secure=True)
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(5.0)
            assert connection.recv(1) == b""
