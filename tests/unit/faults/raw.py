"""A raw socket: what a client sees, byte by byte and in time."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field

from tests.support.server import ServerProcess


@dataclass
class Seen:
    """What came: the pieces, when each came, and how it ended."""

    pieces: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    end: str = ""

    @property
    def bytes(self) -> bytes:
        """Everything that came."""
        return b"".join(self.pieces)


def request(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """Return the bytes of a request below the 8.5 base."""
    lines = [f"{method} /genesys/1/cs/{path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def connect(server: ServerProcess, timeout: float = 10) -> socket.socket:
    """Return a connection to a server."""
    return socket.create_connection((server.ready["host"], server.ready["port"]), timeout)


def see(server: ServerProcess, sent: bytes, timeout: float = 10) -> Seen:
    """Send bytes and note what comes until the connection ends, or is silent for the timeout."""
    seen = Seen()
    with connect(server, timeout) as raw:
        raw.sendall(sent)
        begun = time.monotonic()
        while True:
            try:
                piece = raw.recv(65536)
            except TimeoutError:
                seen.end = "silence"
            except ConnectionResetError:
                seen.end = "reset"
            else:
                if piece:
                    seen.pieces.append(piece)
                    seen.times.append(time.monotonic() - begun)
                    continue
                seen.end = "closed"
            return seen
