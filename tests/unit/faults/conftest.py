"""Servers with fault rules, as subprocesses: one that tests share, and some of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.server import ServerProcess

StartWith = Callable[..., ServerProcess]
PutInto = Callable[[str], ServerProcess]


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server for all that need none of their own."""
    process = ServerProcess(tmp_path_factory.mktemp("faults") / "ready.json")
    yield process.wait_until_ready()
    process.stop()


@pytest.fixture
def serve(shared_server: ServerProcess) -> PutInto:
    """Put a scenario into the shared server, in place of all there was."""

    def put(document: str) -> ServerProcess:
        with shared_server.client() as client:
            answer = client.put("/_control/scenario", dedent(document).encode())
            assert answer.status == 200, answer.body
        return shared_server

    return put


@pytest.fixture
def start_with(tmp_path: Path) -> Iterator[StartWith]:
    """Start servers with a scenario written in place; stop them all afterwards."""
    started: list[ServerProcess] = []

    def start(document: str, *options: str) -> ServerProcess:
        scenario = tmp_path / f"scenario-{len(started)}.yaml"
        scenario.write_text(dedent(document))
        server = ServerProcess(
            tmp_path / f"ready-{len(started)}.json", "--scenario", str(scenario), *options
        )
        started.append(server)
        return server.wait_until_ready()

    yield start
    for server in started:
        server.stop()
