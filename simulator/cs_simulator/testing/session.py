"""The session of one process of a test run: a server, the address of one, or neither yet.

It imports little, because every controller of pytest-xdist has one.
"""

from __future__ import annotations

import contextlib
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from cs_simulator.ids import new_instance
from cs_simulator.testing.settings import PluginSettings, settings_of

if TYPE_CHECKING:
    from cs_simulator.testing.broker import Broker
    from cs_simulator.testing.server import ServerProcess

_KEPT = 100
"""How many worlds of failed tests are kept on a server that outlives the run, by default."""

WORKER_INPUT = "context_services"
"""Where the controller of pytest-xdist stores data for its workers."""


class Session:
    """The state of one process of a test run."""

    def __init__(self, config: pytest.Config) -> None:
        self.settings: PluginSettings = settings_of(config)
        self._input: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._run = ""
        self._numbers = count()
        self._process: ServerProcess | None = None
        self._is_debugged = bool(config.getoption("usepdb", False))
        self._broker: Broker | None = None

    @property
    def worker(self) -> str:
        """The name of this worker, ``master`` without workers."""
        return "master" if self._input is None else str(self._input["workerid"])

    @property
    def run(self) -> str:
        """A name that is unique to this test run."""
        if not self._run:
            self._run = self.settings.run or self.given.get("run") or new_instance()
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
        return str(self.given["dist"])

    @property
    def given(self) -> dict[str, Any]:
        """The data from the controller of pytest-xdist; empty in any other process."""
        found: dict[str, Any] = (self._input or {}).get(WORKER_INPUT, {})
        return found

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
        if self.settings.url is not None or self._process is not None:
            return
        if "broker" in self.given:
            from cs_simulator.testing.broker import notify

            notify(self.given["broker"], "prepare")
        elif self._input is None:
            with contextlib.suppress(OSError):  # the test that needs it gets the error
                self.process()

    def process(self) -> ServerProcess:
        """Return the server of this run, which is started if necessary."""
        if self._process is None:
            self._process = self._started()
        return self._process

    def _started(self) -> ServerProcess:
        from cs_simulator.testing.launch import Launch

        launch = Launch(self.settings)
        # What is imported from here on is imported while the server starts.
        from cs_simulator.testing.server import ServerProcess

        return ServerProcess(launch)

    def dismiss(self) -> None:
        """Stop a server that no test needs after all."""
        process, self._process = self._process, None
        if process is not None:
            process.stop(at_once=True)

    def stop(self) -> None:
        """Stop what was started here."""
        if self._broker is not None:
            self._broker.close()
        if self._process is not None:
            self._process.stop()
