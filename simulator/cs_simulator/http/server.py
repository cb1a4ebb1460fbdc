"""The server: waitress, bound, announced, and stopped on a signal.

What waitress is told to do otherwise than by default, and why, stands beside each setting.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from cs_simulator import __version__
from cs_simulator.app import SERVER_NAME, Simulator
from cs_simulator.config import Settings
from cs_simulator.http.addresses import BACKLOG, bind, url_of
from cs_simulator.http.connection import Channel
from cs_simulator.http.parser import LONGEST_HEAD
from cs_simulator.log import PAUSE, Log

GRACE = 0.2
"""How long a stop waits for requests that are being answered, in seconds."""


STDIN = 0

log = logging.getLogger("cs_simulator")


class ReadyFileError(Exception):
    """The file that says where the server is cannot be written."""


class Server:
    """A simulator that listens. Making one binds its addresses; :meth:`run` answers."""

    def __init__(self, app: Simulator, settings: Settings, lines: Log) -> None:
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
        """Answer requests until a signal says stop.

        Raises :exc:`ReadyFileError` where nobody could be told that it answers.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        if self._settings.stop_on_stdin_eof:
            Thread(target=self._stop_at_end_of_input, name="stdin", daemon=True).start()
        if self._settings.ready_file is not None:
            self._write_ready_file(self._settings.ready_file)
        _spare_the_collector()
        self._lines.wake = self._waker.pull_trigger
        self._app.log = self._lines
        try:
            while self._reason is None:
                self._turn()
        finally:
            self._stop()

    def _turn(self) -> None:
        """Read and write what can be, or wait until something can."""
        lines = self._lines
        timeout = PAUSE if lines.is_pending else 1
        wasyncore.loop(timeout=timeout, use_poll=True, map=self._map, count=1)
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
        try:
            draft.write_text(f"{json.dumps(members)}\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise ReadyFileError(
                f"The ready file {path} cannot be written: {error.strerror}"
            ) from None


def _most_connections(wanted: int = 10_000, spared: int = 32) -> int:
    """Return how many connections are taken; some descriptors are spared for files.

    Where none is left, one connection more would keep the loop busy with what it cannot accept.
    """
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows, which sets no such bound
        return wanted
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unbounded = allowed == resource.RLIM_INFINITY
    return wanted if unbounded else min(wanted, max(allowed - spared, spared))


def _spare_the_collector() -> None:
    """Keep Python's cyclic garbage collector from walking what cannot be garbage.

    What start-up made stays for good, and what a world stores are values without cycles that
    reference counting frees. Looking through a million of them would cost a second now and then.
    Even the few hundred objects of a start that are garbage are kept: finding them would hold up
    the first request.
    """
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    gc.enable()
