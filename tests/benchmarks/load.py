"""A load generator: prepared bytes over connections that stay open, as fast as answers come."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from statistics import quantiles


@dataclass
class Result:
    """What a run measured."""

    requests: int
    seconds: float
    latencies: list[float] = field(repr=False)

    @property
    def per_second(self) -> float:
        """Requests in a second."""
        return self.requests / self.seconds

    def percentile(self, percent: int) -> float:
        """A percentile of the latency, in milliseconds."""
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000

    def per_mille(self, share: int) -> float:
        """The latency, in milliseconds, that so many of a thousand do not pass."""
        return quantiles(self.latencies, n=1000, method="inclusive")[share - 1] * 1000

    @property
    def longest(self) -> float:
        """The longest latency, in milliseconds."""
        return max(self.latencies) * 1000


def request_bytes(method: str, path: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode("ascii") + body


class Connection:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._buffer = b""

    def send(self, request: bytes) -> None:
        """Send a request."""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """Return a whole reply, or None while it is not complete."""
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        self._buffer += received
        head, blank, rest = self._buffer.partition(b"\r\n\r\n")
        if not blank:
            return None
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) < length:
            return None
        reply, self._buffer = self._buffer, b""
        return reply

    def ask(self, request: bytes) -> bytes:
        """Send a request and return its whole reply."""
        self.send(request)
        while True:
            reply = self.receive()
            if reply is not None:
                return reply

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


def run(
    port: int,
    requests: Iterator[bytes] | bytes,
    total: int,
    connections: int = 1,
    allowed: bytes = b"2",
) -> Result:
    """Send ``total`` requests over some connections and measure.

    Every response must have a status that begins with an ``allowed`` digit.
    """
    source = cycle([requests]) if isinstance(requests, bytes) else requests
    selector = selectors.DefaultSelector()
    opened = [Connection(port) for _ in range(connections)]
    for connection in opened:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    latencies: list[float] = []
    sent = 0
    started = time.perf_counter()
    for connection in opened:
        connection.send(next(source))
        sent += 1
    while len(latencies) < total:
        for key, _ in selector.select():
            connection = key.data
            reply = connection.receive()
            if reply is None:
                continue
            latencies.append(time.perf_counter() - connection.sent_at)
            if reply[9:10] not in allowed:
                raise RuntimeError(reply.decode("latin-1"))
            if sent < total:
                connection.send(next(source))
                sent += 1
    seconds = time.perf_counter() - started
    selector.close()
    for connection in opened:
        connection.close()
    return Result(total, seconds, latencies)
