"""The endpoints of worlds: list, create and drop them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from cs_simulator.control import shows
from cs_simulator.control.addressing import set_up
from cs_simulator.control.endpoint import Control, Endpoint, Param
from cs_simulator.control.replies import ProblemError, json_response, request_document
from cs_simulator.control.rewind import copy_named, is_origin
from cs_simulator.control.scenarios import (
    BASE_PATHS,
    COUNTS,
    SCENARIO_OR_NAME,
    requested_scenario,
    shown_bases,
)
from cs_simulator.worlds import ServedWorld, UnknownWorldError


def list_worlds(control: Control) -> Response:
    """List the worlds."""
    return json_response({"worlds": control.worlds.names()})


def drop_worlds(control: Control) -> Response:
    """Drop all worlds; the default world is created again."""
    dropped = [name for name in control.worlds.names() if control.worlds.drop(name)]
    return json_response({"deleted": dropped})


def show_world(control: Control, name: str) -> Response:
    """Show the key facts about a world."""
    try:
        return json_response(described(control.worlds.find(name)))
    except UnknownWorldError as error:
        raise ProblemError(404, "No such world", str(error)) from None


def put_world(control: Control, name: str) -> Response:
    """Create a world, load a scenario into one, or make it a copy of another."""
    scenario = copy = None
    if request.get_data().strip():
        data, _ = request_document("a scenario, or a world to copy: {from: <its name>}")
        if is_origin(data):
            copy = copy_named(control.worlds, data, name)
        else:
            scenario = requested_scenario(control.worlds)

    def put(world: ServedWorld) -> Response:
        if copy is not None:
            world.become(copy)
        elif scenario is not None:
            world.activate(scenario)
        return json_response(described(world), 200 if control.worlds.is_listed(world) else 201)

    return set_up(control.worlds, put, name)


def drop_world(control: Control, name: str) -> Response:
    """Drop a world."""
    try:
        control.worlds.find(name)
    except UnknownWorldError as error:
        raise ProblemError(404, "No such world", str(error)) from None
    control.worlds.drop(name)
    return json_response({"deleted": [name]})


def described(world: ServedWorld) -> dict[str, Any]:
    """Return the key facts about a world."""
    return {
        "world": world.name,
        "scenario": world.scenario.name,
        "counts": world.counts()._asdict(),
        "base_paths": shown_bases(world),
        "prefix": f"/_world/{world.name}",
    }


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
        shows.Shows("Worlds", "The worlds.", {"worlds": shows.texts("Their names.", "default")}),
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
        refuses={404: "There is no world of that name."},
    ),
)
"""The rows of these endpoints."""
