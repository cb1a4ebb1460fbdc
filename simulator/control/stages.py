"""The endpoints of stages: where a world is, and on to another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from simulator.clock import format_instant
from simulator.control.addressing import asked, set_up
from simulator.control.replies import ProblemError, json_response, request_document
from simulator.scenario.errors import did_you_mean
from simulator.worlds import World, Worlds


def add_routes(control: Blueprint, worlds: Worlds) -> None:
    """Add the endpoints to the control API."""

    @control.get("/stage")
    def show_stage() -> Response:
        return json_response(_described(asked(worlds)))

    @control.put("/stage")
    def put_stage() -> Response:
        wanted = '{"name": <a stage>}'
        data, _ = request_document(wanted)
        name = data.get("name")
        if set(data) != {"name"} or not isinstance(name, str):
            raise ProblemError(400, "Bad stage", f"expected {wanted}")
        world = set_up(worlds)
        with world.lock:
            now = world.begin().now
            number = world.stages.named(name)
            if number is None:
                names = world.stages.names()
                near = did_you_mean(name, names) or "; this scenario has no stages"
                raise ProblemError(404, "No such stage", f"There is no stage {name!r}{near}")
            world.stages.enter(number, now)
            return json_response(_described(world))

    @control.post("/stage/next")
    def next_stage() -> Response:
        world = set_up(worlds)
        with world.lock:
            if not world.stages.next(world.begin().now):
                stage = world.stages.current
                what = (
                    "this scenario has no stages" if stage is None else f"none after {stage.name}"
                )
                raise ProblemError(409, "No next stage", f"There is no next stage: {what}")
            return json_response(_described(world))


def _described(world: World) -> dict[str, Any]:
    with world.lock:
        world.begin()
        stage = world.stages.current
        members: dict[str, Any] = {"world": world.name, "stages": world.stages.names()}
        if stage is not None:
            members |= {
                "stage": stage.name,
                "entered": format_instant(world.stages.entered),
                "calls": world.stages.calls,
            }
        return members
