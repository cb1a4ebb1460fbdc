"""Clients that break the rules: they are answered or let go, and the next one is served."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from cs_simulator.api.closest import closest_paths
from cs_simulator.api.pipeline import Pipeline
from cs_simulator.api.queries import read_parameters
from tests.conftest import Simulate
from tests.wire.conftest import StartServer
from tests.wire.hostile import (
    START,
    Victim,
    chunked,
    get,
    head,
    hear,
    post,
    requests_in,
    reset,
    responses_of,
    storm,
    victim,
)
from tests.wire.rule_breakers import BODIES, FIRST_LINES, HEADERS, OK, TARGETS, Case

CASES = [
    pytest.param(case, id=f"{group}: {case.name}")
    for group, cases in {
        "first line": FIRST_LINES,
        "target": TARGETS,
        "header": HEADERS,
        "body": BODIES,
    }.items()
    for case in cases
]

FEW_DESCRIPTORS = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))
from cs_simulator.cli import main
main()
"""


@pytest.fixture(scope="module")
def _shared() -> Iterator[Victim]:
    with victim("--max-body", "64KiB", "--max-control-body", "64KiB") as watched:
        yield watched


@pytest.fixture
def server(_shared: Victim) -> Iterator[Victim]:
    """A server that must be as before once the test is over, and serve the next client."""
    before = _shared.holds
    yield _shared
    assert _shared.serves()
    assert _shared.settles_at(before), f"it held {before} and holds {_shared.holds}"
    assert not any("Traceback" in line or "uncaptured" in line for line in _shared.complaints())


@pytest.mark.parametrize("case", CASES)
def test_a_rule_that_is_broken_is_answered(server: Victim, case: Case) -> None:
    data, end = server.says(case.sent)
    assert end in ("closed", "reset"), case.reason
    assert [response.first_line for response in responses_of(data)][:1] == [case.first_line], (
        case.reason
    )


def test_names_of_cases_are_unique() -> None:
    assert len({param.id for param in CASES}) == len(CASES)


def test_one_byte_at_a_time_is_as_good_as_all(server: Victim) -> None:
    sent = post(b"/services/start", START) + chunked(b"2\r\n{}\r\n0\r\n\r\n", b"Connection: close")
    with server.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in sent:
            client.sendall(bytes([byte]))
        data, _ = hear(client)
    assert [response.status for response in responses_of(data)] == [201, 400]


def test_half_a_request_holds_up_nobody(server: Victim) -> None:
    halves = [get()[:-2], post(b"/services/start", START)[:-5], chunked(b"5\r\n{"), b"G", b"\r\n"]
    clients = [server.connect() for _ in range(50)]
    for number, client in enumerate(clients):
        client.sendall(halves[number % len(halves)])
    assert server.serves()
    for number, client in enumerate(clients):
        reset(client) if number % 2 else client.close()


def test_requests_in_one_go_are_answered_in_order(server: Victim) -> None:
    started = responses_of(server.says(post(b"/services/start", START, b"Connection: close"))[0])[0]
    here = b"/services/" + started.body.split(b":")[1].strip(b"}")
    end, flag = post(here + b"/end", b"{}"), b"Access-Control-Request-Method: GET"
    preflight = head(b"OPTIONS /services/1 HTTP/1.1", b"Host: a", b"Origin: http://a", flag)
    turn = [(204, end), (200, get(here)), (404, get(b"/nothing")), (204, preflight)]
    turn += [(400, post(b"/services/start", b"{")), (413, post(b"/services/start", b" " * 65_537))]
    sent = b"".join(data for _, data in turn * 5) + get(here, b"Connection: close")
    data, ended = server.says(sent)
    assert ended == "closed"
    expected = [status for status, _ in turn] * 5
    assert [response.status for response in responses_of(data)] == [*expected, 200]


def test_a_broken_request_ends_those_in_one_go(server: Victim) -> None:
    data, end = server.says(get() + post(b"/services/start", b"{") + b"nonsense\r\n\r\n" + get())
    assert end in ("closed", "reset")
    assert [response.status for response in responses_of(data)] == [200, 400, 400]


def test_a_connection_outlives_the_errors_of_the_application(server: Victim) -> None:
    with server.connect() as client:
        for status, sent in (
            (404, get(b"/nothing")),
            (400, get(b"/services/1")),
            (400, post(b"/services/start", b"{")),
            (400, get(b"/services/anonymous/\xff")),
            (413, post(b"/services/start", b" " * 65_537)),
            (200, get(b"/services/anonymous/x")),
        ):
            client.sendall(sent)
            assert [response.status for response in responses_of(hear(client, 1)[0])] == [status]


@pytest.mark.parametrize("leave", [reset, socket.socket.close], ids=["reset", "close"])
def test_clients_that_leave_in_the_middle_leave_nothing(server: Victim, leave: object) -> None:
    assert callable(leave)
    slow = b'X-Simulator-Fault: {"delay": "1h"}'
    dribble = b'X-Simulator-Fault: {"dribble": {"chunks": 2, "duration": "2h"}}'
    stall = b'X-Simulator-Fault: {"connection": "stall"}'
    for sent in (
        b"G",
        get()[:40],
        post(b"/services/start", START)[:-5],
        chunked(b"ffff\r\n{"),
        get(),
        get() * 50,
        get(b"/services/anonymous/x", slow),
        get(b"/services/anonymous/x", dribble),
        get(b"/services/anonymous/x", stall),
        get(b"/services/anonymous/x", slow) + get() + b"nonsense\r\n\r\n",
    ):
        for _ in range(5):
            client = server.connect()
            client.sendall(sent)
            leave(client)


def test_a_client_that_sends_no_more_is_let_go(server: Victim) -> None:
    for sent in (b"", b"GET", get()[:-2], get(), post(b"/services/start", START)[:-1]):
        with server.connect() as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            _, end = hear(client)
            assert end in ("closed", "reset")


def test_a_client_that_never_reads_holds_up_nobody(server: Victim) -> None:
    long = post(b"/services/start", b'{"contact_key":"long","note":"%s"}' % (b"x" * 60_000))
    server.says(long + get(b"", b"Connection: close"))
    with server.connect() as client:
        client.sendall(get(b"/services/anonymous/long?extensions=note") * 300)
        assert server.serves()


def test_two_hundred_at_once_are_all_answered(server: Victim) -> None:
    clients = [server.connect() for _ in range(200)]
    for client in clients:
        client.sendall(get(b"/services/anonymous/x", b"Connection: close"))
    seen = [hear(client) for client in clients]
    for client in clients:
        client.close()
    assert {responses_of(data)[0].first_line for data, _ in seen} == {OK}


def test_more_connections_than_descriptors_wait_their_turn(start_server: StartServer) -> None:
    server = Victim(start_server(program=("-c", FEW_DESCRIPTORS)))
    first = server.connect()
    many = [server.connect() for _ in range(100)]
    # Some are spared: what opens a file still works.
    body = b'{"name": "demo"}'
    length = b"Content-Length: %d" % len(body)
    first.sendall(head(b"PUT /_control/scenario HTTP/1.1", b"Host: a", length) + body)
    assert responses_of(hear(first, 1)[0])[0].status == 200
    for client in [first, *many]:
        client.close()
    assert server.serves()


def test_mutated_requests_are_answered_or_let_go(server: Victim) -> None:
    outcomes = storm(server, iter(range(600)))
    assert outcomes.total() == 600
    assert set(outcomes) == {
        "answered",
        "closed by the server",
        "reset by the client",
        "waited for more",
    }


def test_a_parser_from_outside_counts_requests() -> None:
    assert requests_in(get() + post(b"/services/start", START) + get()[:-2]) == 2
    assert requests_in(b"nonsense\r\n\r\n") == 0
    assert requests_in(chunked(b"2\r\n{}\r\n")) == 0
    assert requests_in(chunked(b"2\r\n{}\r\n0\r\n\r\n")) == 1


def test_a_reply_that_is_cut_off_is_seen() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n[]"
    assert [response.body for response in responses_of(whole * 2)] == [b"[]", b"[]"]
    assert len(responses_of(whole + whole[:-1], cut=True)) == 1
    for wrong in (whole[:-1], whole + b"x", b"[]", whole.replace(b"200", b"500")):
        with pytest.raises(AssertionError):
            responses_of(wrong)


def test_the_answer_to_an_error_may_fail_too(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(Pipeline, "perform", fail)
    answer = simulate(may_fail=True).get("nothing/here")
    assert answer.refused(500).startswith("Internal error: this is a bug in the simulator.")
    assert "on purpose" in caplog.text


def test_hints_are_looked_for_within_bounds() -> None:
    hints: list[str] = []
    read_parameters([(f"unknown{number}", "1") for number in range(12)], [], hints)
    assert len(hints) == 11
    assert hints[-1] == "2 more unknown parameters ignored"
    assert closest_paths("POST", "/services/strat", "8.5")
    assert not closest_paths("POST", "/services/strat" + "/a" * 15, "8.5")
    assert not closest_paths("POST", "/services/strat/" + "a" * 500, "8.5")
