"""The endpoints of a world's clock: read it, set it, move it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from simulator.clock import LATEST, Clock, format_instant
from simulator.control.addressing import asked, set_up
from simulator.control.replies import SOURCE, json_response, refused, request_document
from simulator.domain.values import Moment, Span
from simulator.scenario.errors import ScenarioError
from simulator.scenario.shape import Checker, Record, Scalar, one_of
from simulator.worlds import World, Worlds

_CLOCK = Record({"mode": one_of("real", "offset", "frozen"), "at": Scalar(Moment())})
_ADVANCE = Record({"by": Scalar(Span())}, needed=("by",))


def add_routes(control: Blueprint, worlds: Worlds) -> None:
    """Add the endpoints to the control API."""

    @control.get("/clock")
    def show_clock() -> Response:
        return json_response(_described(asked(worlds)))

    @control.put("/clock")
    def put_clock() -> Response:
        given = _checked(_CLOCK, '{"mode": "frozen", "at": <a date>}')
        mode, at = given.get("mode", "offset"), given.get("at")
        if mode == "real" and at is not None:
            _refuse("at", "a real clock takes no at; its mode may be offset or frozen")
        world = set_up(worlds)
        with world.lock:
            before = world.begin().now
            if at is None and mode != "real":
                at = before
            world.clock = Clock(mode, at)
            answer = _described(world)
        if at is not None and at < before:
            answer["hint"] = "the clock was set back: what has happened stays as it is"
        return json_response(answer)

    @control.post("/clock/advance")
    def advance_clock() -> Response:
        given = _checked(_ADVANCE, '{"by": "2h"}')
        world = set_up(worlds)
        with world.lock:
            if world.clock.mode == "real":
                _refuse("by", "a real clock cannot be moved: set its mode to offset or frozen")
            if world.clock.now() + given["by"] > LATEST:
                _refuse("by", "the year 9999 is the last that can be written")
            world.begin()
            world.clock.advance(given["by"])
            return json_response(_described(world))


def _checked(shape: Record, wanted: str) -> dict[str, Any]:
    data, _ = request_document(wanted)
    checker = Checker(SOURCE)
    given = shape.check(data, "", checker)
    if not given and not checker.mistakes:
        checker.mistake("", f"expected {wanted}")
    if checker.mistakes:
        raise refused(ScenarioError(checker.mistakes), "Bad clock")
    return given


def _refuse(at: str, text: str) -> None:
    checker = Checker(SOURCE)
    checker.mistake(at, text)
    raise refused(ScenarioError(checker.mistakes), "Bad clock")


def _described(world: World) -> dict[str, Any]:
    """Return the clock, after what fell due until now has happened."""
    with world.lock:
        now = world.begin().now
        return {"world": world.name, "mode": world.clock.mode, "now": format_instant(now)}
