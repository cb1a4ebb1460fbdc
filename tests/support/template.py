"""A process that has imported what a server is made of, and makes servers by forking.

Started by :mod:`tests.support.forked`, with the number of a socket. A message of that socket asks
for a server: its command line, environment and folder, with the descriptors of its standard streams
and of a pipe that is told its process id and, in the end, its exit code.

It runs before anything of the tests is imported: a server knows nothing of them.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

NUMBER = struct.Struct("i")
"""How a process id and an exit code are told."""

PARTS = ("api", "app", "control", "documents", "domain", "faults", "http", "journal", "scenario")
"""Packages of which most servers need most modules."""


def imported() -> None:
    """Import what servers need, and spare the garbage collector of each what all have."""
    import cs_simulator
    import cs_simulator.cli.serve

    for module in walk_packages(cs_simulator.__path__, "cs_simulator."):
        if module.name.split(".")[1] in PARTS:
            import_module(module.name)
    gc.collect()
    gc.freeze()


def asked(connection: socket.socket) -> dict[str, Any] | None:
    """Wait for requests; return one in the process that is to be the server, else nothing."""
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        message, descriptors, _, _ = socket.recv_fds(connection, 2**20, 4)
        if not message:
            return None
        if os.fork() == 0:
            connection.close()
            return become(json.loads(message), descriptors)
        for each in descriptors:
            os.close(each)


def _reap(_number: int, _frame: object) -> None:
    """Take note of servers that have ended, and of the time that they took."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def become(request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
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
    """Fork servers until nobody can ask for one any more."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    sys.path[0] = ""  # as it is for `python -m`
    imported()
    request = asked(connection)
    if request is not None:
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        sys.argv = ["cs_simulator", *request["arguments"]]
        from cs_simulator.__main__ import main as command

        command()


if __name__ == "__main__":
    main()
