"""A server that does nothing: it answers the same bytes, so what it shows is the machine's own."""

from __future__ import annotations

import gc
import socket

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def main() -> None:
    """Answer one connection after the other, a request at a time."""
    gc.disable()
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while connection.recv(65_536):
                connection.sendall(ANSWER)


if __name__ == "__main__":
    main()
