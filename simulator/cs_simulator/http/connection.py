"""One connection: its requests, one after another, and how their responses are written.

Everything here runs in the loop's thread. A connection reads only while it has nothing else to do:
not while a response waits for its client to read, and at most the next request while one is held
back. So data that a client sends without reading is buffered by its machine, not by this one.
"""

from __future__ import annotations

import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from cs_simulator.api.outcome import HeldResponse, Outcome
from cs_simulator.clock import format_http_date, stopwatch, system_time
from cs_simulator.faults import wire
from cs_simulator.faults.waiting import End, HeldWait, TooManyWaitingError
from cs_simulator.http.loop import READ, WRITE, Loop, Timer
from cs_simulator.http.parser import Limits, Parser
from cs_simulator.http.refusals import refusal_of
from cs_simulator.http.streaming import StreamOutlet
from cs_simulator.lines import status_line

if TYPE_CHECKING:
    from cs_simulator.api.outcome import Stream
    from cs_simulator.faults.waiting import WaitingRoom
    from cs_simulator.http.dispatch import Dispatcher

AT_ONCE = 65_536
"""The number of bytes read at a time."""

OF_CHUNKS = 16_384
"""The number of bytes read at a time of a body in chunks: each may be a byte long."""

IN_A_ROW = 8
"""Requests that one connection may have carried out before another connection gets its turn."""

LINGERING = 2.0
"""Seconds for which input is still discarded after the last response."""

PROBING = 0.25
"""Seconds after which a connection that is not being read is checked for a client that left."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

log = logging.getLogger("cs_simulator")


_WITHOUT_BODY = (*range(100, 200), 204, 304)


class Shared:
    """What the connections of a server share."""

    def __init__(
        self,
        loop: Loop,
        dispatcher: Dispatcher,
        room: WaitingRoom,
        limits: Limits,
        on_closed: Callable[[], None],
    ) -> None:
        self.loop = loop
        self.dispatcher = dispatcher
        self.room = room
        self.limits = limits
        self.on_closed = on_closed
        """Called when there is room for another connection."""
        self.last_lines = f"Server: {limits.server}\r\n\r\n"
        self.open: dict[int, Connection] = {}


class Connection:
    """A connection to one client."""

    __slots__ = (
        "_closing",
        "_ended",
        "_events",
        "_in_advance",
        "_is_open",
        "_lingers",
        "_on_left",
        "_out",
        "_parser",
        "_peer",
        "_playing",
        "_requests",
        "_sending_since",
        "_serving",
        "_shared",
        "_socket",
        "_stream",
        "_timer",
        "_wait",
        "active",
    )

    def __init__(self, shared: Shared, sock: socket.socket, peer: tuple[str, str]) -> None:
        self._shared = shared
        self._socket = sock
        self._peer = peer
        self._events = READ
        """The readiness events that the system is asked for, or 0."""
        self._parser: Parser | None = None
        self._requests: deque[Parser] = deque()
        """Requests that are complete and not started; at most one is read ahead."""
        self._serving: Parser | None = None
        """The request that is being carried out, held back, or written."""
        self._out: deque[memoryview] | None = None
        """Data that the system has not accepted yet."""
        self._playing: _Play | None = None
        self._on_left: Callable[[bool, float], None] | None = None
        self._sending_since = 0.0
        """When the data last accepted by the system was handed to it."""
        self._stream: StreamOutlet | None = None
        """The writer of a response without an end."""
        self._wait: HeldWait | None = None
        self._timer: Timer | None = None
        self._closing = False
        """Whether to close the connection after everything is written."""
        self._lingers = False
        self._ended = False
        """Whether the client has finished sending."""
        self._is_open = True
        self._in_advance = False
        """Whether the outcome of a request arrives while it is being started, so that the loop
        continues anyway.
        """
        self.active = stopwatch()
        """When data was last read or written."""
        shared.open[sock.fileno()] = self
        shared.loop.register(sock, READ, self._on_ready)

    @property
    def is_idle(self) -> bool:
        """Whether no request is being carried out or written."""
        return self._serving is None and self._out is None

    # Reading

    def _on_ready(self, events: int) -> None:
        if not self._is_open:
            return  # it was closed in this same turn
        try:
            if events & WRITE:
                self._flush()
            else:
                self._read()
        except Exception:  # a client must not wait for an answer that will never come
            log.exception("a connection failed and was closed")
            self.close()

    def _read(self) -> None:
        try:
            parser = self._parser
            is_chunked = parser is not None and parser.is_chunked
            data = self._socket.recv(OF_CHUNKS if is_chunked else AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.close()
            return
        except MemoryError:
            log.warning("out of memory reading from a connection; it was closed")
            self.close()
            return
        if not data:
            self._on_end()
            return
        self.active = stopwatch()
        if self._lingers:
            return
        try:
            self._feed(data)
        except MemoryError:
            log.warning("out of memory for a request; its connection was closed")
            self._requests.clear()
            self.close()
            return
        self._advance()

    def _on_end(self) -> None:
        """Handle the end of the client's input; complete requests are still answered."""
        self._ended = True
        if self._lingers or (self._serving is None and self._out is None and not self._requests):
            self.close()
            return
        self._listen()
        if self._wait is not None:
            self._wait.finish("gone")

    def _feed(self, data: bytes) -> None:
        """Split bytes into requests."""
        while data:
            parser = self._parser
            if parser is None:
                parser = self._parser = Parser(self._shared.limits)
            consumed = parser.received(data)
            if parser.headers_finished and not parser.completed:
                self._look_at_head(parser)
            if parser.completed:
                self._parser = None
                if not parser.empty:
                    self._requests.append(parser)
                    if parser.error is not None or parser.is_refused:
                        return  # what follows cannot be interpreted
            data = data[consumed:]

    def _look_at_head(self, parser: Parser) -> None:
        """Reject a request if its head is enough for that, or tell its client to continue."""
        if not parser.is_looked_at:
            parser.is_looked_at = True
            if self._shared.dispatcher.refuses(parser.request()):
                parser.is_refused = parser.completed = True
                return
        if parser.expect_continue and self._serving is None and not self._requests:
            parser.expect_continue = False
            self._write(CONTINUE)

    # Carrying out

    def _advance(self) -> None:
        """Carry out the requests that were read, as long as the client reads the responses."""
        for _ in range(IN_A_ROW):
            if not self._requests or not self.is_idle or self._closing:
                break
            self._serve(self._requests.popleft())
        else:
            self._shared.loop.soon(self._advance)
        if not self._is_open:
            return
        if self.is_idle and not self._requests:
            if self._ended:
                self.close()
                return
            parser = self._parser
            if parser is not None and parser.expect_continue and parser.headers_finished:
                self._look_at_head(parser)
        self._listen()

    def _serve(self, parser: Parser) -> None:
        self._serving = parser
        if parser.error is not None:
            error = parser.error
            text = "malformed request: answered %s %s: %s"
            # Some messages quote a line of the head, which may contain secrets.
            log.info(text, error.code, error.reason, error.body.partition(' "')[0])
            self._closing = self._lingers = True
            self._send(refusal_of(error, parser.asked_uri, parser.origin))
            return
        if parser.is_refused:
            self._closing = self._lingers = True
        self._in_advance = True
        try:
            self._shared.dispatcher.carry_out(parser.request(self._peer), self._take)
        finally:
            self._in_advance = False

    def _take(self, result: Outcome | HeldResponse) -> None:
        """Write a response, or hold it back; if the client left, report that."""
        if isinstance(result, Outcome):
            self._send(result)
            if not self._in_advance:
                self._advance()
        elif not self._is_open:
            self._shared.dispatcher.resume(result, "gone", self._take)
        else:
            try:
                self._shared.room.enter(result.wait)
            except TooManyWaitingError as error:
                self._shared.dispatcher.refuse(result, str(error), self._take)
                return
            resume = self._shared.dispatcher.resume
            self._begin_wait(
                result.wait, lambda end: resume(result, end, self._take), result.seconds
            )

    def _begin_wait(
        self, wait: HeldWait, on_end: Callable[[End], None], seconds: float | None
    ) -> None:
        """Wait without a thread; whatever ends the wait returns to the loop."""
        loop = self._shared.loop
        self._wait = wait
        if seconds is not None:
            self._timer = loop.later(seconds, lambda: wait.finish("over"))
        wait.then(lambda end: loop.soon(lambda: self._end_wait(wait, on_end, end)))
        if self._ended:
            wait.finish("gone")
        self._listen()

    def _end_wait(self, wait: HeldWait, on_end: Callable[[End], None], end: End) -> None:
        self._wait = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._shared.room.leave(wait)
        on_end("cancelled" if wait.is_stale() else end)

    # Writing

    def _send(self, outcome: Outcome) -> None:
        """Write a response, or what a fault turns it into."""
        self._on_left = outcome.left
        parser = self._serving
        if parser is None or not self._is_open:
            if outcome.stream is not None:
                self._shared.room.leave(outcome.stream.wait)
            self._left()
            self._serving = None
            return
        if outcome.stream is not None:
            self._begin_stream(parser, outcome, outcome.stream)
            return
        head = self._head(parser, outcome)
        has_body = parser.command != "HEAD" and outcome.status not in _WITHOUT_BODY
        body = outcome.body if has_body else b""
        if outcome.plan is not None:
            self._play(outcome.plan.leaves(head, body), outcome.plan)
        elif len(body) <= AT_ONCE:
            # One system call, one packet, and one wake-up of the client.
            self._write(head + body)
            self._finish_when_written()
        else:
            self._write(head, body)
            self._finish_when_written()

    def _head(self, parser: Parser, outcome: Outcome) -> bytes:
        """Return the head of a response, and decide whether the connection stays open."""
        lines = [f"HTTP/{parser.shown_version} {status_line(outcome.status)}\r\n"]
        has_date = False
        for name, value in outcome.headers:
            lines.append(f"{name}: {value}\r\n")
            has_date = has_date or name == "Date"
        if not has_date:  # the Date of an API response is its world's
            lines.append(f"Date: {format_http_date(system_time())}\r\n")
        if self._closing or not parser.keeps_open:
            self._closing = True
            lines.append("Connection: close\r\n")
        elif parser.shown_version == "1.0":
            lines.append("Connection: Keep-Alive\r\n")
        lines.append(self._shared.last_lines)
        return "".join(lines).encode("latin-1", "replace")

    def _write(self, first: bytes, second: bytes = b"") -> None:
        """Write as much as the system accepts, and buffer the rest."""
        if not self._is_open:
            return
        if self._out is not None:
            self._out.extend(memoryview(each) for each in (first, second) if each)
            return
        rest: list[memoryview] = []
        for each in (first, second):
            if not each:
                continue
            if rest:
                rest.append(memoryview(each))
                continue
            self._sending_since = stopwatch()
            try:
                sent = self._socket.send(each)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError:
                self.close()
                return
            if sent < len(each):
                rest.append(memoryview(each)[sent:])
        if rest:
            self._out = deque(rest)
            self._listen()

    def _flush(self) -> None:
        out = self._out
        while out:
            self._sending_since = self.active = stopwatch()
            try:
                sent = self._socket.send(out[0])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.close()
                return
            if sent < len(out[0]):
                out[0] = out[0][sent:]
                return
            out.popleft()
        self._out = None
        if self._wait is None:
            self._finish_when_written()
        self._advance()

    def _finish_when_written(self) -> None:
        """Finish a response after its last byte was sent, and the connection if it was the last."""
        if self._out is not None or not self._is_open:
            return
        self._left(self._sending_since)
        self._serving = None
        if self._closing:
            self._close_after_all()

    def _left(self, when: float | None = None) -> None:
        """Report that a response was sent, and when; None means that it was broken off.

        The instant is the earliest possible one: whatever the client sees, it sees later. With a
        later instant, a client that waits correctly could seem impatient. So the time is taken
        before the last bytes are handed to the system; if the client left, it is the time of the
        turn in which that was noticed.
        """
        on_left, self._on_left = self._on_left, None
        if on_left is not None:
            on_left(when is not None, self._shared.loop.woken if when is None else when)

    # A response without an end

    def _begin_stream(self, parser: Parser, outcome: Outcome, stream: Stream) -> None:
        """Write the head of a stream, and let it write until its wait ends."""
        self._closing = True
        is_chunked = parser.shown_version == "1.1"
        if is_chunked:
            headers = (*outcome.headers, ("Transfer-Encoding", "chunked"))
            outcome = outcome._replace(headers=headers)
        self._write(self._head(parser, outcome))
        if not self._is_open:  # its client left before the first byte
            self._shared.room.leave(stream.wait)
            return
        self._stream = StreamOutlet(self, self._shared.loop, is_chunked=is_chunked)
        self._begin_wait(stream.wait, lambda _end: self._end_stream(stream), None)
        stream.begin(self._stream)

    def _end_stream(self, stream: Stream) -> None:
        stream.end()
        if self._stream is not None:
            self._stream.finish()
        self._stream = self._serving = None
        self.close()

    def write_more(self, data: bytes) -> None:
        """Write another piece of a stream."""
        self._write(data)

    @property
    def unread(self) -> int:
        """The number of bytes that the system has not accepted yet."""
        return 0 if self._out is None else sum(map(len, self._out))

    # Faults on the wire

    def _play(self, script: wire.Script, plan: wire.Plan) -> None:
        """Write a response as a script says."""
        if script.first:
            self._write(script.first)
        if script.pieces or script.end == "stall":
            self._playing = _Play(script, plan)
            self._play_on()
            return
        self._end_play(script)

    def _play_on(self) -> None:
        """Wait before the next piece, or without an end."""
        playing = self._playing
        if playing is None:
            return
        wait = HeldWait(playing.plan.world, playing.plan.is_stale)
        try:
            self._shared.room.enter(wait)
        except TooManyWaitingError:
            self._stop_play()
            return
        seconds = playing.script.pause if playing.script.pieces else None
        self._begin_wait(wait, self._on_piece_due, seconds)

    def _on_piece_due(self, end: End) -> None:
        playing = self._playing
        if playing is None:
            return
        if end != "over" or not self._is_open:
            self._stop_play()
            return
        self._write(playing.script.pieces[playing.number])
        playing.number += 1
        if playing.number < len(playing.script.pieces):
            self._play_on()
        else:
            self._playing = None
            self._end_play(playing.script)

    def _stop_play(self) -> None:
        """Stop a script before its end."""
        self._playing = None
        self._left()
        self._serving = None
        self.close()

    def _end_play(self, script: wire.Script) -> None:
        if script.end == "goes on":
            self._finish_when_written()
            self._advance()
            return
        self._left(stopwatch())
        self._serving = None
        if script.end == "reset":
            if self._is_open:
                wire.reset_on_close(self._socket)
            self.close()
            return
        self._closing = True
        self._finish_when_written()

    # Closing

    def _listen(self) -> None:
        """Ask the system for the readiness events that are needed now."""
        if not self._is_open:
            return
        wanted = 0
        if self._out is not None:
            wanted = WRITE
        elif not self._ended and (self._serving is None or not self._requests):
            wanted = READ
        before, self._events = self._events, wanted
        if before == wanted:
            return
        loop = self._shared.loop
        if not wanted:
            loop.unregister(self._socket)
            self._probe()
        elif not before:
            loop.register(self._socket, wanted, self._on_ready)
        else:
            loop.modify(self._socket, wanted, self._on_ready)

    def _probe(self) -> None:
        """Check whether the client left while a response waits and nothing is read."""
        if not self._is_open or self._events or self._ended or self._serving is None:
            return
        if self._wait is not None and wire.has_ended(self._socket):
            self._ended = True
            self._wait.finish("gone")
        else:
            self._shared.loop.later(PROBING, self._probe)

    def _close_after_all(self) -> None:
        """Close after the last response; discard what the client still sends."""
        if not self._lingers:
            self.close()
            return
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        self._shared.loop.later(LINGERING, self.close)
        self._listen()

    def close(self) -> None:
        """Close the connection, and end what it waits for."""
        if not self._is_open:
            return
        self._is_open = False
        shared = self._shared
        if self._events:
            shared.loop.unregister(self._socket)
        del shared.open[self._socket.fileno()]
        self._socket.close()
        shared.on_closed()
        self._out = self._parser = None
        self._requests.clear()
        if self._wait is not None:
            self._wait.finish("gone")
        elif self._on_left is not None:
            self._left()
            self._serving = None


class _Play:
    """A script that is being played, and its position."""

    __slots__ = ("number", "plan", "script")

    def __init__(self, script: wire.Script, plan: wire.Plan) -> None:
        self.script = script
        self.plan = plan
        self.number = 0
