"""Whom a server believes in what they say of its client."""

from __future__ import annotations

import pytest

from tests.support.server import ServerProcess, environment
from tests.wire.conftest import StartServer

HEADERS = {"X-Forwarded-Prefix": "/sim"}


def location(server: ServerProcess) -> str:
    """Start a service through a proxy that puts the server below a path."""
    with server.client() as client:
        started = client.ask("POST", "services/start", {"contact_key": "K"}, HEADERS)
    return started.headers["Location"].removesuffix("/genesys/1/cs/services/4294967297")


@pytest.mark.parametrize(
    ("options", "prefix"),
    [
        ((), ""),
        (("--trust-forwarded",), "/sim"),
        (("--trust-forwarded", "demo"), "/sim"),
        (("--trust-forwarded", "127.0.0.1,::1"), "/sim"),
        (("--trust-forwarded=127.0.0.0/8",), "/sim"),
        (("--trust-forwarded", "10.0.0.0/8"), ""),
        (("--trust-forwarded=off",), ""),
    ],
    ids=str,
)
def test_option_says_who_is_believed(
    start_server: StartServer, options: tuple[str, ...], prefix: str
) -> None:
    server = start_server(*options)
    if "demo" in options:  # a scenario, and not whom to believe
        with server.client() as client:
            assert client.get("/_control/health").json()["scenario"] == "demo"
    else:
        assert location(server) == prefix


def test_variable_says_who_is_believed(start_server: StartServer) -> None:
    for value, prefix in (("all", "/sim"), ("127.0.0.1 ::1", "/sim"), ("0", "")):
        server = start_server(env=environment(CS_SIMULATOR_TRUST_FORWARDED=value))
        assert location(server) == prefix


def test_refusal_of_what_is_not_read_is_never_stored(start_server: StartServer) -> None:
    server = start_server("--max-control-body", "1KiB", "--trust-forwarded")
    with server.client() as client:
        refused = client.ask("PUT", "/_control/scenario", b"x" * 2_000, HEADERS)
    assert (refused.status, refused.headers["Cache-Control"]) == (413, "no-store")
