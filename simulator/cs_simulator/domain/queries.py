"""Queries: which services, states and tasks a client asked to see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, TypeVar

from cs_simulator.clock import Instant
from cs_simulator.documents.values import as_text
from cs_simulator.domain.likely import other_keys
from cs_simulator.domain.model import Service, State, Task
from cs_simulator.domain.store import Which
from cs_simulator.domain.transaction import Transaction


class Parts(NamedTuple):
    """Which states and tasks to show with the requested entity."""

    active_states: bool = False
    completed_states: bool = False
    active_tasks: bool = False
    completed_tasks: bool = False


ALL_PARTS = Parts(
    active_states=True, completed_states=True, active_tasks=True, completed_tasks=True
)


class ServiceView(NamedTuple):
    """A service with the requested parts; None is a part that was not requested."""

    service: Service
    active_states: Sequence[State] | None = None
    completed_states: Sequence[State] | None = None
    active_tasks: Sequence[Task] | None = None
    completed_tasks: Sequence[Task] | None = None


class StateView(NamedTuple):
    """A state with the requested tasks; None is a part that was not requested."""

    service: Service
    state: State
    active_tasks: Sequence[Task] | None = None
    completed_tasks: Sequence[Task] | None = None


class TaskView(NamedTuple):
    """A task and its service."""

    service: Service
    task: Task


class ServiceFilter(NamedTuple):
    """Which services to return: of these types, started and completed in these periods.

    A period includes its beginning but not its end (API Reference, *Query Services*).
    """

    types: Collection[str] | None = None
    started_from: Instant | None = None
    started_to: Instant | None = None
    completed_from: Instant | None = None
    completed_to: Instant | None = None


def services_of_customer(
    tx: Transaction, customer_id: str, which: Which, wanted: ServiceFilter
) -> list[Service]:
    """Return a customer's services, oldest start first."""
    found = tx.store.of_customer(customer_id, which, wanted.started_from, wanted.started_to)
    return _filtered(tx, found, wanted)


def services_of_contact(
    tx: Transaction, contact_key: str, which: Which, wanted: ServiceFilter
) -> list[Service]:
    """Return the anonymous services of a contact key, oldest start first."""
    found = tx.store.of_contact(contact_key, which, wanted.started_from, wanted.started_to)
    if not found and not tx.store.has_contact(contact_key):
        there = next(filter(tx.store.has_contact, other_keys(contact_key)), None)
        if there is not None:
            tx.hint(f"no service has the contact key {contact_key}; did you mean {there}?")
    return _filtered(tx, found, wanted)


def _filtered(tx: Transaction, services: list[Service], wanted: ServiceFilter) -> list[Service]:
    types = wanted_values(tx, "Service.type", wanted.types)
    if types is not None:
        services = [service for service in services if _is(service.service_type, types)]
    if wanted.completed_from is not None or wanted.completed_to is not None:
        services = [
            service
            for service in services
            if service.completed is not None
            and _within(service.completed.timestamp, wanted.completed_from, wanted.completed_to)
        ]
    return services


def _within(instant: Instant, start: Instant | None, end: Instant | None) -> bool:
    return (start is None or instant >= start) and (end is None or instant < end)


def _is(value: object, wanted: Collection[str]) -> bool:
    return value is not None and as_text(value) in wanted


def wanted_values(
    tx: Transaction, full_name: str, values: Collection[str] | None
) -> frozenset[str] | None:
    """Return the values of a filter as text for comparison; mapped ones as DB ids."""
    if values is None:
        return None
    return frozenset(as_text(tx.setup.attributes.stored(full_name, value)) for value in values)


def view_service(tx: Transaction, service: Service, parts: Parts) -> ServiceView:
    """Return a service with the requested parts."""
    states = tx.store.states(service.number).values()
    tasks = tx.store.tasks(service.number).values()
    return ServiceView(
        service,
        *_asked_for(states, active=parts.active_states, completed=parts.completed_states),
        *_asked_for(tasks, active=parts.active_tasks, completed=parts.completed_tasks),
    )


def states_of(
    tx: Transaction, service: Service, which: Which, types: Collection[str] | None
) -> list[State]:
    """Return the states of a service, oldest start first."""
    states = _selected(in_order(tx.store.states(service.number).values()), which)
    wanted = wanted_values(tx, "State.type", types)
    if wanted is not None:
        states = [state for state in states if _is(state.state_type, wanted)]
    return states


def view_state(tx: Transaction, service: Service, state: State, parts: Parts) -> StateView:
    """Return a state with the requested tasks."""
    state_id = state.state_id
    tasks = (each for each in tx.store.tasks(service.number).values() if each.state_id == state_id)
    return StateView(
        service,
        state,
        *_asked_for(tasks, active=parts.active_tasks, completed=parts.completed_tasks),
    )


def tasks_of(
    tx: Transaction,
    service: Service,
    which: Which,
    types: Collection[str] | None,
    state_ids: Collection[int] | None,
) -> list[Task]:
    """Return the tasks of a service, oldest start first."""
    tasks = _selected(in_order(tx.store.tasks(service.number).values()), which)
    wanted = wanted_values(tx, "Task.type", types)
    if wanted is not None:
        tasks = [task for task in tasks if _is(task.task_type, wanted)]
    if state_ids is not None:
        tasks = [task for task in tasks if task.state_id in state_ids]
    return tasks


SomePart = TypeVar("SomePart", State, Task)


def in_order(parts: Iterable[SomePart]) -> list[SomePart]:
    """Return states or tasks, oldest start first, then by id."""
    return sorted(parts, key=_start_and_id)


def _start_and_id(part: State | Task) -> tuple[Instant, int]:
    values = part.values
    return part.started.timestamp, values["task_id"] if "task_id" in values else values["state_id"]


def _asked_for(
    parts: Iterable[SomePart], *, active: bool, completed: bool
) -> tuple[list[SomePart] | None, list[SomePart] | None]:
    """Return the active and the completed parts; None for those that were not requested."""
    if not (active or completed):
        return None, None
    ordered = in_order(parts)
    return _active(ordered) if active else None, _completed(ordered) if completed else None


def _active(parts: Iterable[SomePart]) -> list[SomePart]:
    return [part for part in parts if part.completed is None]


def _completed(parts: Iterable[SomePart]) -> list[SomePart]:
    return [part for part in parts if part.completed is not None]


def _selected(parts: list[SomePart], which: Which) -> list[SomePart]:
    if which == "all":
        return parts
    return _active(parts) if which == "active" else _completed(parts)
