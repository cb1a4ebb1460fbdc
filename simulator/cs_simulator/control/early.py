"""What a server answers before the control API is imported: its health, and plain worlds.

These are what a test waits for: creating a world without a scenario of its own, and deleting it.
They need nothing of Flask. Any other request for the same paths goes to the control API, and so
does every one that is rejected.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import unquote

from cs_simulator.api.arrival import Address, Received, base_paths_of
from cs_simulator.api.editions import EDITIONS
from cs_simulator.control.front import HEALTH, PREFIX, ControlTerms, ServerHealth, stranger
from cs_simulator.worlds import ServedWorld, TooManyWorldsError, WorldNameError, Worlds

_WORLDS = f"{PREFIX}/worlds/"


class EarlyReply(NamedTuple):
    """The status and the members of a response."""

    status: int
    members: dict[str, Any]


class EarlyControl(NamedTuple):
    """What is answered early for some worlds, to those who may ask."""

    worlds: Worlds
    terms: ControlTerms
    health: ServerHealth

    def reply(self, request: Received, where: Address) -> EarlyReply | None:
        """Return the response to a request, or None if the control API has to answer it."""
        path = where.target.path
        if where.prefix or not (path == HEALTH or path.startswith(_WORLDS)):
            return None
        if stranger(self.terms, request, where) is not None:
            return None
        if path == HEALTH:
            return EarlyReply(200, self.health.members()) if request.method == "GET" else None
        if request.body or where.target.query:
            return None
        name = unquote(path.removeprefix(_WORLDS))
        if request.method == "PUT":
            return self._created(name)
        return self._deleted(name) if request.method == "DELETE" else None

    def _created(self, name: str) -> EarlyReply | None:
        if self.worlds.there_is(name) is not None or self.worlds.takes_long_to_make(name):
            return None
        try:
            return self.worlds.set_up(name, self._begun)
        except (WorldNameError, TooManyWorldsError):
            return None

    def _begun(self, world: ServedWorld) -> EarlyReply:
        return EarlyReply(200 if self.worlds.is_listed(world) else 201, described(world))

    def _deleted(self, name: str) -> EarlyReply | None:
        world = self.worlds.there_is(name)
        if world is None or world.is_large or not world.lock.acquire(blocking=False):
            return None
        try:
            dropped = self.worlds.drop(name)
        finally:
            world.lock.release()
        return EarlyReply(200, {"deleted": [name]}) if dropped else None


def described(world: ServedWorld) -> dict[str, Any]:
    """Return the key facts about a world."""
    return {
        "world": world.name,
        "scenario": world.scenario.name,
        "counts": world.counts()._asdict(),
        "base_paths": shown_bases(world),
        "prefix": f"/_world/{world.name}",
    }


def shown_bases(world: ServedWorld) -> dict[str, str]:
    """Return the base path of each edition in a world."""
    bases = base_paths_of(world.scenario)
    return {edition.name: bases.of(edition.name) or "/" for edition in EDITIONS}
