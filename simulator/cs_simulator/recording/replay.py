"""Replay a conversation in a temporary world, through the application itself.

The world hands out the ids that the recording shows. So paths, bodies and responses are compared
directly, without translation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from cs_simulator.api.arrival import Arrival, Received, arrive, split_target
from cs_simulator.api.judging import RequestContext
from cs_simulator.api.outcome import HeldResponse
from cs_simulator.api.pipeline import Pipeline
from cs_simulator.api.routes import Route, route_of
from cs_simulator.clock import Instant, WorldClock
from cs_simulator.copies import WorldData
from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.domain.transaction import Effect
from cs_simulator.har.exchanges import Header
from cs_simulator.ids import Ids, NextNumbers, ServiceIdForm
from cs_simulator.recording.assignments import Assignment, WatchedFidelity
from cs_simulator.recording.conversation import ConversationStep, Id, MadeIds
from cs_simulator.recording.differences import (
    SLACK,
    ComparisonTerms,
    Deviation,
    SimulatedResponse,
    differences,
)
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.scenario.snapshot import Snapshot
from cs_simulator.world import ServedWorld

_DROPPED = frozenset({"X-SIMULATOR-FAULT", "X-SIMULATOR-WORLD", "AUTHORIZATION", "USER-AGENT"})
"""Headers that would change the replay's responses, and say nothing about the recorded server."""

_OUT_OF_THE_WAY = NextNumbers(service=2**62, state=2**30, task=2**30 + 2**29, customer=2**40)
"""The first of the ids that the recording does not show; no server is likely to reach it."""


class Carrier(Protocol):
    """The application, as far as a replay needs it."""

    pipeline: Pipeline


class _RecordedIds(Ids):
    """Hand out the ids that a recording shows, when the corresponding things are created."""

    __slots__ = ("_made",)

    def __init__(self, ids: Ids, form: ServiceIdForm, made: MadeIds = MadeIds()) -> None:  # noqa: B008
        super().__init__(ids.seed, form, ids.counters)
        self._made = made

    def copy(self) -> _RecordedIds:
        """Return a copy that counts separately."""
        return _RecordedIds(self, self.form, self._made)

    def expect(self, made: MadeIds) -> None:
        """Set the ids to hand out next."""
        self._made = made

    def service(self) -> tuple[int, int | str]:
        """Return the next service's number and id."""
        number, own = super().service()
        first = self._next("services")
        if first is None:
            return number, own
        if self.form == "integer" and isinstance(first, int):
            return first, first
        return number, str(first)

    def state(self) -> int:
        """Return the next state id."""
        own = super().state()
        first = self._next("states")
        return first if isinstance(first, int) else own

    def task(self) -> int:
        """Return the next task id."""
        own = super().task()
        first = self._next("tasks")
        return first if isinstance(first, int) else own

    def customer(self) -> str:
        """Return the next customer id."""
        own = super().customer()
        first = self._next("customers")
        return own if first is None else str(first)

    def _next(self, kind: str) -> Id | None:
        """Return the next recorded id of a kind, and do not return it again; or None."""
        waiting: tuple[Id, ...] = getattr(self._made, kind)
        if not waiting:
            return None
        changed: dict[str, Any] = {kind: waiting[1:]}
        self._made = replace(self._made, **changed)
        return waiting[0]


class Played(NamedTuple):
    """The simulator's result of one step."""

    response: SimulatedResponse
    operation: str
    differences: tuple[Deviation, ...]
    read: frozenset[str]
    """The switches that it depended on."""
    data: WorldData
    """The world's data afterwards."""
    effects: tuple[Effect, ...] = ()
    """What it created, changed and ended."""


class Replay:
    """A world in which steps are played, starting from the data that any earlier step left."""

    def __init__(self, app: Carrier, scenario: LoadedScenario, form: ServiceIdForm) -> None:
        self._app = app
        self._scenario = scenario
        self._world = ServedWorld("replay", scenario)
        self._setups: dict[int, tuple[WatchedFidelity, LoadedScenario]] = {}
        self._requests: dict[int, tuple[Arrival, Route]] = {}
        data = self._world.data()
        ids = Ids(data.ids.seed, form, _OUT_OF_THE_WAY)
        self.beginning = data._replace(ids=_RecordedIds(ids, form))
        """The world's data before the first step."""

    def play(
        self, step: ConversationStep, data: WorldData, number: int, assignment: Assignment
    ) -> Played:
        """Carry out one step; ``number`` is that of the assignment."""
        world = self._world
        fidelity, scenario = self._setup(number, assignment)
        arrival, route = self._request(step)
        ids = data.ids
        if isinstance(ids, _RecordedIds):
            ids.expect(_unused(step.made, data))
        world.put_back(data)
        world.scenario = scenario
        world.clock = WorldClock("frozen", step.at)
        fidelity.start_over()
        outcome = self._app.pipeline.perform(RequestContext(arrival, world), route)
        read = fidelity.were_read()
        if isinstance(outcome, HeldResponse):  # no rule of a replay holds back responses
            raise TypeError("a replay was held back")
        response = SimulatedResponse(
            outcome.status,
            tuple(Header(name, value) for name, value in outcome.headers),
            outcome.body,
        )
        operation = route.operation_for(arrival.method)
        found: tuple[Deviation, ...] = ()
        if step.exchange.response is not None:
            terms = ComparisonTerms(
                operation,
                arrival.method,
                SLACK + int(step.exchange.elapsed),
                step.root.base,
                arrival.base,
            )
            found = differences(step.exchange.response, response, terms)
        effects: tuple[Effect, ...] = ()
        if world.journal.bytes:
            effects = tuple(world.journal.entries()[-1].effects)
            world.journal.clear()
        return Played(response, operation, found, read, world.data(apart=False), effects)

    def snapshot(self, data: WorldData, at: Instant) -> Snapshot:
        """Return a snapshot of a world with some data at an instant."""
        world = self._world
        world.put_back(data)
        world.scenario = self._scenario
        world.clock = WorldClock("frozen", at)
        return world.snapshot()

    def _setup(self, number: int, assignment: Assignment) -> tuple[WatchedFidelity, LoadedScenario]:
        known = self._setups.get(number)
        if known is None:
            fidelity = WatchedFidelity(assignment)
            setup = self._scenario.setup._replace(fidelity=fidelity)
            known = fidelity, replace(self._scenario, setup=setup)
            self._setups[number] = known
        return known

    def _request(self, step: ConversationStep) -> tuple[Arrival, Route]:
        known = self._requests.get(id(step))
        if known is None:
            request = step.exchange.request
            base = BASE_PATHS[step.edition].rstrip("/")
            query = f"?{request.query}" if request.query else ""
            target = split_target(f"{base}{step.path}{query}")
            received = Received(
                request.method,
                f"{base}{step.path}{query}",
                _headers_of(step),
                request.body,
                step.root.origin,
            )
            arrival = arrive(received, target, self._scenario)
            known = arrival, route_of(arrival)
            self._requests[id(step)] = known
        return known


def _headers_of(step: ConversationStep) -> Mapping[str, str]:
    """Return the headers of a request under WSGI's names, without secret ones and ours."""
    named: dict[str, str] = {}
    for name, value in step.exchange.request.headers:
        if name.upper() not in _DROPPED:
            key = f"HTTP_{name.upper().replace('-', '_')}"
            named[key] = f"{named[key]},{value}" if key in named else value
    return named


def _unused(made: MadeIds, data: WorldData) -> MadeIds:
    """Return ids without those of existing services: a restarted server repeats ids."""
    if not made.services:
        return made
    free = tuple(
        service
        for service in made.services
        if all(store.number_of(service) is None for store in data.stores.values())
    )
    return replace(made, services=free)


def is_same(one: WorldData, other: WorldData) -> bool:
    """Tell whether two worlds hold the same data, and so will respond in the same way."""
    return (
        one.server_mode == other.server_mode
        and one.stores.keys() == other.stores.keys()
        and all(store.is_like(other.stores[name]) for name, store in one.stores.items())
        and one.profiles.metadata == other.profiles.metadata
        and list(one.profiles) == list(other.profiles)
    )
