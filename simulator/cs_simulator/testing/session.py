"""The simulator of a test run: started, or found, when a test first needs it."""

from __future__ import annotations

import contextlib
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from cs_simulator.testing.settings import PluginSettings, settings_of

if TYPE_CHECKING:
    from cs_simulator.client import Server
    from cs_simulator.testing.broker import Broker
    from cs_simulator.testing.process import ServerProcess
    from cs_simulator.testing.worlds import Lender

_KEPT = 100
"""How many worlds of failed tests are kept on a server that outlives the run, by default."""

WORKER_INPUT = "context_services"
"""Where the controller of pytest-xdist stores data for its workers."""


class Session:
    """The state of one process of a test run: its server, or how to get one."""

    def __init__(self, config: pytest.Config) -> None:
        self.settings: PluginSettings = settings_of(config)
        self._input: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._run = ""
        self._numbers = count()
        self._process: ServerProcess | None = None
        self._is_debugged = bool(config.getoption("usepdb", False))
        self.lender: Lender | None = None
        """Lends the worlds of this process, once a test has asked for one."""
        self._broker: Broker | None = None

    @property
    def worker(self) -> str:
        """The name of this worker, ``master`` without workers."""
        return "master" if self._input is None else str(self._input["workerid"])

    @property
    def run(self) -> str:
        """A name that is unique to this test run."""
        if not self._run:
            from cs_simulator.ids import new_instance

            drawn = new_instance if self._input is None else lambda: self._given("run")
            self._run = self.settings.run or drawn()
        return self._run

    @property
    def keeps(self) -> int:
        """How many worlds of failed tests are kept.

        With a server of this run nobody could look at them, unless a debugger pauses the run.
        """
        if self.settings.keep is not None:
            return self.settings.keep
        return _KEPT if self.settings.url is not None or self._is_debugged else 0

    def next_number(self) -> int:
        """Return a new number each time, because a rerun test is a new one."""
        return next(self._numbers)

    @property
    def shares(self) -> str:
        """Return how pytest-xdist distributes tests to workers; empty for a single process."""
        if self._input is None or self._input["workercount"] < 2:
            return ""
        return str(self._given("dist"))

    def hand_over(self, node: Any) -> None:
        """Store data for a worker; called in the controller."""
        given: dict[str, Any] = {"dist": node.config.getoption("dist"), "run": self.run}
        if self.settings.url is None:
            if self._broker is None:
                from cs_simulator.testing.broker import Broker

                self._broker = Broker(self._started)
            given["broker"] = self._broker.address
        else:
            given |= {"url": self.settings.url, "url_from": self.settings.url_from}
        node.workerinput[WORKER_INPUT] = given

    def prepare(self) -> None:
        """Start a server in the background, if this run needs one of its own."""
        if self.settings.url is None and self._process is None:
            if self._input is None:
                with contextlib.suppress(OSError):  # the test that needs it gets the error
                    self._process = self._started()
            elif "broker" in self._input.get(WORKER_INPUT, {}):
                from cs_simulator.testing.broker import tell

                tell(self._given("broker"), "prepare")

    def server(self) -> Server:
        """Return the server; start it if necessary.

        Raises :exc:`cs_simulator.client.SimulatorError`.
        """
        from cs_simulator.client import Server

        settings = self.settings
        given = {} if self._input is None else self._input.get(WORKER_INPUT, {})
        url = settings.url or given.get("url")
        if url is not None:
            return _found(url, given.get("url_from", settings.url_from), settings.token)
        if "broker" in given:
            return _handed(given["broker"], settings.token)
        if self._process is None:
            self._process = self._started()
        return Server(self._process.url, settings.token, post_mortem=self._process.post_mortem)

    def _given(self, name: str) -> Any:
        """Return the data that the controller stored for this worker."""
        return (self._input or {})[WORKER_INPUT][name]

    def _started(self) -> ServerProcess:
        from cs_simulator.testing.process import ServerProcess

        return ServerProcess(self.settings)

    def stop(self) -> None:
        """Stop what was started here, and close connections."""
        if self.lender is not None:
            self.lender.close()
        if self._broker is not None:
            self._broker.close()
        if self._process is not None:
            self._process.stop()


def _found(url: str, url_from: str, token: str | None) -> Server:
    """Return the server that runs at a URL, after checking it."""
    from cs_simulator.client import Server, SimulatorError

    try:
        server = Server(url, token)
        server.health()
    except SimulatorError as error:
        mend = ""
        if getattr(error, "status", None) == 401:
            mend = "; use --context-services-token or CS_SIMULATOR_CONTROL_TOKEN"
        raise SimulatorError(f"{url_from}: {error}{mend}") from None
    return server


def _handed(address: str, token: str | None) -> Server:
    """Return the server of the controller."""
    from cs_simulator.client import Server, SimulatorError
    from cs_simulator.testing.broker import ask

    answer = ask(address, "url")
    if "failure" in answer:
        raise SimulatorError(answer["failure"])

    def post_mortem() -> str | None:
        known: str | None = ask(address, "post-mortem").get("post_mortem")
        return known

    return Server(answer["url"], token, post_mortem=post_mortem)
