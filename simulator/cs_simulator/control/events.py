"""The endpoint of events: what happens in one world or in all, as it happens."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, request

from cs_simulator.control import shows
from cs_simulator.control.endpoint import EVENTS, Content, Control, Endpoint, Param
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import addressed, way
from cs_simulator.control.journal import CLEARED_REQUESTS
from cs_simulator.control.scenarios import COUNTS
from cs_simulator.control.streams import EventStream
from cs_simulator.faults.waiting import TooManyWaitingError
from cs_simulator.faults.wire import BREAKS

LAST_EVENT_ID = "Last-Event-ID"


def stream_events(control: Control) -> Response:
    """Stream what happens in a world, or in all worlds, as server-sent events."""
    world = _world_named()
    last = request.headers.get(LAST_EVENT_ID)
    if world is not None and last is None:
        control.worlds.find(world)
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
        way().stream = stream
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

_AT_A_GLANCE = shows.Shows(
    "EntryAtAGlance",
    "The summary of a request in the journal.",
    {
        "world": shows.WORLD,
        "id": shows.number("Its id in the journal of its world."),
        "state": shows.word("Its progress.", "done", "open", "aborted"),
        "time": shows.moment("When it arrived, by the clock of the world."),
        "method": shows.text("The method.", "POST"),
        "path": shows.text(
            "The path and query, truncated if they are long.", "/genesys/1/cs/version"
        ),
        "operation": shows.text("The operation, or `unrouted` without one.", "start_service"),
        "faults": shows.texts("The rules that act, by name.", "lost", always=False),
        "status": shows.ShownMember(
            "The status, null if the client got none.",
            {"type": ["integer", "null"], "format": "int32"},
            201,
            always=False,
        ),
        "ms": shows.real("How long it took.", 1.75, always=False),
        "hints": shows.number("The number of hints.", 0, always=False),
        "waited_ms": shows.real("How long the response was held back.", 250.0, always=False),
        "broken": shows.word("What a fault did to the connection.", *BREAKS, always=False),
    },
)


def _event(name: str, says: str, **members: shows.ShownMember) -> shows.Shows:
    """Return the data of an event that reports a change of a world."""
    return shows.Shows(name, says, {"world": shows.WORLD, **members})


HAPPENINGS: Mapping[str, shows.Shows] = MappingProxyType(
    {
        "ready": shows.Shows(
            "StreamBegan",
            "The stream begins.",
            {
                "version": shows.text("The version of the simulator.", "1.0.0"),
                "instance": shows.text(
                    "The name of the server process, as in its health.", "d1f0c0de"
                ),
                "world": shows.WORLD._replace(always=False),
            },
        ),
        "request": _AT_A_GLANCE,
        "response": _AT_A_GLANCE,
        "fault": _event(
            "RulesChanged",
            "Rules were added, replaced or removed, or acted.",
            change=shows.word("What happened to them.", "added", "replaced", "removed", "acted"),
            names=shows.texts("Which ones.", "lost"),
            id=shows.number("The request on which they acted.", always=False),
        ),
        "clock": _event(
            "ClockChanged",
            "The clock was set or advanced.",
            change=shows.word("Which of the two.", "set", "advanced"),
            mode=shows.word("How it runs.", "frozen", "offset", "real"),
            time=shows.moment("What it says."),
        ),
        "stage": _event(
            "StageChanged",
            "A stage was entered.",
            stage=shows.text("Which one.", "outage"),
            entered=shows.moment("When."),
        ),
        "scenario": _event(
            "ScenarioChanged", "Another scenario was loaded.", scenario=shows.SCENARIO
        ),
        "reset": _event(
            "WorldReset",
            "The world was reset to the beginning of its scenario.",
            scenario=shows.SCENARIO,
            cleared=shows.one(COUNTS),
        ),
        "rewind": _event(
            "WorldRewound",
            "The world was rewound to an instant, or became a copy of another.",
            before=shows.number("The request before which the instant is."),
            cleared=shows.one(CLEARED_REQUESTS),
        ),
        "journal": _event(
            "JournalEmptied", "The journal was cleared.", cleared=shows.one(CLEARED_REQUESTS)
        ),
        "world": _event(
            "WorldChanged",
            "A world was created or dropped.",
            change=shows.word("Which of the two.", "created", "dropped"),
            scenario=shows.SCENARIO._replace(always=False),
        ),
        "dropped": shows.Shows(
            "EventsDropped",
            "Events were lost.",
            {
                "reason": shows.text("Why.", "no longer kept"),
                "worlds": shows.several(
                    "The worlds whose journals lost entries.",
                    shows.Shows(
                        "EntriesDropped",
                        "The entries that a journal lost.",
                        {
                            "world": shows.WORLD,
                            "up_to": shows.number("The newest lost request."),
                        },
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
    query=(Param("world", "The world whose events are sent; by default all worlds.", "test-42"),),
    refuses={
        501: "The request is run by another server than the simulator's own.",
        503: "Too many streams are open; see --max-waiting.",
    },
)
