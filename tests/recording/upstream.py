"""A server that misbehaves as it is told to, in a thread of this process."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cs_simulator.recording.decoding import MAX_BODY

JSON = "Content-Type: application/json"


class Upstream:
    """Answer by the path of a request, and remember what came."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self.port: int = self._socket.getsockname()[1]
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if connection.recv(1, socket.MSG_PEEK) == b"\x16" and self._context is None:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as file:
                while self._one(connection, file):
                    pass

    def _one(self, connection: socket.socket, file: object) -> bool:
        lines = []
        while True:
            line: bytes = file.readline()  # type: ignore[attr-defined]
            if line in (b"\r\n", b""):
                break
            lines.append(line.decode("latin-1").strip())
        if not lines:
            return False
        method, path, _ = lines[0].split(" ", 2)
        self.heads.append("\n".join(lines))
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while size := int(file.readline(), 16):  # type: ignore[attr-defined]
                body += file.read(size)  # type: ignore[attr-defined]
                file.readline()  # type: ignore[attr-defined]
            file.readline()  # type: ignore[attr-defined]
        else:
            body = file.read(int(headers.get("content-length", 0)))  # type: ignore[attr-defined]
        self.bodies.append(body)
        return self._answer(connection, method, path.partition("?")[0])

    def _answer(self, connection: socket.socket, method: str, path: str) -> bool:
        def send(status: str, *headers: str, body: bytes = b"", length: int | None = None) -> None:
            head = [f"HTTP/1.1 {status}", *headers]
            head.append(f"Content-Length: {len(body) if length is None else length}")
            text = "\r\n".join(head).encode("latin-1") + b"\r\n\r\n"
            connection.sendall(text + (b"" if method == "HEAD" else body))

        name = path.rpartition("/")[2]
        if name == "close":
            return False
        if name == "reset":
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return False
        if name == "truncate":
            send("200 OK", JSON, body=b'{"service_id":4294', length=100)
            return False
        if name == "stall":
            threading.Event().wait(5)
            return False
        if name == "garbage":
            connection.sendall(b"\x80\x81 this is not HTTP\r\n\r\n")
            return False
        if name == "packed":
            send("200 OK", JSON, "Content-Encoding: gzip", body=b"abcd")
        elif name == "members":
            parts = gzip.compress(b'{"n":') + gzip.compress(b"1}")
            send("200 OK", JSON, "Content-Encoding: gzip", body=parts)
        elif name == "bomb":
            bomb = gzip.compress(b" " * (MAX_BODY + 1), 1)
            send("200 OK", JSON, "Content-Encoding: gzip", body=bomb)
        elif name == "gzip":
            send("200 OK", JSON, "Content-Encoding: gzip", body=gzip.compress(b'{"n":1.10}'))
        elif name == "odd":
            send("200 OK", JSON, "Content-Encoding: br", body=b"\x0b\x00")
        elif name == "chunked":
            connection.sendall(
                b"HTTP/1.1 200 Fine Indeed\r\nX-R: one\r\nX-R: two\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
            )
        elif name == "moved":
            send("301 Moved Permanently", f"Location: {self.url}/elsewhere")
        elif name == "created":
            send("201 Created", JSON, "Location: /services/1", body=b'{"service_id":1}')
        elif name == "denied" or (name == "start" and "denied" in path):
            send("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')
        elif name == "start" and "escape" in path:
            send("500 Oops", body=b"\x1b[2J one\ntwo")
        elif name == "start" and "bare" in path:
            send("999 Odd")
        elif name == "start" and "moved" in path:
            send("302 Found", f"Location: {self.url}/genesys/1/cs/services/start")
        elif name == "start":
            send("404 Not Found", "Content-Type: text/html", body=b"<html>")
        elif name == "large":
            send("200 OK", body=b"x" * 300_000)
        else:
            body = json.dumps({"method": method}).encode()
            send("200 OK", JSON, "Set-Cookie: secret=1", body=body)
        return True


@contextmanager
def upstream(context: ssl.SSLContext | None = None) -> Iterator[Upstream]:
    """Serve for a while."""
    server = Upstream(context)
    try:
        yield server
    finally:
        server.close()


CERTIFICATE = Path(__file__).parent / "samples" / "localhost.pem"
"""A certificate of 127.0.0.1 that nobody signed, with its key; good for a hundred years."""


def tls() -> ssl.SSLContext:
    """Return what serves with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context
