"""The server: waitress, bound, announced, and stopped on a signal.

What waitress is told to do otherwise than by default, and why, stands beside each setting.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask, WSGITask

from simulator import __version__
from simulator.addresses import BACKLOG, bind, url_of
from simulator.api.delivery import ON_GONE
from simulator.api.editions import error_body
from simulator.api.paths import split_target, split_world
from simulator.app import SERVER_NAME, Simulator
from simulator.config import Settings
from simulator.control.addressing import is_control
from simulator.domain.errors import BodyTooLarge, InternalError, MalformedPath, Refusal
from simulator.faults import wire
from simulator.faults.waiting import Wait
from simulator.logs import PAUSE, Log
from simulator.parser import LONGEST_HEAD, Parser

GRACE = 0.2
"""How long a stop waits for requests that are being answered, in seconds."""


STDIN = 0

log = logging.getLogger("simulator")


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
            text = "The body is too large to be read"
            if self._is_control():
                detail = f"{text}; --max-document allows more"
                problem = {"title": "Document too large", "status": error.code, "detail": detail}
                self._answer(problem, "application/problem+json")
                return
            refusal = BodyTooLarge(f"{text}; --max-body allows more")
        elif error.code == 431:
            text = f"The first line and the headers have more than {LONGEST_HEAD} bytes together"
            refusal = MalformedPath(text)
        elif error.code >= 500:
            refusal = InternalError(f"{error.reason}: {error.body}")
        else:
            refusal = MalformedPath(f"The request cannot be read: {error.body}")
        self._answer(error_body("message", refusal, "", ""), "application/json")

    def _is_control(self) -> bool:
        """Tell whether the request is one to the control API, of which only the head was read."""
        _, _, target = split_world(split_target(self.request.request_uri))
        return is_control(target.path)

    def _answer(self, members: Mapping[str, Any], content_type: str) -> None:
        error = self.request.error
        log.info("a request that cannot be read: answered %s %s", error.code, error.reason)
        body = json.dumps(members, separators=(",", ":")).encode("ascii")
        # What a client of HTTP/1.0 asks for would be promised beside the close.
        self.request.headers.pop("CONNECTION", None)
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", content_type))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """A connection."""

    parser_class = Parser
    task_class = Task
    error_task_class = RefusalTask

    _wait: Wait | None = None

    def watch(self, wait: Wait) -> None:
        """End a wait when the client goes away, or now if it has."""
        self._wait = wait
        # The loop asks every connection at every turn: only one that ever waited is asked for more.
        self.readable = self._readable_beside_a_wait
        if not self.connected:
            wait.finish("gone")

    def _readable_beside_a_wait(self) -> bool:
        """Tell whether more is to be read; close the connection where nobody waits for it.

        Nothing is read while several requests are there already, so the end of what a client
        sends is looked for where the first of them is held back.
        """
        may_read: bool = super().readable()
        held = self._wait is not None and not self._wait.has_ended
        if held and not may_read and wire.has_ended(self.socket):
            self.will_close = True
        return may_read

    def handle_close(self) -> None:
        """Close the connection."""
        super().handle_close()
        if self._wait is not None:
            self._wait.finish("gone")


class Server:
    """A simulator that listens. Making one binds its addresses; :meth:`run` answers."""

    def __init__(self, app: Simulator, settings: Settings, lines: Log | None = None) -> None:
        self._app = app
        self._lines = lines
        self._settings = settings
        self.sockets, without = bind(settings.hosts, settings.port)
        for each in without:
            log.warning("not listening on %s: this machine has no such addresses", each)
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
            # Far above what a client sends, and read in a moment whatever it holds.
            max_request_header_size=LONGEST_HEAD,
            # What a client that sends no Host finds in the addresses of its errors.
            server_name="localhost",
            # Lets a request learn that its client has gone.
            channel_request_lookahead=1,
            # A client that vanishes is no event; a test suite makes thousands.
            log_socket_errors=False,
            # Several hundred clients may wait at once, and as many connections idle.
            connection_limit=_most_connections(),
            asyncore_use_poll=True,
            backlog=BACKLOG,
            clear_untrusted_proxy_headers=False,
        )
        for each in self._map.values():
            if isinstance(each, BaseWSGIServer):
                each.channel_class = Channel
                self._waker = each
        self._reason: str | None = None
        """Why the server is to stop, once it is."""
        dispatcher = self._waitress.task_dispatcher
        app.worlds.waiting.grow_with(
            lambda held: dispatcher.set_thread_count(settings.threads + held)
        )

    @property
    def url(self) -> str:
        """Where the server is found, on a loopback address if it listens on every one."""
        return url_of(self.host, self.port)

    def run(self) -> None:
        """Answer requests until a signal says stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        if self._settings.stop_on_stdin_eof:
            Thread(target=self._stop_at_end_of_input, name="stdin", daemon=True).start()
        if self._settings.ready_file is not None:
            self._write_ready_file(self._settings.ready_file)
        _spare_the_collector()
        self._app.log = self._lines
        try:
            while self._reason is None:
                self._turn()
        finally:
            self._stop()

    def _turn(self) -> None:
        """Read and write what can be, or wait until something can."""
        lines = self._lines
        timeout = PAUSE if lines is not None and lines.is_pending else 1
        wasyncore.loop(timeout=timeout, use_poll=True, map=self._map, count=1)
        if lines is not None:
            lines.flush()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        # Raising here would end up in whatever the loop is doing; the loop's own end does not.
        self._ask_to_stop(signal.Signals(number).name)

    def _ask_to_stop(self, reason: str) -> None:
        self._reason = reason
        self._waker.pull_trigger()

    def _stop_at_end_of_input(self) -> None:
        """Read the standard input, whatever it says, and stop the server where it ends."""
        try:
            # Past sys.stdin: its lock would be held while the interpreter shuts down.
            while os.read(STDIN, 65_536):
                pass
        except OSError:
            pass  # a terminal that hung up
        self._ask_to_stop("the standard input has ended, and --stop-on-stdin-eof was given")

    def _stop(self) -> None:
        if self._reason is not None:
            log.info("stopping: %s", self._reason)
        # Replies that wait end now; the pool is not to be filled up again as they leave.
        self._app.worlds.waiting.grow_with(lambda _held: None)
        self._app.worlds.waiting.close()
        for each in self.sockets:
            each.close()
        self._waitress.task_dispatcher.shutdown(timeout=GRACE)
        if self._lines is not None:
            self._lines.flush(now=True)

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


def _most_connections(wanted: int = 10_000, spared: int = 32) -> int:
    """Return how many connections are taken; some descriptors are spared for files.

    Where none is left, one connection more would keep the loop busy with what it cannot accept.
    """
    try:
        import resource
    except ImportError:
        return wanted  # Windows, which sets no such bound
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unbounded = allowed == resource.RLIM_INFINITY
    return wanted if unbounded else min(wanted, max(allowed - spared, spared))


def _spare_the_collector() -> None:
    """Keep Python's cyclic garbage collector from walking what cannot be garbage.

    What start-up made stays for good, and what a world stores are values without cycles that
    reference counting frees. Looking through a million of them would cost a second now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    gc.enable()
