"""The plan of a world's beginning: everything that does not depend on time, computed once.

A world with a real clock starts afresh at every reset, with relative times counted from then. So
services are planned here, and only their instants are filled in later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cs_simulator.clock import Instant
from cs_simulator.domain.interactions import NO_INTERACTIONS, Interactions
from cs_simulator.domain.members import NO_VALUES, Values
from cs_simulator.domain.model import Event, Extensions, Retention, Service, State, Task
from cs_simulator.domain.profiles import Profiles
from cs_simulator.domain.setup import NO_TENANT
from cs_simulator.domain.store import Gone, Store
from cs_simulator.ids import Ids
from cs_simulator.scenario.calendar import When


class Base(NamedTuple):
    """The initial data of a world. Worlds copy it, and share what they do not change."""

    stores: Mapping[str, Store]
    """Services by the name of their tenant."""
    profiles: Profiles
    ids: Ids
    interactions: Interactions = NO_INTERACTIONS

    @property
    def store(self) -> Store:
        """The services of the first tenant, or of everyone without tenants."""
        return next(iter(self.stores.values()))


class PlannedEvent(NamedTuple):
    """A start or an end, and its members besides the timestamp."""

    when: When
    values: Values = NO_VALUES

    def at(self, now: Instant) -> Event:
        """Return the event of a world that begins now."""
        return Event(self.when.at(now), self.values)


class PlannedPart(NamedTuple):
    """The content of a service, a state or a task."""

    values: Values
    started: PlannedEvent
    completed: PlannedEvent | None
    extensions: Extensions

    @property
    def depends_on_now(self) -> bool:
        """Whether it depends on when a world begins."""
        return self.started.when.relative or (
            self.completed is not None and self.completed.when.relative
        )

    def at(self, now: Instant) -> tuple[Values, Event, Event | None, Extensions]:
        """Return the content of a state or a task in a world that begins now, in their order."""
        completed = None if self.completed is None else self.completed.at(now)
        return self.values, self.started.at(now), completed, self.extensions


class PlannedService(NamedTuple):
    """A service with its states and tasks, by id."""

    number: int
    part: PlannedPart
    lifetime: int | None
    expires: When | None
    idle: int | None
    states: Mapping[int, PlannedPart]
    tasks: Mapping[int, PlannedPart]
    tenant: str = NO_TENANT
    kept: Retention | None = None
    """Its current retention, if it differs from that of a service that begins now."""

    @property
    def depends_on_now(self) -> bool:
        """Whether it depends on when a world begins."""
        parts = (self.part, *self.states.values(), *self.tasks.values())
        return self.kept is None or any(part.depends_on_now for part in parts)

    def at(self, now: Instant) -> Service:
        """Return the service of a world that begins now."""
        retention = self.kept
        if retention is None:
            expires = None if self.expires is None else self.expires.at(now)
            retention = Retention(now, now, self.lifetime, expires, self.idle)
        values, started, completed, extensions = self.part.at(now)
        return Service(self.number, values, started, retention, completed, extensions)


class DeletedService(NamedTuple):
    """A service that the snapshot of a world remembers as deleted."""

    tenant: str
    number: int
    service_id: int | str
    gone: Gone


@dataclass(frozen=True, slots=True)
class BasePlan:
    """The plan of everything that a world begins with."""

    profiles: Profiles
    ids: Ids
    services: Sequence[PlannedService] = ()
    deleted: Sequence[DeletedService] = ()
    depends_on_now: bool = False
    """Whether the data depends on when a world begins."""
    tenants: Sequence[str] = (NO_TENANT,)
    interactions: Callable[[Instant], Interactions] | None = None
    """Creates the interactions of a world that begins at an instant, if there are any."""
    _fixed: list[Base] = field(default_factory=list)
    _size: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many customers, services, states and tasks there are, counted once."""
        if not self._size:
            services = sum(
                1 + len(service.states) + len(service.tasks) for service in self.services
            )
            self._size.append(len(self.profiles) + services)
        return self._size[0]

    def fixed_base(self, now: Instant) -> Base:
        """Return the data of worlds that all begin at one instant, created for the first one."""
        if not self._fixed:
            self._fixed.append(self.base(now))
        return self._fixed[0]

    def base(self, now: Instant) -> Base:
        """Return the data of a world that begins now."""
        stores = {tenant: Store() for tenant in self.tenants}
        for tenant, store in stores.items():
            own = [planned for planned in self.services if planned.tenant == tenant]
            store.add_services([planned.at(now) for planned in own])
            for planned in own:
                if planned.states:
                    states = (State(*part.at(now)) for part in planned.states.values())
                    store.put_states(planned.number, states)
                if planned.tasks:
                    tasks = (Task(*part.at(now)) for part in planned.tasks.values())
                    store.put_tasks(planned.number, tasks)
        for tenant, number, service_id, gone in self.deleted:
            stores[tenant].remember(number, service_id, gone)
        interactions = NO_INTERACTIONS if self.interactions is None else self.interactions(now)
        return Base(stores, self.profiles, self.ids, interactions)
