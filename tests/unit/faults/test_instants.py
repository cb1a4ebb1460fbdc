"""What the journal tells of time and of the wire: measured outside, and held against it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.support.server import ServerProcess
from tests.unit.faults.conftest import PutInto
from tests.unit.faults.raw import connect, request, see
from tests.unit.faults.support import until

START = request("POST", "services/start", b'{"contact_key":"1"}', "Connection: close")


def faulty(action: str) -> str:
    return f"faults: [{{name: it, on: start_service, {action}}}]"


def ended(server: ServerProcess, status: int | None) -> int:
    """Return how many ends of a service the metrics count that showed a status, or none."""
    of_class = "none" if status is None else f"{status // 100}xx"
    with server.client() as client:
        metrics = client.get("/_control/metrics").body.decode()
    counted = re.search(
        rf'requests_total{{[^}}]*operation="end_service",status_class="{of_class}"}} (\d+)', metrics
    )
    return int(counted[1]) if counted else 0


def entries(server: ServerProcess) -> list[dict[str, Any]]:
    with server.client() as client:
        found: list[dict[str, Any]] = client.get("/_control/requests").json()["requests"]
    return found


@pytest.mark.parametrize(
    ("action", "shown", "effects"),
    [
        ("times: 0, delay: 1ms", {"status": 201}, 1),
        ("response: {status: 503, headers: {Retry-After: '2'}}", {"status": 503}, 0),
        ("connection: close, effect: applied", {"broken": "close"}, 1),
        ("connection: reset", {"broken": "reset"}, 0),
        ("connection: garbage", {"broken": "garbage"}, 0),
        ("connection: truncate, effect: applied", {"broken": "truncate", "status": 201}, 1),
    ],
)
def test_entry_tells_what_the_client_saw_and_what_took_effect(
    serve: PutInto, action: str, shown: dict[str, Any], effects: int
) -> None:
    server = serve(faulty(action))
    see(server, START)
    until(lambda: entries(server)[0]["left_ms"] is not None)
    [entry] = entries(server)
    retry_after = entry["shown"].pop("retry_after", None)
    assert (entry["shown"], len(entry["effects"])) == (shown, effects)
    assert retry_after == ("2" if "Retry-After" in action else None)
    assert entry["state"] == "done"


@pytest.mark.parametrize(
    ("after", "shown"),
    [("0", None), ("1", None), ("24", None), ("25", 204), ("999", 204), (None, 204)],
)
def test_response_cut_off_before_its_first_line_ends_shows_no_status(
    serve: PutInto, after: str | None, shown: int | None
) -> None:
    cut = "truncate" if after is None else f"{{truncate: {{after: {after}}}}}"
    server = serve(
        f"faults: [{{on: end_service, connection: {cut}, effect: applied}}]\n"
        "services: [{service_id: 5, contact_key: a}]"
    )
    before = ended(server, shown)
    see(server, request("POST", "services/5/end"))
    until(lambda: entries(server)[0]["left_ms"] is not None)
    [entry] = entries(server)
    assert (entry["response"]["status"], entry["shown"].get("status")) == (204, shown)
    until(lambda: ended(server, shown) == before + 1)


@pytest.mark.parametrize("action", ["delay: 300ms", "dribble: {chunks: 3, duration: 300ms}"])
def test_instants_tell_when_the_response_ended_and_not_when_it_was_ready(
    serve: PutInto, action: str
) -> None:
    server = serve(faulty(action))
    begun = time.monotonic()
    see(server, START)
    took = (time.monotonic() - begun) * 1000
    until(lambda: entries(server)[0]["left_ms"] is not None)
    [entry] = entries(server)
    assert 300 <= entry["left_ms"] - entry["arrived_ms"] <= took


def test_stalled_response_is_open_while_it_hangs_and_aborted_when_the_client_leaves(
    serve: PutInto,
) -> None:
    server = serve(faulty("connection: stall, effect: applied"))
    with connect(server) as raw:
        raw.sendall(START)
        until(lambda: len(entries(server)) == 1 and bool(entries(server)[0]["effects"]))
        [entry] = entries(server)
        assert (entry["state"], entry["left_ms"]) == ("open", None)
        assert entry["shown"] == {"broken": "stall"}
    until(lambda: entries(server)[0]["state"] == "aborted")
    [entry] = entries(server)
    assert entry["waited_ms"] == pytest.approx(entry["left_ms"] - entry["arrived_ms"], abs=0.01)


def test_requests_on_one_connection_name_the_same_client(serve: PutInto) -> None:
    server = serve("faults: []")
    with server.client() as client:
        for _ in range(2):
            client.post("services/start", {"contact_key": "1"})
    see(server, START)
    first, second, third = (entry["client"] for entry in entries(server))
    assert first == second != third
    assert first.startswith("127.0.0.1:")


def test_header_in_several_lines_fits_by_any_of_them(serve: PutInto) -> None:
    server = serve("faults: [{on: any, where: {headers: {X-A: two}}, response: {status: 418}}]")
    lines = ("X-A: one", "x-a: two", "X-B: 1", "Connection: close")
    seen = see(server, request("GET", "services/1", b"", *lines))
    assert seen.bytes.startswith(b"HTTP/1.1 418 ")
    [entry] = entries(server)
    assert entry["request"]["headers"]["X-A"] == ["one", "two"]
    assert entry["request"]["headers"]["X-B"] == "1"
