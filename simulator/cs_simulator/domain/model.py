"""What Context Services keeps: services, their states and tasks, and the events that made them.

Every entity is a value that never changes; an update puts another value in its place. So a world
is copied by copying dictionaries, and what a reader holds stays as it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.clock import Instant

Extensions = Mapping[str, Any]
"""Attached data: any JSON value by name. Never changed in place."""

NO_EXTENSIONS: Extensions = MappingProxyType({})

LongOrText = int | str


class Submission(NamedTuple):
    """What a client sent in an event, each known member already of its own type.

    A member that was absent or null is not in ``values``.
    """

    values: Mapping[str, Any]
    extensions: Extensions


@dataclass(frozen=True, slots=True)
class Event:
    """A start or an end: when it was, and which interaction, application and resource raised it.

    Source: Start Event List and End Event List; ``started`` and ``completed`` of State and Task.
    """

    timestamp: Instant
    session_id: str | None = None
    interaction_id: str | None = None
    application_type: LongOrText | None = None
    application_id: int | None = None
    resource_type: LongOrText | None = None
    resource_id: int | None = None
    media_type: LongOrText | None = None


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


@dataclass(frozen=True, slots=True)
class Service:
    """A business process with a customer or with an anonymous contact.

    ``number`` is the order of creation and the key in the store; ``service_id`` is what the wire
    shows, which may be text.
    """

    number: int
    service_id: int | str
    service_type: LongOrText | None
    customer_id: str | None
    contact_key: str | None
    est_duration: int | None
    started: Event
    retention: Retention
    completed: Event | None = None
    disposition: LongOrText | None = None
    disposition_desc: str | None = None
    extensions: Extensions = field(default_factory=lambda: NO_EXTENSIONS)


@dataclass(frozen=True, slots=True)
class State:
    """A stage that a service went through."""

    state_id: int
    state_type: LongOrText | None
    previous_state_id: int | None
    est_duration: int | None
    started: Event
    completed: Event | None = None
    disposition: LongOrText | None = None
    disposition_desc: str | None = None
    extensions: Extensions = field(default_factory=lambda: NO_EXTENSIONS)


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work in a service, within a state of it or not."""

    task_id: int
    task_type: LongOrText | None
    state_id: int | None
    est_duration: int | None
    started: Event
    completed: Event | None = None
    disposition: LongOrText | None = None
    disposition_desc: str | None = None
    extensions: Extensions = field(default_factory=lambda: NO_EXTENSIONS)


Entity = Service | State | Task


def duration(started: Event, completed: Event) -> int:
    """Return how long an entity took, in milliseconds, never below 0."""
    return max(0, completed.timestamp - started.timestamp)
