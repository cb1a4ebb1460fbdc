"""What the tests of the client share: a system under test, and servers that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from tests.support.responses import status_of


def ask(url: str, body: Mapping[str, Any] | None = None) -> int:
    """POST a body as a system under test does, or GET; return the status."""
    data = None if body is None else json.dumps(body).encode()
    return status_of(url, data, {"Content-Type": "application/json"})


@contextmanager
def something_else(status: int, content_type: str, body: bytes) -> Iterator[str]:
    """Answer every request in one way, at the URL that this yields."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever, args=(0.01,))  # how soon it ends
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}"
        finally:
            listening.shutdown()
            thread.join()
