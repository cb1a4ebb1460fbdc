"""Each fault arrives through a proxy as the page says, and one call is one request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

import pytest

from cs_simulator.client import Server, World
from cs_simulator.control.api import LINKS
from tests.docs.pages import rows_of
from tests.proxies.conftest import MakeProxy
from tests.proxies.support import PAGE, SILENCE, Arrived, RawClient
from tests.support.server import ServerProcess

pytestmark = pytest.mark.long

BASE = "/genesys/1/cs"

FAULTS: dict[str, dict[str, Any]] = {
    "`connection: close`": {"connection": "close"},
    "`connection: reset`": {"connection": "reset"},
    "`connection: truncate`": {"connection": "truncate", "effect": "applied"},
    "`connection: truncate`, no body": {"connection": "truncate", "effect": "applied"},
    "`connection: garbage`": {"connection": "garbage"},
    "`connection: stall`": {"connection": "stall"},
    "`dribble`": {"dribble": {"chunks": 4, "duration": "1500ms"}},
    "`delay`": {"delay": "300ms"},
    "`response`": {"response": {"status": 503, "headers": {"Retry-After": "7"}}},
}
"""The fault of each row of the table."""

WORDS = {
    *("nothing", "a reset", "a short body", "half a head", "garbage", "silence"),
    *("pieces", "late", "unchanged", "502"),
}
"""What may arrive, as :func:`word_of` says it."""

ROWS = {row[0]: row[1:] for row in rows_of(PAGE, "fault")}
WAYS = {"directly": 0, "nginx http": 1, "haproxy http": 2, "haproxy tcp": 3, "nginx stream": 3}
"""The ways to a server, and the column of each."""


class Path(NamedTuple):
    """A way to a server, and the server."""

    server: Server
    port: int
    is_tls: bool


@pytest.fixture(scope="module")
def upstream(serve: Callable[..., ServerProcess]) -> ServerProcess:
    return serve()


@pytest.fixture(scope="module", params=WAYS)
def way(
    request: pytest.FixtureRequest, upstream: ServerProcess, proxy: MakeProxy
) -> Iterator[Path]:
    with Server(upstream.ready["url"]) as server:
        if request.param == "directly":
            yield Path(server, upstream.ready["port"], False)
        else:
            front = proxy(request.param, upstream)
            yield Path(server, front.port, front.is_tls)


NUMBERS = count()


@pytest.fixture
def world(way: Path) -> World:
    """Return a new world with one service."""
    world = way.server.world(f"w{next(NUMBERS)}")
    world.create({"services": [{"service_id": 7, "contact_key": "K"}]})
    return world


def word_of(arrived: Arrived, row: str) -> str:
    """Return what arrived in the words of a row of the table."""
    if row == "`delay`" and arrived.what == "200" and arrived.seconds >= 0.3:
        return "late"
    if row == "`dribble`" and arrived.what == "200" and arrived.spread >= 0.3:
        return "pieces"
    if row == "`response`" and arrived.what == "503" and "Retry-After: 7" in arrived.head.title():
        return "unchanged"
    return arrived.what


@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used before"])
@pytest.mark.parametrize("row", FAULTS)
def test_fault_arrives_as_the_table_says(
    way: Path, world: World, request: pytest.FixtureRequest, row: str, used: bool
) -> None:
    service = f"{world.prefix}{BASE}/services/7"
    with RawClient(way.port, is_tls=way.is_tls) as client:
        if used:
            for _ in range(2):
                assert client.ask("GET", service).what == "200"
        has_body = not row.endswith("no body")
        method, path = ("GET", service) if has_body else ("DELETE", f"{service}/extensions/none")
        if not has_body:
            method, path = "POST", f"{service}/end"
        arrived = client.ask(
            method,
            path,
            b"" if has_body else b"{}",
            SILENCE if "stall" in row else 20.0,
            X_Simulator_Fault=json.dumps(FAULTS[row]),
        )
    name = request.node.callspec.params["way"]
    assert word_of(arrived, row) == ROWS[row][WAYS[name]]
    assert len(world.requests()) == (3 if used else 1)


def test_broken_calls_are_followed_by_good_ones(way: Path, world: World) -> None:
    """No proxy gives up on the server, nor hands on what is left of another response."""
    service = f"{world.prefix}{BASE}/services/7"
    with RawClient(way.port, is_tls=way.is_tls) as client:
        for kind in ("close", "reset", "truncate", "close"):
            fault = json.dumps({"connection": kind, "effect": "applied"})
            client.ask("GET", service, X_Simulator_Fault=fault)
            client.close()
            good = client.ask("GET", service)
            assert (good.what, json.loads(good.body)["service_id"]) == ("200", 7)
    assert len(world.requests()) == 8


def test_lost_post_is_made_once(way: Path, world: World) -> None:
    with RawClient(way.port, is_tls=way.is_tls) as client:
        for _ in range(3):
            client.ask(
                "POST",
                f"{world.prefix}{BASE}/services/start",
                b'{"contact_key": "L"}',
                X_Simulator_Fault='{"connection": "close", "effect": "applied"}',
            )
    started = [entry for entry in world.requests() if entry["operation"] == "start_service"]
    assert len(started) == 3


def test_large_scenarios_pass(way: Path, world: World) -> None:
    body = json.dumps({"description": "x" * 3_000_000}).encode()
    with RawClient(way.port, is_tls=way.is_tls) as client:
        assert client.ask("PUT", f"{world.prefix}/_control/scenario", body).what == "200"


def test_slash_in_a_contact_key_passes(way: Path, world: World) -> None:
    with RawClient(way.port, is_tls=way.is_tls) as client:
        path = f"{world.prefix}{BASE}/services/anonymous/a%2Fb+c"
        assert client.ask("GET", path).what == "200"
    [entry] = world.requests()
    assert entry["request"]["path"] == path


def test_page_of_the_proxys_host_may_use_the_control_api(way: Path) -> None:
    with RawClient(way.port, is_tls=way.is_tls) as client:
        arrived = client.ask("GET", "/_control/", Origin="http://localhost")
    assert arrived.what == "200"


# Where a request ends

CHUNKED = "Transfer-Encoding: chunked"
LENGTH = "Content-Length: {length}"
CHUNKS = "{length:x}\r\n{inner}\r\n0\r\n\r\n"
ODD = {
    "two lengths": f"Content-Length: 0\r\n{LENGTH}\r\n\r\n{{inner}}",
    "length and chunks": f"{LENGTH}\r\n{CHUNKED}\r\n\r\n0\r\n\r\n{{inner}}",
    "chunks and length": f"{CHUNKED}\r\nContent-Length: 4\r\n\r\n{CHUNKS}",
    "odd coding": f"Transfer-Encoding: xchunked\r\n{LENGTH}\r\n\r\n{{inner}}",
    "coding in blanks": f"Transfer-Encoding:\x0bchunked\r\n{LENGTH}\r\n\r\n{{inner}}",
    "folded coding": f"Transfer-Encoding:\r\n chunked\r\n{LENGTH}\r\n\r\n{{inner}}",
    "blank before the colon": "Content-Length : {length}\r\n\r\n{inner}",
    "length with a sign": "Content-Length: +{length}\r\n\r\n{inner}",
    "length in hex": "Content-Length: 0x{length:x}\r\n\r\n{inner}",
    "body of a GET": f"{LENGTH}\r\n\r\n{{inner}}",
    "chunk extension": f"{CHUNKED}\r\n\r\n{{length:x}};a=b\r\n{{inner}}\r\n0\r\n\r\n",
    "trailer": f"{CHUNKED}\r\n\r\n{{length:x}}\r\n{{inner}}\r\n0\r\nX: y\r\n\r\n",
    "bare line feeds": "Content-Length: {length}\n\n{inner}",
    "expectation": f"Expect: 100-continue\r\n{LENGTH}\r\n\r\n{{inner}}",
    "upgrade": f"Connection: Upgrade\r\nUpgrade: h2c\r\n{LENGTH}\r\n\r\n{{inner}}",
}
"""Heads of which two readers may think otherwise, each with a request where its body may be."""


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_proxy_and_server_agree_where_a_request_ends(
    way: Path, world: World, name: str, method: str
) -> None:
    root = f"{world.prefix}{BASE}/services"
    inner = f"GET {root}/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    rest = ODD[name].format(length=len(inner), inner=inner)
    with RawClient(way.port, is_tls=way.is_tls) as client:
        client.send(f"{method} {root}/8 HTTP/1.1\r\nHost: a\r\n{rest}".encode(), patience=0.3)
    with RawClient(way.port, is_tls=way.is_tls) as other:
        assert other.ask("GET", f"{root}/7").what == "200"
    paths = [entry["request"]["path"] for entry in world.requests()]
    assert f"{root}/smuggled" not in paths
    assert paths[-1] == f"{root}/7"


# Events


def test_events_are_not_held_back(way: Path, world: World) -> None:
    if "events" not in LINKS:
        pytest.skip("the server has no stream of events")
    service = f"{world.prefix}{BASE}/services/7"
    with RawClient(way.port, is_tls=way.is_tls) as reader:
        sock = reader._connected()
        path = f"{world.prefix}/_control/events"
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = sock.recv(65_536)
        assert received.startswith(b"HTTP/1.1 200")
        with RawClient(way.port, is_tls=way.is_tls) as client:
            assert client.ask("GET", service).what == "200"
        while b"services/7" not in received:
            more = sock.recv(65_536)
            assert more, received
            received += more
