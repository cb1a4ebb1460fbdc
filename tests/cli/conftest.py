"""A server that these tests share, and a command line that asks a world of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from cs_simulator.cli import main
from cs_simulator.client import Server, World
from tests.support.shared import server as server
from tests.wire.conftest import start_server as start_server

SCENARIO = {
    "clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"},
    "stages": [{"name": "morning", "until": {"elapsed": "1h"}}, {"name": "noon"}],
}

Run = Callable[..., Result]


@pytest.fixture
def world(server: Server, request: pytest.FixtureRequest) -> Iterator[World]:
    world = server.world(f"{request.path.stem}.{request.node.originalname}"[:64])
    world.create(SCENARIO)
    yield world
    world.delete()


@pytest.fixture
def run(world: World) -> Run:
    """Run a command that asks the test's world."""

    def run(*arguments: str, stdin: str = "", **variables: str | None) -> Result:
        found = {
            "CS_SIMULATOR_URL": world.root_url.removesuffix(world.prefix),
            "CS_SIMULATOR_WORLD": world.name,
            **variables,
        }
        return CliRunner().invoke(main, arguments, input=stdin, env=found, prog_name="cs-simulator")

    return run
