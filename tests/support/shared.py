"""A server that the tests of a package share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cs_simulator.client import Server
from tests.support.server import ServerProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server of the scenario demo for as long as the tests run."""
    process = ServerProcess(
        tmp_path_factory.mktemp("server") / "ready.json", "--scenario", "demo"
    ).wait_until_ready()
    yield Server(process.ready["url"])
    process.stop()
