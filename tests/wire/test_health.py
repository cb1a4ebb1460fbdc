"""The health check, as a container or a script runs it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cs_simulator import __version__
from tests.support.forked import ran
from tests.support.server import PATIENCE, environment
from tests.wire.conftest import StartServer

HEAVY = (
    "flask werkzeug waitress marshmallow yaml faker cs_simulator.app cs_simulator.scenario".split()
)


def health(*arguments: str, **variables: str) -> tuple[int, str]:
    """Run the check; return its exit code and the one line that it prints."""
    done = ran("health", *arguments, env=environment(**variables), timeout=PATIENCE)
    line = done.stderr if done.returncode else done.stdout
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert (done.stdout if done.returncode else done.stderr) == ""
    return done.returncode, line.rstrip("\n")


@contextmanager
def answering(response: bytes) -> Iterator[int]:
    """Answer one connection with some bytes, or with none at all; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                if response:
                    connection.sendall(response)
                else:
                    done.wait(PATIENCE)

        done = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            done.set()
            thread.join(PATIENCE)


def test_healthy_server_is_exit_0(start_server: StartServer) -> None:
    server = start_server("--scenario", "demo")
    url = server.ready["url"]
    assert health(url) == (0, f"{url} is ok: version {__version__}, scenario demo")


def test_environment_says_where_the_server_is(start_server: StartServer) -> None:
    port = str(start_server("--host", "0.0.0.0").ready["port"])
    code, line = health(CS_SIMULATOR_HOST="0.0.0.0 ::", CS_SIMULATOR_PORT=port)
    assert code == 0
    assert line.startswith(f"http://127.0.0.1:{port} is ok")
    assert health("--port", port)[0] == 0


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_server_on_ipv6(start_server: StartServer) -> None:
    server = start_server("--host", "::")
    port = str(server.ready["port"])
    assert health("--host", "::", "--port", port)[0] == 0
    assert health(f"http://[::1]:{port}")[0] == 0


def test_proxies_are_not_asked(start_server: StartServer) -> None:
    assert health(start_server().ready["url"], http_proxy="http://127.0.0.1:9")[0] == 0


def test_token_is_taken_from_the_environment(start_server: StartServer) -> None:
    url = start_server("--control-token", "s3cret").ready["url"]
    assert health(url, CS_SIMULATOR_CONTROL_TOKEN="s3cret")[0] == 0
    refused = (
        "Unauthorized: Send the header Authorization: Bearer <token>, with the token given to "
        "--control-token"
    )
    assert health(url) == (1, f"{refused} (no token was sent)")
    code, line = health(url, CS_SIMULATOR_CONTROL_TOKEN="other")
    assert (code, line) == (1, f"{refused} (the token is wrong)")


def test_nobody_there_is_exit_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    mend = "start a simulator there, or use the URL of a running one"
    assert health(url) == (1, f"Cannot connect to {url}: Connection refused; {mend}")


def test_silence_is_exit_1() -> None:
    with answering(b"") as port:
        url = f"http://127.0.0.1:{port}"
        code, line = health(url, "--timeout", "0.2")
    assert code == 1
    assert line.startswith(f"{url} did not answer within 0.2 s")


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 text/plain"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 text/plain"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "no API version"),
        (
            b"SSH-2.0-OpenSSH\r\n",
            "something other than HTTP (a first line that is not a status line)",
        ),
    ],
)
def test_something_else_there_is_exit_1(response: bytes, told: str) -> None:
    with answering(response) as port:
        code, line = health(f"http://127.0.0.1:{port}")
    assert code == 1
    assert f"it answered with {told}" in line
    assert "is not a Context Services simulator" in line


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://a", "http://", "http://[::1", "x"])
def test_wrong_url_is_exit_1(url: str) -> None:
    told = f"{url!r} is not a server URL; use one such as http://localhost:8080"
    assert health(url) == (1, told)


def test_port_0_is_exit_1() -> None:
    code, line = health(CS_SIMULATOR_PORT="0")
    assert (code, line) == (
        1,
        "port 0 does not identify a server; give its URL or set CS_SIMULATOR_PORT",
    )


def test_nothing_heavy_is_imported() -> None:
    script = """
import sys
from cs_simulator.cli import main
try:
    main(["health", "x"])
finally:
    print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    modules = set(done.stdout.split())
    assert "cs_simulator.client" in modules
    assert modules.isdisjoint(HEAVY)


def test_every_address_of_the_server_is_asked_until_one_answers(start_server: StartServer) -> None:
    """A server leaves out a family that its machine does not have."""
    port = str(start_server().ready["port"])
    code, line = health(CS_SIMULATOR_HOST="127.0.0.2 127.0.0.1", CS_SIMULATOR_PORT=port)
    assert (code, line.partition(" is ")[0]) == (0, f"http://127.0.0.1:{port}")
    code, line = health(CS_SIMULATOR_HOST="127.0.0.2 127.0.0.3", CS_SIMULATOR_PORT=port)
    assert code == 1
    assert line.startswith(f"Cannot connect to http://127.0.0.2:{port}")
