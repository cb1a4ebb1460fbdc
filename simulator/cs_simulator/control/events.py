"""The endpoint of events: what happens in one world or in all, as it happens."""

from __future__ import annotations

from flask import Response, request

from cs_simulator.api.arrival import WAY, Way
from cs_simulator.control.addressing import addressed
from cs_simulator.control.endpoint import EVENTS, Content, Control, Endpoint, Param
from cs_simulator.control.replies import ProblemError
from cs_simulator.control.streams import EventStream
from cs_simulator.faults.waiting import TooManyWaitingError
from cs_simulator.worlds import UnknownWorldError

LAST_EVENT_ID = "Last-Event-ID"


def stream_events(control: Control) -> Response:
    """Stream what happens in a world, or in all worlds, as server-sent events."""
    world = _world_named()
    last = request.headers.get(LAST_EVENT_ID)
    if world is not None and last is None:
        try:
            control.worlds.find(world)
        except UnknownWorldError as error:
            raise ProblemError(404, "No such world", str(error)) from None
    response = Response(content_type=EVENTS)
    # Proxies that buffer responses would show nothing.
    response.headers["X-Accel-Buffering"] = "no"
    if request.method != "HEAD":
        stream = EventStream(control.streams, world, last)
        try:
            control.worlds.waiting.enter(stream.wait)
        except TooManyWaitingError as error:
            detail = f"Event streams have a quarter of the places of held responses: {error}"
            raise ProblemError(503, "Too many event streams", detail) from None
        way: Way = request.environ[WAY]
        way.stream = stream
    return response


def _world_named() -> str | None:
    """Return the world whose events are requested, or None for those of all worlds."""
    named = addressed().world
    asked = request.args.get("world")
    if named is not None and asked is not None and named != asked:
        detail = f"The path or the header names world {named}, the query {asked}; send only one"
        raise ProblemError(400, "Conflicting worlds", detail)
    return asked if named is None else named


_EXAMPLE = """id: 53fffbeb327d-17
event: clock
data: {"world":"default","change":"set","mode":"frozen","time":"2026-01-05T09:00:00.000Z"}

"""

ENDPOINT = Endpoint(
    "GET",
    "/events",
    stream_events,
    Content("Server-sent events, as long as the client reads them.", (EVENTS,), _EXAMPLE),
    query=(Param("world", "The world whose events are told; those of all without it.", "test-42"),),
    refuses={
        501: "Another server than the simulator's own carries the request out.",
        503: "Too many streams are open, as --max-waiting says.",
    },
)
"""The row of this endpoint."""
