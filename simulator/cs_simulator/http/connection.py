"""One connection: its requests, one after another, and how their replies are written.

What is done otherwise than waitress does it, and why, stands beside each method.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from cs_simulator.api.arrival import WAY, Way
from cs_simulator.api.editions import error_body
from cs_simulator.api.paths import split_target, split_world
from cs_simulator.control.addressing import is_control
from cs_simulator.domain.errors import BodyTooLarge, InternalError, MalformedPath, Refusal
from cs_simulator.faults import wire
from cs_simulator.faults.waiting import End, TooManyWaitingError, Wait
from cs_simulator.http.parser import LONGEST_HEAD, Parser

ONE_PIECE = 65_536
"""Bytes of a body that are sent together with the head of their reply."""

log = logging.getLogger("cs_simulator")


class Task(WSGITask):  # type: ignore[misc] # waitress has no types
    """Carry out a request; keep the connection open after a reply that has no body.

    Waitress closes it after every 204, because that has no Content-Length.
    """

    wrote_header: bool = False
    _keeps_open = False

    def execute(self) -> None:
        """Call the application, which may ask to be told when the client has gone."""
        lines = self.request.header_lines
        self.get_environment()[WAY] = Way(on_gone=self.channel.watch, header_lines=lines)
        super().execute()

    def write(self, data: bytes) -> None:
        """Write the reply, or what a fault makes of it.

        Waitress sends the head and the body one by one. Together they are one call of the system,
        one packet, and one thing that the client wakes up for.
        """
        plan: wire.Plan | None = None if self.wrote_header else self.environ[WAY].plan
        is_whole = self.content_length == len(data) <= ONE_PIECE
        if self.wrote_header or (plan is None and not is_whole):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        body = data if self.has_body else b""
        self.content_bytes_written = len(data)
        if plan is None:
            self.channel.write_soon(head + body)
        elif wire.play(plan, self.channel, lambda seconds: self._hold(plan, seconds), head, body):
            self.close_on_finish = True

    def _hold(self, plan: wire.Plan, seconds: float | None) -> End:
        """Hold back what has begun to leave; where the room has filled up meanwhile, end it."""
        wait = Wait(plan.is_stale)
        self.channel.watch(wait)
        try:
            room = self.channel.server.application.worlds.waiting
            end: End = room.hold(plan.world, wait, seconds)
        except TooManyWaitingError:
            return "cancelled"
        return "cancelled" if plan.is_stale() else end

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
                detail = f"{text}; --max-control-body allows more"
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


class Bell:
    """The server as one of its connections sees it, which wakes the loop only where it must.

    Waitress wakes the thread that reads the connections after every reply. That thread listens
    to this one already, unless something was in the way when it last looked: it would wake up,
    look at every connection, and wait again.
    """

    def __init__(self, server: Any, channel: Channel) -> None:
        self._server = server
        self._channel = channel
        # What every request asks for; the rest is found below.
        self.adj = server.adj
        self.add_task = server.add_task
        self.application = server.application

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def pull_trigger(self) -> None:
        """Wake the loop where this connection has something for it to do."""
        if self._channel.needs_the_loop:
            self._server.pull_trigger()


class Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """A connection."""

    parser_class = Parser
    task_class = Task
    error_task_class = RefusalTask

    _wait: Wait | None = None
    _is_left_out = False
    """Whether the loop may have found that nothing is to be read, so that it does not listen."""

    def __init__(self, server: Any, *rest: Any, **named: Any) -> None:
        super().__init__(server, *rest, **named)
        self.server = Bell(server, self)

    @property
    def needs_the_loop(self) -> bool:
        """Whether the loop has to look at this connection, since it does not listen to it."""
        return bool(
            self._is_left_out
            or self.total_outbufs_len
            or self.close_when_flushed
            or self.will_close
        )

    def watch(self, wait: Wait) -> None:
        """End a wait when the client goes away, or now if it has."""
        self._wait = wait
        if not self.connected:
            wait.finish("gone")

    def readable(self) -> bool:
        """Tell whether more is to be read; close the connection where nobody waits for it.

        Nothing is read while several requests are there already, so the end of what a client
        sends is looked for where the first of them is held back.
        """
        # Set before it is true: whoever changes what is looked at here looks at this afterwards.
        self._is_left_out = True
        may_read: bool = super().readable()
        if may_read:
            self._is_left_out = False
        elif self._wait is not None and not self._wait.has_ended and wire.has_ended(self.socket):
            self.will_close = True
        return may_read

    def handle_close(self) -> None:
        """Close the connection."""
        super().handle_close()
        if self._wait is not None:
            self._wait.finish("gone")
