"""A server's loop in this process, and clients of it over pairs of sockets."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cs_simulator.app import SERVER_NAME, create_app
from cs_simulator.clock import stopwatch
from cs_simulator.config import MIB, Settings
from cs_simulator.http.connection import Connection, Shared
from cs_simulator.http.dispatch import Dispatcher
from cs_simulator.http.loop import Loop
from cs_simulator.http.parser import Limits
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.worlds import Worlds

BASE = "/genesys/1/cs/"
PATIENCE = 20


def request_bytes(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """Return the bytes of a request; a path that begins with a slash is that of the root."""
    target = path if path.startswith("/") else f"{BASE}{path}"
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


START = request_bytes("POST", "services/start", b'{"contact_key": "a"}')


class LoopServer:
    """A loop that turns when a test says so."""

    def __init__(
        self,
        document: Mapping[str, Any] | None = None,
        *,
        max_waiting: int = 1_000,
        export_folder: Path | None = None,
    ) -> None:
        loader = ScenarioLoader(Catalogue([shipped_folder()]))
        scenario = loader.load_text(json.dumps(document or {}), "s.json", "s")
        self.worlds = Worlds(
            scenario, loader=loader, max_waiting=max_waiting, export_folder=export_folder
        )
        self._clients: list[LoopClient] = []
        self.app = create_app(self.worlds, Settings())
        self.loop = Loop()
        self.dispatcher = Dispatcher(self.app, self.loop)
        limits = Limits(max_body=MIB, max_request_body_size=65 * MIB, server=SERVER_NAME)
        self.shared = Shared(self.loop, self.dispatcher, self.worlds.waiting, limits, lambda: None)

    def connect(self, pair: tuple[socket.socket, socket.socket] | None = None) -> LoopClient:
        """Return a client that is connected, by a pair of sockets of which the first is ours."""
        ours, theirs = pair or socket.socketpair()
        ours.setblocking(False)
        Connection(self.shared, ours, ("127.0.0.1", "1"))
        self._clients.append(LoopClient(self, theirs))
        return self._clients[-1]

    def until(self, is_true: Callable[[], object]) -> None:
        """Turn the loop until something is true."""
        begun = stopwatch()
        while not is_true():
            assert stopwatch() - begun < PATIENCE
            self.loop.turn(0.01)

    def close(self) -> None:
        """End all that there is."""
        for client in self._clients:
            client.socket.close()
        self.worlds.waiting.close()
        for each in list(self.shared.open.values()):
            each.close()
        self.loop.turn(0)
        self.dispatcher.close()
        self.loop.close()


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a connection over TCP: only there is a reset, and a client that left."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        theirs = socket.create_connection(listening.getsockname())
        ours, _ = listening.accept()
    return ours, theirs


class LoopClient:
    """A client of a loop that runs in the same thread."""

    def __init__(self, server: LoopServer, sock: socket.socket) -> None:
        self._server = server
        self.socket = sock
        self.socket.setblocking(False)
        self.received = b""
        self.is_closed = False

    def read(self) -> bytes:
        """Read what there is, and return all that was read until now."""
        try:
            while data := self.socket.recv(65_536):
                self.received += data
            self.is_closed = True
        except BlockingIOError:
            pass
        except ConnectionError:
            self.is_closed = True
        return self.received

    def until(self, is_true: Callable[[bytes], object]) -> bytes:
        """Turn the loop until what was received is as expected; return it, and forget it."""
        self._server.until(lambda: is_true(self.read()))
        received, self.received = self.received, b""
        return received

    def ask(self, data: bytes) -> bytes:
        """Send one request, and return its whole response."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.socket.send(rest) :]
            except BlockingIOError:
                self._server.loop.turn(0.01)
        is_head = data.startswith(b"HEAD ")
        return self.until((lambda found: b"\r\n\r\n" in found) if is_head else is_whole)


def is_whole(data: bytes) -> bool:
    """Tell whether there is one whole response."""
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return False
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return len(body) >= length
