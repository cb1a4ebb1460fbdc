"""The world that a control request addresses, and whether the request may create it.

Endpoints that set up a world create it; those that query or delete one answer 404 if it does not
exist, because a typo must not verify an empty journal.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from cs_simulator.api.arrival import WAY, Address, Way
from cs_simulator.control.front import PREFIX
from cs_simulator.control.problem import ProblemError
from cs_simulator.worlds import (
    DEFAULT,
    ServedWorld,
    TooManyWorldsError,
    UnknownWorldError,
    WorldNameError,
    Worlds,
)


def addressed() -> Address:
    """Return what the current request names; reject two different worlds."""
    way: Way = request.environ[WAY]
    found = way.address
    assert found is not None  # noqa: S101 - whatever is routed here has one
    if found.other is not None:
        raise ProblemError(
            400,
            "Conflicting worlds",
            f"The path names world {found.world}, but the header X-Simulator-World names "
            f"{found.other}; send only one",
        )
    return found


def _named() -> str:
    """Return the name of the world in the current request."""
    name = addressed().world
    return DEFAULT if name is None else name


def asked(worlds: Worlds) -> ServedWorld:
    """Return the world that the current request queries; it must exist."""
    try:
        return worlds.find(_named())
    except UnknownWorldError as error:
        raise ProblemError(404, "No such world", str(error)) from None


def set_up(
    worlds: Worlds, action: Callable[[ServedWorld], Response], name: str | None = None
) -> Response:
    """Set up the world that the current request names, and return the response.

    The world is created if necessary, unless the action rejects the request.
    """
    try:
        return worlds.set_up(_named() if name is None else name, action)
    except WorldNameError as error:
        raise ProblemError(400, "Invalid world name", str(error)) from None
    except TooManyWorldsError as error:
        raise ProblemError(503, "Too many worlds", str(error)) from None


def link(path: str) -> str:
    """Return the path of another endpoint, as the client of the current request reaches it."""
    way: Way = request.environ[WAY]
    return f"{way.request.mount}{addressed().prefix}{PREFIX}/{path}"


def root_url() -> str:
    """Return the URL of the current request's world, without a trailing slash."""
    way: Way = request.environ[WAY]
    return f"{way.request.origin}{way.request.mount}{addressed().prefix}"


def root_only() -> None:
    """Reject a request below a world's prefix if it concerns the whole server."""
    if addressed().prefix:
        raise ProblemError(
            404,
            "Not available per world",
            f"{request.path} is the same for every world; request it without a world prefix",
        )
