"""The server: waitress, bound, announced, and stopped on a signal.

What waitress is told to do otherwise than by default, and why, stands beside each setting.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask, WSGITask

from simulator import __version__
from simulator.api.delivery import ON_GONE
from simulator.api.editions import error_body
from simulator.app import SERVER_NAME, Simulator
from simulator.config import Settings
from simulator.domain.errors import BodyTooLarge, InternalError, MalformedPath, Refusal
from simulator.faults import wire
from simulator.faults.waiting import Wait

GRACE = 0.2
"""How long a stop waits for requests that are being answered, in seconds."""


class AddressError(Exception):
    """An address cannot be bound; the text says which, and why."""


class Stop(BaseException):
    """A signal asked the server to stop."""


class Task(WSGITask):  # type: ignore[misc] # waitress has no types
    """Carry out a request; keep the connection open after a reply that has no body.

    Waitress closes it after every 204, because that has no Content-Length.
    """

    wrote_header: bool = False
    _keeps_open = False

    def execute(self) -> None:
        """Call the application, which may ask to be told when the client has gone."""
        self.get_environment()[ON_GONE] = self.channel.watch
        super().execute()

    def write(self, data: bytes) -> None:
        """Write the reply, or what a fault makes of it."""
        plan: wire.Plan | None = None if self.wrote_header else self.environ.get(wire.PLAN)
        if plan is None:
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        body = data if self.has_body else b""
        self.content_bytes_written = len(data)
        if wire.play(plan, self.channel, head, body):
            self.close_on_finish = True

    def build_response_header(self) -> bytes:
        """Return the head of the reply."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        self._keeps_open = self.version == "1.1" and not self.has_body and asked != "close"
        try:
            header: bytes = super().build_response_header()
        finally:
            self._keeps_open = False
        return header

    def set_close_on_finish(self) -> None:
        """Close the connection after this reply, unless it is one that only lacks a body."""
        if not self._keeps_open:
            super().set_close_on_finish()


class RefusalTask(ErrorTask):  # type: ignore[misc] # waitress has no types
    """Answer a request that waitress itself cannot read, in the form of edition 8.5."""

    def execute(self) -> None:
        """Write the reply and close the connection."""
        error = self.request.error
        refusal: Refusal
        if error.code == 413:
            refusal = BodyTooLarge(f"The body is too large: {error.body}")
        elif error.code >= 500:
            refusal = InternalError(f"{error.reason}: {error.body}")
        else:
            refusal = MalformedPath(f"The request cannot be read: {error.body}")
        members = error_body("message", refusal, "", "")
        body = json.dumps(members, separators=(",", ":")).encode("ascii")
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """A connection."""

    task_class = Task
    error_task_class = RefusalTask

    _wait: Wait | None = None

    def watch(self, wait: Wait) -> None:
        """End a wait when the client goes away, or now if it has."""
        self._wait = wait
        if not self.connected:
            wait.finish("gone")

    def handle_close(self) -> None:
        """Close the connection."""
        super().handle_close()
        if self._wait is not None:
            self._wait.finish("gone")


class Server:
    """A simulator that listens. Making one binds its addresses; :meth:`run` answers."""

    def __init__(self, app: Simulator, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self.sockets = bind(settings.hosts, settings.port)
        host, port = self.sockets[0].getsockname()[:2]
        self.host: str = host
        self.port: int = port
        large = settings.max_request + 2**20
        self._map: dict[int, Any] = {}
        self._waker: Any = None
        self._waitress: Any = create_server(
            app,
            map=self._map,
            sockets=self.sockets,
            # The one header that waitress would answer with a `Via`, were the app to set it.
            ident=SERVER_NAME,
            threads=settings.threads,
            # Nothing may be spilled to disk: the file system may be read-only.
            inbuf_overflow=large,
            outbuf_overflow=2**62,
            outbuf_high_watermark=2**62,
            max_request_body_size=settings.max_request,
            # Lets a request learn that its client has gone.
            channel_request_lookahead=1,
            # A client that vanishes is no event; a test suite makes thousands.
            log_socket_errors=False,
            # Several hundred clients may wait at once.
            connection_limit=10_000,
            asyncore_use_poll=True,
            backlog=1024,
            clear_untrusted_proxy_headers=False,
        )
        for each in self._map.values():
            if isinstance(each, BaseWSGIServer):
                each.channel_class = Channel
                self._waker = each
        self._stopping = False
        dispatcher = self._waitress.task_dispatcher
        app.worlds.waiting.grow_with(
            lambda held: dispatcher.set_thread_count(settings.threads + held)
        )
        # The server's own queue is not worth a line: requests wait for one another here.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)

    @property
    def url(self) -> str:
        """Where the server is found, on a loopback address if it listens on every one."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked for
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def run(self) -> None:
        """Answer requests until a signal says stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        if self._settings.ready_file is not None:
            self._write_ready_file(self._settings.ready_file)
        _spare_the_collector()
        while not self._stopping:
            wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)
        self._stop()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Raising here would end up in whatever the loop is doing; the loop's own end does not.
        self._stopping = True
        self._waker.pull_trigger()

    def _stop(self) -> None:
        # Replies that wait end now; the pool is not to be filled up again as they leave.
        self._app.worlds.waiting.grow_with(lambda _held: None)
        self._app.worlds.waiting.close()
        for each in self.sockets:
            each.close()
        self._waitress.task_dispatcher.shutdown(timeout=GRACE)

    def _write_ready_file(self, path: Path) -> None:
        members = {
            "url": self.url,
            "host": self.host,
            "port": self.port,
            "pid": os.getpid(),
            "instance": self._app.instance,
            "version": __version__,
        }
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(f"{json.dumps(members)}\n", encoding="utf-8")
        draft.replace(path)


def bind(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Return a listening socket for every host; raise :exc:`AddressError` where one cannot be.

    With port 0 the operating system chooses for the first, and the others take the same.
    """
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            listening = _bind_one(host, port)
            sockets.append(listening)
            port = listening.getsockname()[1]
    except AddressError:
        for each in sockets:
            each.close()
        raise
    return sockets


def _bind_one(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind(address)
            listening.setblocking(False)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise AddressError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listening


def _spare_the_collector() -> None:
    """Keep Python's cyclic garbage collector from walking what cannot be garbage.

    What start-up made stays for good, and what a world stores are values without cycles that
    reference counting frees. Looking through a million of them would cost a second now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    gc.enable()
