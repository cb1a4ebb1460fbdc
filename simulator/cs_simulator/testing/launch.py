"""The start of a server in a separate process that never outlives the one that started it.

This imports little, so that the server starts before the rest of the plugin is imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import IO

from cs_simulator.clock import stopwatch
from cs_simulator.testing.settings import PluginSettings

_GRACE = 5.0
_PREFIX = "CS_SIMULATOR_"


class Launch:
    """Start a server on a free port, and stop it.

    Its standard input is a pipe whose other end is held only here. However this process ends, the
    pipe is closed with it, and the server stops.
    """

    def __init__(self, settings: PluginSettings) -> None:
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._drafts = Path(tempfile.mkdtemp(prefix="context-services-"))
        self.ready = self._drafts / "ready.json"
        """The file that the server writes once it answers."""
        self.begun = stopwatch()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - what this very run was told
                command(settings, self.ready),
                stdin=subprocess.PIPE,
                stdout=self.log,
                stderr=subprocess.STDOUT,
                bufsize=0,
                cwd=settings.folder,
                env=environment(settings),
                # Ctrl-C goes to everyone in the terminal's group. The tests that are being stopped
                # still need the server.
                start_new_session=True,
            )
            _close_in_forks(self.process.stdin)
        except BaseException:  # Ctrl-C too must leave no server behind
            self.stop()
            raise

    def ended_within(self, seconds: float) -> int | None:
        """Return the exit code of the process once it has ended, or None while it runs."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def tidy(self) -> None:
        """Remove the ready file, which has been read."""
        shutil.rmtree(self._drafts, ignore_errors=True)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server and wait until it has ended; ``at_once`` if nobody has used it."""
        process = getattr(self, "process", None)
        if process is not None:
            process.stdin.close()
            if at_once:
                process.kill()
            if self.ended_within(_GRACE) is None:
                process.kill()
                process.wait()
        self.log.close()
        self.tidy()


def command(settings: PluginSettings, ready: Path) -> list[str]:
    """Return the command line of a server that writes the file ``ready`` once it answers."""
    words = [sys.executable, "-P", "-m", "cs_simulator", "serve", "--port", "0"]
    words += ["--ready-file", str(ready), "--stop-on-stdin-eof"]
    if settings.scenario is not None:
        words += ["--scenario", settings.scenario]
    if settings.scenario_dir is not None:
        words += ["--scenario-dir", str(settings.scenario_dir)]
    return [*words, *settings.options]


def environment(settings: PluginSettings) -> dict[str, str]:
    """Return the environment of a server, which ignores variables meant for other servers."""
    variables = {name: os.environ[name] for name in os.environ if not name.startswith(_PREFIX)}
    if settings.token is not None:
        variables[f"{_PREFIX}CONTROL_TOKEN"] = settings.token
    return variables


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
