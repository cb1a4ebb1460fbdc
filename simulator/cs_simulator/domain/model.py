"""The entities of Context Services: services, their states and tasks, and their events.

Entities are immutable values; an update replaces the value. So a world is copied by copying
dictionaries, and what a reader holds does not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from cs_simulator.clock import Instant
from cs_simulator.domain.members import NO_VALUES, Values

Extensions = Mapping[str, Any]
"""Attached data: any JSON value by name. Never modified in place."""

NO_EXTENSIONS: Extensions = MappingProxyType({})

LongOrText = int | str


class Submission(NamedTuple):
    """What a client sent in an event, with known members converted.

    Members that were absent or null are not in ``values``.
    """

    values: Values
    extensions: Extensions
    defaults: frozenset[str] = frozenset()
    """The members that were not sent and got the default of a business attribute."""


class Event(NamedTuple):
    """A start or an end: its time, and the interaction, application and resource that caused it."""

    timestamp: Instant
    values: Values = NO_VALUES

    @property
    def interaction_id(self) -> str | None:
        """The interaction that caused it."""
        return self.values.get("interaction_id")


class Retention(NamedTuple):
    """How long a service is kept, and when it completes by itself.

    ``lifetime`` and ``idle`` are milliseconds from the last processed event; ``expires`` is an
    instant that no event moves (a client's ``expiration_time``). Source: User Guide, *Conversation
    Expiration* and *Autocompleting Services*.
    """

    touched: Instant
    counted_from: Instant
    lifetime: int | None = None
    expires: Instant | None = None
    idle: int | None = None


class Service(NamedTuple):
    """A business process with a customer or with an anonymous contact.

    ``number`` is the order of creation and the key in the store; ``service_id`` is shown on the
    wire and may be text. ``values`` has the members that it keeps, by name; those that matter here
    are also properties.
    """

    number: int
    values: Values
    started: Event
    retention: Retention
    completed: Event | None = None
    extensions: Extensions = NO_EXTENSIONS

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
        """The customer that it belongs to, if any."""
        return self.values.get("customer_id")

    @property
    def contact_key(self) -> str | None:
        """The contact key of an anonymous contact, if any."""
        return self.values.get("contact_key")


class State(NamedTuple):
    """A stage that a service went through."""

    values: Values
    started: Event
    completed: Event | None = None
    extensions: Extensions = NO_EXTENSIONS

    @property
    def state_id(self) -> int:
        """Its id, unique among the states of the world."""
        state_id: int = self.values["state_id"]
        return state_id

    @property
    def state_type(self) -> LongOrText | None:
        """Its type, which business attributes may map."""
        return self.values.get("state_type")


class Task(NamedTuple):
    """A piece of work in a service, which may belong to one of its states."""

    values: Values
    started: Event
    completed: Event | None = None
    extensions: Extensions = NO_EXTENSIONS

    @property
    def task_id(self) -> int:
        """Its id, unique among the tasks of the world."""
        task_id: int = self.values["task_id"]
        return task_id

    @property
    def task_type(self) -> LongOrText | None:
        """Its type, which business attributes may map."""
        return self.values.get("task_type")

    @property
    def state_id(self) -> int | None:
        """The state that it belongs to, if any."""
        return self.values.get("state_id")


Entity = Service | State | Task

SomeEntity = TypeVar("SomeEntity", Service, State, Task)


def with_values(entity: SomeEntity, **values: Any) -> SomeEntity:
    """Return an entity with changed values of some members."""
    return entity._replace(values={**entity.values, **values})


def duration(started: Event, completed: Event) -> int:
    """Return how long an entity took, in milliseconds, never below 0."""
    return max(0, completed.timestamp - started.timestamp)
