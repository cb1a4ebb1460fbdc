"""Real clients, each as a command that a drill runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from cs_simulator.client import Server
from cs_simulator.judge.drills import Drilled, drilled, prepared
from tests.clients.commands import NotInstalledError, Programs
from tests.support.server import ServerProcess

Drill = Callable[..., Drilled]
Commands = Callable[[str, str], Sequence[str]]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    process = ServerProcess(
        tmp_path_factory.mktemp("clients") / "ready.json", "--max-waiting", "400"
    ).wait_until_ready()
    yield Server(process.ready["url"])
    process.stop()


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """Return how a client is run; a test of one that is not installed is skipped."""
    programs = Programs(tmp_path_factory.mktemp("classes"))

    def of(kind: str, name: str) -> Sequence[str]:
        try:
            return programs.command(kind, name)
        except NotInstalledError as missing:
            pytest.skip(str(missing))

    return of


@pytest.fixture
def drill(server: Server, command: Commands) -> Drill:
    """Run a client in a drill, and return what the judge says."""

    def run(scenario: str, kind: str, name: str, limit: float = 60.0) -> Drilled:
        words = command(kind, name)
        number = abs(hash((scenario, kind, name))) % 10**9
        with prepared(server, scenario, number) as world:
            return drilled(world, scenario, words, limit)

    return run
