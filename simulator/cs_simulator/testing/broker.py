"""One server for all workers of pytest-xdist: the controller starts it when one asks.

The controller cannot know whether any test needs a server, because the workers collect the tests.
So it listens, and a worker asks when its first test needs a server.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any, Protocol

from cs_simulator.ids import new_instance

PATIENCE = 60.0
"""How long a response may take in seconds, including the start of the server."""


class HeldServer(Protocol):
    """A server that belongs to the controller."""

    @property
    def url(self) -> str:
        """Its URL, once it answers; raises ``SimulatorError`` if it does not."""

    def post_mortem(self) -> str | None:
        """Return how the server ended, or None while it runs."""

    def stop(self) -> None:
        """Stop the server."""


class Broker:
    """Answer the workers one after another, so that the server is started once."""

    def __init__(self, start: Callable[[], HeldServer]) -> None:
        self._start = start
        self._held: HeldServer | None = None
        self._failure: str | None = None
        self._is_reported = False
        self._key = new_instance()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve, name="context-services", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """The address for :func:`ask`."""
        return f"{self._listening.getsockname()[1]} {self._key}"

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with connection:
                connection.settimeout(PATIENCE)
                try:
                    words = connection.makefile("r", encoding="ascii").readline().split()
                    if words[:1] != [self._key]:
                        continue
                    if words[1] == "close":
                        return
                    connection.sendall(json.dumps(self._response_to(words[1])).encode())
                except (OSError, ValueError):
                    continue  # a worker that is gone

    def _response_to(self, what: str) -> Mapping[str, str | None]:
        from cs_simulator.client import SimulatorError  # not before a worker asks

        try:
            if self._failure is None:
                if self._held is None:
                    self._held = self._start()
                if what == "post-mortem":
                    return {"post_mortem": self._held.post_mortem()}
                if what != "prepare":
                    return {"url": self._held.url}
        except SimulatorError as error:
            self._failure, self._held = str(error), None
        failure, reported = self._failure, self._is_reported
        self._is_reported = self._is_reported or what != "prepare"
        return {"failure": failure.partition("\n")[0] if failure and reported else failure}

    def close(self) -> None:
        """Stop answering, and stop the server."""
        with socket.create_connection(("127.0.0.1", self._listening.getsockname()[1])) as client:
            client.sendall(f"{self._key} close\n".encode())
        self._thread.join()
        self._listening.close()
        if self._held is not None:
            self._held.stop()


def notify(address: str, what: str) -> None:
    """Send a message to the broker at an address, without waiting for a response."""
    port, _, key = address.partition(" ")
    try:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE) as connection:
            connection.sendall(f"{key} {what}\n".encode())
    except OSError:
        return  # the next :func:`ask` reports it


def ask(address: str, what: str) -> dict[str, Any] | None:
    """Return the response of the broker at an address, or None if it does not answer."""
    port, _, key = address.partition(" ")
    try:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE) as connection:
            connection.sendall(f"{key} {what}\n".encode())
            with connection.makefile("rb") as response:
                members: dict[str, Any] = json.loads(response.read())
    except (OSError, ValueError):
        return None
    return members
