"""Event streams: what happens is told, what was missed is told, and nothing is held by it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import PATIENCE, Client, ServerProcess
from tests.wire.conftest import StartServer
from tests.wire.streams import EventReader

START = {"contact_key": "42", "service_type": 100}


def started(client: Client, world: str | None = None) -> None:
    prefix = "" if world is None else f"/_world/{world}"
    assert client.post(f"{prefix}/genesys/1/cs/services/start", START).status == 201


def test_request_is_told_with_its_response(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client, EventReader(server) as reader:
        assert reader.status == 200
        assert reader.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert reader.response.headers["Cache-Control"] == "no-store"
        assert reader.response.headers["X-Accel-Buffering"] == "no"
        ready = reader.next()
        assert ready.kind == "ready"
        assert ready.data["instance"] == server.ready["instance"]
        started(client)
        told = reader.until("response")[-1]
        assert told.data == told.data | {
            "world": "default",
            "id": 1,
            "state": "done",
            "method": "POST",
            "path": "/genesys/1/cs/services/start",
            "operation": "start_service",
            "status": 201,
            "hints": 0,
        }
        entry = client.get("/_control/requests/1").json()
        assert told.data["time"] == entry["time"]
        assert told.data["ms"] == entry["ms"]


def test_everything_that_changes_is_told(start_server: StartServer, tmp_path: Path) -> None:
    document = tmp_path / "s.yaml"
    document.write_text(
        "stages: [{name: one, until: {calls: 2, on: start_service}}, {name: two}]\n"
        "faults: [{name: f, on: start_service, skip: 1, response: {status: 503}}]\n"
    )
    server = start_server("--scenario", str(document))
    with server.client() as client, EventReader(server) as reader:
        assert reader.next().kind == "ready"
        client.put("/_control/clock", {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"})
        assert client.post("/_control/clock/advance", {"by": "1h"}).status == 200
        started(client)
        client.post("services/start", START)
        client.post("/_control/faults", {"name": "g", "on": "any", "delay": "1ms"})
        client.put("/_control/faults/g", {"on": "any", "delay": "2ms"})
        client.delete("/_control/faults/g")
        client.delete("/_control/faults")
        client.put("/_control/stage", {"name": "one"})
        client.post("/_control/stage/next")
        client.delete("/_control/requests")
        client.put("/_control/scenario", {"name": "demo"})
        client.put("/_control/worlds/other")
        client.delete("/_control/worlds/other")
        client.post("/_control/reset")
        told = [(each.kind, each.data) for each in reader.until("world")]
        told += [(each.kind, each.data) for each in reader.until("reset")]
    short = [
        (kind, *(data[name] for name in ("change", "stage", "names", "status") if name in data))
        for kind, data in told
        if kind != "request"
    ]
    assert short == [
        ("clock", "set"),
        ("clock", "advanced"),
        ("response", 201),
        ("stage", "two"),
        ("fault", "acted", ["f"]),
        ("response", 503),
        ("fault", "added", ["g"]),
        ("fault", "replaced", ["g"]),
        ("fault", "removed", ["g"]),
        ("fault", "removed", ["f"]),
        ("stage", "one"),
        ("stage", "two"),
        ("journal",),
        ("scenario",),
        ("reset",),
        ("world", "created"),
        ("world", "dropped"),
        ("reset",),
    ]
    clocks = [data["time"] for kind, data in told if kind == "clock"]
    assert clocks == ["2026-01-05T09:00:00.000Z", "2026-01-05T10:00:00.000Z"]
    cleared = [data["cleared"] for kind, data in told if kind in ("journal", "reset")]
    assert [each["requests"] for each in cleared] == [2, 0, 0]


def test_what_is_held_back_is_told_before_its_response(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client, EventReader(server) as reader:
        reader.next()
        client.post("/_control/faults", {"name": "slow", "on": "start_service", "delay": "300ms"})
        started(client)
        request, response = reader.until("request")[-1], reader.until("response")[-1]
    assert request.data["state"] == "open"
    assert request.data["faults"] == response.data["faults"] == ["slow"]
    assert response.data["waited_ms"] == 300


def test_client_that_leaves_is_told_as_aborted(start_server: StartServer) -> None:
    server = start_server()
    ready = server.ready
    with server.client() as client, EventReader(server) as reader:
        reader.next()
        client.post("/_control/faults", {"on": "unrouted", "delay": "20s"})
        with socket.create_connection((ready["host"], ready["port"])) as sock:
            sock.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert reader.until("request")[-1].data["path"] == "/x"
        told = reader.until("response")[-1].data
    assert (told["state"], told["id"]) == ("aborted", 1)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/_control/events?world=w", {}),
        ("/_world/w/_control/events", {}),
        ("/_control/events", {"X_Simulator_World": "w"}),
    ],
)
def test_stream_of_a_world_tells_of_that_alone(
    start_server: StartServer, path: str, headers: dict[str, str]
) -> None:
    server = start_server()
    with server.client() as client:
        client.put("/_control/worlds/w")
        with EventReader(server, path, **headers) as reader:
            assert reader.next().data["world"] == "w"
            started(client)
            started(client, "w")
            assert {each.data["world"] for each in reader.until("response")} == {"w"}


def test_stream_goes_on_after_its_world_is_gone(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.put("/_control/worlds/w")
        with EventReader(server, "/_control/events?world=w") as reader:
            reader.next()
            client.delete("/_control/worlds/w")
            dropped = reader.next()
            assert (dropped.kind, dropped.data["change"]) == ("world", "dropped")
            started(client, "w")
            assert reader.next().data["change"] == "created"
            assert reader.until("response")[-1].data["id"] == 1
            client.delete("/_control/worlds/w")
        assert dropped.id is not None
        again = {"Last_Event_ID": dropped.id}
        with EventReader(server, "/_control/events?world=w", **again) as reader:
            changes = [each.data.get("change") for each in (reader.next(), *reader.until("world"))]
            assert changes == [None, "created"]
            assert reader.next().data["change"] == "dropped"


def test_unknown_world_is_refused(start_server: StartServer) -> None:
    server = start_server()
    with EventReader(server, "/_control/events?world=defualt") as reader:
        assert reader.status == 404
        assert "did you mean default?" in json.loads(reader.response.read())["detail"]
    with EventReader(server, "/_control/events?world=a", X_Simulator_World="b") as reader:
        assert reader.status == 400


def test_stream_goes_on_where_it_broke(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        with EventReader(server) as reader:
            reader.next()
            started(client)
            last = reader.until("response")[-1].id
        assert last is not None
        started(client)
        client.put("/_control/clock", {"mode": "frozen"})
        started(client, "w")
        with EventReader(server, Last_Event_ID=last) as reader:
            told = [reader.next() for _ in range(5)]
            started(client)
            told += reader.until("response")
    assert [(each.kind, each.data.get("world"), each.data.get("id")) for each in told] == [
        ("ready", None, None),
        ("response", "default", 2),
        ("clock", "default", None),
        ("world", "w", None),
        ("response", "w", 1),
        ("response", "default", 3),
    ]
    numbers = [int(each.id.rpartition("-")[2]) for each in told if each.id is not None]
    assert numbers == sorted(set(numbers))


def test_what_the_journal_lost_is_told(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        with EventReader(server) as reader:
            last = reader.next().id
        assert last is not None
        for _ in range(1_010):
            client.get("services/1")
        with EventReader(server, Last_Event_ID=last) as reader:
            assert reader.next().kind == "ready"
            dropped = reader.next()
            assert dropped.kind == "dropped"
            assert dropped.data["worlds"] == [{"world": "default", "up_to": 10}]
            told = [reader.next().data["id"] for _ in range(1_000)]
    assert told == list(range(11, 1_011))


@pytest.mark.parametrize(
    "nonsense", ["", "17", "x" * 5_000, "%00", "abc-99999999999999999999", "-", "<script>"]
)
def test_nonsense_is_told_to_be_nonsense(start_server: StartServer, nonsense: str) -> None:
    server = start_server()
    with server.client() as client, EventReader(server, Last_Event_ID=nonsense) as reader:
        assert reader.next().kind == "ready"
        dropped = reader.next()
        assert (dropped.kind, dropped.data["worlds"]) == ("dropped", [])
        assert "is not the id of an event" in dropped.data["reason"]
        started(client)
        assert reader.until("response")[-1].data["id"] == 1


def test_id_of_another_server_or_of_the_future_is_told(start_server: StartServer) -> None:
    server = start_server()
    instance = server.ready["instance"]
    for other in ("0123456789ab-1", f"{instance}-999"):
        with EventReader(server, Last_Event_ID=other) as reader:
            reader.next()
            assert "another server" in reader.next().data["reason"]


def test_what_would_break_out_stays_text(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client, EventReader(server) as reader:
        reader.next()
        name = "</script>é\U0001f4a9"
        rule = {"name": name, "on": "any", "delay": "1ms"}
        assert client.post("/_control/faults", rule).status == 201
        client.get("services/%3Cscript%3E%E2%80%AE%0Aevent:%20x?" + "q" * 5_000)
        fault, request = reader.next(), reader.until("response")[-1]
    assert fault.data["names"] == [name]
    assert len(request.data["path"]) == 2_003


def test_token_is_asked_for_and_never_told(start_server: StartServer) -> None:
    server = start_server("--control-token", "s3cret")
    with EventReader(server) as reader:
        assert reader.status == 401
    with server.client() as client, EventReader(server, Authorization="Bearer s3cret") as reader:
        reader.next()
        client.get("services/1?token=s3cret")
        assert reader.until("response")[-1].data["path"].endswith("?token=***")


def test_page_of_another_origin_reads_no_events(start_server: StartServer) -> None:
    with EventReader(start_server(), Origin="http://evil.example") as reader:
        assert reader.status == 403


def test_head_is_answered_without_a_stream(start_server: StartServer) -> None:
    with start_server().client() as client:
        assert client.ask("HEAD", "/_control/events").status == 200
        started(client)


def test_old_http_is_streamed_without_chunks(start_server: StartServer) -> None:
    server = start_server()
    ready = server.ready
    with server.client() as client, socket.create_connection((ready["host"], ready["port"])) as old:
        old.settimeout(PATIENCE)
        old.sendall(b"GET /_control/events HTTP/1.0\r\n\r\n")
        stream = old.makefile("rb")
        head = list(iter(stream.readline, b"\r\n"))
        assert not any(line.lower().startswith(b"transfer-encoding") for line in head)
        assert stream.readline() == b"retry: 1000\n"
        started(client)
        lines = list(iter(stream.readline, b"event: response\n"))
        assert b"event: ready\n" in lines


def test_streams_hold_no_thread_and_are_bounded(start_server: StartServer) -> None:
    server = start_server("--max-waiting", "80")
    status = Path(f"/proc/{server.process.pid}/status")
    readers = [EventReader(server)]
    before = threads_of(status)
    readers += [EventReader(server) for _ in range(19)]
    assert all(each.next().kind == "ready" for each in readers)
    assert threads_of(status) == before
    with EventReader(server) as one_more:
        assert one_more.status == 503
        problem = json.loads(one_more.response.read())
        assert problem["title"] == "Too many event streams"
        assert "--max-waiting" in problem["detail"]
    readers.pop().close()
    assert status_of_a_new_stream(server) == 200
    for each in readers:
        each.close()


def threads_of(status: Path) -> int:
    if not status.exists():
        pytest.skip("this system does not tell how many threads there are")
    return int(status.read_text().partition("Threads:")[2].split()[0])


def status_of_a_new_stream(server: ServerProcess) -> int:
    """Return the status once the place of who has left is free."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with EventReader(server) as reader:
            if reader.status == 200 or time.monotonic() > deadline:
                return reader.status


def test_reader_that_is_slow_loses_nothing_that_the_journal_has(start_server: StartServer) -> None:
    server = start_server()
    ready = server.ready
    count = 900
    with server.client() as client, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.settimeout(PATIENCE)
        slow.connect((ready["host"], ready["port"]))
        slow.sendall(b"GET /_control/events HTTP/1.0\r\n\r\n")
        stream = slow.makefile("rb")
        assert any(line == b"event: ready\n" for line in iter(stream.readline, b""))
        path = f"services/1?{'q' * 1_900}"
        for _ in range(count):
            client.get(path)
        numbers: list[int] = []
        while not numbers or numbers[-1] < count:
            line = stream.readline()
            if line.startswith(b"data: ") and b'"status"' in line:
                numbers.append(json.loads(line[6:])["id"])
    assert numbers == list(range(1, count + 1))


def test_stop_ends_streams_at_once(start_server: StartServer) -> None:
    server = start_server()
    with EventReader(server) as reader:
        reader.next()
        ended: list[Any] = []

        def read() -> None:
            ended.extend(reader.events())

        thread = threading.Thread(target=read)
        thread.start()
        assert server.signal(signal.SIGTERM) < PATIENCE
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert ended == []  # its last chunk came, or http.client would raise


def test_requests_behind_a_stream_are_not_answered(start_server: StartServer) -> None:
    ready = start_server().ready
    connection = http.client.HTTPConnection(ready["host"], ready["port"], timeout=PATIENCE)
    connection.request("GET", "/_control/events")
    with connection.getresponse() as response:
        assert response.headers["Connection"] == "close"
        assert connection.sock is None or connection.sock.fileno() >= 0
