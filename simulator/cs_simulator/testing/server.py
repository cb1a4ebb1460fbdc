"""The simulator of a test run: found at a URL, asked of the controller, or started here."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_simulator.client import ScenarioFileError, Server, SimulatorError
from cs_simulator.client.wording import printable
from cs_simulator.clock import stopwatch
from cs_simulator.testing.broker import ask
from cs_simulator.testing.launch import Launch, environment
from cs_simulator.testing.settings import PluginSettings

if TYPE_CHECKING:
    from cs_simulator.testing.session import Session


PATIENCE = 30.0
"""How long a server may take until it answers, by default and at most, in seconds."""

_TAIL = 20
_PAUSE = 0.002
"""The interval of checks whether a server answers."""


def server_of(session: Session) -> Server:
    """Return the server of a run, which is started if necessary.

    Raises :exc:`cs_simulator.client.SimulatorError`.
    """
    settings, given = session.settings, session.given
    url = settings.url or given.get("url")
    if url is not None:
        return _found(url, given.get("url_from", settings.url_from), settings.token)
    if "broker" in given:
        return handed(given["broker"], settings.token)
    process = session.process()
    return Server(process.url, settings.token, post_mortem=process.post_mortem)


def _found(url: str, url_from: str, token: str | None) -> Server:
    """Return the server that runs at a URL, after checking it."""
    try:
        server = Server(url, token)
        server.health()
    except SimulatorError as error:
        fix = ""
        if getattr(error, "status", None) == 401:
            fix = "; use --context-services-token or CS_SIMULATOR_CONTROL_TOKEN"
        raise SimulatorError(f"{url_from}: {error}{fix}") from None
    return server


def handed(address: str, token: str | None) -> Server:
    """Return the server of the controller."""
    response = _asked(address, "url")
    if "failure" in response:
        raise SimulatorError(response["failure"])

    def post_mortem() -> str | None:
        known: str | None = _asked(address, "post-mortem").get("post_mortem")
        return known

    return Server(response["url"], token, post_mortem=post_mortem)


def _asked(address: str, what: str) -> dict[str, Any]:
    response = ask(address, what)
    if response is None:
        raise SimulatorError(
            "This worker cannot reach the process that runs the simulator; if workers run on other "
            "machines, start a simulator they can reach and pass --context-services-url"
        )
    return response


class StartError(SimulatorError):
    """A server that did not start."""


class ServerProcess:
    """Wait for a server that was launched, and tell what became of it."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._url = ""

    @property
    def url(self) -> str:
        """The URL of the server, once it answers; raises :exc:`StartError` if it does not."""
        if not self._url:
            try:
                self._url = self._wait_for(self._launch.ready)
            except BaseException:  # Ctrl-C too must leave no server behind
                self.stop()
                raise
            self._launch.tidy()
        return self._url

    def _wait_for(self, ready: Path) -> str:
        while not ready.exists():
            code = self._launch.ended_within(_PAUSE)
            if code is not None:
                raise StartError(self._why_not_started(code))
            if stopwatch() - self._launch.begun > PATIENCE:
                self._launch.process.kill()
                self._launch.process.wait()
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

    def post_mortem(self) -> str | None:
        """Return how the server ended and its last output, or None while it runs."""
        # A connection may break a moment before the process ends.
        code = self._launch.ended_within(1.0)
        if code is None:
            return None
        ended = f"The simulator ended unexpectedly ({_ending(code)})."
        return f"{ended} Last lines of its log:\n{self._tail()}"

    def _tail(self) -> str:
        """Return the last lines of the log of a server that has ended."""
        return "\n".join(f"  {line}" for line in self._said()) or "  (no output)"

    def _said(self) -> list[str]:
        self._launch.log.seek(0)
        lines = self._launch.log.read().decode("utf-8", "replace").splitlines()
        return [printable(line) for line in lines[-_TAIL:]]

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server and wait until it has ended; ``at_once`` if nobody has used it."""
        self._launch.stop(at_once=at_once)


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


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
