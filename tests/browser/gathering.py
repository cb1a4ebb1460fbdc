"""A proxy that holds responses back until much of them is there, whatever their headers ask for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

GATHERED = 8192
"""How many bytes are gathered, as by nginx and by Apache."""


@contextmanager
def gathering_proxy(port: int) -> Iterator[str]:
    """Run a proxy in front of a server, and give its address."""
    upstream: list[HTTPConnection] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            upstream.append(connection)
            connection.request(self.command, self.path, self.rfile.read(size), dict(self.headers))
            response = connection.getresponse()
            own = ("connection", "transfer-encoding", "content-length")
            told = [pair for pair in response.getheaders() if pair[0].lower() not in own]
            lines = [f"HTTP/1.0 {response.status} {response.reason}"]
            lines += [f"{name}: {value}" for name, value in told]
            data = "\r\n".join([*lines, "", ""]).encode("latin-1")
            with suppress(OSError, ValueError, AttributeError):
                while more := response.read1(GATHERED):
                    data += more
                    if len(data) >= GATHERED:
                        self.wfile.write(data)
                        data = b""
                self.wfile.write(data)
            connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - so they are called

        def log_message(self, *_: object) -> None:
            pass

    front = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    front.daemon_threads = True
    Thread(target=front.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{front.server_port}"
    finally:
        front.shutdown()
        for each in upstream:
            if each.sock is not None:
                with suppress(OSError):
                    each.sock.shutdown(socket.SHUT_RDWR)
        front.server_close()
