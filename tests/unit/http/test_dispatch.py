"""Where requests are carried out: in the loop, in the pool, or a moment later."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from cs_simulator import world, worlds
from cs_simulator.clock import stopwatch
from cs_simulator.copies import WorldSize
from cs_simulator.domain import maintenance
from tests.unit.http.conftest import MakeServer
from tests.unit.http.support import START, LoopServer, is_whole, request_bytes


def threads_of(monkeypatch: pytest.MonkeyPatch, server: LoopServer) -> list[str]:
    """Note the names of the threads in which requests are carried out."""
    seen: list[str] = []
    real = server.app.pipeline.perform

    def noted(*arguments: Any) -> object:
        seen.append(threading.current_thread().name)
        return real(*arguments)

    monkeypatch.setattr(server.app.pipeline, "perform", noted)
    return seen


def test_operation_is_carried_out_in_the_loop(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server()
    seen = threads_of(monkeypatch, server)
    assert server.connect().ask(START).startswith(b"HTTP/1.1 201 ")
    assert seen == [threading.current_thread().name]


@pytest.mark.parametrize(
    ("document", "call"),
    [
        ({}, request_bytes("GET", "maintenance/services/stream?time_from=2020-01-01T00:00:00Z")),
        (
            {
                "faults": [
                    {"on": "any", "where": {"body": {"a": {"matches": "(x)"}}}, "delay": "1ms"}
                ]
            },
            START,
        ),
        ({"faults": [{"on": "any", "where": {"body": {"$..a": 1}}, "delay": "1ms"}]}, START),
    ],
    ids=["export", "regular expression", "walk through a body"],
)
def test_what_may_take_long_is_carried_out_in_the_pool(
    make_server: MakeServer,
    monkeypatch: pytest.MonkeyPatch,
    document: dict[str, object],
    call: bytes,
) -> None:
    server = make_server(document)
    seen = threads_of(monkeypatch, server)
    assert server.connect().ask(call)[9:10] == b"2"
    assert seen == ["slow"]


@pytest.mark.parametrize(("on", "where"), [("start_service", "slow"), ("end_service", "loop")])
def test_rules_for_other_operations_do_not_count(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, on: str, where: str
) -> None:
    fault = {"on": on, "times": 1, "where": {"body": {"$..a": 1}}, "delay": "1ms"}
    server = make_server({"faults": [{**fault, "name": f"r{n}"} for n in range(100)]})
    seen = threads_of(monkeypatch, server)
    assert server.connect().ask(START)[9:10] == b"2"
    assert seen == [threading.current_thread().name if where == "loop" else "slow"]


_OF_ONE_KEY = {
    "clock": {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"},
    "services": [{"contact_key": "a", "service_id": 5, "states": [{"state_type": 1}] * 6}]
    + [{"contact_key": "a"}] * 5,
}
_LONG_RULE = START.replace(
    b"\r\n", b'\r\nX-Simulator-Fault: {"sequence": [%b"pass"]}\r\n' % (b'"pass", ' * 500), 1
)
_OF_A_CUSTOMER = {
    "customers": [{"customer_id": "C", "LastName": "L"}],
    "services": [{"customer_id": "C"}] * 6,
}


@pytest.mark.parametrize(
    ("document", "call"),
    [
        (_OF_ONE_KEY, request_bytes("GET", "services/anonymous/a")),
        (_OF_ONE_KEY, request_bytes("GET", "services/5/states")),
        (_OF_ONE_KEY, request_bytes("POST", "services/5/end", b"{}")),
        (_OF_A_CUSTOMER, request_bytes("GET", "customers/C/services")),
        ({}, request_bytes("POST", "services/start", b'{"contact_key": "%b"}' % (b"a" * 40_000))),
        ({}, _LONG_RULE),
    ],
    ids=[
        "many of a key",
        "many states",
        "many states to end",
        "many of a customer",
        "a large body",
        "a long rule",
    ],
)
def test_what_is_much_is_carried_out_in_the_pool(
    make_server: MakeServer,
    monkeypatch: pytest.MonkeyPatch,
    document: dict[str, object],
    call: bytes,
) -> None:
    monkeypatch.setattr(world, "MANY", 5)
    server = make_server(document)
    seen = threads_of(monkeypatch, server)
    client = server.connect()
    client.ask(call)
    client.ask(request_bytes("GET", "services/anonymous/b"))
    assert seen == ["slow", threading.current_thread().name], "and what is not much is not"


def test_what_falls_due_at_once_is_settled_in_the_pool(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "MANY", 5)
    clock = {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}
    server = make_server({"clock": clock, "services": [{"contact_key": "a", "ttl": 1}] * 6})
    seen = threads_of(monkeypatch, server)
    server.app.worlds.default.advance_clock(2_000)
    client = server.connect()
    for _ in range(2):
        client.ask(request_bytes("GET", "services/anonymous/b"))
    assert seen == ["slow", threading.current_thread().name]


@pytest.mark.parametrize("by_rule", [True, False], ids=["rule", "header"])
def test_an_advance_of_a_large_world_is_carried_out_in_the_pool(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, by_rule: bool
) -> None:
    monkeypatch.setattr(world, "LARGE", 5)
    rules = [{"on": "any", "advance": "1h"}] if by_rule else []
    clock = {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}
    services = [{"contact_key": "a", "ttl": 60}] * 6
    server = make_server({"clock": clock, "faults": rules, "services": services})
    seen = threads_of(monkeypatch, server)
    call = request_bytes("GET", "services/anonymous/a")
    if not by_rule:
        call = call.replace(b"\r\n", b'\r\nX-Simulator-Fault: {"advance": "1h"}\r\n', 1)
    assert server.connect().ask(call).endswith(b"[]")
    assert seen == ["slow"]


def test_a_world_that_begins_with_much_is_made_in_the_pool(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "LARGE", 5)
    server = make_server({"services": [{"contact_key": "a"}] * 6})
    made: list[str] = []
    real = worlds.Worlds._made

    def noted(*arguments: Any) -> Any:
        made.append(threading.current_thread().name)
        return real(*arguments)

    monkeypatch.setattr(worlds.Worlds, "_made", noted)
    client = server.connect()
    head, body = START.split(b"\r\n\r\n", 1)
    there = head.replace(b" /", b" /_world/new/", 1) + b"\r\n\r\n" + body
    for _ in range(2):
        assert client.ask(there).startswith(b"HTTP/1.1 201 ")
    assert made == ["slow"]


def test_a_control_request_for_a_large_world_is_carried_out_in_the_pool(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "LARGE", 5)
    server = make_server({"services": [{"contact_key": "a"}] * 6})
    seen: list[str] = []
    real = world.ServedWorld.reset

    def noted(self: world.ServedWorld) -> WorldSize:
        seen.append(threading.current_thread().name)
        return real(self)

    monkeypatch.setattr(world.ServedWorld, "reset", noted)
    client = server.connect()
    reset = b"POST /_control/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
    for _ in range(2):
        assert client.ask(reset).startswith(b"HTTP/1.1 200 ")
    assert seen == ["slow", "slow"]


EXPORT = "maintenance/services/{}?time_from=2020-01-01T00:00:00Z"


class HeldExports:
    """Exports that wait for a test before they select what they found."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.let_go = Event()
        real = maintenance.services_to_export

        def held(*arguments: Any) -> Any:
            self.begun += 1
            assert self.let_go.wait(20)
            return real(*arguments)

        monkeypatch.setattr(maintenance, "services_to_export", held)


@pytest.fixture
def held_exports(monkeypatch: pytest.MonkeyPatch) -> HeldExports:
    return HeldExports(monkeypatch)


def test_export_reads_what_was_there_when_it_began(
    make_server: MakeServer, held_exports: HeldExports
) -> None:
    server = make_server()
    other = server.connect()
    for _ in range(3):
        other.ask(START)
    client = server.connect()
    client.socket.sendall(request_bytes("GET", EXPORT.format("stream")))
    server.until(lambda: held_exports.begun)
    assert other.ask(START).startswith(b"HTTP/1.1 201 ")  # it holds nobody up
    gone = request_bytes("DELETE", "services/4294967297")
    assert other.ask(gone).startswith(b"HTTP/1.1 200 ")
    held_exports.let_go.set()
    found = client.until(is_whole)
    assert [b"%d" % (4294967297 + number) in found for number in range(4)] == [True] * 3 + [False]


def test_export_of_a_world_that_was_reset_leaves_nothing(
    make_server: MakeServer, held_exports: HeldExports, tmp_path: Path
) -> None:
    server = make_server(export_folder=tmp_path)
    other = server.connect()
    other.ask(START)
    client = server.connect()
    client.socket.sendall(request_bytes("POST", EXPORT.format("files")))
    server.until(lambda: held_exports.begun)
    server.worlds.default.reset()
    held_exports.let_go.set()
    client.until(lambda _: client.is_closed)
    assert server.worlds.default.exports.names() == []
    assert not list(tmp_path.iterdir())


def test_world_in_other_hands_holds_up_itself_alone(make_server: MakeServer) -> None:
    server = make_server()
    world = server.worlds.obtain("busy")
    taken, let_go = Event(), Event()

    def hold() -> None:
        with world.lock:
            taken.set()
            assert let_go.wait(20)

    holder = Thread(target=hold)
    holder.start()
    assert taken.wait(20)
    busy = [server.connect() for _ in range(3)]
    for client in busy:
        client.socket.sendall(START.replace(b"/genesys", b"/_world/busy/genesys"))
    control = server.connect()
    control.socket.sendall(request_bytes("GET", "/_world/busy/_control/clock"))
    begun = stopwatch()
    assert server.connect().ask(START).startswith(b"HTTP/1.1 201 ")
    assert stopwatch() - begun < 5
    assert not any(client.read() for client in busy)
    let_go.set()
    for client in busy:
        assert client.until(is_whole).startswith(b"HTTP/1.1 201 ")
    assert control.until(is_whole).startswith(b"HTTP/1.1 200 ")
    holder.join()
    server.until(lambda: server.dispatcher.is_idle)


def test_request_for_a_world_in_other_hands_is_answered_once_it_is_free(
    make_server: MakeServer,
) -> None:
    server = make_server()
    lock = server.worlds.default.lock
    taken, let_go = Event(), Event()

    def hold() -> None:
        with lock:
            taken.set()
            assert let_go.wait(20)

    holder = Thread(target=hold)
    holder.start()
    assert taken.wait(20)
    client = server.connect()
    client.socket.sendall(START)
    server.until(lambda: not server.dispatcher.is_idle)
    let_go.set()
    assert client.until(is_whole).startswith(b"HTTP/1.1 201 ")
    holder.join()


def test_header_names_the_world(make_server: MakeServer) -> None:
    named = START.replace(b"\r\n", b"\r\nX-Simulator-World: other\r\n", 1)
    assert b"\r\nX-Simulator-Request: other/1\r\n" in make_server().connect().ask(named)


def test_jobs_of_the_pool_are_counted(make_server: MakeServer) -> None:
    """By that number is known whether there may be garbage of theirs."""
    server = make_server()
    client = server.connect()
    client.ask(START)
    assert server.dispatcher.jobs == 0
    for _ in range(2):
        client.ask(request_bytes("GET", "/_control/requests"))
    assert server.dispatcher.jobs == 2


def test_verification_that_waits_takes_no_thread(make_server: MakeServer) -> None:
    server = make_server()
    client = server.connect()
    question = b'{"on": "start_service", "count": 2, "within": "1h"}'
    client.socket.sendall(request_bytes("POST", "/_control/verify", question))
    server.until(lambda: len(server.worlds.waiting) == 1)
    server.until(lambda: server.dispatcher.is_idle)
    other = server.connect()
    other.ask(START)
    server.until(lambda: server.dispatcher.is_idle)
    assert not client.read()
    other.ask(START)
    assert b'"verified": true' in client.until(is_whole)
    assert len(server.worlds.waiting) == 0


def test_verification_ends_with_its_time_and_with_its_world(make_server: MakeServer) -> None:
    server = make_server()
    client = server.connect()
    question = b'{"on": "start_service", "within": "%s"}'
    path = "/_control/verify"
    received = client.ask(request_bytes("POST", path, question % b"20ms"))
    assert b'"verified": false' in received
    client.socket.sendall(request_bytes("POST", path, question % b"1h"))
    server.until(lambda: len(server.worlds.waiting) == 1)
    server.worlds.default.reset()
    assert client.until(is_whole).startswith(b"HTTP/1.1 409 ")


def test_past_the_bound_a_verification_is_refused(make_server: MakeServer) -> None:
    server = make_server(max_waiting=1)
    question = b'{"on": "start_service", "within": "1h"}'
    first, second = server.connect(), server.connect()
    first.socket.sendall(request_bytes("POST", "/_control/verify", question))
    server.until(lambda: len(server.worlds.waiting) == 1)
    received = second.ask(request_bytes("POST", "/_control/verify", question))
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"--max-waiting allows 1" in received


def test_job_that_fails_is_answered(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = make_server()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by design")

    assert server.connect().ask(request_bytes("GET", "/_control/")).startswith(b"HTTP/1.1 200 ")
    monkeypatch.setattr(server.app, "handle", broken)
    received = server.connect().ask(START)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(
        b"HTTP/1.1 500 Internal Server Error\r\n"
        b"Content-Type: application/json\r\n"
        b"Content-Length: %d\r\n" % len(body)
    )
    told = "Internal error: this is a bug in the simulator. See its log."
    assert json.loads(body)["message"] == told
    assert caplog.messages == ["a request failed"]
    assert "by design" in caplog.text


@pytest.mark.parametrize("call", ["services/start", "services/export"])
def test_defect_before_the_handler_is_answered_and_lets_the_world_go(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("by design")

    server = make_server()
    monkeypatch.setattr("cs_simulator.app.route_of", broken)
    received = server.connect().ask(request_bytes("POST", call, b"{}"))
    assert received.startswith(b"HTTP/1.1 500 ")
    assert b"traceback under default" in received
    assert not server.worlds.default.in_flight
