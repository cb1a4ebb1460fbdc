"""The desk under test, connected to the world of the test."""

from __future__ import annotations

import pytest

from cs_simulator.client import World

from .desk import Desk


@pytest.fixture
def desk(context_services: World) -> Desk:
    return Desk(context_services.base_url)
