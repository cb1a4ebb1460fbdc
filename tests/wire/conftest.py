"""Servers as subprocesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import ServerProcess

StartServer = Callable[..., ServerProcess]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start servers with some options; stop them all afterwards."""
    started: list[ServerProcess] = []

    def start(*options: str, **kwargs: Any) -> ServerProcess:
        server = ServerProcess(tmp_path / f"ready-{len(started)}.json", *options, **kwargs)
        started.append(server)
        return server.wait_until_ready()

    yield start
    for server in started:
        server.stop()
