"""The endpoints of a world's clock: read it, set it, move it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from flask import Response

from cs_simulator.clock import Clock, Instant, Mode, format_instant, latest_of
from cs_simulator.control.addressing import asked, set_up
from cs_simulator.control.endpoint import Control, Endpoint
from cs_simulator.control.replies import SOURCE, json_response, refused, request_document
from cs_simulator.documents.problems import ScenarioError
from cs_simulator.documents.shape import Checker, Record, Scalar, one_of
from cs_simulator.documents.values import Moment, Span
from cs_simulator.worlds import World


class _By(NamedTuple):
    """A span of time, and how it was written."""

    text: str
    milliseconds: int


def _by(value: object) -> _By:
    return _By(str(value), Span()(value))


_CLOCK = Record({"mode": one_of("real", "offset", "frozen"), "time": Scalar(Moment())})
_ADVANCE = Record({"by": Scalar(_by)})


def show_clock(control: Control) -> Response:
    """Show the clock."""
    return json_response(_described(asked(control.worlds)))


def put_clock(control: Control) -> Response:
    """Set the clock."""
    given = _checked(_CLOCK, '{"mode": "frozen", "time": <a date>}')
    if given.get("mode") == "real" and "time" in given:
        _refuse("time", "a real clock takes no time; its mode may be offset or frozen")
    return set_up(control.worlds, lambda world: _set(world, given.get("mode", "offset"), given))


def advance_clock(control: Control) -> Response:
    """Advance the clock by a span of time."""
    by = _checked(_ADVANCE, '{"by": "2h"}')["by"]
    return set_up(control.worlds, lambda world: _advance(world, by))


def _set(world: World, mode: Mode, given: Mapping[str, Any]) -> Response:
    at: Instant | None = given.get("time")
    with world.lock:
        before = world.begin().now
        was_frozen = world.clock.mode == "frozen"
        if at is None and mode != "real":
            at = before
        if at is not None and at > latest_of(mode):
            _refuse(
                "time",
                f"found {format_instant(at)}, expected at most {_latest(mode)}",
            )
        world.clock = Clock(mode, at)
        answer = _described(world)
    if at is not None and at < before:
        answer["hint"] = "the clock was set back: what has happened stays as it is"
    elif was_frozen and mode != "frozen":
        answer["hint"] = (
            'the clock was frozen and runs from now on; "mode": "frozen" keeps it still'
        )
    return json_response(answer)


def _advance(world: World, by: _By) -> Response:
    with world.lock:
        mode = world.clock.mode
        if mode == "real":
            _refuse("by", "a real clock cannot be moved: set its mode to offset or frozen")
        now = world.begin().now
        if now + by.milliseconds > latest_of(mode):
            _refuse(
                "by",
                f"found {by.text!r}, which from {format_instant(now)} goes beyond {_latest(mode)}",
            )
        world.clock.advance(by.milliseconds)
        return json_response(_described(world))


def _latest(mode: Mode) -> str:
    """Return the last instant that a clock may be set to, and what there is to it."""
    runs = "" if mode == "frozen" else "a day, for the clock runs, before "
    return f"{format_instant(latest_of(mode))}, {runs}the last instant that can be written"


def _checked(shape: Record, wanted: str) -> dict[str, Any]:
    data, _ = request_document(wanted)
    checker = Checker(SOURCE)
    given = shape.check(data, "", checker)
    if not given and not checker.mistakes:
        checker.mistake("", f"found nothing of it, expected {wanted}")
    if checker.mistakes:
        raise refused(ScenarioError(checker.mistakes), "Bad clock")
    return given


def _refuse(at: str, text: str) -> NoReturn:
    checker = Checker(SOURCE)
    checker.mistake(at, text)
    raise refused(ScenarioError(checker.mistakes), "Bad clock")


def _described(world: World) -> dict[str, Any]:
    """Return the clock, after what fell due until now has happened."""
    with world.lock:
        now = world.begin().now
        return {"world": world.name, "mode": world.clock.mode, "time": format_instant(now)}


_SHOWN: Mapping[str, type] = MappingProxyType({"world": str, "mode": str, "time": str})

ENDPOINTS = (
    Endpoint("GET", "/clock", show_clock, _SHOWN),
    Endpoint("PUT", "/clock", put_clock, _SHOWN, body=_CLOCK, makes_world=True),
    Endpoint("POST", "/clock/advance", advance_clock, _SHOWN, body=_ADVANCE, makes_world=True),
)
"""The rows of these endpoints."""
