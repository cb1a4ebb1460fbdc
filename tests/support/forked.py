"""Servers, commands and pytest, forked from a process that has imported what they are made of.

They start in a tenth of the time.
What is tried of them is all that they do. How a process starts and ends is tried of
servers that are started as users start them.
"""

from __future__ import annotations

import atexit
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
from shutil import rmtree
from tempfile import mkdtemp
from typing import IO, Any

from tests.support.template import NUMBER, written

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"

ADDRESS = "asked"
"""Where programs connect, in the folder of the process that forks."""


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
        words = ["cs_simulator", *arguments]
        request = written(str(cwd or Path.cwd()), words, os.environ if env is None else env)
        with Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), out, err, told]
            socket.send_fds(_template("cs-simulator")[0], [request], streams)
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


PROGRAM = """\
#!{python} -IS
import _socket, os, sys
asked = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
asked.connect({address!r})
variables = [f"{{name}}={{value}}" for name, value in os.environ.items()]
words = [os.getcwd(), str(len(sys.argv)), *sys.argv, *variables]
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
message = b"\\0".join(map(os.fsencode, words))
asked.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
asked.recv(4)
code = int.from_bytes(asked.recv(4), sys.byteorder, signed=True)
if code < 0:
    os.kill(os.getpid(), -code)
os._exit(code % 256)
"""
"""A command that is forked as well, of the little that starts at once."""


@cache
def program(name: str = "cs-simulator") -> Path | None:
    """Return a folder with a program that is forked, if the system can do that.

    It is ``cs-simulator`` or ``pytest``.
    """
    if not CAN_FORK:
        return None
    _, folder = _template(name)
    path = folder / name
    path.write_text(PROGRAM.format(python=sys.executable, address=str(folder / ADDRESS)))
    path.chmod(0o755)
    return folder


def pytest_command() -> list[str]:
    """Return the words that run pytest, forked where the system can do that."""
    folder = program("pytest")
    return [sys.executable, "-m", "pytest"] if folder is None else [str(folder / "pytest")]


def _pipe() -> tuple[IO[bytes], int]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), writing


@cache
def _template(name: str) -> tuple[socket.socket, Path]:
    """Start the process that forks, once; it ends with this one, as does its folder."""
    folder = Path(mkdtemp(prefix="forked-"))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(str(folder / ADDRESS))
    listening.listen()
    numbers = [theirs.fileno(), listening.fileno()]
    process: subprocess.Popen[Any] = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("template.py")), *map(str, numbers), name],
        pass_fds=numbers,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    listening.close()

    @atexit.register
    def _stop() -> None:
        ours.close()
        process.wait()
        rmtree(folder)

    return ours, folder
