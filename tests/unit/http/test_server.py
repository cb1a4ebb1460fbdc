"""What the server does in a turn of its loop besides answering."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_simulator.app import create_app
from cs_simulator.config import Settings
from cs_simulator.http.server import HttpServer
from cs_simulator.leftovers import STEP
from cs_simulator.log import Log, Output
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
