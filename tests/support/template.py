"""A process that has imported what a server is made of, or pytest, and makes such by forking.

Started by :mod:`tests.support.forked`, with the numbers of two sockets and what it is to be. A
message of the first asks for a server: its folder, command line and environment, with the
descriptors of its standard streams and of a pipe that is told its process id and, in the end, its
exit code. At the second, programs connect that ask for the same and are told themselves.

It runs before anything of the tests is imported: a server knows nothing of them.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from runpy import run_module
from typing import NamedTuple

NUMBER = struct.Struct("i")
"""How a process id and an exit code are told."""

PARTS = (
    *("api", "app", "control", "documents", "domain", "faults", "http", "journal", "scenario"),
    *("cli", "client", "recording"),
)
"""Packages of which most servers, or most other commands, need most modules."""


class Request(NamedTuple):
    """What a server is to be."""

    folder: str
    arguments: list[str]
    """How it is called, first."""
    environment: dict[str, str]


def written(folder: str, arguments: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """Return the message that asks for a server."""
    variables = [f"{name}={value}" for name, value in environment.items()]
    words = [folder, str(len(arguments)), *arguments, *variables]
    return b"\0".join(map(os.fsencode, words))


def read(message: bytes) -> Request:
    """Return what a message asks for."""
    folder, count, *words = map(os.fsdecode, message.split(b"\0"))
    variables = (each.split("=", 1) for each in words[int(count) :])
    return Request(folder, words[: int(count)], dict(variables))


def imported() -> None:
    """Import what servers need, and spare the garbage collector of each what all have."""
    import cs_simulator
    import cs_simulator.cli.serve

    for module in walk_packages(cs_simulator.__path__, "cs_simulator."):
        if module.name.split(".")[1] in PARTS:
            import_module(module.name)
    gc.collect()
    gc.freeze()


def imported_for_pytest() -> None:
    """Import pytest, and what others have written of what the plugin needs.

    Of our own nothing stays: pytest rewrites what it imports of a plugin's package itself.
    """
    from _pytest.config import get_config

    for name in ("client", "testing.session"):
        import_module(f"cs_simulator.{name}")
    get_config()  # it imports the plugins of pytest
    for name in [name for name in sys.modules if name.split(".")[0] == "cs_simulator"]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()


def asked(connection: socket.socket, listening: socket.socket) -> Request | None:
    """Wait for requests; return one in the process that is to be the server, else nothing."""
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        ready = select.select([connection, listening], [], [])[0]
        if connection in ready:
            message, descriptors, _, _ = socket.recv_fds(connection, 2**20, 4)
            if not message:
                return None
        else:
            program, _ = listening.accept()
            message, descriptors, _, _ = socket.recv_fds(program, 2**20, 3)
            descriptors.append(program.detach())
        if os.fork() == 0:
            connection.close()
            listening.close()
            return become(read(message), descriptors)
        for each in descriptors:
            os.close(each)


def _reap(_number: int, _frame: object) -> None:
    """Take note of servers that have ended, and of the time that they took."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def become(request: Request, descriptors: list[int]) -> Request:
    """Return in the process of the server; its parent tells how it ended, and is gone."""
    *streams, told = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    server = os.fork()
    if server:
        for each in streams:
            os.close(each)
        os.write(told, NUMBER.pack(server))
        _, status = os.waitpid(server, 0)
        os.write(told, NUMBER.pack(os.waitstatus_to_exitcode(status)))
        os._exit(0)
    os.close(told)
    for number, each in enumerate(streams):
        os.dup2(each, number)
        os.close(each)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", errors="backslashreplace")
    return request


def main() -> None:
    """Fork servers, or runs of pytest, until nobody can ask for one any more."""
    *numbers, kind = sys.argv[1:]
    connection, listening = (socket.socket(fileno=int(number)) for number in numbers)
    if kind == "pytest":
        sys.path[0] = str(Path(sys.executable).parent)  # as it is for the command
        imported_for_pytest()
    else:
        sys.path[0] = ""  # as it is for `python -m`
        imported()
    request = asked(connection, listening)
    if request is not None:
        os.environ.clear()
        os.environ.update(request.environment)
        os.chdir(request.folder)
        sys.argv = request.arguments
        if kind == "pytest":
            sys.path[1:1] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
            run_module("pytest", run_name="__main__")
        else:
            from cs_simulator.__main__ import main as command

            command()


if __name__ == "__main__":
    main()
