"""A server that stops when its standard input ends, so that it never outlives who started it."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.server import PATIENCE
from tests.wire.conftest import StartServer

OPTION = "--stop-on-stdin-eof"

PARENT = f"""
import subprocess, sys
command = [sys.executable, "-m", "cs_simulator", "serve", "--port", "0", "{OPTION}"]
server = subprocess.Popen([*command, "--ready-file", sys.argv[1]], stdin=subprocess.PIPE)
server.wait()
"""


def test_end_of_input_stops_the_server_gracefully(start_server: StartServer) -> None:
    server = start_server(OPTION, stdin=subprocess.PIPE)
    assert isinstance(server.process, subprocess.Popen)
    out, err = server.process.communicate(input=b"what is said does not matter\n", timeout=PATIENCE)
    assert server.process.returncode == 0
    assert b"Context Services simulator" in out
    why = b"stopping: end of standard input (--stop-on-stdin-eof)\n"
    assert err.partition(b" ")[2] == why


def test_end_of_input_ends_a_delay(start_server: StartServer, tmp_path: Path) -> None:
    scenario = tmp_path / "slow.yaml"
    scenario.write_text("faults: [{on: any, delay: 1h}]")
    server = start_server(OPTION, "--scenario", str(scenario), stdin=subprocess.PIPE)
    with socket.create_connection(("127.0.0.1", server.ready["port"])) as waiting:
        waiting.sendall(b"GET /genesys/1/cs/services/1 HTTP/1.1\r\nHost: a\r\n\r\n")
        with server.client() as client:
            while not client.get("/_control/requests").json()["requests"]:
                time.sleep(0.01)
        server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0


def test_server_stays_while_its_input_is_open(start_server: StartServer) -> None:
    server = start_server(OPTION, stdin=subprocess.PIPE)
    assert server.process.stdin is not None
    server.process.stdin.write(b"x" * 200_000)
    server.process.stdin.flush()
    with server.client() as client:
        assert client.get("/_control/health").status == 200
    assert server.process.poll() is None


def test_end_of_input_means_nothing_without_the_option(start_server: StartServer) -> None:
    server = start_server(stdin=subprocess.PIPE)
    assert server.process.stdin is not None
    server.process.stdin.close()
    with server.client() as client:
        assert client.get("/_control/health").status == 200
    assert server.process.poll() is None


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_server_ends_with_the_process_that_started_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    ready = tmp_path / "ready.json"
    deadline = time.monotonic() + PATIENCE
    with subprocess.Popen([sys.executable, "-c", PARENT, str(ready)]) as parent:
        try:
            while not ready.exists():
                assert parent.poll() is None
                assert time.monotonic() < deadline, "no ready file"
                time.sleep(0.01)
            pid = json.loads(ready.read_text())["pid"]
            assert is_running(pid)
            parent.send_signal(number)
            parent.wait(PATIENCE)
        finally:
            parent.kill()
    while is_running(pid):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Tell whether a process is there and not only its exit code, which none may ever fetch."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_no_input_at_all_is_refused() -> None:
    command = [sys.executable, "-m", "cs_simulator", "serve", "--port", "0", OPTION]
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert "standard input is closed; connect a pipe" in done.stderr.replace("\n", " ")


def test_null_device_as_input_is_refused() -> None:
    command = [sys.executable, "-m", "cs_simulator", "serve", "--port", "0", OPTION]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert "standard input is /dev/null, so" in done.stderr.replace("\n", " ")


def test_terminal_that_hangs_up_stops_the_server(start_server: StartServer) -> None:
    terminal, end = pty.openpty()
    try:
        server = start_server(OPTION, stdin=end)
        os.close(end)
    finally:
        os.close(terminal)
    _, err = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0
    assert b"stopping: end of standard input" in err
