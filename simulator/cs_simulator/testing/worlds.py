"""The world of a test: its name, and what it begins with."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from cs_simulator.client import ControlError, Server, SimulatorError, World
from cs_simulator.ids import digest
from cs_simulator.testing.session import Session

EMPTY = "empty"
"""What a world begins with that nothing was said about, here and on any server."""

_LONGEST = 64
_GROUPED = ("loadgroup", "loadfile", "loadscope")


class Lent(NamedTuple):
    """A world that a test uses, and whether it is its own."""

    world: World
    is_own: bool


def lend(item: pytest.Item, session: Session, server: Server) -> Lent:
    """Return the world of a test, as it begins; raise :exc:`SimulatorError` where it cannot."""
    scenario = _argument(item, "context_services_scenario", "a name, a path or a document")
    name = _fixed_name(item, session)
    world = server.world(name or own_name(item, session), item.path.parent)
    if scenario is None and session.settings.url is not None:
        # One that is started begins with it, and nobody knows what another one began with.
        scenario = session.settings.scenario or EMPTY
    world.create(scenario)
    if scenario is None and name is not None:
        world.restore_scenario()  # it may have been there before
    return Lent(world, is_own=name is None)


def take_back(lent: Lent) -> None:
    """Drop the world of a test that has passed, if it is its own and still there."""
    if lent.is_own:
        try:
            lent.world.delete()
        except ControlError as error:
            if error.status != 404:
                raise


def _fixed_name(item: pytest.Item, session: Session) -> str | None:
    """Return the name of the world that a test is to use, None where it gets its own."""
    marked = _argument(item, "context_services_world", "the name of a world")
    if marked is not None and not isinstance(marked, str):
        raise SimulatorError(f"the marker context_services_world takes text, not {marked!r}")
    name = marked or session.settings.world
    if name is None:
        return None
    if session.shares and "{worker}" not in name:
        if marked is None:
            raise SimulatorError(
                f"All workers would share the world {name}: run without -n, or put {{worker}} into "
                "the name, which becomes gw0, gw1 and so on"
            )
        if session.shares not in _GROUPED:
            raise SimulatorError(
                f"Tests of several workers may share the world {name} at one time: put {{worker}} "
                "into the name, or keep them on one worker with --dist loadgroup and xdist_group"
            )
    return name.replace("{worker}", session.worker)


def own_name(item: pytest.Item, session: Session) -> str:
    """Return a name that says which test it is, and that none has had, nor another run."""
    unique = digest(session.run, session.worker, item.nodeid, session.next_number()).hex()[:8]
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{item.path.stem}.{item.name}").strip("-")
    return f"{readable[: _LONGEST - len(unique) - 1]}-{unique}"


def _argument(item: pytest.Item, marker: str, wanted: str) -> Any:
    """Return what the marker of a test is given, None where there is no marker."""
    mark = item.get_closest_marker(marker)
    if mark is None:
        return None
    if len(mark.args) != 1 or mark.kwargs:
        raise SimulatorError(f"the marker {marker} takes one argument: {wanted}")
    return mark.args[0]
