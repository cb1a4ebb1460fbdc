"""Worlds: everything that a request may change hangs off one, and off nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from simulator.clock import Clock, Instant
from simulator.domain.retention import settle
from simulator.domain.transaction import Transaction
from simulator.exports import Exports
from simulator.faults.criteria import Facts
from simulator.faults.engine import RuleBook, Verdict
from simulator.faults.rules import Rule
from simulator.faults.stages import Stages
from simulator.faults.waiting import WaitingRoom
from simulator.ids import Ids
from simulator.journal import Journal
from simulator.scenario.catalogue import Catalogue, shipped_folder
from simulator.scenario.loader import Scenario, ScenarioLoader
from simulator.scenario.plan import Base

DEFAULT = "default"


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
        "_base",
        "_ids",
        "_pending",
        "_profiles",
        "_room",
        "_store",
        "clock",
        "exports",
        "generation",
        "journal",
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
    ) -> None:
        self.name = name
        self._room = WaitingRoom() if room is None else room
        self.scenario = scenario
        self.lock = RLock()
        self.journal = Journal()
        self.exports = Exports(export_folder)
        self.generation = 0
        self._base: Base | None = None
        self._pending: Scenario | None = None
        self._begin()

    def _begin(self) -> None:
        self.clock: Clock = self.scenario.clock()
        now = self.clock.now() if self.scenario.clock_at is None else self.scenario.clock_at
        base = self._base
        if base is None or (self.scenario.clock_at is None and self.scenario.plan.depends_on_now):
            base = self._base = self.scenario.base(now)
        self._store = base.store.copy()
        self._profiles = base.profiles.copy()
        self._ids: Ids = base.ids.copy()
        self.rules = RuleBook(self.scenario.seed, self.scenario.faults, now)
        self.stages = Stages(self.scenario.stages, self.rules, now)

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

    def reset(self) -> Counts:
        """Put everything back to where the scenario begins; return what was cleared."""
        with self.lock:
            cleared = self.counts()
            self.generation += 1
            if self._pending is not None:
                self.scenario, self._pending, self._base = self._pending, None, None
            self._begin()
            self.journal.clear()
            self.exports.clear()
            # Whoever still waits belongs to what is no more.
            self._room.cancel(self.name)
            return cleared

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
    ) -> None:
        self.scenario = scenario
        self.loader = loader or ScenarioLoader(Catalogue([shipped_folder()]))
        self.waiting = WaitingRoom(max_waiting)
        self._worlds = {DEFAULT: World(DEFAULT, scenario, export_folder, self.waiting)}

    @property
    def default(self) -> World:
        """The world of requests that name none."""
        return self._worlds[DEFAULT]

    def reload(self) -> list[str]:
        """Read again what the scenarios in use were read from; return the names of the worlds.

        Each takes what is read at its next reset. Raises :exc:`ScenarioError` where one of the
        files is wrong; then every world keeps what it has.
        """
        used = [(world, world.scenario.reference) for world in self._worlds.values()]
        references = {reference for _, reference in used if reference is not None}
        read = {reference: self.loader.load(reference) for reference in references}
        if self.scenario.reference is not None:
            known = read.get(self.scenario.reference)
            self.scenario = known or self.loader.load(self.scenario.reference)
        taking = []
        for world, reference in used:
            if reference is not None:
                world.take_at_reset(read[reference])
                taking.append(world.name)
        return taking
