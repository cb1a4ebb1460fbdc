"""The counters of a world's server."""

from __future__ import annotations

import pytest

from cs_simulator.domain.server_state import ServerState, Statistics


@pytest.mark.parametrize(
    ("status", "client_errors", "server_errors"),
    [(399, 0, 0), (400, 1, 0), (499, 1, 0), (500, 0, 1), (503, 0, 1)],
)
def test_reply_counts_by_its_status(status: int, client_errors: int, server_errors: int) -> None:
    server = ServerState()
    server.count(status, 5)
    assert server.statistics(5) == Statistics(1, client_errors, server_errors, 5)
