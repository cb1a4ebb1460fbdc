"""Shipped scenarios on the wire, where it is the point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.server import ServerProcess

Serve = Callable[[str], ServerProcess]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a server with a shipped scenario; stop it afterwards."""
    started: list[ServerProcess] = []

    def start(name: str) -> ServerProcess:
        server = ServerProcess(tmp_path / f"ready-{name}.json", "--scenario", name)
        started.append(server)
        return server.wait_until_ready()

    yield start
    for server in started:
        server.stop()
