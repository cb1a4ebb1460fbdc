"""One world: everything that a request may change belongs to it, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from cs_simulator import faults
from cs_simulator.clock import LATEST, Instant, Mode, WorldClock, format_instant, stopwatch
from cs_simulator.config import Settings
from cs_simulator.copies import WorldCopy, WorldData, WorldSize
from cs_simulator.domain.server_state import ServerState
from cs_simulator.domain.services import settle
from cs_simulator.domain.setup import NO_TENANT, Tenant
from cs_simulator.domain.store import KnownServices
from cs_simulator.domain.transaction import Transaction
from cs_simulator.domain.undo import UndoLog, UndoMark
from cs_simulator.exports import Exports
from cs_simulator.faults.waiting import WaitingRoom
from cs_simulator.ids import Ids
from cs_simulator.journal.feed import Feed, Kind
from cs_simulator.journal.journal import Budget, Journal, marks_from
from cs_simulator.leftovers import Leftovers
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.scenario.snapshot import Snapshot

if TYPE_CHECKING:
    from cs_simulator.faults.criteria import Facts
    from cs_simulator.faults.engine import RuleBook
    from cs_simulator.faults.rules import Rule
    from cs_simulator.faults.stages import Stages
    from cs_simulator.faults.verdict import Verdict

DEFAULT = "default"

MANY = 500  # entities that the loop's thread reads or settles for one request: a few milliseconds
LARGE = 5_000  # entities and rules from which on a control request for a whole world may take long

Seen = TypeVar("Seen")


class WorldDroppedError(Exception):
    """A world was dropped before an action could be carried out in it."""


class ServedWorld:
    """A world on the server: a clock, ids, data, rules and a journal.

    Hold ``lock`` to read or change it. The journal has a lock of its own, so that requests are
    recorded in the order of their arrival.
    """

    __slots__ = (
        "_feed",
        "_ids",
        "_interactions",
        "_is_announced",
        "_log",
        "_pending",
        "_profiles",
        "_room",
        "_rules",
        "_stage_published",
        "_stages",
        "_stores",
        "_turn",
        "budget",
        "clock",
        "created",
        "exports",
        "generation",
        "in_flight",
        "is_dropped",
        "is_wanted",
        "journal",
        "last_used",
        "leftovers",
        "lock",
        "name",
        "scenario",
        "server",
    )

    def __init__(
        self,
        name: str,
        scenario: LoadedScenario,
        export_folder: Path | None = None,
        room: WaitingRoom | None = None,
        budget: Budget | None = None,
        feed: Feed | None = None,
        leftovers: Leftovers | None = None,
    ) -> None:
        self.name = name
        self.leftovers = Leftovers() if leftovers is None else leftovers
        self._log = UndoLog()
        self._feed = Feed() if feed is None else feed
        self._is_announced = False
        self.budget = Budget() if budget is None else budget
        self.in_flight = 0
        self.created = self.last_used = stopwatch()
        self._room = WaitingRoom(Settings().max_waiting) if room is None else room
        self.scenario = scenario
        self.lock = RLock()
        self.journal = Journal(self.budget, self._feed, name)
        # Worlds share nothing, and with a frozen clock their files have the same names.
        if export_folder is not None and name != DEFAULT:
            export_folder = export_folder / name
        self.exports = Exports(export_folder, self._log)
        self.generation = 0
        self.is_dropped = False
        """Whether it was dropped; whoever still has it finds it empty."""
        self.is_wanted = False
        """Whether a control request set it up, rather than a client's request creating it."""
        self._pending: LoadedScenario | None = None
        self._turn = 0
        self._begin()

    def _begin(self) -> None:
        self.clock: WorldClock = self.scenario.clock()
        now = self.clock.now() if self.scenario.clock_time is None else self.scenario.clock_time
        base = self.scenario.base(now)
        self._log.mark = UndoMark(is_whole=False)
        self._stores = {tenant: store.copy(self._log) for tenant, store in base.stores.items()}
        self._profiles = base.profiles.copy(self._log)
        self._ids: Ids = base.ids.copy()
        self._interactions = base.interactions
        self.server = ServerState(now, self.scenario.setup.server_mode)
        self._rules: RuleBook | None = None
        self._stages: Stages | None = None
        self._stage_published = 1
        if self.scenario.faults or self.scenario.stages or self.scenario.progress:
            self._script()

    def _script(self) -> tuple[RuleBook, Stages]:
        """Return the rules and stages; they are put in force when first needed.

        A world whose scenario has none does not import what they need.
        """
        if self._rules is None or self._stages is None:
            begun = self.server.started
            self._rules = faults.RuleBook(
                self.scenario.seed, self.scenario.faults, begun, self._log
            )
            self._stages = faults.Stages(self.scenario.stages, self._rules, begun, self._log)
            progress = self.scenario.progress
            if progress is not None and progress.stage is not None:
                self._stages.restore(progress.stage)
            if progress is not None and progress.faults is not None:
                self._rules.restore(progress.faults)
        return self._rules, self._stages

    @property
    def rules(self) -> RuleBook:
        """The rules in force."""
        return self._script()[0]

    @property
    def stages(self) -> Stages:
        """The stages, and the current one."""
        return self._script()[1]

    def announce(self) -> None:
        """Announce that this world exists; earlier changes of it are not announced."""
        self._is_announced = True
        self.publish("world", change="created", scenario=self.scenario.name)

    def publish(self, kind: Kind, **members: Any) -> None:
        """Report to event streams what changed in this world."""
        if self._is_announced:
            self._feed.tell(self.name, kind, members)

    def begin(self, tenant: Tenant | None = None) -> Transaction:
        """Return a transaction at the current instant, after everything due by then.

        It works on the data of a tenant: the first one by default.
        """
        self._check_life()
        setup = self.scenario.setup
        owner = setup.tenants[0] if setup.tenants and tenant is None else tenant
        tx = Transaction(
            self._stores[NO_TENANT if owner is None else owner.name],
            self._profiles,
            self._ids,
            setup.of_tenant(owner),
            self.clock.now(),
            server=self.server,
            interactions=self._interactions,
            tenant=tenant,
        )
        settle(tx)
        for store in self._stores.values():
            if store is not tx.store:
                settle(replace(tx, store=store))
        if self._stages:
            self._stages.settle(tx.now)
            self._publish_stage()
        return tx

    # Set up

    def set_clock(self, mode: Mode, at: Instant | None) -> None:
        """Replace the clock; the caller holds the lock."""
        self.clock = WorldClock(mode, at)
        self._publish_clock("set")

    def advance_clock(self, by: int) -> bool:
        """Advance the clock as far as possible; the caller holds the lock."""
        went = self.clock.advance(by)
        self._publish_clock("advanced")
        return went

    def _publish_clock(self, change: str) -> None:
        time = format_instant(self.clock.now())
        self.publish("clock", change=change, mode=self.clock.mode, time=time)

    def put_rule(self, rule: Rule, now: Instant) -> None:
        """Put a rule in force; the caller holds the lock."""
        change = "added" if self.rules.named(rule.name) is None else "replaced"
        self.rules.put(rule, now)
        self.publish("fault", change=change, names=[rule.name])

    def remove_rule(self, name: str) -> None:
        """Remove a rule; the caller holds the lock."""
        self.rules.remove(name)
        self.publish("fault", change="removed", names=[name])

    def remove_rules(self) -> list[str]:
        """Remove all rules, including those of later stages; return their names.

        The caller holds the lock.
        """
        names = list(dict.fromkeys((*self.rules.remove_all(), *self.stages.remove_rules())))
        self.publish("fault", change="removed", names=names)
        return names

    def clear_journal(self) -> int:
        """Clear the journal; return how many entries there were."""
        entries = self.journal.clear()
        cleared = len(entries)
        self.leftovers.leave(entries)
        self.publish("journal", cleared={"requests": cleared})
        return cleared

    def enter_stage(self, number: int, now: Instant) -> None:
        """Enter a stage; the caller holds the lock."""
        self.stages.enter(number, now)
        self._publish_stage()

    def next_stage(self, now: Instant) -> bool:
        """Enter the next stage; tell whether there was one. The caller holds the lock."""
        went = self.stages.next(now)
        self._publish_stage()
        return went

    def _publish_stage(self) -> None:
        stage = self.stages.current
        if stage is not None and self.stages.turns != self._stage_published:
            self._stage_published = self.stages.turns
            self.publish("stage", stage=stage.name, entered=format_instant(self.stages.entered))

    @property
    def has_rules(self) -> bool:
        """Whether any request can be subject to a fault, or counts for a stage."""
        return bool(self._rules) or bool(self._stages)

    def may_take_long(self, operation: str, names: Mapping[str, str]) -> bool:
        """Tell whether a request for an operation with these ids and names may take long.

        It depends on the rules, on what is due, and on how much is stored under the names. Hold the
        lock.
        """
        now = self.clock.now()
        weight = self._profiles.weight(names) if names else 0
        for store in self._stores.values():
            weight += store.count_due(now) + (store.weight(names) if names else 0)
        return weight > MANY or bool(self._rules and self._rules.may_take_long(operation))

    @property
    def is_large(self) -> bool:
        """Whether it holds or begins with so much that a control request for it may take long."""
        stored = sum(map(len, self._stores.values())) + len(self._profiles)
        ruled = 0 if self._rules is None else len(self._rules)
        return stored + ruled > LARGE or self.scenario.size > LARGE

    def judge(self, facts: Facts, now: Instant, forced: Rule | None, hints: list[str]) -> Verdict:
        """Return the verdict of the rules on a request; count it, and advance the clock.

        A clock that cannot be advanced all the way goes as far as possible, with a hint.
        """
        verdict = self.rules.judge(facts, now, forced)
        if self.stages:
            self.stages.count(facts, now)
            self._publish_stage()
        if verdict.advance and not self.advance_clock(verdict.advance):
            why = f"it is at {format_instant(LATEST)}, the latest possible time"
            if self.clock.mode == "real":
                why = "its mode is real"
            hints.append(f"a fault rule could not advance the clock by {verdict.advance} ms: {why}")
        return verdict

    def counts(self) -> WorldSize:
        """Return how much the world holds, after everything due by now."""
        with self.lock:
            self.begin()
            return WorldSize(
                sum(map(len, self._stores.values())),
                len(self._profiles),
                len(self.journal),
                len(self.exports.names()),
            )

    def snapshot(self, known: KnownServices | None = None) -> Snapshot:
        """Return the state of the world, after everything due by now, to be written elsewhere.

        Entities never change, so only the dictionaries with them are copied under the lock. With
        ``known``, several snapshots share the services that they have in common.
        """
        with self.lock:
            now = self.begin().now
            stores = {tenant: store.content() for tenant, store in self._stores.items()}
            taken = Snapshot(
                scenario=replace(self.scenario, stages=self.stages.all()),
                clock_mode=self.clock.mode,
                now=now,
                ids=self._ids.counters,
                profiles=list(self._profiles),
                services=[],
                rules=self.rules.outside_stages(),
                progress=faults.Progress(self.rules.progress(), self.stages.progress()),
                server_mode=self.server.mode,
                interactions=tuple(self._interactions),
                metadata=self._profiles.metadata,
            )
        return taken._replace(
            deleted=[
                (tenant, *gone) for tenant, store in stores.items() for gone in store.remembered()
            ],
            services=[
                (tenant, service, store.states(service.number), store.tasks(service.number))
                for tenant, store in stores.items()
                for service in store.services(known)
            ],
        )

    def data(self, *, apart: bool = True) -> WorldData:
        """Return what requests have changed so far, to be restored later.

        By default it is a separate copy; if not ``apart``, the world continues to use it.
        """
        with self.lock:
            stores, profiles, ids = self._stores, self._profiles, self._ids
            if apart:
                stores = {tenant: store.copy() for tenant, store in stores.items()}
                profiles, ids = profiles.copy(), ids.copy()
            return WorldData(stores, profiles, ids, self._interactions, self.server.mode)

    def put_back(self, data: WorldData) -> None:
        """Restore what :meth:`data` returned, any number of times; the clock is not changed."""
        with self.lock:
            left = [self._stores, self._profiles]
            self.leftovers.leave(left)
            self._log.mark = UndoMark(is_whole=False)
            self._stores = {tenant: store.copy(self._log) for tenant, store in data.stores.items()}
            self._profiles = data.profiles.copy(self._log)
            self._ids = data.ids.copy()
            self._interactions = data.interactions
            self.server.mode = data.server_mode

    # Instants

    def mark(self) -> UndoMark:
        """Start a mark, which collects what undoes later changes, until the next one.

        The caller holds the lock.
        """
        self._turn += 1
        clock = self.clock
        mark = UndoMark(self._turn, self._ids.mark(), (clock.mode, clock.now()), self.server.mark())
        self._log.mark = mark
        return mark

    def rewind(self, before: int) -> int:
        """Return to the state before a request; return how many requests are removed.

        Requests in progress are abandoned. Raises :exc:`RewindError` if that state is unknown, or
        the request is.
        """
        with self.lock:
            self._check_life()
            marks = marks_from(self.journal, before)
            if marks:
                self._go_back(marks)
            self.generation += 1
            self._room.cancel(self.name)
            cleared = self.journal.cut(before)
            self._log.mark = UndoMark(is_whole=False)
            entries = self.journal.entries()
            last = next((entry.mark for entry in reversed(entries) if entry.mark is not None), None)
            if last is not None:
                self._log.mark = last
            if self._stages:
                self._stage_published = self._stages.turns
            self.publish("rewind", before=before, cleared={"requests": cleared})
            return cleared

    def at(self, before: int, look: Callable[[], Seen]) -> Seen:
        """Return what a function of this world returns for its state before a request.

        Raises :exc:`RewindError` as :meth:`rewind` does.
        """
        with self.lock:
            self._check_life()
            marks = marks_from(self.journal, before)
            if not marks:
                return look()
            with self._looking_back():
                back = self._go_back(marks)
                self._freeze_at(marks[-1])
                self._log.mark = back  # what falls due at that instant is undone, too
                try:
                    return look()
                finally:
                    self._log.take_back([back])

    def instants(self, look: Callable[[], Seen]) -> list[tuple[int, Seen]]:
        """Return what a function returns for the states before each request, the newest first.

        The current state comes first, with the id of the next request. It ends where the state is
        unknown.
        """
        with self.lock:
            self._check_life()
            following = self.journal.next_id
            found = [(following, look())]
            turn = self._log.mark.turn + 1
            backs: list[UndoMark] = []
            with self._looking_back():
                try:
                    for entry in reversed(self.journal.entries()):
                        mark = entry.mark
                        if mark is None:
                            continue
                        if not mark.is_whole or mark.turn >= turn:
                            break
                        turn = mark.turn
                        backs.append(self._go_back([mark]))
                        self._freeze_at(mark)
                        self._log.mark = seen = UndoMark()  # what falls due at that instant
                        try:
                            found.append((entry.id, look()))
                        finally:
                            self._log.take_back([seen])
                finally:
                    self._log.take_back(list(reversed(backs)))
            return found

    @contextmanager
    def _looking_back(self) -> Iterator[None]:
        """Restore the clock and the counters at the end, and announce nothing until then."""
        clock, ids, server = self.clock, self._ids.mark(), self.server.mark()
        was_announced, self._is_announced = self._is_announced, False
        stage_published = self._stage_published
        mark = self._log.mark
        try:
            yield
        finally:
            self._log.mark = mark
            self._ids.go_back(ids)
            self.server.go_back(server)
            self.clock = clock
            self._is_announced, self._stage_published = was_announced, stage_published

    def _freeze_at(self, mark: UndoMark) -> None:
        """Make a real clock show the instant of a mark."""
        instant: Instant = mark.clock[1]
        if self.clock.mode == "real":
            self.clock = WorldClock("real", source=lambda: instant)

    def _go_back(self, marks: Sequence[UndoMark]) -> UndoMark:
        """Undo the changes since the last of some marks; return what undoes that."""
        back = self._log.take_back(marks)
        first = marks[-1]
        self._ids.go_back(first.ids)
        self.server.go_back(first.server)
        mode, instant = first.clock
        self.clock = WorldClock(mode, None if mode == "real" else instant)
        return back

    def copied(self, before: int) -> WorldCopy:
        """Return a copy of everything in this world as it was before a request.

        Raises :exc:`RewindError` as :meth:`rewind` does.
        """

        def look() -> WorldCopy:
            rules = stages = None
            if self._rules is not None and self._stages is not None:
                rules = self._rules.copy()
                stages = self._stages.copy(rules)
            entries = [entry for entry in self.journal.entries() if entry.id < before]
            return WorldCopy(
                self.scenario,
                self.data(),
                (self.clock.mode, self.clock.now()),
                self.server.started,
                self.server.mark(),
                rules,
                stages,
                self.exports.files(),
                entries,
                before,
            )

        return self.at(before, look)

    def become(self, copy: WorldCopy) -> None:
        """Become a copy of another world; the current content is lost."""
        with self.lock:
            self.activate(copy.scenario)
            self.put_back(copy.data)
            mode, instant = copy.clock
            self.clock = WorldClock(mode, None if mode == "real" else instant)
            self.server = ServerState(copy.started, copy.data.server_mode)
            self.server.go_back(copy.server)
            if copy.rules is not None and copy.stages is not None:
                self._rules = copy.rules.copy(self._log)
                self._stages = copy.stages.copy(self._rules, self._log)
                self._stage_published = self._stages.turns
            self.exports.put_back(copy.exports)
            self.journal.take(copy.entries)
            self.journal.cut(copy.before)
            # Who follows a stream reads the journal again: copied entries have no events.
            self.publish("rewind", before=copy.before, cleared={"requests": 0})

    def reset(self) -> WorldSize:
        """Reset to the beginning of the scenario; return what was cleared."""
        with self.lock:
            self._check_life()
            cleared = self.counts()
            self.generation += 1
            left = [self._stores, self._profiles, self._rules, self._stages, self.scenario]
            if self._pending is not None:
                self.scenario, self._pending = self._pending, None
            self._begin()
            self._forget()
            self.journal = Journal(self.budget, self._feed, self.name)
            self.leftovers.leave(left)
            self.publish("reset", scenario=self.scenario.name, cleared=cleared._asdict())
            return cleared

    def _forget(self) -> None:
        # Requests in progress belong to the old generation, and so do their entries.
        self.leftovers.leave(self.journal.close())
        self.exports = self.exports.emptied()
        self._room.cancel(self.name)

    def drop(self) -> None:
        """End this world: requests in progress store nothing and answer nothing."""
        with self.lock:
            self.generation += 1
            self.is_dropped = True
            self._forget()
            self._log.mark = UndoMark(is_whole=False)  # its images refer to the data, in a circle
            self.publish("world", change="dropped")
            self.leftovers.leave(self)

    def _check_life(self) -> None:
        if self.is_dropped:
            raise WorldDroppedError(f"World {self.name} was dropped in the meantime")

    def take_at_reset(self, scenario: LoadedScenario) -> None:
        """Begin with another scenario after the next reset."""
        with self.lock:
            self._pending = scenario

    def activate(self, scenario: LoadedScenario) -> WorldSize:
        """Start afresh with another scenario; return what was cleared."""
        with self.lock:
            self._check_life()
            self._pending = scenario
            self.publish("scenario", scenario=scenario.name)
            return self.reset()
