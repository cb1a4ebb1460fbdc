"""What holds the server of several workers, and what a worker that asks it is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from cs_simulator.client import SimulatorError
from cs_simulator.testing.broker import Broker, ask
from cs_simulator.testing.server import handed


class Held:
    """A server that is none."""

    url = "http://held"

    def __init__(self) -> None:
        self.stops = 0

    def post_mortem(self) -> str | None:
        return "it has died"

    def stop(self) -> None:
        self.stops += 1


class Starts:
    """Make one server, and count how often it was asked to."""

    def __init__(self, failure: str | None = None) -> None:
        self.held = Held()
        self.count = 0
        self._failure = failure

    def __call__(self) -> Held:
        self.count += 1
        if self._failure is not None:
            raise SimulatorError(self._failure)
        return self.held


@pytest.fixture
def starts() -> Starts:
    return Starts()


@pytest.fixture
def broker(starts: Starts) -> Iterator[Broker]:
    broker = Broker(starts)
    yield broker
    broker.close()


def said(broker: Broker, data: bytes) -> bytes:
    """Send something else than a question; return all that comes back."""
    with socket.create_connection(("127.0.0.1", int(broker.address.split()[0]))) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return client.recv(1000)


def test_server_is_started_once_when_it_is_first_asked_for(broker: Broker, starts: Starts) -> None:
    assert starts.count == 0
    assert [ask(broker.address, "url") for _ in range(2)] == [{"url": "http://held"}] * 2
    assert ask(broker.address, "post-mortem") == {"post_mortem": "it has died"}
    assert starts.count == 1


def test_server_that_does_not_start_is_not_tried_again() -> None:
    starts = Starts("no room")
    broker = Broker(starts)
    assert [ask(broker.address, each) for each in ("url", "post-mortem")] == [
        {"failure": "no room"}
    ] * 2
    broker.close()
    assert (starts.count, starts.held.stops) == (1, 0)


@pytest.mark.parametrize("data", [b"", b"\n", b"wrong url\n", b"wrong close\n", b"\xff\n"])
def test_stranger_is_told_nothing_and_hinders_nobody(
    broker: Broker, starts: Starts, data: bytes
) -> None:
    assert said(broker, data) == b""
    assert starts.count == 0
    assert ask(broker.address, "url") == {"url": "http://held"}


def test_closing_stops_the_server_and_leaves_nobody_to_ask(starts: Starts) -> None:
    broker = Broker(starts)
    address = broker.address
    ask(address, "url")
    broker.close()
    assert starts.held.stops == 1
    assert ask(address, "url") is None
    with pytest.raises(SimulatorError, match="cannot reach the process that runs"):
        handed(address, None)
