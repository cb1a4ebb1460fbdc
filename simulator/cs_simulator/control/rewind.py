"""The endpoints of a world's states: its snapshot, the difference of two instants, and rewind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Response, request

from cs_simulator.clock import format_instant
from cs_simulator.control import shows
from cs_simulator.control.endpoint import Content, Control, Endpoint, Param, Takes
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import (
    asked,
    checked_query,
    checking,
    json_response,
    request_document,
)
from cs_simulator.copies import WorldCopy
from cs_simulator.documents.json_patch import patch_between
from cs_simulator.documents.shape import Record, Scalar, one_of
from cs_simulator.documents.values import Integer, Text
from cs_simulator.journal.journal import RewindError
from cs_simulator.scenario.snapshot import document as written
from cs_simulator.scenario.snapshot import json_text, yaml_text
from cs_simulator.worlds import ServedWorld, Worlds

_FORMATS = ("json", "yaml")
_SNAPSHOT = Record({"format": one_of(*_FORMATS)})
_NUMBER = Scalar(Integer(64, minimum=1))
_REWIND = Record({"before": _NUMBER})
_ORIGIN = Record({"from": Scalar(Text(empty=False)), "before": _NUMBER})
_BETWEEN = Record({"from": _NUMBER, "to": _NUMBER})


def show_snapshot(control: Control) -> Response:
    """Show the world as it is now, as a scenario document."""
    wanted = checked_query(_SNAPSHOT).get("format", "json")
    snapshot = asked(control.worlds).snapshot()
    control.worlds.leftovers.leave(snapshot)
    if wanted == "yaml":
        response = Response(yaml_text(snapshot), content_type="application/yaml; charset=utf-8")
    else:
        response = Response(json_text(snapshot), content_type="application/json")
    size = response.content_length or 0
    if size > control.terms.max_control_body:
        response.headers["X-Simulator-Hint"] = (
            f"this snapshot has {size} bytes and --max-control-body allows "
            f"{control.terms.max_control_body}, so it cannot be loaded into a running world; "
            "start a server with it instead"
        )
    return response


def rewind_world(control: Control) -> Response:
    """Put a world back to where it was before a request."""
    data, _ = request_document('{"before": <the id of a request>}')
    before = _checked(_REWIND, data, ("before",), "Invalid rewind")["before"]
    world = asked(control.worlds)
    try:
        cleared = world.rewind(before)
    except RewindError as error:
        raise _impossible(error, "nothing was changed") from None
    with world.lock:
        time = format_instant(world.begin().now)
    members = {"world": world.name, "before": before, "time": time}
    return json_response({**members, "cleared": {"requests": cleared}})


def show_difference(control: Control) -> Response:
    """Show the difference of a world between two instants, as JSON Patch."""
    given = _checked(_BETWEEN, request.args.to_dict(), ("from",), "Invalid query")
    world = asked(control.worlds)
    with world.lock:
        last = given.get("to", world.journal.next_id)
        try:
            old, new = _document_at(world, given["from"]), _document_at(world, last)
        except RewindError as error:
            raise _impossible(error) from None
    world.leftovers.leave(old)
    world.leftovers.leave(new)
    members = {"world": world.name, "from": given["from"], "to": last}
    return json_response({**members, "patch": patch_between(old, new)})


def _document_at(world: ServedWorld, before: int) -> dict[str, Any]:
    """Return the snapshot of a world before a request, as a document."""
    snapshot = world.at(before, world.snapshot)
    world.leftovers.leave(snapshot)
    return written(snapshot)


def is_origin(data: Mapping[str, Any]) -> bool:
    """Tell whether a document asks for a copy of another world instead of being a scenario."""
    return "from" in data


def copy_named(worlds: Worlds, data: Mapping[str, Any], name: str) -> WorldCopy:
    """Return the copy that a document asks for; ``name`` is the world that becomes the copy."""
    given = _checked(_ORIGIN, data, ("from",), "Invalid world")
    world = worlds.find(given["from"])
    if world.name == name:
        detail = f"World {name} cannot be a copy of itself; POST /_control/rewind puts it back"
        raise ProblemError(400, "Invalid world", detail)
    with world.lock:
        try:
            return world.copied(given.get("before", world.journal.next_id))
        except RewindError as error:
            raise _impossible(error, "nothing was changed") from None


def _checked(
    shape: Record, data: Mapping[str, Any], needed: tuple[str, ...], title: str
) -> dict[str, Any]:
    with checking(title, changes=request.method != "GET") as checker:
        given = shape.check(data, "", checker)
        for name in shape.members:
            if name in data and data[name] is None:
                checker.expected(name, "a value", None)
            elif name in needed and name not in data:
                checker.problem("", f"{name} is missing")
    return given


def _impossible(error: RewindError, but: str = "") -> ProblemError:
    text = str(error)
    detail = f"{text[0].upper()}{text[1:]}{f'; {but}' if but else ''}"
    return ProblemError(409, "Instant not known", detail)


_ID: Mapping[str, Any] = MappingProxyType({"type": "integer", "format": "int64", "minimum": 1})

SNAPSHOT = Endpoint(
    "GET",
    "/snapshot",
    show_snapshot,
    Content(
        "A scenario document that continues from the world's current state.",
        ("application/json", "application/yaml; charset=utf-8"),
        {"format": 1, "name": "demo"},
        members=("name",),
    ),
    query=(
        Param(
            "format",
            "The format: JSON, or YAML, which is easier to read.",
            "json",
            {"type": "string", "enum": _FORMATS, "default": "json"},
        ),
    ),
    is_slow=True,
    tag="snapshot",
)

ENDPOINTS = (
    Endpoint(
        "POST",
        "/rewind",
        rewind_world,
        shows.Shows(
            "Rewound",
            "The state to which a world was rewound.",
            {
                "world": shows.WORLD,
                "before": shows.number(
                    "The request before which it is; the next request gets its id.", 17
                ),
                "time": shows.moment("The world's time."),
                "cleared": shows.document("What was removed.", {"requests": 3}),
            },
        ),
        Takes(
            "Rewind",
            "The request before which the world is to return.",
            _REWIND,
            {"before": 1},
            {"before": "The id of a request in the journal."},
            needed=("before",),
        ),
        is_slow=True,
        refuses={409: "The state before that request is not known."},
    ),
    Endpoint(
        "GET",
        "/difference",
        show_difference,
        shows.Shows(
            "WorldDifference",
            "The difference between the snapshots of two instants.",
            {
                "world": shows.WORLD,
                "from": shows.number("The request before which the first instant is.", 3),
                "to": shows.number("The request before which the second instant is.", 17),
                "patch": shows.by_example(
                    "JSON Patch (RFC 6902).",
                    [{"op": "replace", "path": "/first_ids/service", "value": 4294967298}],
                ),
            },
        ),
        query=(
            Param("from", "The request before which the first instant is.", 1, _ID),
            Param("to", "The request before which the second instant is; default: now.", 2, _ID),
        ),
        is_slow=True,
        refuses={409: "The state before one of the requests is not known."},
    ),
)
