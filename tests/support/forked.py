"""Servers and commands that are forked from a process that has imported what they are made of.

They start in a tenth of the time.
What is tried of them is all that they do. How a process starts and ends is tried of
servers that are started as users start them.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.support.template import NUMBER

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"


class Forked:
    """A process with the part of the interface of :class:`subprocess.Popen` that tests use."""

    stdin = None

    def __init__(
        self, arguments: Sequence[str], cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> None:
        self.args = arguments
        self.returncode: int | None = None
        self.stdout, out = _pipe()
        self.stderr, err = _pipe()
        self._told, told = _pipe()
        request = {
            "arguments": arguments,
            "environment": dict(os.environ if env is None else env),
            "folder": str(cwd or Path.cwd()),
        }
        with Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), out, err, told]
            socket.send_fds(_template(), [json.dumps(request).encode()], streams)
        for each in (out, err, told):
            os.close(each)
        self.pid = self._number()

    def _number(self) -> int:
        number: int = NUMBER.unpack(self._told.read(NUMBER.size))[0]
        return number

    def poll(self) -> int | None:
        """Return the exit code, if the process has ended."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = self._number()
            self._told.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the process to end."""
        if self.returncode is None:
            select.select([self._told], [], [], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Return what the process has yet to print, when it has ended."""
        with self.stdout, self.stderr, ThreadPoolExecutor(2) as readers:
            printed = [readers.submit(each.read) for each in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return printed[0].result(), printed[1].result()

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, if the process has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def started(
    arguments: Sequence[str], cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes] | Forked:
    """Start a command of the simulator, forked where the system can do that."""
    if CAN_FORK:
        return Forked(arguments, cwd=cwd, env=env)
    return subprocess.Popen(
        [sys.executable, "-m", "cs_simulator", *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ran(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float = 30
) -> subprocess.CompletedProcess[str]:
    """Run a command of the simulator that ends; return how it did, and what it printed."""
    process = started(arguments, cwd=cwd, env=env)
    out, err = process.communicate(timeout=timeout)
    code = process.returncode or 0
    return subprocess.CompletedProcess(arguments, code, out.decode(), err.decode())


def _pipe() -> tuple[IO[bytes], int]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), writing


@cache
def _template() -> socket.socket:
    """Start the process that forks, once; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = Path(__file__).with_name("template.py")
    process: subprocess.Popen[Any] = subprocess.Popen(
        [sys.executable, str(program), str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()

    @atexit.register
    def _stop() -> None:
        ours.close()
        process.wait()

    return ours
