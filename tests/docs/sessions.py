"""Run what a page tells its reader to type, against a server of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.docs.pages import Block, Command
from tests.support import WITHOUT_OUR_PLUGINS
from tests.support.forked import program, started

PRINTED_PORT = "8080"
"""The port that the pages speak of; the servers here take a free one."""

_PATIENCE = 30
_MARK = "\x1e"
_ASSIGNMENT = re.compile(r"""[A-Z_]+=(?:'[^']*'|"[^"]*"|\S*)""")


class Server:
    """A server in a subprocess, as a ``cs-simulator serve`` line starts it, on a free port."""

    def __init__(self, line: str, folder: Path) -> None:
        variables, options = serve_line(line)
        ready = Path("ready-file.json")
        if "--ready-file" in options:
            ready = Path(options[options.index("--ready-file") + 1])
        else:
            options = [*options, "--ready-file", str(ready)]
        (folder / ready).unlink(missing_ok=True)  # that of the server before
        self._process = started(
            ["serve", *options, "--port", "0"],
            cwd=folder,
            env={**environment(folder), **variables},
        )
        self.printed: list[str] = []
        try:
            self.port = self._wait(folder / ready)
        except BaseException:
            self.stop()
            raise

    def _wait(self, ready: Path) -> str:
        """Return the port as soon as the server answers."""
        paused = threading.Event()
        for _ in range(_PATIENCE * 100):
            if ready.exists():
                return str(json.loads(ready.read_text(encoding="utf-8"))["port"])
            if self._process.poll() is not None:
                raise AssertionError(f"the server has gone: {self._output()}")
            paused.wait(0.01)
        raise AssertionError("the server does not answer")

    def _output(self) -> str:
        return b"".join(self._process.communicate(timeout=_PATIENCE)).decode()

    def stop(self) -> int | None:
        """Stop the server as a container would, and return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self.printed.append(self._output())
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.communicate()
        return self._process.returncode


@contextlib.contextmanager
def served(line: str, folder: Path) -> Iterator[Server]:
    """Run a server while the context lasts."""
    server = Server(line, folder)
    try:
        yield server
    finally:
        server.stop()


def serve_line(line: str) -> tuple[dict[str, str], list[str]]:
    """Return the variables and the options of a ``cs-simulator serve`` line, but for its port."""
    before, _, after = line.partition("cs-simulator serve")
    words = shlex.split(before.rpartition("&&")[2])
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    return variables, re.sub(r"--port \d+", "", after).split()


def environment(folder: Path, *commands: str) -> dict[str, str]:
    """Return the environment of a reader: the command at hand, curl as it is in a terminal.

    Other commands can be named that are to be forked, too.
    """
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith("CS_SIMULATOR_")
    }
    (folder / ".curlrc").write_text("silent\nshow-error\n", encoding="ascii")
    found = (*map(program, ("cs-simulator", *commands)), Path(sys.executable).parent)
    folders = [str(each) for each in found if each is not None]
    return {
        **variables,
        "CURL_HOME": str(folder),
        "PATH": os.pathsep.join([*folders, variables["PATH"]]),
        "PYTEST_ADDOPTS": WITHOUT_OUR_PLUGINS,
    }


def assignments(commands: Sequence[Command]) -> str:
    """Return the lines that set variables; they hold for the rest of a page."""
    return "\n".join(each.text for each in commands if _ASSIGNMENT.fullmatch(each.text))


def run(commands: Sequence[Command], before: str, folder: Path, port: str) -> list[str]:
    """Run commands in one shell and return what each printed, the port as the pages have it."""
    lines = [before]
    for command in commands:
        lines += [command.text, f"status=$?; printf '{_MARK}'; (exit $status)"]
    script = re.sub(rf"\b{PRINTED_PORT}\b", port, "\n".join(lines))
    forked = ["pytest"] if "pytest" in script else []
    process = subprocess.Popen(
        ["/bin/sh", "-c", script],
        cwd=folder,
        env={**environment(folder, *forked), "CS_SIMULATOR_URL": f"http://localhost:{port}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output = process.communicate(timeout=_PATIENCE)[0].decode()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    output = re.sub(rf"\b{port}\b", PRINTED_PORT, output).replace("127.0.0.1:", "localhost:")
    return output.replace("\r", "").split(_MARK)[: len(commands)]


def differs(block: Block, command: Command, printed: str) -> str | None:
    """Return how a command's output differs from the page's, where ``...`` stands for anything."""
    pattern = ".*?".join(re.escape(part) for part in _tidy(command.expected).split("..."))
    if re.fullmatch(pattern, _tidy(printed), flags=re.DOTALL):
        return None
    return f"{block}: $ {command.text}\n--- expected\n{command.expected}\n--- printed\n{printed}"


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def written(blocks: Sequence[Block], folder: Path) -> Mapping[str, Path]:
    """Write the scenarios and tests that a page gives a file name, and return them."""
    files = {}
    for block in blocks:
        if block.language in ("yaml", "python") and block.file_name is not None:
            files[block.file_name] = folder / block.file_name
            files[block.file_name].write_text(block.text, encoding="utf-8")
    return files
