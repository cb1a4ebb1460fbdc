"""The members of services, states, tasks and their events: one complete row each.

Everything about members follows from these rows: what events accept and where it is kept, reserved
names, what is shown and exported and in which order, the OpenAPI document, the services of
scenarios and their snapshots. Source: Start Event List, End Event List, State Transition Event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cs_simulator.documents.values import Converter, Integer, LongOrText, Moment, Text
from cs_simulator.operations.row import BOTH, ONLY_85, EditionName

EntityKind = Literal["Service", "State", "Task"]

KINDS: tuple[EntityKind, ...] = ("Service", "State", "Task")

STARTS = ("StartService", "StartState", "StartTask")
ENDS = ("EndService", "EndState", "EndTask")
EVENTS = (*STARTS, *ENDS, "AssociateService", "Transition")
"""The events that name their resource, interaction and application."""

_LONG_OR_TEXT = LongOrText()
_TEXT = Text()
_KEY = Text(empty=False)
_DB_ID = Integer(64)
_ENTITY_ID = Integer(32)
_MOMENT = Moment()
_SPAN = Integer(64, minimum=1)


class Member(NamedTuple):
    """One member: its converter, the events that have it, and where it is kept."""

    name: str
    takes: Converter
    """Converts a value on the wire to what is kept, or raises with what was expected."""
    events: tuple[str, ...] = ()
    """The events that accept it, by the names of their forms."""
    kinds: tuple[EntityKind, ...] = KINDS
    """The kinds of entities that have it."""
    kept: Literal["entity", "end", "event", "instant", "retention"] = "entity"
    """Where its value is kept: in the entity, in its end, in ``started`` or ``completed``
    (``instant``: as their timestamp), or in the retention of a service.
    """
    limit: int | None = None
    """The documented length of a text, in characters."""
    mapped: str = ""
    """The field of business attributes to which it may be mapped, such as ``type``."""
    editions: tuple[EditionName, ...] = BOTH
    """The editions whose events have it; its name is reserved in both."""
    by_composite: bool = False
    """Whether a composite start changes it in an existing entity."""
    says: str = ""
    """Its meaning, for the OpenAPI document and for authors of scenarios."""


MEMBERS: tuple[Member, ...] = (
    Member(
        "service_id",
        _LONG_OR_TEXT,
        kinds=("Service",),
        says="The id of the service.",
    ),
    Member(
        "service_type",
        _LONG_OR_TEXT,
        ("StartService", "AssociateService"),
        kinds=("Service",),
        mapped="type",
        says="The type of the service.",
    ),
    Member(
        "customer_id",
        _KEY,
        ("StartService", "AssociateService"),
        kinds=("Service",),
        says="The customer that it belongs to.",
    ),
    Member(
        "contact_key",
        _KEY,
        ("StartService", "AssociateService"),
        kinds=("Service",),
        says="The key by which an anonymous service is found, such as a telephone number.",
    ),
    Member(
        "state_id",
        _ENTITY_ID,
        ("TransitionFrom", "StartTask", "EndTask"),
        kinds=("State", "Task"),
        says="The id of the state.",
    ),
    Member(
        "state_type",
        _LONG_OR_TEXT,
        ("StartState", "TransitionTo"),
        kinds=("State",),
        mapped="type",
        says="The type of the state.",
    ),
    Member(
        "previous_state_id",
        _ENTITY_ID,
        ("StartState",),
        kinds=("State",),
        says="The state before this one.",
    ),
    Member(
        "task_id",
        _ENTITY_ID,
        kinds=("Task",),
        says="The id of the task.",
    ),
    Member(
        "task_type",
        _LONG_OR_TEXT,
        ("StartTask",),
        kinds=("Task",),
        mapped="type",
        says="The type of the task.",
    ),
    Member(
        "session_id",
        _TEXT,
        EVENTS,
        kept="event",
        limit=32,
        says="The session that the event came from.",
    ),
    Member(
        "interaction_id",
        _TEXT,
        EVENTS,
        kept="event",
        limit=50,
        says="The interaction that the event came from.",
    ),
    Member(
        "application_type",
        _LONG_OR_TEXT,
        EVENTS,
        kept="event",
        mapped="application_type",
        says="The type of the application that the event came from.",
    ),
    Member(
        "application_id",
        _DB_ID,
        EVENTS,
        kept="event",
        says="The DB id of the application that the event came from.",
    ),
    Member(
        "resource_type",
        _LONG_OR_TEXT,
        EVENTS,
        kept="event",
        mapped="resource_type",
        says="The type of the resource that the event is about.",
    ),
    Member(
        "resource_id",
        _DB_ID,
        EVENTS,
        kept="event",
        says="The DB id of the resource that the event is about.",
    ),
    Member(
        "media_type",
        _LONG_OR_TEXT,
        EVENTS,
        kept="event",
        mapped="media_type",
        says="The medium of the event.",
    ),
    Member(
        "est_duration",
        Integer(32, minimum=0),
        (*STARTS, "AssociateService", "TransitionTo"),
        by_composite=True,
        says="How long it is expected to take, in seconds.",
    ),
    Member(
        "disposition",
        _LONG_OR_TEXT,
        (*ENDS, "TransitionFrom"),
        kept="end",
        mapped="disposition",
        says="How it came out.",
    ),
    Member(
        "disposition_desc",
        _TEXT,
        (*ENDS, "TransitionFrom"),
        kept="end",
        limit=64,
        says="The outcome, in words.",
    ),
    Member(
        "timestamp",
        _MOMENT,
        (*STARTS, *ENDS, "Transition"),
        kept="instant",
        says="When the event took place.",
    ),
    Member(
        "ttl",
        _SPAN,
        ("StartService", "EndService", "Expiration"),
        kinds=("Service",),
        kept="retention",
        editions=ONLY_85,
        says="How many seconds the service is kept.",
    ),
    Member(
        "expiration_time",
        _MOMENT,
        ("StartService", "EndService", "Expiration"),
        kinds=("Service",),
        kept="retention",
        editions=ONLY_85,
        says="The time until which the service is kept.",
    ),
    Member(
        "auto_complete_after",
        _SPAN,
        ("StartService",),
        kinds=("Service",),
        kept="retention",
        editions=ONLY_85,
        says="The seconds without an event after which the service completes by itself.",
    ),
)
"""All members, in the order in which they are shown, exported and named in errors."""

BY_NAME: Mapping[str, Member] = MappingProxyType({member.name: member for member in MEMBERS})

ORDER: Mapping[str, int] = MappingProxyType(
    {member.name: position for position, member in enumerate(MEMBERS)}
)

OF_KIND: Mapping[EntityKind, tuple[Member, ...]] = MappingProxyType(
    {
        kind: tuple(each for each in MEMBERS if kind in each.kinds and each.kept == "entity")
        for kind in KINDS
    }
)
"""What an entity of a kind keeps from its start."""

OF_END = tuple(member for member in MEMBERS if member.kept == "end")
"""What an entity keeps in addition once it is completed."""

OF_EVENT = tuple(member for member in MEMBERS if member.kept == "event")
"""What ``started`` and ``completed`` keep in addition to their timestamps."""

OF_RETENTION = tuple(member for member in MEMBERS if member.kept == "retention")

RESERVED = frozenset(BY_NAME) | frozenset(
    """started completed duration active_states completed_states active_tasks
    completed_tasks""".split()
)
"""Names that are never attached data, in any body."""

_KEPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **{kind: frozenset(member.name for member in of) for kind, of in OF_KIND.items()},
        "end": frozenset(member.name for member in OF_END),
        "event": frozenset(member.name for member in OF_EVENT),
    }
)

Values = Mapping[str, Any]
"""Members by name, each of the type that its converter returns; absent ones are omitted."""

NO_VALUES: Values = MappingProxyType({})


def kept(where: EntityKind | Literal["end", "event"], values: Values) -> Values:
    """Return the values that an entity of a kind, its end, or an event keeps."""
    names = _KEPT[where]
    return {name: value for name, value in values.items() if name in names} or NO_VALUES


def written(rows: Iterable[Member], values: Values) -> dict[str, Any]:
    """Return the values of some members as they are shown, in the order of their rows."""
    return {row.name: values[row.name] for row in rows if row.name in values}


def fields_of(kind: EntityKind) -> Mapping[str, str]:
    """Return the members of a kind that can be mapped, by the full names of their fields."""
    return {
        f"{kind}.{member.mapped}": member.name
        for member in MEMBERS
        if member.mapped and kind in member.kinds
    }
