"""The recording proxy: passes on what comes, writes it down, and tells what goes wrong."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.har.exchanges import HarError, RecordedExchange, RecordedRequest
from cs_simulator.har.reading import read_file
from cs_simulator.har.writing import HarFile
from cs_simulator.recording.proxy import ProxyTerms, RecordingProxy, upstream_of
from cs_simulator.recording.sending import NoServerError, Trust
from tests.recording.rules import check_har
from tests.recording.upstream import CERTIFICATE, Upstream, tls, upstream


class Running:
    """A proxy in a thread of its own."""

    def __init__(self, terms: ProxyTerms) -> None:
        self.exchanges: list[RecordedExchange] = []
        self._terms = terms
        self._ready = threading.Event()
        self.kept = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self.proxy = RecordingProxy(self._terms, self._keep)
        server = await self.proxy.serve("127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        await self.proxy.close()

    def _keep(self, exchange: RecordedExchange) -> None:
        self.exchanges.append(exchange)
        self.kept.set()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request on a connection of its own; return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """Send bytes; return all that comes until the connection closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            found = b""
            try:
                while more := connection.recv(65536):
                    found += more
            except ConnectionResetError:
                pass
            return found


@contextmanager
def proxied(server: Upstream, **more: Any) -> Iterator[Running]:
    terms = ProxyTerms(upstream_of(server.url), **more)
    running = Running(terms)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def server() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


def test_request_and_response_pass_as_they_are(server: Upstream) -> None:
    body = b'{"n": 9007199254740993, "d": 1.10}'
    with proxied(server) as proxy:
        status, headers, answer = proxy.ask(
            "POST", "/k/a%2Fb/%2B44+1?b=2&a=1&b=1,3", body, Content_Type="application/json", X_A="1"
        )
    assert (status, answer) == (200, b'{"method": "POST"}')
    assert headers["Set-Cookie"] == "secret=1"
    assert server.heads[0].startswith("POST /k/a%2Fb/%2B44+1?b=2&a=1&b=1,3 HTTP/1.1\n")
    assert f"Host: 127.0.0.1:{server.port}" in server.heads[0]
    assert "X-A: 1" in server.heads[0]
    assert server.bodies == [body]
    (exchange,) = proxy.exchanges
    assert exchange.request.url == f"{server.url}/k/a%2Fb/%2B44+1?b=2&a=1&b=1,3"
    assert exchange.request.body == body
    assert exchange.response is not None
    assert exchange.response.body == answer
    assert exchange.elapsed > 0


def test_connections_are_kept_and_requests_follow_each_other(server: Upstream) -> None:
    with proxied(server) as proxy:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
        for number in range(5):
            connection.request("GET", f"/{number}")
            assert connection.getresponse().read() == b'{"method": "GET"}'
        connection.close()
    assert [exchange.request.path for exchange in proxy.exchanges] == [
        f"/{number}" for number in range(5)
    ]


def test_bodies_stream_chunked_and_large(server: Upstream) -> None:
    with proxied(server) as proxy:
        status, headers, answer = proxy.ask("GET", "/chunked")
        assert (status, answer) == (200, b"hello world")
        assert headers.get_all("X-R") == ["one", "two"]
        assert len(proxy.ask("GET", "/large")[2]) == 300_000
        parts = iter([b"one ", b"two"])
        assert proxy.ask("POST", "/any", parts)[0] == 200
        assert proxy.ask("HEAD", "/large")[2] == b""
    assert server.bodies[2] == b"one two"
    first = proxy.exchanges[0].response
    assert first is not None
    assert first.reason == "Fine Indeed"
    assert first.body == b"hello world"


def test_location_leads_back_to_the_proxy(server: Upstream) -> None:
    with proxied(server) as proxy:
        _, headers, _ = proxy.ask("GET", "/moved")
        assert headers["Location"] == f"http://127.0.0.1:{proxy.port}/elsewhere"
        assert proxy.ask("POST", "/created")[1]["Location"] == "/services/1"
    moved = proxy.exchanges[0].response
    assert moved is not None
    assert ("Location", f"{server.url}/elsewhere") in moved.headers


def test_compressed_body_passes_and_is_recorded_decoded(server: Upstream) -> None:
    with proxied(server) as proxy:
        answer = proxy.ask("GET", "/gzip", Accept_Encoding="gzip")[2]
        proxy.ask("GET", "/odd")
    assert answer[:2] == b"\x1f\x8b"
    first, second = (exchange.response for exchange in proxy.exchanges)
    assert first is not None
    assert first.body == b'{"n":1.10}'
    assert second is not None
    assert second.body == b"\x0b\x00"
    assert "in br" in proxy.exchanges[1].notes[0]


@pytest.mark.parametrize(
    ("path", "kept", "note"),
    [
        ("/packed", b"abcd", "in gzip"),
        ("/members", b'{"n":1}', None),
        ("/bomb", None, "too large to keep"),
    ],
)
def test_body_is_recorded_as_far_as_it_can_be_unpacked(
    server: Upstream, path: str, kept: bytes | None, note: str | None
) -> None:
    with proxied(server) as proxy:
        assert proxy.ask("GET", path)[0] == 200
    (exchange,) = proxy.exchanges
    assert exchange.response is not None
    assert exchange.response.body == kept
    assert exchange.notes == () if note is None else note in exchange.notes[0]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/close", "closed the connection"),
        ("/reset", "reset the connection"),
        ("/garbage", ""),
    ],
)
def test_connection_that_breaks_is_told(server: Upstream, path: str, why: str) -> None:
    with proxied(server) as proxy:
        status, _, answer = proxy.ask("POST", path, b"{}")
    assert status == 502
    assert b"cs-simulator record" in answer
    (exchange,) = proxy.exchanges
    assert exchange.response is None
    assert why in (exchange.error or "")


def test_response_that_breaks_off_breaks_off_for_the_client(server: Upstream) -> None:
    with proxied(server) as proxy, pytest.raises((http.client.IncompleteRead, ConnectionError)):
        proxy.ask("GET", "/truncate")
    (exchange,) = proxy.exchanges
    assert exchange.error
    assert exchange.response is not None
    assert exchange.response.body == b'{"service_id":4294'


def test_server_that_is_slow_is_told(server: Upstream) -> None:
    with proxied(server, timeout=0.2) as proxy:
        assert proxy.ask("GET", "/stall")[0] == 504
    assert "no response within 0.2 s" in (proxy.exchanges[0].error or "")


def test_server_that_is_down_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with proxied_terms(ProxyTerms(upstream_of(f"http://127.0.0.1:{port}"))) as proxy:
        status, _, answer = proxy.ask("GET", "/any")
    assert status == 502
    assert b"cannot connect to http://127.0.0.1" in answer
    assert proxy.exchanges[0].response is None


def test_read_only_refuses_what_changes_something(server: Upstream) -> None:
    with proxied(server, read_only=True) as proxy:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            status, _, answer = proxy.ask(method, "/any", b"{}")
            assert status == 403
            assert b"read-only" in answer
        assert proxy.ask("GET", "/any")[0] == 200
    assert len(server.heads) == 1
    assert len(proxy.exchanges) == 1


def test_what_is_not_for_a_proxy_is_refused(server: Upstream) -> None:
    with proxied(server) as proxy:
        assert b" 501 " in proxy.raw(b"CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n")
        assert b" 400 " in proxy.raw(b"nonsense\r\n\r\n")
        absolute = f"GET {server.url}/any HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        assert b" 200 " in proxy.raw(absolute.encode())
    assert server.heads[0].startswith("GET /any ")


def test_client_that_waits_for_100_is_told_to_go_on(server: Upstream) -> None:
    head = b"POST /any HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with (
        proxied(server) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection,
    ):
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"{}")
        assert b"200 OK" in connection.recv(1000)


def test_client_that_leaves_is_noted(server: Upstream) -> None:
    with proxied(server) as proxy:
        head = b"POST /any HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
            connection.sendall(head)
        assert proxy.kept.wait(10)
    (exchange,) = proxy.exchanges
    assert exchange.response is None
    assert "the client left" in (exchange.error or "")


def test_certificate_that_nobody_knows_is_told() -> None:
    with upstream(tls()) as server:
        with proxied(server) as proxy:
            status, _, answer = proxy.ask("GET", "/any")
        assert status == 502
        assert b"--ca-file" in answer
        with proxied(server, trust=Trust(CERTIFICATE)) as proxy:
            assert proxy.ask("GET", "/any")[0] == 200
        with proxied(server, trust=Trust(insecure=True)) as proxy:
            assert proxy.ask("GET", "/any")[0] == 200
        plain = upstream_of(server.url.replace("https", "http"))
        with proxied_terms(ProxyTerms(plain)) as proxy:
            assert proxy.ask("GET", "/any")[0] == 502


@contextmanager
def proxied_terms(terms: ProxyTerms) -> Iterator[Running]:
    running = Running(terms)
    try:
        yield running
    finally:
        running.stop()


def test_server_without_tls_is_told(server: Upstream) -> None:
    terms = ProxyTerms(upstream_of(server.url.replace("http", "https")))
    with proxied_terms(terms) as proxy:
        assert b"does not speak TLS" in proxy.ask("GET", "/any")[2]


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("nothing")
    terms = ProxyTerms(upstream_of("https://h"), trust=Trust(path))
    with pytest.raises(NoServerError, match="PEM"):
        RecordingProxy(terms, lambda _: None)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://h", "http://h"),
        ("https://h:443/", "https://h"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_upstream_is_read_from_its_url(url: str, origin: str) -> None:
    assert upstream_of(url).origin == origin


@pytest.mark.parametrize("url", ["h:80", "ftp://h", "http://", "http://h/a", "http://u:p@h"])
def test_upstream_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not a URL|has a path|has a user"):
        upstream_of(url)


def an_exchange(number: int) -> RecordedExchange:
    request = RecordedRequest("GET", "http://h/a?token=secret")
    return RecordedExchange(number, 0, 1.0, request, None, "down")


def test_file_is_whole_after_every_exchange(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    with HarFile(path) as file:
        assert read_file(path).exchanges == []
        for number in range(1, 4):
            file.add(an_exchange(number))
            assert len(check_har(json.loads(path.read_text()))) == number
    assert "secret" not in path.read_text()
    with pytest.raises(HarError, match="already exists"):
        HarFile(path)
    with pytest.raises(HarError, match="cannot write"):
        HarFile(tmp_path / "none" / "a.har")
    with HarFile(tmp_path / "b.har", secrets=True) as file:
        file.add(an_exchange(1))
    assert "token=secret" in (tmp_path / "b.har").read_text()
