"""What Context Services keeps: services, their states and tasks, and the events that made them.

Every entity is a value that never changes; an update puts another value in its place. So a world
is copied by copying dictionaries, and what a reader holds stays as it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from cs_simulator.clock import Instant
from cs_simulator.domain.members import NO_VALUES, Values

Extensions = Mapping[str, Any]
"""Attached data: any JSON value by name. Never changed in place."""

NO_EXTENSIONS: Extensions = MappingProxyType({})

LongOrText = int | str


class Submission(NamedTuple):
    """What a client sent in an event, each known member already of its own type.

    A member that was absent or null is not in ``values``.
    """

    values: Values
    extensions: Extensions
    defaults: frozenset[str] = frozenset()
    """The members that were not sent: the default of a business attribute stands for them."""


@dataclass(frozen=True, slots=True)
class Event:
    """A start or an end: when it was, and which interaction, application and resource raised it.

    Source: Start Event List and End Event List; ``started`` and ``completed`` of State and Task.
    """

    timestamp: Instant
    values: Values = field(default_factory=lambda: NO_VALUES)

    @property
    def interaction_id(self) -> str | None:
        """The interaction that raised it."""
        return self.values.get("interaction_id")


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a service is kept, and when it completes by itself.

    ``lifetime`` and ``idle`` are milliseconds from the last event that was processed;
    ``expires`` is an instant that no event moves (a client's ``expiration_time``).
    Source: User Guide, *Conversation Expiration* and *Autocompleting Services*.
    """

    touched: Instant
    counted_from: Instant
    lifetime: int | None = None
    expires: Instant | None = None
    idle: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A business process with a customer or with an anonymous contact.

    ``number`` is the order of creation and the key in the store; ``service_id`` is what the wire
    shows, which may be text. What it keeps of members is in ``values``, by their names; those that
    decide something here can be asked for by themselves.
    """

    number: int
    values: Values
    started: Event
    retention: Retention
    completed: Event | None = None
    extensions: Extensions = field(default_factory=lambda: NO_EXTENSIONS)

    @property
    def service_id(self) -> int | str:
        """Its id on the wire."""
        service_id: int | str = self.values["service_id"]
        return service_id

    @property
    def service_type(self) -> LongOrText | None:
        """Its type, which business attributes may map."""
        return self.values.get("service_type")

    @property
    def customer_id(self) -> str | None:
        """The customer that it is for, if any."""
        return self.values.get("customer_id")

    @property
    def contact_key(self) -> str | None:
        """What an anonymous contact is known by, if by anything."""
        return self.values.get("contact_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A stage that a service went through."""

    values: Values
    started: Event
    completed: Event | None = None
    extensions: Extensions = field(default_factory=lambda: NO_EXTENSIONS)

    @property
    def state_id(self) -> int:
        """Its id, which is that of no other state of the world."""
        state_id: int = self.values["state_id"]
        return state_id

    @property
    def state_type(self) -> LongOrText | None:
        """Its type, which business attributes may map."""
        return self.values.get("state_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece of work in a service, within a state of it or not."""

    values: Values
    started: Event
    completed: Event | None = None
    extensions: Extensions = field(default_factory=lambda: NO_EXTENSIONS)

    @property
    def task_id(self) -> int:
        """Its id, which is that of no other task of the world."""
        task_id: int = self.values["task_id"]
        return task_id

    @property
    def task_type(self) -> LongOrText | None:
        """Its type, which business attributes may map."""
        return self.values.get("task_type")

    @property
    def state_id(self) -> int | None:
        """The state that it is within, if any."""
        return self.values.get("state_id")


Entity = Service | State | Task

SomeEntity = TypeVar("SomeEntity", Service, State, Task)


def with_values(entity: SomeEntity, **values: Any) -> SomeEntity:
    """Return an entity some of whose members have other values."""
    return replace(entity, values={**entity.values, **values})


def duration(started: Event, completed: Event) -> int:
    """Return how long an entity took, in milliseconds, never below 0."""
    return max(0, completed.timestamp - started.timestamp)
