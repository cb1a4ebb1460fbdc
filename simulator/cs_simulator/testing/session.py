"""The simulator of a test run: started, or found, when a test first needs it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from cs_simulator.testing.settings import Settings, settings_of

if TYPE_CHECKING:
    from cs_simulator.client import Server
    from cs_simulator.testing.broker import Broker
    from cs_simulator.testing.process import ServerProcess

WORKER_INPUT = "context_services"
"""Where the controller of pytest-xdist leaves what its workers need to know."""


class Session:
    """What one process of a test run holds: a server, a way to one, or neither by now."""

    def __init__(self, config: pytest.Config) -> None:
        self.settings: Settings = settings_of(config)
        self._input: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._run = ""
        self._numbers = count()
        self._process: ServerProcess | None = None
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

            self._run = new_instance() if self._input is None else str(self._input["testrunuid"])
        return self._run

    def next_number(self) -> int:
        """Return another number each time: a test that is run again is another one."""
        return next(self._numbers)

    @property
    def shares(self) -> str:
        """How pytest-xdist deals tests to several workers, or nothing if there is one process."""
        if self._input is None or self._input["workercount"] < 2:
            return ""
        return str(self._input[WORKER_INPUT]["dist"])

    def hand_over(self, node: Any) -> None:
        """Leave a worker what it needs to know; called in the controller."""
        given: dict[str, Any] = {"dist": node.config.getoption("dist")}
        if self.settings.url is None:
            if self._broker is None:
                from cs_simulator.testing.broker import Broker

                self._broker = Broker(self._started)
            given["broker"] = self._broker.address
        else:
            given |= {"url": self.settings.url, "url_from": self.settings.url_from}
        node.workerinput[WORKER_INPUT] = given

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
        self._process = self._started()
        return Server(self._process.url, settings.token, post_mortem=self._process.post_mortem)

    def _started(self) -> ServerProcess:
        from cs_simulator.testing.process import ServerProcess

        return ServerProcess(self.settings)

    def stop(self) -> None:
        """Stop what was started here."""
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
            mend = "; give it with --context-services-token or CS_SIMULATOR_CONTROL_TOKEN"
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
