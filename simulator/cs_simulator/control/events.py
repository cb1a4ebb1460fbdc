"""The endpoint of events: what happens in one world or in all, as it happens."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, request

from cs_simulator.api.arrival import WAY, Way
from cs_simulator.control.addressing import addressed
from cs_simulator.control.endpoint import EVENTS, Content, Control, Endpoint, Param
from cs_simulator.control.journal import CLEARED_REQUESTS
from cs_simulator.control.replies import ProblemError
from cs_simulator.control.scenarios import COUNTS
from cs_simulator.control.shows import (
    SCENARIO,
    WORLD,
    Shows,
    Told,
    moment,
    number,
    one,
    real,
    several,
    text,
    texts,
    word,
)
from cs_simulator.control.streams import EventStream
from cs_simulator.faults.waiting import TooManyWaitingError
from cs_simulator.faults.wire import BREAKS
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

_AT_A_GLANCE = Shows(
    "EntryAtAGlance",
    "What there is to see of a request in the journal at a glance.",
    {
        "world": WORLD,
        "id": number("Its number in the journal of its world."),
        "state": word("How far it is.", "done", "open", "aborted"),
        "time": moment("When it arrived, by the clock of the world."),
        "method": text("The method.", "POST"),
        "path": text("The path and query, cut where they are long.", "/genesys/1/cs/version"),
        "operation": text("The operation, or `unrouted` where there is none.", "start_service"),
        "faults": texts("The rules that act, by name.", "lost", always=False),
        "status": Told(
            "The status, null where the client was shown none.",
            {"type": ["integer", "null"], "format": "int32"},
            201,
            always=False,
        ),
        "ms": real("How long it took.", 1.75, always=False),
        "hints": number("How many hints there are.", 0, always=False),
        "waited_ms": real("How long the response was held back.", 250.0, always=False),
        "broken": word("What a fault did to the connection.", *BREAKS, always=False),
    },
)


def _event(name: str, says: str, **members: Told) -> Shows:
    """Return the data of an event that reports a change of a world."""
    return Shows(name, says, {"world": WORLD, **members})


HAPPENINGS: Mapping[str, Shows] = MappingProxyType(
    {
        "ready": Shows(
            "StreamBegan",
            "The stream begins.",
            {
                "version": text("The version of the simulator.", "1.0.0"),
                "instance": text("The server, as its health has it.", "d1f0c0de"),
                "world": WORLD._replace(always=False),
            },
        ),
        "request": _AT_A_GLANCE,
        "response": _AT_A_GLANCE,
        "fault": _event(
            "RulesChanged",
            "Rules were added, replaced or removed, or acted.",
            change=word("What became of them.", "added", "replaced", "removed", "acted"),
            names=texts("Which ones.", "lost"),
            id=number("The request on which they acted.", always=False),
        ),
        "clock": _event(
            "ClockChanged",
            "The clock was set or moved.",
            change=word("Which of the two.", "set", "advanced"),
            mode=word("How it runs.", "frozen", "offset", "real"),
            time=moment("What it says."),
        ),
        "stage": _event(
            "StageChanged",
            "A stage was entered.",
            stage=text("Which one.", "outage"),
            entered=moment("When."),
        ),
        "scenario": _event(
            "ScenarioChanged", "Another scenario was put in place.", scenario=SCENARIO
        ),
        "reset": _event(
            "WorldReset",
            "The world was put back to where its scenario begins.",
            scenario=SCENARIO,
            cleared=one(COUNTS),
        ),
        "rewind": _event(
            "WorldRewound",
            "The world was put back to an instant, or became a copy of another.",
            before=number("The request before which it is."),
            cleared=one(CLEARED_REQUESTS),
        ),
        "journal": _event(
            "JournalEmptied", "The journal was emptied.", cleared=one(CLEARED_REQUESTS)
        ),
        "world": _event(
            "WorldChanged",
            "A world was made or dropped.",
            change=word("Which of the two.", "created", "dropped"),
            scenario=SCENARIO._replace(always=False),
        ),
        "dropped": Shows(
            "EventsDropped",
            "Something happened that cannot be told any more.",
            {
                "reason": text("Why.", "no longer kept"),
                "worlds": several(
                    "Whose journals no longer have all of it.",
                    Shows(
                        "EntriesDropped",
                        "What a journal no longer has.",
                        {"world": WORLD, "up_to": number("The newest request that is gone.")},
                    ),
                ),
            },
        ),
    }
)
"""What the data of each event are, by its type."""

ENDPOINT = Endpoint(
    "GET",
    "/events",
    stream_events,
    Content("Server-sent events, as long as the client reads them.", (EVENTS,), _EXAMPLE),
    events=HAPPENINGS,
    query=(Param("world", "The world whose events are told; those of all without it.", "test-42"),),
    refuses={
        501: "Another server than the simulator's own carries the request out.",
        503: "Too many streams are open, as --max-waiting says.",
    },
)
"""The row of this endpoint."""
