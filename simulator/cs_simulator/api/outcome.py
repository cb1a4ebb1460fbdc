"""The outcome of a request: its response, what faults do to it, and how it is sent.

Responses to the API are made only here: with the common headers, with hints, and with the completed
journal entry. Faults act outside any lock and after the operation: a delay holds back the response,
not the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cs_simulator.api.arrival import Arrival
from cs_simulator.api.editions import error_body
from cs_simulator.api.judging import RequestContext
from cs_simulator.clock import format_http_date, stopwatch
from cs_simulator.documents.long_json import written
from cs_simulator.domain.access import REALM
from cs_simulator.domain.errors import (
    InjectedFault,
    MethodNotAllowed,
    Refusal,
    Unauthorized,
    UnsupportedMediaType,
)
from cs_simulator.faults import wire
from cs_simulator.faults.waiting import HeldWait, TooManyWaitingError, WaitingRoom
from cs_simulator.late import named

if TYPE_CHECKING:
    from cs_simulator.faults.verdict import Verdict
    from cs_simulator.faults.waiting import End

_EXPOSED = "Location, X-Simulator-Request, X-Simulator-Hint, X-Simulator-Fault"
_HINT_BYTES = 512
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_PRETTY = json.JSONEncoder(indent=2)


class PlannedResponse(NamedTuple):
    """A response that is still data, so that a fault can replace or patch it."""

    status: int
    headers: dict[str, str]
    body: bytes


class Outlet(Protocol):
    """What a stream writes to. All methods except :meth:`soon` are called in the loop's thread."""

    def write(self, data: bytes) -> None:
        """Send as much as the client accepts, and buffer the rest."""

    def backlog(self) -> int:
        """Return the number of buffered bytes."""

    def soon(self, act: Callable[[], None]) -> None:
        """Call a function in the loop's thread; may be called from any thread."""

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        """Call a function after some seconds; return a function that cancels it."""


class Stream(Protocol):
    """A response that continues until its client leaves or its wait is ended.

    It has no thread: it writes in the thread of the server's event loop when it has something to
    send, and pauses while its client does not read.
    """

    @property
    def wait(self) -> HeldWait:
        """The entry of this stream among the held-back responses."""

    def begin(self, outlet: Outlet) -> None:
        """Start writing."""

    def end(self) -> None:
        """Stop writing; may be called before :meth:`begin`."""


class Outcome(NamedTuple):
    """A complete response, what happens to it on the wire, and the callback for its end."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    plan: wire.Plan | None = None
    left: Callable[[bool, float], None] | None = None
    """Called when the last byte left or the connection broke: with whether it went as planned, and
    when.
    """
    stream: Stream | None = None
    """What follows the head, if the response has no end."""


class HeldResponse(NamedTuple):
    """A response that is held back, and how to continue after its wait."""

    wait: HeldWait
    seconds: float | None
    resume: Callable[[End], Outcome | HeldResponse]
    refuse: Callable[[str], Outcome | HeldResponse]
    """Returns the response for the case that there is no room to wait, given the reason."""
    is_slow: bool = False
    """Whether continuing may take long."""


class Later(Enum):
    """Why a request is not carried out at once."""

    SLOW = "it may take long"
    FREE = "another request holds its world"


def waited(result: Outcome | HeldResponse, room: WaitingRoom) -> Outcome:
    """Block the current thread for as long as a response must be held back, and return it."""
    while isinstance(result, HeldResponse):
        try:
            end = room.hold(result.wait, result.seconds)
        except TooManyWaitingError as error:
            result = result.refuse(str(error))
        else:
            result = result.resume(end)
    return result


def members_response(
    arrival: Arrival,
    status: int,
    members: Any,
    location: str | None = None,
    more_headers: Mapping[str, str] = NO_HEADERS,
) -> PlannedResponse:
    """Return a response with a JSON body; ``location`` is a path below the base."""
    headers = {"Content-Type": "application/json", **more_headers}
    if location is not None:
        headers["Location"] = f"{arrival.base}{location}"
    return PlannedResponse(status, headers, encoded(arrival, members))


def encoded(arrival: Arrival, members: Any) -> bytes:
    """Encode JSON as the client prefers it: compact, or indented for curl."""
    pretty = arrival.headers.get("HTTP_USER_AGENT", "").startswith("curl/")
    text = f"{_PRETTY.encode(members)}\n" if pretty else written(_ENCODER, members)
    return text.encode("ascii")


def refused(context: RequestContext, refusal: Refusal) -> PlannedResponse:
    """Return the response to a rejected request, in the form of its edition."""
    arrival = context.arrival
    status = arrival.edition.status_of(refusal, context.world.scenario.setup.fidelity)
    if refusal.hint is not None:
        context.hints.append(refusal.hint)
    form = arrival.edition.form(context.family, refusal)
    members = error_body(form, refusal, arrival.method, arrival.url)
    headers: dict[str, str] = {}
    if isinstance(refusal, MethodNotAllowed):
        headers["Allow"] = ", ".join(refusal.allowed)
    elif isinstance(refusal, Unauthorized):
        headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
    elif isinstance(refusal, UnsupportedMediaType) and refusal.accepts_encoding is not None:
        headers["Accept-Encoding"] = refusal.accepts_encoding  # RFC 9110, 15.5.16
    return members_response(arrival, status, members, more_headers=headers)


def deliver(
    context: RequestContext, response: PlannedResponse | None, verdict: Verdict
) -> Outcome | HeldResponse:
    """Return the outcome of a request; ``response`` is None if nothing was carried out."""
    if context.is_stale:
        return abandoned(context)
    for row, value in verdict.done():
        if row.alters:
            response = named(f"api.altering:{row.alters}")(context, response, value, verdict)
    response = response or PlannedResponse(HTTPStatus.NO_CONTENT, {}, b"")
    if not verdict.acted:
        return respond(context, response)
    if not verdict.delay:
        return _leave(context, response, verdict)
    return HeldResponse(
        _wait(context),
        verdict.delay / 1000,
        lambda end: _after_delay(context, response, verdict, end),
        lambda why: _crowded(context, verdict, why),
    )


def _wait(context: RequestContext) -> HeldWait:
    return HeldWait(context.world.name, lambda: context.is_stale)


def _after_delay(
    context: RequestContext, response: PlannedResponse, verdict: Verdict, end: End
) -> Outcome | HeldResponse:
    if end != "over" or context.is_stale:
        return abandoned(context)
    if context.entry is not None:
        context.entry.waited = verdict.delay
    return _leave(context, response, verdict)


def _leave(
    context: RequestContext, response: PlannedResponse, verdict: Verdict
) -> Outcome | HeldResponse:
    """Return the outcome of a response after its wait, before it is sent."""
    way = next(
        ((row, row.leaves, value) for row, value in verdict.done() if row.leaves is not None), None
    )
    if way is None:
        return respond(context, response)
    row, leaves, value = way
    # If the connection breaks and nothing was done, there is no response, real or scripted.
    exists = not row.is_outcome or verdict.carries_out
    if context.entry is not None:
        context.entry.broken = value.how if row.is_outcome else None
        context.entry.cut = value.cut if row.is_outcome else wire.HALF
    plan = wire.Plan(partial(leaves, value), context.world.name, lambda: context.is_stale)
    if not row.waits(value):
        return respond(context, response, exists=exists, plan=plan)
    return HeldResponse(
        _wait(context),
        0.0,
        lambda _end: respond(context, response, exists=exists, plan=plan),
        lambda why: _crowded(context, verdict, why),
    )


def _crowded(context: RequestContext, verdict: Verdict, why: str) -> Outcome:
    """Return the outcome if there is no room to wait.

    It is sent unbroken: an error that is broken on the wire could not name the option to raise.
    """
    done = "; the operation was carried out" if verdict.carries_out else ""
    refusal = InjectedFault(503, f"Too many responses are waiting: {why}{done}")
    if context.entry is not None:
        context.entry.broken = None
    return respond(context, refused(context, refusal))


def abandoned(context: RequestContext) -> Outcome:
    """Close the connection of a request whose client or world is gone."""
    context.end(aborted=True)
    headers = (("Content-Length", "0"),)
    plan = wire.Plan(wire.BREAKS["close"].script, context.world.name, lambda: True)
    return Outcome(HTTPStatus.SERVICE_UNAVAILABLE, headers, b"", plan)


def respond(
    context: RequestContext,
    response: PlannedResponse,
    *,
    exists: bool = True,
    plan: wire.Plan | None = None,
) -> Outcome:
    """Build the response, and complete the journal entry with it.

    The entry gets no status if there is no response to see, because it is lost on the wire.
    """
    status, headers, body = response
    origin = context.arrival.headers.get("HTTP_ORIGIN")
    if origin is not None:
        headers = {**cors_headers(origin), **headers}
    headers.setdefault("Date", format_http_date(context.now))  # a rule may set its own
    if context.varies:
        headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept")))
    if context.hints:
        headers["X-Simulator-Hint"] = hint_header(context.hints)
    entry = context.entry
    if exists:
        context.world.server.count(status, context.now)
    if entry is not None:
        headers["X-Simulator-Request"] = f"{context.world.name}/{entry.id}"
    if status not in _WITHOUT_BODY:
        headers["Content-Length"] = str(len(body))
    pairs = tuple(headers.items())
    if entry is not None:
        left = stopwatch()
        milliseconds = round((left - context.begun) * 1000, 3)
        shown = b"" if entry.method == "HEAD" else body  # it is counted, and not sent
        context.journal.complete(
            entry, status if exists else None, pairs, shown, context.hints, milliseconds, left
        )
    return Outcome(status, pairs, body, plan, None if entry is None else context.left)


def hint_header(hints: list[str]) -> str:
    """Join hints to a header value: one line of ASCII, at most 512 bytes."""
    text = "; ".join(dict.fromkeys(hints)).encode("ascii", "backslashreplace").decode("ascii")
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= _HINT_BYTES else f"{text[: _HINT_BYTES - 3]}..."


def cors_headers(origin: str) -> dict[str, str]:
    """Return the headers that let a browser show the response to a page of another origin.

    A request in credentials mode without credentials looks like any other, but its browser rejects
    ``*``. So the origin is echoed to everyone.
    """
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin",
    }
