"""Every fault as the bytes that a client sees."""

from __future__ import annotations

import json
import re
import signal
import time

import pytest

from cs_simulator.faults.wire import GARBAGE
from tests.unit.faults.conftest import PutInto, StartWith
from tests.unit.faults.raw import connect, request, see

START = request("POST", "services/start", b'{"contact_key":"1"}', "Connection: close")
ALL = request("GET", "services/anonymous/1", b"", "Connection: close")


def faulty(action: str) -> str:
    """Return a scenario in which starting a service has a fault."""
    return f"""
        clock: {{time: 2026-01-05T09:00:00.000Z, mode: frozen}}
        faults:
          - {{name: it, on: start_service, {action}}}
        """


def test_reset_is_a_tcp_reset_without_a_byte(serve: PutInto) -> None:
    seen = see(serve(faulty("connection: reset")), START)
    assert (seen.bytes, seen.end) == (b"", "reset")


def test_close_is_the_end_without_a_byte(serve: PutInto) -> None:
    seen = see(serve(faulty("connection: close")), START)
    assert (seen.bytes, seen.end) == (b"", "closed")


def test_truncate_is_fewer_bytes_than_announced(serve: PutInto) -> None:
    server = serve(faulty("connection: truncate, effect: applied"))
    seen = see(server, START)
    head, _, body = seen.bytes.partition(b"\r\n\r\n")
    length = int(re.findall(rb"Content-Length: (\d+)", head)[0])
    assert head.startswith(b"HTTP/1.1 201 Created")
    assert body == b'{"service_id":4294967297}'[: length // 2]
    assert seen.end == "closed"


def test_truncate_without_a_body_cuts_the_head(serve: PutInto) -> None:
    server = serve(
        "faults: [{on: end_service, connection: truncate, effect: applied}]\n"
        "services: [{service_id: 5, contact_key: a}]"
    )
    seen = see(server, request("POST", "services/5/end"))
    assert seen.bytes.startswith(b"HTTP/1.1 204")
    assert b"\r\n\r\n" not in seen.bytes
    assert seen.end == "closed"


def test_truncate_ends_after_so_many_bytes_of_the_real_response(serve: PutInto) -> None:
    seen = see(serve(faulty("connection: {truncate: {after: 14}}")), START)
    head, _, body = seen.bytes.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 Created")
    assert (body, seen.end) == (b'{"service_id":', "closed")


def test_truncate_in_chunks_never_ends(serve: PutInto) -> None:
    server = serve(faulty("connection: {truncate: {after: 5, chunked: true}}"))
    seen = see(server, START)
    head, _, body = seen.bytes.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    assert (body, seen.end) == (b'5\r\n{"ser\r\n', "closed")


def test_garbage_is_no_http(serve: PutInto) -> None:
    seen = see(serve(faulty("connection: garbage")), START)
    assert (seen.bytes, seen.end) == (GARBAGE, "closed")
    assert not seen.bytes.startswith(b"HTTP/")


def test_stall_sends_nothing_until_the_server_stops(start_with: StartWith) -> None:
    server = start_with(faulty("connection: stall"))
    with connect(server, 10) as raw:
        raw.sendall(START)
        raw.settimeout(0.5)
        with pytest.raises(TimeoutError):
            raw.recv(1)
        seconds = server.signal(signal.SIGTERM)
        raw.settimeout(10)
        assert raw.recv(1) == b""
    assert server.process.returncode == 0
    assert seconds < 5


def test_dribble_comes_in_the_pieces_and_the_time_given(serve: PutInto) -> None:
    server = serve(faulty("dribble: {chunks: 5, duration: 2500ms}"))
    seen = see(server, START)
    head, *pieces = seen.pieces
    assert head.endswith(b"\r\n\r\n")
    assert pieces == [b'{"ser', b"vice_", b'id":4', b"29496", b"7297}"]
    assert 1.9 < seen.times[-1] - seen.times[0] < 6
    assert seen.end == "closed"


def test_dribble_without_a_body_splits_the_head(serve: PutInto) -> None:
    server = serve(
        "faults: [{on: end_service, dribble: {chunks: 4, duration: 400ms}}]\n"
        "services: [{service_id: 5, contact_key: a}]"
    )
    seen = see(server, request("POST", "services/5/end", b"", "Connection: close"))
    assert len(seen.pieces) == 4
    assert seen.bytes.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert seen.bytes.endswith(b"\r\n\r\n")


def test_reply_of_text_is_sent_as_it_stands(serve: PutInto) -> None:
    server = serve(faulty("response: {status: 200, body: '{\"service_id\": '}"))
    seen = see(server, START)
    head, _, body = seen.bytes.partition(b"\r\n\r\n")
    assert b"Content-Type: application/json" in head
    assert body == b'{"service_id": '


def test_reply_without_a_body_is_the_editions_error(serve: PutInto) -> None:
    server = serve(faulty("response: {status: 503, headers: {Retry-After: '5'}}"))
    seen = see(server, START)
    head, _, body = seen.bytes.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable")
    assert b"Retry-After: 5" in head
    assert json.loads(body)["message"] == "Fault rule it: status 503"


def test_effect_none_leaves_the_operation_out(serve: PutInto) -> None:
    server = serve(faulty("connection: close"))
    see(server, START)
    assert see(server, ALL).bytes.endswith(b"[]")


def test_effect_applied_has_happened_though_the_reply_is_lost(serve: PutInto) -> None:
    server = serve(faulty("connection: reset, effect: applied"))
    assert see(server, START).end == "reset"
    assert b'"service_id":4294967297' in see(server, ALL).bytes


def test_delay_holds_back_what_has_happened(serve: PutInto) -> None:
    server = serve(faulty("delay: 1s"))
    with connect(server) as raw:
        begun = time.monotonic()
        raw.sendall(START)
        time.sleep(0.3)
        assert b'"service_id":4294967297' in see(server, ALL).bytes
        assert raw.recv(65536).startswith(b"HTTP/1.1 201")
        assert time.monotonic() - begun >= 0.99


def test_patch_changes_the_real_answer(serve: PutInto) -> None:
    server = serve(faulty("patch: {service_id: null, id: [1]}"))
    assert see(server, START).bytes.endswith(b'{"id":[1]}')
    assert b'"service_id":4294967297' in see(server, ALL).bytes


def test_head_is_faulted_as_its_get(serve: PutInto) -> None:
    server = serve("faults: [{on: get_service, response: {status: 503}}]")
    seen = see(server, request("HEAD", "services/1", b"", "Connection: close"))
    assert seen.bytes.startswith(b"HTTP/1.1 503")
    assert seen.bytes.endswith(b"\r\n\r\n")


def test_faulted_replies_keep_cors_headers(serve: PutInto) -> None:
    server = serve(faulty("response: {status: 500}"))
    sent = request(
        "POST", "services/start", b"{}", "Connection: close", "Origin: http://desktop.example"
    )
    assert b"Access-Control-Allow-Origin: http://desktop.example" in see(server, sent).bytes


def test_request_asks_for_a_rule_of_its_own(serve: PutInto) -> None:
    server = serve("faults: [{name: lost, on: any, times: 0, connection: close}]")
    assert see(server, ALL).bytes.startswith(b"HTTP/1.1 200")
    named = request("GET", "services/anonymous/1", b"", "X-Simulator-Fault: lost")
    assert see(server, named).end == "closed"
    inline = request(
        "GET",
        "services/anonymous/1",
        b"",
        "Connection: close",
        'X-Simulator-Fault: {"response": {"status": 418}}',
    )
    assert see(server, inline).bytes.startswith(b"HTTP/1.1 418 ")
    unknown = request(
        "GET", "services/anonymous/1", b"", "Connection: close", "X-Simulator-Fault: losst"
    )
    assert b"400 Bad Request" in see(server, unknown).bytes
    assert b"did you mean lost?" in see(server, unknown).bytes


def test_reset_of_the_world_ends_its_waits(serve: PutInto) -> None:
    server = serve(faulty("delay: 1h"))
    with connect(server) as raw, server.client() as client:
        raw.sendall(START)
        time.sleep(0.3)
        begun = time.monotonic()
        assert client.post("/_control/reset").status == 200
        assert raw.recv(1) == b""
        assert time.monotonic() - begun < 5
        assert client.get("/_control/requests").json()["requests"] == []


def test_a_client_that_goes_away_frees_its_wait(start_with: StartWith) -> None:
    server = start_with(faulty("delay: 1h"), "--max-waiting", "4")
    for _ in range(3):
        with connect(server) as raw:
            raw.sendall(START)
            raw.settimeout(0.3)
            with pytest.raises(TimeoutError):  # it waits: there is room for it
                raw.recv(1)
        time.sleep(0.5)


def test_past_the_bound_the_newest_delay_is_refused(start_with: StartWith) -> None:
    server = start_with(faulty("delay: 1h"), "--max-waiting", "8")
    opened = [connect(server) for _ in range(2)]
    for raw in opened:
        raw.sendall(START)
    time.sleep(0.5)
    seen = see(server, START)
    assert seen.bytes.startswith(b"HTTP/1.1 503 ")
    assert b"--max-waiting allows 8, and 2 per world" in seen.bytes
    for raw in opened:
        raw.close()


def test_fast_requests_pass_two_hundred_that_wait(start_with: StartWith) -> None:
    server = start_with(faulty("delay: 3s"))
    opened = [connect(server) for _ in range(200)]
    for raw in opened:
        raw.sendall(START)
    deadline = time.monotonic() + 10
    with server.client() as client:
        while len(client.get("services/anonymous/1").json()) < 200:
            assert time.monotonic() < deadline
        assert client.get("/_control/health").status == 200
    for raw in opened:
        assert raw.recv(65536).startswith(b"HTTP/1.1 201")
        raw.close()
