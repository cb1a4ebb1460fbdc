"""The endpoints of what moves a world on: its clock, and the stages of its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response

from cs_simulator.clock import Instant, Mode, format_instant, latest_of
from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Takes
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import asked, checked_document, checking, json_response, set_up
from cs_simulator.documents.problems import Problem, as_sentence, no_such
from cs_simulator.documents.shape import SPAN, Record, Scalar, one_of
from cs_simulator.documents.values import Moment, Span, Text
from cs_simulator.worlds import ServedWorld


class _By(NamedTuple):
    """A duration, and how it was written."""

    text: str
    milliseconds: int


def _by(value: object) -> _By:
    return _By(str(value), Span()(value))


_INVALID = "Invalid clock"
_CLOCK = Record({"mode": one_of("real", "offset", "frozen"), "time": Scalar(Moment())})
_ADVANCE = Record({"by": Scalar(_by, SPAN.schema)})
_STAGE = Record({"name": Scalar(Text(empty=False))})


def show_clock(control: Control) -> Response:
    """Show the clock."""
    return json_response(clock_members(asked(control.worlds)))


def put_clock(control: Control) -> Response:
    """Set the clock."""
    given = checked_document(_CLOCK, '{"mode": "frozen", "time": <a date>}', _INVALID)
    if given.get("mode") == "real" and "time" in given:
        _refuse(Problem("time", text="not allowed with mode real", note="use offset or frozen"))
    return set_up(control.worlds, lambda world: _set(world, given.get("mode", "offset"), given))


def advance_clock(control: Control) -> Response:
    """Advance the clock by a duration."""
    by = checked_document(_ADVANCE, '{"by": "2h"}', _INVALID)["by"]
    return set_up(control.worlds, lambda world: _advance(world, by))


def _set(world: ServedWorld, mode: Mode, given: Mapping[str, Any]) -> Response:
    at: Instant | None = given.get("time")
    with world.lock:
        before = world.begin().now
        was_frozen = world.clock.mode == "frozen"
        if at is None and mode != "real":
            at = before
        if at is not None and at > latest_of(mode):
            _refuse(Problem("time", f"at most {_latest(mode)}", format_instant(at)))
        world.set_clock(mode, at)
        response = clock_members(world)
    if at is not None and at < before:
        response["hint"] = "the clock was set back; existing data keeps its timestamps"
    elif was_frozen and mode != "frozen":
        response["hint"] = (
            'the clock was frozen and now runs; add "mode": "frozen" to keep it frozen'
        )
    return json_response(response)


def _advance(world: ServedWorld, by: _By) -> Response:
    with world.lock:
        mode = world.clock.mode
        if mode == "real":
            problem = "a real clock cannot be advanced"
            note = 'freeze it first (PUT /_control/clock {"mode": "frozen"}) or use mode offset'
            _refuse(Problem("by", text=problem, note=note))
        now = world.begin().now
        if now + by.milliseconds > latest_of(mode):
            problem = f"{by.text!r} from {format_instant(now)} is later than {_latest(mode)}"
            _refuse(Problem("by", found=by.text, text=problem))
        world.advance_clock(by.milliseconds)
        return json_response(clock_members(world))


def _latest(mode: Mode) -> str:
    """Return the latest instant that a clock may be set to, and the reason for it."""
    if mode == "frozen":
        return f"{format_instant(latest_of(mode))}, the latest possible time"
    return f"{format_instant(latest_of(mode))}, a day before the latest possible time"


def _refuse(problem: Problem) -> None:
    with checking(_INVALID) as checker:
        checker.add(problem)


def clock_members(world: ServedWorld) -> dict[str, Any]:
    """Return the clock after everything due by now has happened."""
    with world.lock:
        now = world.begin().now
        return {"world": world.name, "mode": world.clock.mode, "time": format_instant(now)}


def show_stage(control: Control) -> Response:
    """Show the current stage of a world."""
    return json_response(stage_members(asked(control.worlds)))


def put_stage(control: Control) -> Response:
    """Enter a stage by its name."""
    given = checked_document(_STAGE, '{"name": <a stage>}', "Invalid stage")
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


CLOCK_SHOWN = shows.Shows(
    "Clock",
    "A world's time.",
    {
        "world": shows.WORLD,
        "mode": shows.word("How it runs.", "frozen", "offset", "real"),
        "time": shows.moment("The time."),
        "hint": shows.text(
            "What is odd about the change.",
            "the clock was set back; existing data keeps its timestamps",
            always=False,
        ),
    },
)

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
    Endpoint("GET", "/clock", show_clock, CLOCK_SHOWN),
    Endpoint(
        "PUT",
        "/clock",
        put_clock,
        CLOCK_SHOWN,
        Takes(
            "ClockSet",
            "The new setting of the clock.",
            _CLOCK,
            {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"},
            {
                "mode": "How it runs; default: offset.",
                "time": "The new time; by default it does not change.",
            },
        ),
        makes_world=True,
    ),
    Endpoint(
        "POST",
        "/clock/advance",
        advance_clock,
        CLOCK_SHOWN,
        Takes(
            "ClockAdvance",
            "How far to advance the clock.",
            _ADVANCE,
            {"by": "2h"},
            {"by": "A duration such as 250ms, 30s, 15m, 2h or 7d."},
            needed=("by",),
        ),
        makes_world=True,
    ),
    Endpoint("GET", "/stage", show_stage, STAGES, tag="stages"),
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
        tag="stages",
        refuses={404: "The scenario has no stage of that name."},
    ),
    Endpoint(
        "POST",
        "/stage/next",
        next_stage,
        STAGES,
        instead_of_body='PUT /_control/stage enters a stage by its name, {"name": <a stage>}',
        makes_world=True,
        tag="stages",
        refuses={409: "No stage follows."},
    ),
)
