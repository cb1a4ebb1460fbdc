"""A server that these tests share, and a world of it for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cs_simulator.client import Server, World
from tests.support.shared import server as server


@pytest.fixture
def world(server: Server, request: pytest.FixtureRequest) -> Iterator[World]:
    world = server.world(f"{request.path.stem}.{request.node.originalname}")
    world.create({"clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"}})
    yield world
    world.delete()
