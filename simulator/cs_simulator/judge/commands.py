"""The command that a drill runs, with limits on its time and kept output, and ended completely.

Nothing of it stays behind: its process group is killed, and so are processes that left the group
but still have the mark in their environment.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

from cs_simulator.clock import stopwatch
from cs_simulator.lines import one_line

MARK = "CS_SIMULATOR_DRILL"
"""The variable that tells a command its drill, and identifies its processes."""

TAIL = 16_384
"""The number of bytes kept of the end of a command's output."""

GRACE = 1.0
"""How long a process may take to end after SIGTERM, in seconds."""


class NoCommandError(Exception):
    """A command that cannot be run."""


class CommandEnd(NamedTuple):
    """How a command ended."""

    code: int | None
    """Its exit code, negative for a signal; None if it took too long."""
    seconds: float
    output: str
    """The end of its output."""
    left_out: int = 0
    """The number of bytes printed before that."""

    def described(self) -> str:
        """Return how it ended, in words."""
        if self.code is None:
            return f"the command was ended after {self.seconds:.0f} s"
        if self.code < 0:
            with suppress(ValueError):
                return f"the command was ended by {signal.Signals(-self.code).name}"
        return f"the command exited with {self.code} after {self.seconds:.1f} s"


def check_command(command: Sequence[str]) -> None:
    """Raise :exc:`NoCommandError`, with the fix, if a command cannot be run."""
    if not command:
        raise NoCommandError("expected a command after --, such as -- pytest tests/client")
    name = command[0]
    if shutil.which(name) is None:
        why = "is not executable" if os.access(name, os.F_OK) else "is not found"
        fix = "give a path, such as ./client.sh" if os.sep not in name else "check its path"
        raise NoCommandError(f"the command {one_line(name)} {why}; {fix}")


def run(command: Sequence[str], variables: Mapping[str, str], limit: float) -> CommandEnd:
    """Run a command to its end, or kill it after some seconds."""
    begun = stopwatch()
    process = subprocess.Popen(  # noqa: S603 - the user's own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **variables},
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    kept = _Kept(process.stdout)
    code: int | None = None
    try:
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(limit)
    finally:
        seconds = stopwatch() - begun
        _end(process, variables.get(MARK))
        kept.close()
    return CommandEnd(code, seconds, kept.text(), kept.left_out)


class _Kept:
    """The end of a command's output, read as it comes so that the command never blocks."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._tail = b""
        self.left_out = 0
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while piece := os.read(self._pipe.fileno(), 65_536):
                whole = self._tail + piece
                self.left_out += max(0, len(whole) - TAIL)
                self._tail = whole[-TAIL:]

    def close(self) -> None:
        self._thread.join(GRACE)
        self._pipe.close()

    def text(self) -> str:
        return self._tail.decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes], mark: str | None) -> None:
    """Kill a command and everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        for pid in _marked(mark):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        if number == signal.SIGKILL:
            process.wait()
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        if not _is_group(process.pid) and not any(_marked(mark)):
            return


def _is_group(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _marked(mark: str | None) -> Iterator[int]:
    """Yield the processes whose environment has a mark, if the system shows it."""
    if mark is None:
        return
    wanted = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
