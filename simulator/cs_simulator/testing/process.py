"""A server in a separate process that never outlives the one that started it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

from cs_simulator.client.errors import ScenarioFileError, SimulatorError
from cs_simulator.client.wording import printable
from cs_simulator.clock import stopwatch
from cs_simulator.testing.settings import PluginSettings

PATIENCE = 30.0
"""How long a server may take until it answers, by default and at most, in seconds."""

_GRACE = 5.0
_TAIL = 20
_PAUSE = 0.002
"""The interval of checks whether a server answers."""
_PREFIX = "CS_SIMULATOR_"


class StartError(SimulatorError):
    """A server that did not start."""


class ServerProcess:
    """Start a server on a free port, and stop it.

    Its standard input is a pipe whose other end is held only here. However this process ends, the
    pipe is closed with it, and the server stops.
    """

    def __init__(self, settings: PluginSettings) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._drafts = Path(tempfile.mkdtemp(prefix="context-services-"))
        self._begun = stopwatch()
        self._url = ""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - what this very run was told
                command(settings, self._drafts / "ready.json"),
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                bufsize=0,
                cwd=settings.folder,
                env=environment(settings),
                # Ctrl-C goes to everyone in the terminal's group. The tests that are being stopped
                # still need the server.
                start_new_session=True,
            )
            _close_in_forks(self._process.stdin)
        except BaseException:  # also Ctrl-C: nobody else can stop the process yet
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The URL of the server, once it answers; raises :exc:`StartError` if it does not."""
        if not self._url:
            try:
                self._url = self._wait_for(self._drafts / "ready.json")
            except BaseException:  # also Ctrl-C, and the end of a test by its time limit
                self.stop()
                raise
            shutil.rmtree(self._drafts, ignore_errors=True)
        return self._url

    def _wait_for(self, ready: Path) -> str:
        while not ready.exists():
            code = self._ended_within(_PAUSE)
            if code is not None:
                raise StartError(self._why_not_started(code))
            if stopwatch() - self._begun > PATIENCE:
                self._process.kill()
                self._process.wait()
                raise StartError(
                    f"The simulator was not ready within {PATIENCE:g} s:\n{self._tail()}"
                )
        members: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
        return str(members["url"])

    def _why_not_started(self, code: int) -> str:
        """Return why it did not start; the reason comes first, for summaries show only that."""
        said = [line for line in self._said() if line.strip()] or ["no output"]
        if said[0].startswith("Traceback"):  # which ends with the reason
            said = [said[-1], *said[:-1]]
        [reason, *more] = said
        first = f"The simulator did not start: {reason.strip()} ({_ending(code)})"
        return "\n".join([first, *(f"  {line}" for line in more)])

    def _ended_within(self, seconds: float) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def post_mortem(self) -> str | None:
        """Return how the server ended and its last output, or None while it runs."""
        code = self._ended_within(1.0)  # a connection may break a moment before the process ends
        if code is None:
            return None
        ended = f"The simulator ended unexpectedly ({_ending(code)})."
        return f"{ended} Last lines of its log:\n{self._tail()}"

    def _tail(self) -> str:
        """Return the last lines of the log of a server that has ended."""
        return "\n".join(f"  {line}" for line in self._said()) or "  (no output)"

    def _said(self) -> list[str]:
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").splitlines()
        return [printable(line) for line in lines[-_TAIL:]]

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server and wait until it has ended; ``at_once`` if nobody has used it."""
        process = getattr(self, "_process", None)
        if process is not None:
            process.stdin.close()
            if at_once:
                process.kill()
            if self._ended_within(_GRACE) is None:
                process.kill()
                process.wait()
        self._log.close()
        shutil.rmtree(self._drafts, ignore_errors=True)


def command(settings: PluginSettings, ready: Path) -> list[str]:
    """Return the command line of a server that writes the file ``ready`` once it answers."""
    words = [sys.executable, "-P", "-m", "cs_simulator", "serve", "--port", "0"]
    words += ["--ready-file", str(ready), "--stop-on-stdin-eof"]
    if settings.scenario is not None:
        words += ["--scenario", settings.scenario]
    if settings.scenario_dir is not None:
        words += ["--scenario-dir", str(settings.scenario_dir)]
    return [*words, *settings.options]


def whole_scenario(path: Path, settings: PluginSettings) -> bytes:
    """Return a scenario file merged with all that it extends.

    Raises :exc:`ScenarioFileError` with the problems in the files.
    """
    words = [sys.executable, "-m", "cs_simulator", "show", str(path.resolve()), "--merged"]
    if settings.scenario_dir is not None:
        words += ["--scenario-dir", str(settings.scenario_dir)]
    done = subprocess.run(  # noqa: S603 - what this very run was told
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(settings),
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        said = printable(done.stderr.decode("utf-8", "replace")).strip()
        raise ScenarioFileError(said.removeprefix("Error: "))
    return done.stdout


def environment(settings: PluginSettings) -> dict[str, str]:
    """Return the environment of a server, which ignores variables meant for other servers."""
    variables = {name: os.environ[name] for name in os.environ if not name.startswith(_PREFIX)}
    if settings.token is not None:
        variables[f"{_PREFIX}CONTROL_TOKEN"] = settings.token
    return variables


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _close_in_forks(pipe: IO[bytes] | None) -> None:
    """Keep forks of this process, which may outlive it, from holding the pipe open."""
    if pipe is None or not hasattr(os, "register_at_fork"):  # pragma: no cover - Windows
        return
    held = weakref.ref(pipe)

    def close() -> None:
        pipe = held()
        if pipe is not None:
            pipe.close()

    os.register_at_fork(after_in_child=close)
