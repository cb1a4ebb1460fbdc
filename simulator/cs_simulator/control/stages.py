"""The endpoints of stages: where a world is, and on to another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from cs_simulator.clock import format_instant
from cs_simulator.control.addressing import asked, set_up
from cs_simulator.control.replies import (
    SOURCE,
    ProblemError,
    json_response,
    near_or_there,
    no_body,
    refused,
    request_document,
)
from cs_simulator.documents.problems import ScenarioError
from cs_simulator.documents.shape import Checker, Record, Scalar
from cs_simulator.documents.values import Text
from cs_simulator.worlds import World, Worlds

_WANTED = '{"name": <a stage>}'
_STAGE = Record({"name": Scalar(Text(empty=False))})


def add_routes(control: Blueprint, worlds: Worlds) -> None:
    """Add the endpoints to the control API."""

    @control.get("/stage")
    def show_stage() -> Response:
        return json_response(_described(asked(worlds)))

    @control.put("/stage")
    def put_stage() -> Response:
        data, _ = request_document(_WANTED)
        checker = Checker(SOURCE)
        given = _STAGE.check(data, "", checker)
        if not given and not checker.mistakes:
            checker.mistake("", f"found nothing of it, expected {_WANTED}")
        if checker.mistakes:
            raise refused(ScenarioError(checker.mistakes), "Bad stage")
        return set_up(worlds, lambda world: _enter(world, given["name"]))

    @control.post("/stage/next")
    def next_stage() -> Response:
        no_body('PUT /_control/stage enters a stage by its name, {"name": <a stage>}')
        return set_up(worlds, _enter_next)


def _enter(world: World, name: str) -> Response:
    with world.lock:
        now = world.begin().now
        number = world.stages.named(name)
        if number is None:
            names = world.stages.names()
            near = near_or_there(name, names, "this scenario has no stages")
            raise ProblemError(404, "No such stage", f"There is no stage {name!r}{near}")
        world.stages.enter(number, now)
        return json_response(_described(world))


def _enter_next(world: World) -> Response:
    with world.lock:
        if not world.stages.next(world.begin().now):
            stage = world.stages.current
            what = "this scenario has no stages" if stage is None else f"none after {stage.name}"
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
