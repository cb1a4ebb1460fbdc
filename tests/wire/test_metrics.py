"""Metrics, scraped over the wire."""

from __future__ import annotations

from cs_simulator.client import Server
from tests.wire.conftest import StartServer


def test_head_of_the_metrics_says_what_get_would(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        head = client.ask("HEAD", "/_control/metrics")
        whole = client.get("/_control/metrics")
        assert client.connects == 1
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]
    assert whole.body.endswith(b"# EOF\n")


def test_client_reads_the_metrics(start_server: StartServer) -> None:
    server = start_server()
    with Server(server.ready["url"]) as simulator:
        assert "cs_simulator_worlds 1\n" in simulator.metrics()
