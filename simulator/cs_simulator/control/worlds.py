"""The endpoints of worlds: which there are, another one, and away with them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from cs_simulator.api.editions import EDITIONS
from cs_simulator.api.paths import base_paths_of
from cs_simulator.control.addressing import root_only, set_up
from cs_simulator.control.replies import ProblemError, json_response
from cs_simulator.control.scenarios import requested_scenario
from cs_simulator.worlds import UnknownWorldError, World, Worlds


def add_routes(control: Blueprint, worlds: Worlds) -> None:
    """Add the endpoints to the control API."""

    @control.get("/worlds")
    def list_worlds() -> Response:
        root_only()
        return json_response({"worlds": worlds.names()})

    @control.delete("/worlds")
    def drop_worlds() -> Response:
        root_only()
        dropped = [name for name in worlds.names() if worlds.drop(name)]
        return json_response({"dropped": dropped})

    @control.get("/worlds/<name>")
    def show_world(name: str) -> Response:
        root_only()
        try:
            return json_response(described(worlds.find(name)))
        except UnknownWorldError as error:
            raise ProblemError(404, "No such world", str(error)) from None

    @control.put("/worlds/<name>")
    def put_world(name: str) -> Response:
        root_only()
        scenario = requested_scenario(worlds) if request.get_data().strip() else None

        def put(world: World) -> Response:
            if scenario is not None:
                world.activate(scenario)
            return json_response(described(world), 200 if worlds.is_listed(world) else 201)

        return set_up(worlds, put, name)

    @control.delete("/worlds/<name>")
    def drop_world(name: str) -> Response:
        root_only()
        try:
            worlds.find(name)
        except UnknownWorldError as error:
            raise ProblemError(404, "No such world", str(error)) from None
        worlds.drop(name)
        return json_response({"dropped": [name]})


def described(world: World) -> dict[str, Any]:
    """Return what there is to say of a world."""
    bases = base_paths_of(world.scenario)
    return {
        "world": world.name,
        "scenario": world.scenario.name,
        "counts": asdict(world.counts()),
        "base_paths": {edition.name: bases.of(edition.name) or "/" for edition in EDITIONS},
        "prefix": f"/_world/{world.name}",
    }
