"""The worlds of a server: created on request, set up, and dropped."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TypeVar

from cs_simulator.clock import stopwatch
from cs_simulator.copies import WorldSize
from cs_simulator.documents.problems import as_sentence, no_such
from cs_simulator.faults.waiting import WaitingRoom
from cs_simulator.ids import new_instance
from cs_simulator.journal.feed import Feed
from cs_simulator.journal.journal import Budget
from cs_simulator.leftovers import Leftovers
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from cs_simulator.world import DEFAULT, LARGE, ServedWorld, WorldDroppedError

__all__ = (
    "DEFAULT",
    "ServedWorld",
    "TooManyWorldsError",
    "UnknownWorldError",
    "WorldDroppedError",
    "WorldNameError",
    "WorldSize",
    "Worlds",
)

Result = TypeVar("Result")

log = logging.getLogger("cs_simulator")

_SOON = 30.0
"""Seconds without use after which a world that a client's request created may be dropped."""

_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}")  # clients resolve . and .. in a path


class WorldNameError(ValueError):
    """A name that is not valid; the text says what is."""


class TooManyWorldsError(Exception):
    """There is no room for another world; the text names the option to raise."""


class UnknownWorldError(LookupError):
    """A world that does not exist was queried; the text names the nearest existing one."""


class Worlds:
    """The worlds of a server, with the source of their scenarios and their waiting room."""

    def __init__(
        self,
        scenario: LoadedScenario,
        export_folder: Path | None = None,
        max_waiting: int = 1_000,
        loader: ScenarioLoader | None = None,
        *,
        max_worlds: int = 1_000,
        idle: float = 600.0,
    ) -> None:
        self.scenario = scenario
        self.loader = loader or ScenarioLoader(Catalogue([shipped_folder()]))
        self.waiting = WaitingRoom(max_waiting)
        self._export_folder = export_folder
        self.budget = Budget()
        """The size of all journals."""
        self.feed = Feed(new_instance())
        self.leftovers = Leftovers()
        """What worlds no longer need."""
        self._most = max_worlds
        self._idle = idle
        self._lock = RLock()
        self._worlds: dict[str, ServedWorld] = {}
        self.obtain(DEFAULT)

    @property
    def default(self) -> ServedWorld:
        """The world of requests that name none."""
        return self.obtain(DEFAULT)

    def names(self) -> list[str]:
        """Return the names of all worlds, in order of creation."""
        with self._lock:
            return list(self._worlds)

    def there_is(self, name: str) -> ServedWorld | None:
        """Return a world, or None if it does not exist; this does not count as use."""
        return self._worlds.get(name)

    def find(self, name: str) -> ServedWorld:
        """Return an existing world, or raise :exc:`UnknownWorldError`."""
        world = self._worlds.get(name)
        if world is None:
            problem = no_such("world", name, self.names())
            raise UnknownWorldError(as_sentence(problem.detail))
        world.last_used = stopwatch()
        return world

    def obtain(self, name: str) -> ServedWorld:
        """Return a world; create it if necessary, from the scenario the server was started with.

        Raises :exc:`WorldNameError`, or :exc:`TooManyWorldsError` if no other can be dropped.
        """
        return self._worlds.get(name) or self.set_up(name, lambda world: world, is_wanted=False)

    def set_up(
        self, name: str, action: Callable[[ServedWorld], Result], *, is_wanted: bool = True
    ) -> Result:
        """Carry out an action in a world, and return its result; create the world if necessary.

        If the world is dropped before the action, it is created again. A new world is listed only
        after the action; if the action raises, the world does not exist. Raises what :meth:`obtain`
        raises, too.
        """
        while True:
            with self._lock:
                world = self._worlds.get(name)
                is_new = world is None
                if world is not None:
                    world.in_flight += 1
            if world is None:  # made without the lock, which every request needs
                world = self._made(name)
                world.in_flight += 1
            try:
                try:
                    result = action(world)
                except WorldDroppedError:
                    continue
                world.is_wanted = world.is_wanted or is_wanted
                with self._lock:
                    if not is_new:
                        return result
                    if name not in self._worlds:
                        self._list(world)
                        is_new = False
                        return result
            finally:
                self.leave(world)
                if is_new:
                    world.journal.close()
                    self.leftovers.leave(world)
            # Another request created it meanwhile: the action is carried out in that one.

    def is_listed(self, world: ServedWorld) -> bool:
        """Tell whether a world is listed, and not still being created."""
        return self._worlds.get(world.name) is world

    def _made(self, name: str) -> ServedWorld:
        """Return a new world, if there is room; it is not listed yet."""
        if not _NAME.fullmatch(name):
            raise WorldNameError(
                f"{name[:80]!r} is not a valid world name; use 1 to 64 of A-Z a-z 0-9 . _ -"
                f"{', but not . or ..' if name in ('.', '..') else ''}"
            )
        with self._lock:
            self._idle_ones()
        return ServedWorld(
            name,
            self.scenario,
            self._export_folder,
            self.waiting,
            self.budget,
            self.feed,
            self.leftovers,
        )

    def _list(self, world: ServedWorld) -> None:
        """List a new world; without room, drop worlds that were unused for long."""
        now = stopwatch()
        for idle in self._idle_ones():
            log.info("dropped world %s: idle for %.0f s", idle.name, now - idle.last_used)
            self.drop(idle.name)
        self._worlds[world.name] = world
        world.announce()

    def _idle_ones(self) -> list[ServedWorld]:
        """Return the worlds to be dropped for another; one in use is never dropped."""
        if len(self._worlds) < self._most:
            return []
        now = stopwatch()
        idle = [
            world
            for world in self._worlds.values()
            if not world.in_flight
            and world.name != DEFAULT
            and now - world.last_used > (self._idle if world.is_wanted else min(self._idle, _SOON))
        ]
        if not idle:
            raise TooManyWorldsError(
                f"All {len(self._worlds)} worlds were used within the last "
                f"{self._idle:g} s, and --max-worlds allows "
                f"{self._most}; delete one or raise the limit"
            )
        return idle

    def takes_long_to_make(self, name: str) -> bool:
        """Tell whether a world would have to be made, which takes long with what it begins with."""
        return name not in self._worlds and self.scenario.size > LARGE

    def enter(self, name: str) -> ServedWorld:
        """Return a world for a request, which keeps it from being dropped until it leaves."""
        with self._lock:
            world = self._worlds.get(name)
            if world is not None:
                world.in_flight += 1
                return world
        return self.set_up(name, self._joined, is_wanted=False)

    def _joined(self, world: ServedWorld) -> ServedWorld:
        self.join(world)
        return world

    def join(self, world: ServedWorld) -> None:
        """Keep a world from being dropped until :meth:`leave`."""
        with self._lock:
            world.in_flight += 1

    def leave(self, world: ServedWorld) -> None:
        """End a request that entered or joined a world."""
        with self._lock:
            world.in_flight -= 1
            world.last_used = stopwatch()

    def drop(self, name: str) -> bool:
        """Drop a world; tell whether it existed. The default one is created again when needed."""
        with self._lock:
            world = self._worlds.pop(name, None)
        if world is None:
            return False
        world.drop()
        return True

    def references(self) -> set[str]:
        """Return the names and files from which the scenarios in use were loaded."""
        with self._lock:
            used = [self.scenario, *(world.scenario for world in self._worlds.values())]
        return {scenario.reference for scenario in used if scenario.reference is not None}

    def reload(self) -> list[str]:
        """Read the sources of the scenarios in use again; return the names of the worlds.

        Each world uses the new version after its next reset. Raises :exc:`DocumentError` if one of
        the files is invalid; then every world keeps its scenario.
        """
        read = {reference: self.loader.load(reference) for reference in self.references()}
        with self._lock:
            used = [(world, world.scenario.reference) for world in self._worlds.values()]
        if self.scenario.reference is not None:
            self.scenario = read[self.scenario.reference]
        taking = []
        for world, reference in used:
            if reference in read:
                world.take_at_reset(read[reference])
                taking.append(world.name)
        return taking
