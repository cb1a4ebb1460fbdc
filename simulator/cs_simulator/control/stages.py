"""The endpoints of stages: show the current one, and enter another."""

from __future__ import annotations

from typing import Any

from flask import Response

from cs_simulator.clock import format_instant
from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Takes
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import asked, checked_document, json_response, set_up
from cs_simulator.documents.problems import as_sentence, no_such
from cs_simulator.documents.shape import Record, Scalar
from cs_simulator.documents.values import Text
from cs_simulator.worlds import ServedWorld

_WANTED = '{"name": <a stage>}'
_STAGE = Record({"name": Scalar(Text(empty=False))})


def show_stage(control: Control) -> Response:
    """Show the current stage of a world."""
    return json_response(stage_members(asked(control.worlds)))


def put_stage(control: Control) -> Response:
    """Enter a stage by its name."""
    given = checked_document(_STAGE, _WANTED, "Invalid stage")
    return set_up(control.worlds, lambda world: _enter(world, given["name"]))


def next_stage(control: Control) -> Response:
    """Enter the next stage."""
    return set_up(control.worlds, _enter_next)


def _enter(world: ServedWorld, name: str) -> Response:
    with world.lock:
        now = world.begin().now
        number = world.stages.named(name)
        if number is None:
            names = world.stages.names()
            near = no_such("stage", name, names, "this scenario has no stages")
            raise ProblemError(404, "No such stage", as_sentence(near.detail))
        world.enter_stage(number, now)
        return json_response(stage_members(world))


def _enter_next(world: ServedWorld) -> Response:
    with world.lock:
        if not world.next_stage(world.begin().now):
            stage = world.stages.current
            what = (
                "This scenario has no stages"
                if stage is None
                else f"{stage.name} is the last stage"
            )
            raise ProblemError(409, "No next stage", what)
        return json_response(stage_members(world))


def stage_members(world: ServedWorld) -> dict[str, Any]:
    """Return a world's position among its stages as JSON members."""
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


STAGES = shows.Shows(
    "Stages",
    "The position of a world among the stages of its scenario.",
    {
        "world": shows.WORLD,
        "stages": shows.texts("The names of all stages, in order.", "healthy", "outage"),
        "stage": shows.text(
            "The current one; absent if the scenario has no stages.", "healthy", always=False
        ),
        "entered": shows.moment("When it was entered.", always=False),
        "calls": shows.number("How many calls its `until` has counted.", 1, always=False),
    },
)

ENDPOINTS = (
    Endpoint("GET", "/stage", show_stage, STAGES),
    Endpoint(
        "PUT",
        "/stage",
        put_stage,
        STAGES,
        Takes(
            "StageEntered",
            "The stage to enter.",
            _STAGE,
            {"name": "outage"},
            {"name": "The name of a stage of the scenario."},
            needed=("name",),
        ),
        makes_world=True,
        refuses={404: "The scenario has no stage of that name."},
    ),
    Endpoint(
        "POST",
        "/stage/next",
        next_stage,
        STAGES,
        instead_of_body='PUT /_control/stage enters a stage by its name, {"name": <a stage>}',
        makes_world=True,
        refuses={409: "No stage follows."},
    ),
)
