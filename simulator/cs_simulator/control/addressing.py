"""Which world a control request is about, and whether it may make it.

What sets up a world makes it; what asks about one, or deletes, is answered 404 where it does not
exist: a typo must not verify an empty journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import Response, request

from cs_simulator.control.replies import ProblemError
from cs_simulator.worlds import TooManyWorldsError, UnknownWorldError, World, WorldNameError, Worlds

PREFIX = "/_control"
WORLD = "cs_simulator.world"
"""The key of a request's environment under which the world it names stands."""


class Addressed(NamedTuple):
    """The world that a request names, by the prefix of its path or by a header."""

    name: str
    prefix: str
    other: str | None
    """What the header says, where it differs from the path."""


def is_control(path: str) -> bool:
    """Tell whether a path belongs to the control API."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def addressed() -> Addressed:
    """Return the world that the present request names; refuse two that differ."""
    found: Addressed = request.environ[WORLD]
    if found.other is not None:
        raise ProblemError(
            400,
            "Two worlds",
            f"The path names world {found.name}, the header X-Simulator-World {found.other}: "
            "send one of them",
        )
    return found


def asked(worlds: Worlds) -> World:
    """Return the world that the present request asks about; it must exist."""
    try:
        return worlds.find(addressed().name)
    except UnknownWorldError as error:
        raise ProblemError(404, "No such world", str(error)) from None


def set_up(
    worlds: Worlds, action: Callable[[World], Response], name: str | None = None
) -> Response:
    """Return the answer of what sets up the world that the present request names.

    The world is made if need be, unless the action refuses the request.
    """
    try:
        return worlds.set_up(addressed().name if name is None else name, action)
    except WorldNameError as error:
        raise ProblemError(400, "Bad name", str(error)) from None
    except TooManyWorldsError as error:
        raise ProblemError(503, "Too many worlds", str(error)) from None


def link(path: str) -> str:
    """Return the path of another endpoint, below the prefix that the present request came with."""
    return f"{addressed().prefix}{PREFIX}/{path}"


def root_only() -> None:
    """Refuse a request below a world's prefix to what belongs to the whole server."""
    if addressed().prefix:
        raise ProblemError(
            404, "Not here", f"{request.path} is the same for every world: ask it without a prefix"
        )
