"""Worlds: everything that a request may change hangs off one, and off nothing else."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from simulator.clock import Clock, Instant, stopwatch
from simulator.domain.retention import settle
from simulator.domain.transaction import Transaction
from simulator.exports import Exports
from simulator.faults.criteria import Facts
from simulator.faults.engine import RuleBook, Verdict
from simulator.faults.progress import Progress
from simulator.faults.rules import Rule
from simulator.faults.stages import Stages
from simulator.faults.waiting import WaitingRoom
from simulator.ids import Ids
from simulator.journal import Budget, Journal
from simulator.scenario.catalogue import Catalogue, shipped_folder
from simulator.scenario.loader import Scenario, ScenarioLoader

if TYPE_CHECKING:
    from simulator.scenario.snapshot import Snapshot

DEFAULT = "default"

log = logging.getLogger("simulator")

_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}")  # clients resolve . and .. in a path


class WorldNameError(ValueError):
    """A name that no world can have; the text says what one looks like."""


class TooManyWorldsError(Exception):
    """There is no room for another world; the text names the option."""


class UnknownWorldError(LookupError):
    """A world that does not exist was asked about; the text names the nearest that does."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a world holds."""

    services: int
    customers: int
    requests: int
    exports: int


class World:
    """One clock, one set of ids and data, one journal.

    Whoever reads or changes them holds ``lock``. The journal has a lock of its own, so that a
    request is noted in the order of its arrival.
    """

    __slots__ = (
        "_ids",
        "_pending",
        "_profiles",
        "_room",
        "_store",
        "budget",
        "clock",
        "exports",
        "generation",
        "in_flight",
        "journal",
        "last_used",
        "lock",
        "name",
        "rules",
        "scenario",
        "stages",
    )

    def __init__(
        self,
        name: str,
        scenario: Scenario,
        export_folder: Path | None = None,
        room: WaitingRoom | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.name = name
        self.budget = Budget() if budget is None else budget
        self.in_flight = 0
        self.last_used = stopwatch()
        self._room = WaitingRoom() if room is None else room
        self.scenario = scenario
        self.lock = RLock()
        self.journal = Journal(self.budget)
        # Worlds share nothing, and on a frozen clock their files have the same names.
        if export_folder is not None and name != DEFAULT:
            export_folder = export_folder / name
        self.exports = Exports(export_folder)
        self.generation = 0
        self._pending: Scenario | None = None
        self._begin()

    def _begin(self) -> None:
        self.clock: Clock = self.scenario.clock()
        now = self.clock.now() if self.scenario.clock_at is None else self.scenario.clock_at
        base = self.scenario.base(now)
        self._store = base.store.copy()
        self._profiles = base.profiles.copy()
        self._ids: Ids = base.ids.copy()
        self.rules = RuleBook(self.scenario.seed, self.scenario.faults, now)
        self.stages = Stages(self.scenario.stages, self.rules, now)
        progress = self.scenario.progress
        if progress is not None and progress.stage is not None:
            self.stages.restore(progress.stage)
        if progress is not None and progress.faults is not None:
            self.rules.restore(progress.faults)

    def begin(self) -> Transaction:
        """Return a transaction at the present instant, after what fell due until then."""
        tx = Transaction(
            self._store, self._profiles, self._ids, self.scenario.setup, self.clock.now()
        )
        settle(tx)
        if self.stages:
            self.stages.settle(tx.now)
        return tx

    @property
    def has_rules(self) -> bool:
        """Whether any request can be faulted, or counts for a stage."""
        return bool(self.rules) or bool(self.stages)

    def judge(self, facts: Facts, now: Instant, forced: Rule | None) -> Verdict:
        """Return what the rules in force make of a request; count it, and move the clock."""
        verdict = self.rules.judge(facts, now, forced)
        if self.stages:
            self.stages.count(facts, now)
        if verdict.advance:
            self.clock.advance(verdict.advance)
        return verdict

    def counts(self) -> Counts:
        """Return how much there is, after what fell due until now."""
        with self.lock:
            self.begin()
            return Counts(
                len(self._store),
                len(self._profiles),
                len(self.journal),
                len(self.exports.names()),
            )

    def snapshot(self) -> Snapshot:
        """Return what the world holds, after what fell due until now, to be written elsewhere.

        Entities never change, so only the references are taken while others wait.
        """
        from simulator.scenario.snapshot import Snapshot  # a start does not pay for it

        with self.lock:
            now = self.begin().now
            store = self._store
            return Snapshot(
                scenario=self.scenario,
                clock_mode=self.clock.mode,
                now=now,
                ids=self._ids.counters,
                profiles=list(self._profiles),
                services=[
                    (service, store.states(service.number), store.tasks(service.number))
                    for service in store.services()
                ],
                rules=self.rules.outside_stages(),
                progress=Progress(self.rules.progress(), self.stages.progress()),
            )

    def reset(self) -> Counts:
        """Put everything back to where the scenario begins; return what was cleared."""
        with self.lock:
            cleared = self.counts()
            self.generation += 1
            if self._pending is not None:
                self.scenario, self._pending = self._pending, None
            self._begin()
            self._forget()
            return cleared

    def _forget(self) -> None:
        # Whoever is still on the way belongs to what is no more, and so does its entry.
        self.journal.close()
        self.journal = Journal(self.budget)
        self.exports.clear()
        self._room.cancel(self.name)

    def drop(self) -> None:
        """End this world: what is on its way in it stores nothing and answers nothing."""
        with self.lock:
            self.generation += 1
            self._forget()

    def take_at_reset(self, scenario: Scenario) -> None:
        """Begin with another scenario at the next reset."""
        with self.lock:
            self._pending = scenario

    def activate(self, scenario: Scenario) -> Counts:
        """Begin anew with another scenario; return what was cleared."""
        with self.lock:
            self._pending = scenario
            return self.reset()


class Worlds:
    """Hold the worlds of a server, where their scenarios come from, and the room they wait in."""

    def __init__(
        self,
        scenario: Scenario,
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
        self._budget = Budget()
        self._most = max_worlds
        self._idle = idle
        self._lock = RLock()
        self._worlds: dict[str, World] = {}
        self.obtain(DEFAULT)

    @property
    def default(self) -> World:
        """The world of requests that name none."""
        return self.obtain(DEFAULT)

    def names(self) -> list[str]:
        """Return the names of the worlds there are, in the order they were made."""
        with self._lock:
            return list(self._worlds)

    def find(self, name: str) -> World:
        """Return a world that exists, or raise :exc:`UnknownWorldError`."""
        world = self._worlds.get(name)
        if world is None:
            from difflib import get_close_matches  # only ever needed for a mistake

            names = self.names()
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names[:10])}"
            raise UnknownWorldError(f"There is no world {name}; {hint}")
        return world

    def obtain(self, name: str) -> World:
        """Return a world; make it, from the scenario the server was started with, if need be.

        Raises :exc:`WorldNameError`, or :exc:`TooManyWorldsError` where none can be let go.
        """
        world = self._worlds.get(name)
        if world is not None:
            return world
        if not _NAME.fullmatch(name):
            raise WorldNameError(
                f"{name[:80]!r} is no name of a world: it has 1 to 64 of A-Z a-z 0-9 . _ -"
                f"{', and is not . or ..' if name in ('.', '..') else ''}"
            )
        with self._lock:
            world = self._worlds.get(name)
            if world is None:
                if len(self._worlds) >= self._most:
                    self._let_idle_go()
                world = World(name, self.scenario, self._export_folder, self.waiting, self._budget)
                self._worlds[name] = world
            return world

    def _let_idle_go(self) -> None:
        """Drop the worlds that nobody has used for long; one in use is never emptied."""
        now = stopwatch()
        idle = [
            world
            for world in self._worlds.values()
            if not world.in_flight and world.name != DEFAULT and now - world.last_used > self._idle
        ]
        if not idle:
            raise TooManyWorldsError(
                f"There are {len(self._worlds)} worlds, each used within the last "
                f"{self._idle:g} s; --max-worlds allows {self._most}"
            )
        for world in idle:
            log.info("world %s was idle for %.0f s: dropped", world.name, now - world.last_used)
            self.drop(world.name)

    def enter(self, name: str) -> World:
        """Return a world for a request, which keeps it from being let go until it leaves."""
        with self._lock:
            world = self._worlds.get(name) or self.obtain(name)
            world.in_flight += 1
            return world

    def leave(self, world: World) -> None:
        """End a request that entered a world."""
        with self._lock:
            world.in_flight -= 1
            world.last_used = stopwatch()

    def drop(self, name: str) -> bool:
        """Drop a world; return whether it was there. The default one is made anew when needed."""
        with self._lock:
            world = self._worlds.pop(name, None)
        if world is None:
            return False
        world.drop()
        return True

    def reload(self) -> list[str]:
        """Read again what the scenarios in use were read from; return the names of the worlds.

        Each takes what is read at its next reset. Raises :exc:`ScenarioError` where one of the
        files is wrong; then every world keeps what it has.
        """
        with self._lock:
            used = [(world, world.scenario.reference) for world in self._worlds.values()]
        references = {reference for _, reference in used if reference is not None}
        if self.scenario.reference is not None:
            references.add(self.scenario.reference)
        read = {reference: self.loader.load(reference) for reference in references}
        if self.scenario.reference is not None:
            self.scenario = read[self.scenario.reference]
        taking = []
        for world, reference in used:
            if reference is not None:
                world.take_at_reset(read[reference])
                taking.append(world.name)
        return taking
