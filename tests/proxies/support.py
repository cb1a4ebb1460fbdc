"""Proxies that run with a recipe of the docs, and a client that tells what arrives through them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.docs.pages import ROOT, blocks_of
from tests.support.server import PATIENCE

PAGE = ROOT / "docs" / "proxies.md"
STREAM = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
SILENCE = 1.0
"""Seconds without a byte after which a client is taken to wait in vain."""

_NGINX = """
daemon off;
{modules}
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
{kind} {{
    {more}
    {recipe}
}}
"""
_NGINX_HTTP = "access_log off; " + " ".join(
    f"{name}_temp_path {{folder}}/{name};"
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


def is_here(program: str) -> bool:
    """Tell whether a proxy is installed; its place is not on everybody's path."""
    return _found(program) is not None


def _found(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def recipe(info: str) -> str:
    """Return the block of the docs that has some words behind its fence."""
    [block] = [block for block in blocks_of(PAGE) if block.info == info]
    return block.text


def free_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def certificate(folder: Path) -> Path:
    """Make a certificate with its key, in one file."""
    both = folder / "simulator.pem"
    key, chain = folder / "key.pem", folder / "chain.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2".split()
    subprocess.run(
        ["openssl", *words, "-keyout", str(key), "-out", str(chain)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    both.write_bytes(key.read_bytes() + chain.read_bytes())
    return both


class Proxy:
    """A proxy with a recipe, in front of servers on some ports of this machine."""

    def __init__(self, info: str, folder: Path, servers: Sequence[int]) -> None:
        folder.mkdir(parents=True)
        self.name, _, kind = info.partition(" ")
        self.port = free_port()
        self.is_tls = kind in ("tcp", "stream")
        text = _placed(recipe(info), self.port, servers, folder if self.is_tls else None)
        if self.name == "nginx":
            file = folder / "nginx.conf"
            is_stream = kind == "stream"
            file.write_text(
                _NGINX.format(
                    modules=f"load_module {STREAM};" if is_stream else "",
                    user="user root;" if os.geteuid() == 0 else "",
                    folder=folder,
                    kind="stream" if is_stream else "http",
                    more="" if is_stream else _NGINX_HTTP.format(folder=folder),
                    recipe=text,
                )
            )
            command = ["-e", str(folder / "begin.log"), "-p", str(folder), "-c", str(file)]
        else:
            file = folder / "haproxy.cfg"
            file.write_text(text)
            command = ["-db", "-f", str(file)]
        with (folder / "stderr.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(_found(self.name)), *command], stdout=subprocess.DEVNULL, stderr=log
            )
        self._folder = folder

    def wait_until_ready(self) -> Proxy:
        """Wait until it takes connections, or fail with what it said."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                said = "".join(each.read_text() for each in self._folder.glob("*.log"))
                assert self._process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.02)
            else:
                return self

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _placed(text: str, port: int, servers: Sequence[int], folder: Path | None) -> str:
    """Return a recipe with the addresses and files of this machine in the place of its own."""
    text = re.sub(r"(listen|bind)( :| )(?:80|8443)\b", rf"\1\g<2>{port}", text)
    text = text.replace("bind :", "bind 127.0.0.1:").replace("listen ", "listen 127.0.0.1:", 1)
    text = text.replace("listen 127.0.0.1:simulator", "listen simulator")  # haproxy's, in TCP mode
    for number, server in enumerate(servers, start=1):
        text = text.replace(f"10.0.0.{number}:8080", f"127.0.0.1:{server}")
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{servers[0]}")
    if folder is not None:
        text = re.sub(r"/etc/(?:nginx|haproxy)/simulator\.pem", str(certificate(folder)), text)
    return text


class Arrived(NamedTuple):
    """What came back for one request."""

    what: str
    """In the words of the table: a status, or what was not one."""
    head: str
    body: bytes
    seconds: float
    """From the request to the first byte."""
    spread: float
    """From the first byte to the last."""


class RawClient:
    """A client that keeps its connection where the other side does, and repeats nothing."""

    def __init__(self, port: int, *, is_tls: bool = False) -> None:
        self._port = port
        self._is_tls = is_tls
        self._socket: socket.socket | None = None

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            plain = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
            self._socket = plain
            if self._is_tls:
                context = ssl.create_default_context()
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                self._socket = context.wrap_socket(plain, server_hostname="localhost")
        return self._socket

    def ask(
        self, method: str, path: str, body: bytes = b"", patience: float = PATIENCE, **headers: str
    ) -> Arrived:
        """Send a request, and tell what arrives; ``patience`` bounds the silence."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return self.send("\r\n".join([*lines, "", ""]).encode() + body, method, patience)

    def send(self, request: bytes, method: str = "GET", patience: float = PATIENCE) -> Arrived:
        """Send bytes, and tell what arrives for them."""
        sock = self._connected()
        begun = time.monotonic()
        sock.sendall(request)
        data, first, last, end = b"", 0.0, 0.0, ""
        while not end:
            sock.settimeout(patience)
            try:
                more = sock.recv(65_536)
            except TimeoutError:
                end = "silence"
            except ConnectionResetError:
                end = "a reset"
            except ssl.SSLEOFError:
                end = "nothing"
            else:
                last = time.monotonic()
                first = first or last
                data += more
                end = "" if more else "nothing"
            if _is_whole(data, method) or (data and not b"HTTP/1.1".startswith(data[:8])):
                break
        arrived = Arrived(
            _word(data, end, method),
            data.partition(b"\r\n\r\n")[0].decode("latin-1"),
            data.partition(b"\r\n\r\n")[2],
            first - begun,
            last - first,
        )
        if end or "connection: close" in arrived.head.lower() or not _is_whole(data, method):
            self.close()
        return arrived


def _length(head: bytes, method: str) -> int:
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return 0 if method == "HEAD" or found is None else int(found[1])


def _is_whole(data: bytes, method: str) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    return bool(end) and head.startswith(b"HTTP/1.1") and len(body) >= _length(head, method)


def _word(data: bytes, end: str, method: str) -> str:
    """Return in a word what arrived."""
    if not data:
        return end
    if not data.startswith(b"HTTP/"):
        return "garbage"
    if _is_whole(data, method):
        return data.split(b" ", 2)[1].decode()
    return "a short body" if b"\r\n\r\n" in data else "half a head"
