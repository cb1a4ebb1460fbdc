"""Servers with fault rules, as subprocesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.server.support import ServerProcess

StartWith = Callable[..., ServerProcess]


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
