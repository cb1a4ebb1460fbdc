"""The log: a line a request, in text and in JSON, that never holds anything up."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from cs_simulator.app import create_app
from cs_simulator.log import MOST_WAITING, Log, Output
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.worlds import Worlds
from tests.support.server import PATIENCE, ServerProcess
from tests.wire.conftest import StartServer

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"

# The simulator, but for an operation that has a defect.
DEFECT = """
import sys
from cs_simulator.api.pipeline import Pipeline
from cs_simulator.cli import main

def broken(*_):
    raise ZeroDivisionError("by design")

Pipeline._carry_out = broken
main()
"""


def logged(server: ServerProcess) -> list[str]:
    """Stop a server, and return the lines of its log."""
    server.process.send_signal(signal.SIGTERM)
    _, err = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0
    text: str = err.decode("ascii")
    return text.splitlines()


def records(server: ServerProcess) -> list[dict[str, Any]]:
    """Stop a server, and return the lines of its log, each of which is JSON."""
    return [json.loads(line) for line in logged(server)]


def test_request_has_a_line(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.post("services/start", {"contact_key": "1"})
        client.get("services/77?extensions=*")
        client.get("/_world/mine/genesys/1/cs/nothing")
    *lines, last = logged(server)
    patterns = [
        rf"{TIME} default/1 start_service 201 \d+\.\dms POST /genesys/1/cs/services/start",
        rf"{TIME} default/2 get_service 400 \d+\.\dms GET /genesys/1/cs/services/77\?extensions=\*",
        rf"{TIME} mine/1 unrouted 404 \d+\.\dms GET /_world/mine/genesys/1/cs/nothing hint=.*",
    ]
    assert len(lines) == len(patterns)
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(pattern, line), line
    assert re.fullmatch(f"{TIME} stopping: SIGTERM", last)


def test_lost_response_is_not_told_as_a_success(start_server: StartServer, tmp_path: Path) -> None:
    scenario = tmp_path / "lost.yaml"
    scenario.write_text(
        "faults: [{name: lost, on: start_service, connection: close, effect: applied}]"
    )
    server = start_server("--scenario", str(scenario))
    with pytest.raises(http.client.HTTPException), server.client() as client:
        client.post("services/start", {"contact_key": "1"})
    [line] = [line for line in logged(server) if "start_service" in line]
    assert re.fullmatch(
        rf"{TIME} default/1 start_service - \d+\.\dms POST /genesys/1/cs/services/start "
        "fault=lost:close",
        line,
    )


def test_hint_never_shows_the_token(start_server: StartServer) -> None:
    server = start_server("--control-token", "s3cret")
    with server.client() as client:
        client.get("services/anonymous/1?s3cret=1")
    [line] = [line for line in logged(server) if "query_anonymous" in line]
    assert "s3cret" not in line
    assert 'hint="unknown parameter *** ignored' in line


def test_line_comes_soon(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.get("services/1")
    assert server.process.stderr is not None
    assert b"get_service 400" in server.process.stderr.readline()
    assert server.process.poll() is None


def test_json_lines_have_the_same_members(start_server: StartServer) -> None:
    server = start_server("--log-format", "json", "--scenario", "demo")
    with server.client() as client:
        client.ask(
            "GET", "services/1", headers={"X-Simulator-Fault": '{"response": {"status": 503}}'}
        )
    url = server.ready["url"]
    begun, request, stopped = records(server)
    assert server.process.stdout is not None
    assert begun["level"] == "info"
    assert begun["url"] == f"{url}/genesys/1/cs"
    assert begun["scenario"] == "demo"
    assert "Context Services simulator" in begun["message"]
    assert isinstance(request.pop("ms"), float)
    assert re.fullmatch(TIME, request.pop("time"))
    assert request == {
        "level": "info",
        "world": "default",
        "id": 1,
        "operation": "get_service",
        "method": "GET",
        "path": "/genesys/1/cs/services/1",
        "status": 503,
        "faults": ["X-Simulator-Fault"],
        "broken": None,
        "hints": [],
    }
    assert stopped["message"] == "stopping: SIGTERM"


def test_json_goes_to_one_stream(start_server: StartServer) -> None:
    server = start_server("--log-format", "json")
    server.process.send_signal(signal.SIGTERM)
    out, _ = server.process.communicate(timeout=PATIENCE)
    assert out == b""


@pytest.mark.parametrize("form", ["text", "json"])
def test_request_that_gets_no_answer_has_a_line(
    start_server: StartServer, tmp_path: Path, form: str
) -> None:
    scenario = tmp_path / "slow.yaml"
    scenario.write_text("faults: [{name: slow, on: get_service, delay: 1h}]")
    server = start_server("--scenario", str(scenario), "--log-format", form)
    with socket.create_connection(("127.0.0.1", server.ready["port"])) as waiting:
        waiting.sendall(b"GET /genesys/1/cs/services/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        with server.client() as client:
            while not client.get("/_control/requests").json()["requests"]:
                time.sleep(0.01)
        lines = logged(server)
    if form == "text":
        [line] = [line for line in lines if "get_service" in line]
        assert re.fullmatch(
            rf"{TIME} default/1 get_service - - GET /genesys/1/cs/services/1 fault=slow", line
        )
    else:
        [members] = [each for each in map(json.loads, lines) if "operation" in each]
        assert (members["status"], members["ms"], members["faults"]) == (None, None, ["slow"])


def test_control_requests_are_logged_at_debug_only(start_server: StartServer) -> None:
    quiet, talkative = start_server(), start_server("--log-level", "debug")
    for server in (quiet, talkative):
        with server.client() as client:
            assert client.get("/_control/health").status == 200
            assert client.get("/_control/nothing").status == 404
    assert [line.split(" ", 1)[1] for line in logged(quiet)] == ["stopping: SIGTERM"]
    first, second, _ = logged(talkative)
    assert re.fullmatch(rf"{TIME} - control 200 \d+\.\dms GET /_control/health", first)
    assert re.fullmatch(rf"{TIME} - control 404 \d+\.\dms GET /_control/nothing", second)


def test_json_control_request(start_server: StartServer) -> None:
    server = start_server("--log-format", "json", "--log-level", "debug")
    with server.client() as client:
        client.get("/_control/health")
    [members] = [each for each in records(server) if each["level"] == "debug"]
    assert (members["operation"], members["status"]) == ("control", 200)
    assert members["path"] == "/_control/health"


def test_level_warning_leaves_requests_out(start_server: StartServer) -> None:
    server = start_server("--log-level", "warning")
    with server.client() as client:
        client.get("services/1")
    assert logged(server) == []


def test_unreadable_request_has_a_line_without_its_headers(start_server: StartServer) -> None:
    server = start_server()
    with socket.create_connection(("127.0.0.1", server.ready["port"])) as client:
        client.sendall(b"GET / HTTP/1.1\r\nAuthorization : Basic c2VjcmV0\r\n\r\n")
        assert b" 400 " in client.recv(100)
    first, *_ = logged(server)
    assert first.endswith(" malformed request: answered 400 Bad Request: Invalid header")


@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_are_masked(start_server: StartServer, form: str) -> None:
    server = start_server(
        "--log-format", form, "--log-level", "debug", "--control-token", "s3cret-token"
    )
    with server.client() as client:
        client.get("services/1?token=s3cret-token")
        client.ask("GET", "/_control/", headers={"Authorization": "Bearer s3cret-token"})
        client.get("/_control/s3cret-token")
    text = "\n".join(logged(server))
    assert "services/1?token=***" in text
    assert "s3cret-token" not in text


def test_line_cannot_be_forged_by_a_path(start_server: StartServer) -> None:
    server = start_server()
    with socket.create_connection(("127.0.0.1", server.ready["port"])) as client:
        client.sendall(b"GET /\x1b[2J HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 404")
    assert r" GET /\x1b[2J hint=" in logged(server)[0]


def test_errors_before_the_start_are_json_too() -> None:
    command = [sys.executable, "-m", "cs_simulator", "serve", "--log-format", "json"]
    for options, code in ((["--scenario", "dmeo"], 2), (["--host", "192.0.2.1"], 3)):
        done = subprocess.run(
            [*command, *options], capture_output=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == code
        members = json.loads(done.stderr)
        assert members["level"] == "error"
        assert members["message"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_defect_leaves_its_trace_under_the_id_of_its_answer(
    start_server: StartServer, form: str
) -> None:
    server = start_server("--log-format", form, program=("-c", DEFECT))
    with server.client() as client:
        answer = client.get("services/1")
    assert answer.status == 500
    assert "Its log has the traceback under default/1" in answer.json()["message"]
    lines = logged(server)
    if form == "json":
        [members] = [each for each in map(json.loads, lines) if each["level"] == "error"]
        lines = [members["message"], *members["trace"].splitlines()]
    told = "request default/1 failed: GET /genesys/1/cs/services/1"
    [at] = [number for number, line in enumerate(lines) if line.endswith(told)]
    assert lines[at + 1] == "Traceback (most recent call last):"
    assert "ZeroDivisionError: by design" in lines


# What nobody reads


def test_server_without_streams_answers(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    serve = [
        sys.executable,
        "-m",
        "cs_simulator",
        "serve",
        "--port",
        "0",
        "--ready-file",
        str(ready),
    ]
    process = subprocess.Popen(["/bin/sh", "-c", 'exec "$@" >&- 2>&- <&-', "sh", *serve])
    server = ServerProcess.__new__(ServerProcess)
    server.ready_file, server.process = ready, process
    try:
        server.wait_until_ready()
        with server.client() as client:
            for _ in range(20):
                assert client.get("services/1").status == 400
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_server_whose_reader_has_gone_answers(start_server: StartServer) -> None:
    server = start_server()
    assert server.process.stderr is not None
    server.process.stderr.close()
    with server.client() as client:
        for _ in range(50):
            assert client.get("services/1").status == 400
    server.process.stderr = None
    assert server.signal(signal.SIGTERM) < PATIENCE
    assert server.process.returncode == 0


def test_server_whose_log_nobody_reads_answers(start_server: StartServer) -> None:
    server = start_server()
    name = "x" * 4000
    with server.client() as client:
        for _ in range(100):  # more than a pipe holds
            assert client.get(f"services/anonymous/{name}").status == 200
        assert client.get("/_control/health").status == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0


# The output alone


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe: where to read, where to write."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def emptied(end: int) -> bytes:
    os.set_blocking(end, False)
    found = b""
    try:
        while chunk := os.read(end, 65_536):
            found += chunk
    except BlockingIOError:
        return found
    return found


def test_output_catches_up_with_a_slow_reader(pipe: tuple[int, int]) -> None:
    read, write = pipe
    output = Output(write)
    lines = [f"{number:05}{'x' * 995}" for number in range(500)]
    for line in lines:
        output.write([line])
    found = emptied(read)
    assert 0 < len(found) < 500_000
    more = found
    while more:
        output.write([])
        more = emptied(read)
        found += more
    assert found.decode().splitlines() == lines
    assert output.lost == 0


@pytest.mark.parametrize("form", ["text", "json"])
def test_log_tells_what_it_lost(pipe: tuple[int, int], form: Any) -> None:
    read, write = pipe
    log = Log(Output(write), form)
    for _ in range(MOST_WAITING // 1000 + 200):
        log.event(logging.INFO, "x" * 1000)
    found = emptied(read)
    more = found
    while more:
        log.flush(now=True)
        more = emptied(read)
        found += more
    assert b"log lines were dropped: standard error was not read fast enough" in found
    log.event(logging.INFO, "and on it goes")
    assert b"and on it goes" in emptied(read)


def test_first_request_in_a_while_wakes_who_writes_its_line(pipe: tuple[int, int]) -> None:
    read, write = pipe
    log = Log(Output(write))
    woken: list[None] = []
    log.wake = lambda: woken.append(None)
    app = create_app(Worlds(LoadedScenario("none")))
    app.log = log
    for number in (1, 2):
        for _ in range(3):
            assert Client(app).get("/genesys/1/cs/services/anonymous/x").status_code == 200
        assert len(woken) == number
        log.flush(now=True)
        assert emptied(read).count(b" query_anonymous_services 200 ") == 3


def test_trace_stands_below_its_line_or_in_it(pipe: tuple[int, int]) -> None:
    read, write = pipe
    Log(Output(write), "text", secret="pass").event(logging.ERROR, "a pass\x1b", "b\n  c pass")
    text = emptied(read).decode()
    assert re.fullmatch(rf"{TIME} error: a \*\*\*\\x1b\nb\n  c \*\*\*\n", text)
    Log(Output(write), "json").event(logging.ERROR, "a", "b\n  c")
    members = json.loads(emptied(read))
    assert (members["level"], members["message"], members["trace"]) == ("error", "a", "b\n  c")
