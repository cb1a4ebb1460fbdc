"""Rendering: services, states, tasks and their events as JSON members, in a fixed order.

Absent members are omitted, never null. Source: API Reference, *State*, *Task*, *Query Service by
ID*; contract sections 4 to 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cs_simulator.clock import format_instant
from cs_simulator.domain.attributes import BusinessAttribute
from cs_simulator.domain.likely import near_name
from cs_simulator.domain.members import (
    OF_END,
    OF_EVENT,
    OF_KIND,
    EntityKind,
    Member,
    Values,
    written,
)
from cs_simulator.domain.metadata import ExtensionSchema
from cs_simulator.domain.model import Entity, Event, Service, State, Task, duration
from cs_simulator.domain.profiles import Profile
from cs_simulator.domain.queries import ServiceView, StateView, TaskView
from cs_simulator.domain.setup import Setup

Members = dict[str, Any]


class ExtensionFilter(NamedTuple):
    """Which attached data to show for services, states and tasks; None means all."""

    service: frozenset[str] | None = frozenset()
    state: frozenset[str] | None = frozenset()
    task: frozenset[str] | None = frozenset()
    any_case: bool = False
    """Whether names are case-insensitive; the requested names are then in lower case."""


NO_EXTENSIONS = ExtensionFilter()
_MOST_SEEN = 20
ALL_EXTENSIONS = ExtensionFilter(None, None, None)


def extension_filter(names: Iterable[str], *, any_case: bool = False) -> ExtensionFilter:
    """Parse the names of an ``extensions`` parameter.

    A plain name applies to every entity shown; the prefixes ``Service.``, ``State.`` and ``Task.``
    restrict it to one kind; ``*`` is all. The documents print ``State.`` for ``State.*``. With
    ``any_case``, names are case-insensitive.
    """
    wanted: dict[str, set[str] | None] = {"Service": set(), "State": set(), "Task": set()}
    for name in names:
        prefix, dot, rest = name.partition(".")
        kinds = [prefix] if dot and prefix in wanted else list(wanted)
        rest = rest if dot and prefix in wanted else name
        for kind in kinds:
            chosen = wanted[kind]
            if rest in ("*", ""):
                wanted[kind] = None
            elif chosen is not None:
                chosen.add(rest.lower() if any_case else rest)
    service, state, task = (
        None if chosen is None else frozenset(chosen) for chosen in wanted.values()
    )
    return ExtensionFilter(service, state, task, any_case)


class Renderer:
    """Render what the domain returns as JSON members, for the setup of one world."""

    def __init__(self, setup: Setup, extensions: ExtensionFilter = NO_EXTENSIONS) -> None:
        self._extensions = extensions
        self._seen: list[Mapping[str, Any]] = []
        """The attached data shown so far, up to a limit."""
        self._names = setup.attributes if setup.map_names else None

    def service(self, view: ServiceView) -> Members:
        """Render a service, with the states and tasks of its view."""
        service = view.service
        members = self._entity("Service", service)
        for name in ("active_states", "completed_states"):
            states: Sequence[State] | None = getattr(view, name)
            if states is not None:
                members[name] = [self._state(state) for state in states]
        self._put_tasks(members, view)
        self._put_extensions(members, service, self._extensions.service)
        return members

    def state(self, view: StateView) -> Members:
        """Render a state, with the tasks of its view."""
        return _owner(view.service) | self._state(view.state, view)

    def task(self, view: TaskView) -> Members:
        """Render a task."""
        return _owner(view.service) | self._task(view.task)

    def _state(self, state: State, view: StateView | None = None) -> Members:
        members = self._entity("State", state)
        if view is not None:
            self._put_tasks(members, view)
        self._put_extensions(members, state, self._extensions.state)
        return members

    def _task(self, task: Task) -> Members:
        members = self._entity("Task", task)
        self._put_extensions(members, task, self._extensions.task)
        return members

    def _put_tasks(self, members: Members, view: ServiceView | StateView) -> None:
        if view.active_tasks is not None:
            members["active_tasks"] = [self._task(task) for task in view.active_tasks]
        if view.completed_tasks is not None:
            members["completed_tasks"] = [self._task(task) for task in view.completed_tasks]

    def _entity(self, kind: EntityKind, entity: Entity) -> Members:
        """Render an entity's own members, its two events, and what lies between them."""
        members = self._shown(kind, OF_KIND[kind], entity.values)
        members["started"] = self._event(kind, entity.started)
        if entity.completed is not None:
            members["completed"] = self._event(kind, entity.completed)
            members |= self._shown(kind, OF_END, entity.values)
            members["duration"] = duration(entity.started, entity.completed)
        return members

    def _event(self, kind: EntityKind, event: Event) -> Members:
        members: Members = {"timestamp": format_instant(event.timestamp)}
        if event.values:
            members |= self._shown(kind, OF_EVENT, event.values)
        return members

    def _shown(self, kind: EntityKind, rows: Sequence[Member], values: Values) -> Members:
        """Return the values of some members in the order of their rows.

        A mapped member follows the setting ``map-names``: its name, or the stored value.
        """
        members = written(rows, values)
        if self._names is not None:
            for row in rows:
                if row.mapped and row.name in members:
                    attribute = self._names.mapped(f"{kind}.{row.mapped}")
                    known = attribute.value(values[row.name]) if attribute else None
                    if known is not None:
                        members[row.name] = known.name
        return members

    def nearly_asked(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield requested names that were found nowhere, each with the name probably meant.

        Only names shown so far are considered.
        """
        known = dict.fromkeys(name for extensions in self._seen for name in extensions)
        spelt = {name.lower() for name in known} if self._extensions.any_case else known
        for name in names:
            bare = name.removeprefix("Service.").removeprefix("State.").removeprefix("Task.")
            if (bare.lower() if self._extensions.any_case else bare) not in spelt:
                near = near_name(bare, known)
                if near is not None:
                    yield name, near

    def _put_extensions(
        self, members: Members, entity: Entity, wanted: frozenset[str] | None
    ) -> None:
        if wanted and entity.extensions and len(self._seen) < _MOST_SEEN:
            self._seen.append(entity.extensions)
        if wanted is None:
            members |= entity.extensions
        elif wanted:
            any_case = self._extensions.any_case
            for name, value in entity.extensions.items():
                if (name.lower() if any_case else name) in wanted:
                    members[name] = value


def _owner(service: Service) -> Members:
    """Return the members of a state or a task that name the owner of its service."""
    return {
        name: service.values[name]
        for name in ("service_id", "customer_id")
        if name in service.values
    }


def business_attribute(attribute: BusinessAttribute, *, map_names: bool) -> Members:
    """Render a business attribute. Source: API Reference, *Query Business Attribute Schema*."""
    return {
        "name": attribute.name,
        "dbid": attribute.dbid,
        "display_name": attribute.display_name,
        "description": attribute.description,
        "map_name": map_names,
        "cv_attributes": list(attribute.cv_attributes),
        "values": [
            {
                "name": value.name,
                "dbid": value.dbid,
                "display_name": value.display_name,
                "description": value.description,
            }
            for value in attribute.values
        ],
    }


def profile(customer: Profile, extensions: Iterable[ExtensionSchema] = ()) -> Members:
    """Render a profile: single values as they are, several as a list with the primary one first.

    Only the named extensions are shown. Source: API Reference, *Query Customer Profile*.
    """
    members: Members = {"customer_id": customer.customer_id}
    for name, values in customer.attributes.items():
        members[name] = values[0] if len(values) == 1 else list(values)
    for schema in extensions:
        records = customer.extensions.get(schema.name)
        if records is not None:
            members[schema.name] = schema.shown(records)
    return members
