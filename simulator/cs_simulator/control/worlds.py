"""The endpoints of worlds: list, create and drop them."""

from __future__ import annotations

from heapq import nlargest
from math import inf
from operator import itemgetter
from typing import Any

from flask import Response, request

from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Param
from cs_simulator.control.front import described
from cs_simulator.control.handling import checked_query, json_response, request_document
from cs_simulator.control.rewind import copy_named, is_origin
from cs_simulator.control.scenarios import BASE_PATHS, COUNTS, SCENARIO_OR_NAME, scenario_in
from cs_simulator.documents.shape import Record, Scalar
from cs_simulator.documents.values import Integer, Text
from cs_simulator.journal.entries import JournalEntry, status_shown
from cs_simulator.worlds import ServedWorld

_LISTED = Record({"recent": Scalar(Integer(32, minimum=1)), "since": Scalar(Text(empty=False))})

MOST_COUNTED = 200
"""The number of a world's newest requests that are looked through for its description."""


def list_worlds(control: Control) -> Response:
    """List the worlds, and describe those with the newest requests on demand."""
    given = checked_query(_LISTED)
    names = control.worlds.names()
    members: dict[str, Any] = {"worlds": names}
    since = 0.0
    if "since" in given:
        world = control.worlds.there_is(given["since"])
        since = inf if world is None else world.created
    if "recent" in given:
        there = [found for name in names if (found := control.worlds.there_is(name)) is not None]
        last = [(entry.arrived, found) for found in there for entry in found.journal.newest(1)]
        used = [arrival for arrival in last if arrival[0] >= since]
        newest = nlargest(given["recent"], used, key=itemgetter(0))
        members["recent"] = [_recent_members(world, since) for _, world in newest]
    return json_response(members)


def _recent_members(world: ServedWorld, since: float) -> dict[str, Any]:
    """Count a world's requests since an instant, and the notable ones among the newest."""
    journal = world.journal
    entries = [entry for entry in journal.newest(MOST_COUNTED) if entry.arrived >= since]
    return {
        "world": world.name,
        "requests": sum(entry.arrived >= since for entry in journal.entries()),
        "red": sum(map(_is_red, entries)),
        "faulted": sum(bool(entry.faults) for entry in entries),
        "hinted": sum(bool(entry.hints) for entry in entries),
    }


def _is_red(entry: JournalEntry) -> bool:
    """Tell whether a request went wrong for its client."""
    status = status_shown(entry)
    is_refused = status is not None and status >= 400
    return entry.state == "aborted" or entry.broken is not None or is_refused


def drop_worlds(control: Control) -> Response:
    """Drop all worlds; the default world is created again."""
    dropped = [name for name in control.worlds.names() if control.worlds.drop(name)]
    return json_response({"deleted": dropped})


def show_world(control: Control, name: str) -> Response:
    """Show the key facts about a world."""
    return json_response(described(control.worlds.find(name)))


def put_world(control: Control, name: str) -> Response:
    """Create a world, load a scenario into one, or make it a copy of another."""
    scenario = copy = None
    if request.get_data().strip():
        data, text = request_document("a scenario, or a world to copy: {from: <its name>}")
        if is_origin(data):
            copy = copy_named(control.worlds, data, name)
        else:
            scenario = scenario_in(control.worlds, data, text)

    def put(world: ServedWorld) -> Response:
        if copy is not None:
            world.become(copy)
        elif scenario is not None:
            world.activate(scenario)
        return json_response(described(world), 200 if control.worlds.is_listed(world) else 201)

    return control.worlds.set_up(name, put)


def drop_world(control: Control, name: str) -> Response:
    """Drop a world."""
    control.worlds.drop(control.worlds.find(name).name)
    return json_response({"deleted": [name]})


_WORLD = shows.Shows(
    "World",
    "The key facts about a world.",
    {
        "world": shows.WORLD,
        "scenario": shows.SCENARIO,
        "counts": shows.one(COUNTS),
        "base_paths": BASE_PATHS,
        "prefix": shows.text("The prefix of the paths of its requests.", "/_world/default"),
    },
)
_RECENT = shows.Shows(
    "RecentWorld",
    "A world with requests, and what is notable among them.",
    {
        "world": shows.WORLD,
        "requests": shows.number(
            "How many requests its journal keeps, since that instant if one is given."
        ),
        "red": shows.number(
            f"How many of the newest {MOST_COUNTED} went wrong for their client.", 0
        ),
        "faulted": shows.number("On how many of those a rule acted.", 0),
        "hinted": shows.number("How many of those have a hint.", 0),
    },
)
_PUT = (
    "A scenario, the name of one, or the world to become a copy of: `from`, its name, and "
    "`before`, the id of the request before which it is copied."
)
_NAME = Param("name", "The name of a world.", "test-42")

ENDPOINTS = (
    Endpoint(
        "GET",
        "/worlds",
        list_worlds,
        shows.Shows(
            "Worlds",
            "The worlds.",
            {
                "worlds": shows.texts("Their names.", "default"),
                "recent": shows.several(
                    "The worlds with the newest requests, if `recent` is given; newest first.",
                    _RECENT,
                    always=False,
                ),
            },
        ),
        query=(
            Param(
                "recent",
                "Also describe the n worlds with the newest requests.",
                20,
                {"type": "integer", "format": "int32", "minimum": 1},
            ),
            Param(
                "since",
                "Of those, count only requests since the creation of this world.",
                "test-42",
            ),
        ),
        scope="server",
    ),
    Endpoint("DELETE", "/worlds", drop_worlds, shows.DELETED, scope="server", is_slow=True),
    Endpoint(
        "GET",
        "/worlds/<name>",
        show_world,
        _WORLD,
        names=(_NAME,),
        scope="server",
        is_slow=True,  # a job may hold the world
        refuses={404: "There is no world of that name."},
    ),
    Endpoint(
        "PUT",
        "/worlds/<name>",
        put_world,
        _WORLD,
        SCENARIO_OR_NAME._replace(is_optional=True, says=_PUT),
        names=(_NAME,),
        scope="server",
        makes_world=True,
        is_slow="unless bare",
        statuses=(200, 201),
        refuses={409: "The state of the world to copy at that instant is not known."},
    ),
    Endpoint(
        "DELETE",
        "/worlds/<name>",
        drop_world,
        shows.DELETED,
        names=(_NAME,),
        scope="server",
        is_slow=True,  # a job may hold the world
        refuses={404: "There is no world of that name."},
    ),
)
