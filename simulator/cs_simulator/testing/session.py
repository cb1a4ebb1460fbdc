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
"""How many worlds of failed tests stay on a server that outlives the run, unless told otherwise."""

WORKER_INPUT = "context_services"
"""Where the controller of pytest-xdist leaves what its workers need to know."""


class Session:
    """What one process of a test run holds: a server, a way to one, or neither by now."""

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
        """The name of this worker, ``master`` where there are none."""
        return "master" if self._input is None else str(self._input["workerid"])

    @property
    def run(self) -> str:
        """A name that no other test run has."""
        if not self._run:
            from cs_simulator.ids import new_instance

            drawn = new_instance if self._input is None else lambda: self._given("run")
            self._run = self.settings.run or drawn()
        return self._run

    @property
    def keeps(self) -> int:
        """How many worlds of failed tests are kept.

        On a server of this run nobody can look at them, unless a debugger holds the run up.
        """
        if self.settings.keep is not None:
            return self.settings.keep
        return _KEPT if self.settings.url is not None or self._is_debugged else 0

    def next_number(self) -> int:
        """Return another number each time: a test that is run again is another one."""
        return next(self._numbers)

    @property
    def shares(self) -> str:
        """How pytest-xdist deals tests to several workers, or nothing if there is one process."""
        if self._input is None or self._input["workercount"] < 2:
            return ""
        return str(self._given("dist"))

    def hand_over(self, node: Any) -> None:
        """Leave a worker what it needs to know; called in the controller."""
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
        """Have a server started, where this run needs one of its own; wait for nothing."""
        if self.settings.url is None and self._process is None:
            if self._input is None:
                with contextlib.suppress(OSError):  # whoever needs it is told
                    self._process = self._started()
            elif "broker" in self._input.get(WORKER_INPUT, {}):
                from cs_simulator.testing.broker import tell

                tell(self._given("broker"), "prepare")

    def server(self) -> Server:
        """Return the server, which is started if there is none.

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
        """Return what the controller left this worker."""
        return (self._input or {})[WORKER_INPUT][name]

    def _started(self) -> ServerProcess:
        from cs_simulator.testing.process import ServerProcess

        return ServerProcess(self.settings)

    def stop(self) -> None:
        """Stop what was started here, and let go of connections."""
        if self.lender is not None:
            self.lender.close()
        if self._broker is not None:
            self._broker.close()
        if self._process is not None:
            self._process.stop()


def _found(url: str, url_from: str, token: str | None) -> Server:
    """Return the server that runs at a URL, once it is sure that it does."""
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
    """Return the server that the controller holds."""
    from cs_simulator.client import Server, SimulatorError
    from cs_simulator.testing.broker import ask

    answer = ask(address, "url")
    if "failure" in answer:
        raise SimulatorError(answer["failure"])

    def post_mortem() -> str | None:
        known: str | None = ask(address, "post-mortem").get("post_mortem")
        return known

    return Server(answer["url"], token, post_mortem=post_mortem)
