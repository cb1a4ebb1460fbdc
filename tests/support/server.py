"""A server as a subprocess, and a client that shows every byte."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.support.control import check
from tests.support.forked import Forked, started
from tests.support.responses import Response

PATIENCE = 20.0
"""How long a test waits for what should take a moment, in seconds."""


class ServerProcess:
    """A simulator in a process of its own.

    It is forked from one that has imported everything, unless it is to be started ``alone``, from
    another program, or with other streams.
    """

    process: subprocess.Popen[bytes] | Forked

    def __init__(
        self,
        ready_file: Path,
        *options: str,
        program: tuple[str, ...] = (),
        alone: bool = False,
        **kwargs: Any,
    ) -> None:
        self.ready_file = ready_file
        words = ["serve", "--port", "0", "--ready-file", str(ready_file), *options]
        if not (alone or program or kwargs.keys() - {"cwd", "env"}):
            self.process = started(words, **kwargs)
        else:
            self.process = subprocess.Popen(
                [sys.executable, *(program or ("-m", "cs_simulator")), *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                **kwargs,
            )

    def wait_until_ready(self) -> ServerProcess:
        """Wait for the ready file, or fail with what the server said."""
        deadline = time.monotonic() + PATIENCE
        while not self.ready_file.exists():
            if self.process.poll() is not None:
                out, err = self.process.communicate()
                raise AssertionError(f"exit {self.process.returncode}: {(out + err).decode()}")
            assert time.monotonic() < deadline, "no ready file"
            time.sleep(0.01)
        return self

    @property
    def ready(self) -> dict[str, Any]:
        """What the ready file says."""
        members: dict[str, Any] = json.loads(self.ready_file.read_text())
        return members

    def client(self) -> Client:
        """Return a client on one connection."""
        return Client(self.ready["host"], self.ready["port"])

    def signal(self, number: signal.Signals) -> float:
        """Send a signal; return the seconds until the process has ended."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        return time.monotonic() - begun

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class Client:
    """A client that keeps one connection, and counts how often it had to open it anew."""

    def __init__(self, host: str, port: int, base: str = "/genesys/1/cs") -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        self.base = base
        self.connects = 0
        connect = self._connection.connect

        def counted() -> None:
            self.connects += 1
            connect()

        self._connection.connect = counted  # type: ignore[method-assign]

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Send a request below the base, or at the root where the path begins with a slash."""
        target = path if path.startswith("/") else f"{self.base}/{path}"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        self._connection.request(method, target, data, {**sent, **(headers or {})})
        found = self._connection.getresponse()
        response = Response(found.status, dict(found.getheaders()), found.read(), found.reason)
        check(method, target, response.status, response.headers, response.body)
        return response

    def get(self, path: str) -> Response:
        """GET."""
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Response:
        """POST."""
        return self.ask("POST", path, body)

    def put(self, path: str, body: Any = None) -> Response:
        """PUT."""
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> Response:
        """DELETE."""
        return self.ask("DELETE", path)


def environment(**changes: str) -> dict[str, str]:
    """Return the environment with some variables changed."""
    return {**os.environ, **changes}
