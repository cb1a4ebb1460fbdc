"""What the server does in a turn of its loop besides answering."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cs_simulator.app import create_app
from cs_simulator.config import Settings
from cs_simulator.http import server as server_module
from cs_simulator.http.ahead import Ahead
from cs_simulator.http.dispatch import Dispatcher
from cs_simulator.http.loop import Loop
from cs_simulator.http.server import HttpServer
from cs_simulator.http.sweeping import Sweeper
from cs_simulator.leftovers import STEP, Leftovers
from cs_simulator.log import PAUSE, Log, Output
from cs_simulator.worlds import Worlds
from tests.support.simulation import worlds_that_leave

MANY = 20


class Turning(HttpServer):
    """A server whose loop turns when a test says so."""

    def turn(self, *, is_busy: bool) -> None:
        """Do what is ready; if busy, something is."""
        if is_busy:
            self._loop.soon(lambda: None)
        self._turn()

    def close(self) -> None:
        """Release its sockets."""
        for each in self.sockets:
            each.close()
        self._loop.close()


@pytest.fixture
def worlds() -> Worlds:
    return worlds_that_leave()


@pytest.fixture
def server(worlds: Worlds, tmp_path: Path) -> Iterator[Turning]:
    descriptor = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    settings = Settings(port=0)
    made = Turning(create_app(worlds, settings), settings, Log(Output(descriptor)))
    yield made
    made.close()
    os.close(descriptor)


@pytest.mark.parametrize("is_busy", [True, False], ids=["under load", "in a pause"])
def test_turn_frees_a_part_of_what_worlds_left(
    worlds: Worlds, server: Turning, is_busy: bool
) -> None:
    worlds.leftovers.leave([[number] for number in range(MANY * STEP)])
    turns = 0
    while worlds.leftovers:
        server.turn(is_busy=is_busy)
        turns += 1
        assert turns < 4 * MANY
    assert turns >= MANY


@pytest.mark.parametrize(
    ("is_pending", "patience", "waits"),
    [(False, 2.0, 1.0), (True, 2.0, PAUSE), (True, 0.001, 0.001)],
)
def test_turn_waits_until_something_is_due(
    server: Turning,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_pending: bool,
    patience: float,
    waits: float,
) -> None:
    asked = list[float]()
    for each in (Sweeper, Leftovers, Ahead):
        monkeypatch.setattr(each, "patience", patience)
    monkeypatch.setattr(Log, "is_pending", is_pending)

    def turn(_: Loop, timeout: float) -> bool:
        asked.append(timeout)
        return False

    monkeypatch.setattr(Loop, "turn", turn)
    server.turn(is_busy=False)
    assert asked == [waits]


def test_collector_knows_what_the_pool_does(
    monkeypatch: pytest.MonkeyPatch, worlds: Worlds
) -> None:
    known = list[Callable[[], int]]()

    def sweeper(jobs: Callable[[], int] = int, running: Callable[[], int] = int) -> Sweeper:
        known.extend((jobs, running))
        return Sweeper(jobs, running)

    monkeypatch.setattr(server_module, "Sweeper", sweeper)
    monkeypatch.setattr(Dispatcher, "running", 2)
    settings = Settings(port=0)
    made = Turning(create_app(worlds, settings), settings, Log(Output(None)))
    made._dispatcher.jobs = 3
    assert [each() for each in known] == [3, 2]
    made.close()
