"""The server: it binds, announces itself, answers in one loop, and stops on a signal."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import stat
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from types import FrameType

from cs_simulator import __version__
from cs_simulator.app import SERVER_NAME, Simulator
from cs_simulator.clock import stopwatch
from cs_simulator.config import Settings
from cs_simulator.http.addresses import bind, url_of
from cs_simulator.http.ahead import Ahead
from cs_simulator.http.connection import Connection, Shared
from cs_simulator.http.dispatch import Dispatcher
from cs_simulator.http.loop import READ, Loop
from cs_simulator.http.parser import Limits
from cs_simulator.http.sweeping import Sweeper
from cs_simulator.log import PAUSE, Log

GRACE = 0.2
"""How long a stop waits for requests in progress, in seconds."""

AT_ONCE = 64
"""Connections that are accepted before the open ones get their turn."""

TAKING_TURNS = 0.001
"""How long a thread of the pool keeps the interpreter while the loop waits for it, in seconds."""

IDLE = 120.0
"""Seconds after which an idle connection is closed."""

SWEEPING = 30.0
"""Seconds between two checks for idle connections."""

STDIN = 0

log = logging.getLogger("cs_simulator")

_MOST_OF_READY_FILE = 64 * 1024
"""How much of a file is read to recognize a ready file, which has a few hundred bytes."""


class ReadyFileError(Exception):
    """The ready file cannot be written."""


class HttpServer:
    """A simulator that listens. The constructor binds the addresses; :meth:`run` answers."""

    def __init__(self, app: Simulator, settings: Settings, lines: Log) -> None:
        self._app = app
        self._lines = lines
        self._settings = settings
        self.sockets, without = bind(settings.hosts, settings.port)
        for each in without:
            # A container image asks for both families, wherever it runs; this is not an error.
            log.info("not listening on %s: this machine has no address of that family", each)
        host, port = self.sockets[0].getsockname()[:2]
        self.host: str = host
        self.port: int = port
        self._loop = Loop()
        self._dispatcher = Dispatcher(app, self._loop)
        limits = Limits(
            max_body=settings.max_body,
            max_request_body_size=settings.max_request,
            server=SERVER_NAME,
            port=port,
        )
        self._shared = Shared(
            self._loop, self._dispatcher, app.worlds.waiting, limits, self._accept_more
        )
        self._most_connections = _most_connections()
        self._accepts = False
        self._sweeper = Sweeper(lambda: self._dispatcher.jobs, lambda: self._dispatcher.running)
        self._ahead = Ahead()
        self._reason: str | None = None
        """Why the server is stopping, once it is."""

    @property
    def url(self) -> str:
        """The URL of the server; a wildcard address is shown as loopback."""
        return url_of(self.host, self.port)

    def run(self) -> None:
        """Answer requests until a signal stops the server.

        Raises :exc:`ReadyFileError` if the ready file cannot be written.
        """
        for number in _stopping():
            signal.signal(number, self._on_signal)
        if self._settings.stop_on_stdin_eof:
            Thread(target=self._stop_at_end_of_input, name="stdin", daemon=True).start()
        if self._settings.ready_file is not None:
            self._write_ready_file(self._settings.ready_file)
        self._sweeper.begin()
        self._app.worlds.leftovers.is_open = True
        sys.setswitchinterval(TAKING_TURNS)
        self._lines.wake = self._loop.wake
        self._app.log = self._lines
        self._accept_more()
        self._loop.later(SWEEPING, self._let_idle_ones_go)
        try:
            while self._reason is None:
                self._turn()
        finally:
            self._stop()

    def _turn(self) -> None:
        """Do what is ready, or wait until something is; use pauses for background work."""
        lines, sweeper = self._lines, self._sweeper
        leftovers = self._app.worlds.leftovers
        waits = (sweeper.patience, leftovers.patience, self._ahead.patience)
        timeout = min(PAUSE if lines.is_pending else 1.0, *waits)
        did_something = self._loop.turn(timeout)
        lines.flush()
        if leftovers:
            leftovers.free()
        if did_something:
            sweeper.work()
        else:
            self._ahead.step()
            sweeper.rest()

    # Connections

    def _accept_more(self) -> None:
        """Accept connections as long as there is room for them."""
        if not self._accepts and self._reason is None:
            self._accepts = True
            for each in self.sockets:
                self._loop.register(each, READ, partial(self._accept, each))

    def _accept_no_more(self) -> None:
        if self._accepts:
            self._accepts = False
            for each in self.sockets:
                self._loop.unregister(each)

    def _accept(self, listening: socket.socket, _events: int) -> None:
        for _ in range(AT_ONCE):
            if len(self._shared.open) >= self._most_connections:
                self._accept_no_more()
                return
            try:
                sock, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # Without a free descriptor or memory, retrying at once would only waste time.
                log.debug("cannot accept a connection: %s", error.strerror)
                self._accept_no_more()
                self._loop.later(PAUSE, self._accept_more)
                return
            sock.setblocking(False)
            with suppress(OSError):  # it may be gone already
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Connection(self._shared, sock, (str(address[0]), str(address[1])))

    def _let_idle_ones_go(self) -> None:
        """Close connections that have been idle for too long."""
        before = stopwatch() - IDLE
        for each in list(self._shared.open.values()):
            if each.is_idle and each.active < before:
                each.close()
        self._loop.later(SWEEPING, self._let_idle_ones_go)

    # Stopping

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        # An exception here would surface anywhere in the loop; interrupting the loop does not.
        self._ask_to_stop(signal.Signals(number).name)

    def _ask_to_stop(self, reason: str) -> None:
        self._reason = reason
        self._loop.interrupt()

    def _stop_at_end_of_input(self) -> None:
        """Read and ignore the standard input, and stop the server at its end."""
        try:
            # Bypasses sys.stdin, whose lock would be held while the interpreter shuts down.
            while os.read(STDIN, 65_536):
                pass
        except OSError:
            pass  # a terminal that hung up
        self._ask_to_stop("end of standard input (--stop-on-stdin-eof)")

    def _stop(self) -> None:
        if self._reason is not None:
            log.info("stopping: %s", self._reason)
        self._accept_no_more()
        for each in self.sockets:
            each.close()
        self._app.worlds.waiting.close()
        until = stopwatch() + GRACE
        while not self._is_done() and stopwatch() < until:
            self._loop.turn(GRACE / 10)
        for connection in list(self._shared.open.values()):
            connection.close()
        self._dispatcher.close()
        self._loop.close()
        if self._settings.ready_file is not None:
            self._take_back_ready_file(self._settings.ready_file)
        self._lines.flush(now=True)

    def _is_done(self) -> bool:
        """Tell whether no work is unfinished."""
        return self._dispatcher.is_idle and all(each.is_idle for each in self._shared.open.values())

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
        forget_ready_file(path)
        try:
            draft.write_text(f"{json.dumps(members)}\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise ReadyFileError(f"Cannot write the ready file {path}: {error.strerror}") from None

    def _take_back_ready_file(self, path: Path) -> None:
        """Remove the ready file, if it is still this server's."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            if json.loads(path.read_text(encoding="utf-8"))["instance"] == self._app.instance:
                path.unlink()


def forget_ready_file(path: Path) -> None:
    """Remove the ready file of a server that no longer runs.

    Raises :exc:`ReadyFileError` if the file is something else, which is not ours to replace.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise ReadyFileError(f"The ready file {path} is {kind}; choose another name")
        with path.open("rb") as file:
            beginning = file.read(_MOST_OF_READY_FILE)
        if not _is_ready_file(beginning):
            raise ReadyFileError(
                f"The ready file {path} holds something else; choose another name, or remove it"
            )
        path.unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ReadyFileError(f"Cannot write the ready file {path}: {error.strerror}") from None


def _is_ready_file(content: bytes) -> bool:
    """Tell whether a server wrote a file, or nobody has written to it yet."""
    if not content.strip():
        return True
    try:
        members = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(members, dict) and "url" in members


def _most_connections(wanted: int = 10_000, spared: int = 32) -> int:
    """Return the maximum number of connections; some descriptors are reserved for files.

    Without a free descriptor, one more connection would keep the loop busy with failing to accept
    it.
    """
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows, which sets no such bound
        return wanted
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unbounded = allowed == resource.RLIM_INFINITY
    return wanted if unbounded else min(wanted, max(allowed - spared, spared))


def _stopping() -> list[signal.Signals]:
    """Return the signals that stop the server; not the end of a terminal that it is to outlive."""
    numbers = [signal.SIGTERM, signal.SIGINT]
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:  # nohup ignores it
        numbers.append(hangup)
    return numbers
