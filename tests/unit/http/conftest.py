"""Servers whose loop a test turns itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.http.support import LoopServer

MakeServer = Callable[..., LoopServer]


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    """Make servers, and close them all afterwards."""
    made: list[LoopServer] = []

    def make(*arguments: Any, **named: Any) -> LoopServer:
        made.append(LoopServer(*arguments, **named))
        return made[-1]

    yield make
    for server in made:
        server.close()
