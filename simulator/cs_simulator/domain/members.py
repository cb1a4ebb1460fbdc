"""The members of services, states, tasks and their events: one whole row each.

Everything that knows members is made from these rows: what events take and where it is kept, names
that are reserved, what is shown and exported and in which order, the OpenAPI document, the services
of scenarios and their snapshots. Source: Start Event List, End Event List, State Transition Event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cs_simulator.documents.values import Converter, Integer, LongOrText, Moment, Text
from cs_simulator.operations.row import BOTH, ONLY_85, EditionName

EntityKind = Literal["Service", "State", "Task"]

KINDS: tuple[EntityKind, ...] = ("Service", "State", "Task")

STARTS = ("StartService", "StartState", "StartTask")
ENDS = ("EndService", "EndState", "EndTask")
EVENTS = (*STARTS, *ENDS, "AssociateService", "Transition")
"""The events that say who raised them, which interaction and which application."""

_LONG_OR_TEXT = LongOrText()
_TEXT = Text()
_KEY = Text(empty=False)
_DB_ID = Integer(64)
_ENTITY_ID = Integer(32)
_MOMENT = Moment()
_SPAN = Integer(64, minimum=1)


class Member(NamedTuple):
    """One member: what it takes, which events have it, and where it is kept."""

    name: str
    takes: Converter
    """What turns a value of the wire into what is kept, or says what was expected."""
    events: tuple[str, ...] = ()
    """The events that take it, by the names of their forms."""
    kinds: tuple[EntityKind, ...] = KINDS
    """What has it."""
    kept: Literal["entity", "end", "event", "instant", "retention"] = "entity"
    """Where its value goes: into the entity, into what tells how that ended, into ``started`` or
    ``completed`` (``instant``: as their timestamp), or into how long a service is kept."""
    limit: int | None = None
    """The documented length of a text, in characters."""
    mapped: str = ""
    """The field of business attributes that it may be mapped to, such as ``type``."""
    editions: tuple[EditionName, ...] = BOTH
    """The editions whose events have it; its name is reserved in both."""
    by_composite: bool = False
    """Whether a composite start changes it in what it finds."""
    writes: Callable[[Any], Any] | None = None
    """What turns what is kept into what is shown, where that is not the same."""
    says: str = ""
    """What it means, for whoever reads the OpenAPI document or writes a scenario."""


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
        says="The customer whose it is.",
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
        says="The medium that the event came by.",
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
        says="How it came out, in words.",
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
        says="Until when the service is kept.",
    ),
    Member(
        "auto_complete_after",
        _SPAN,
        ("StartService",),
        kinds=("Service",),
        kept="retention",
        editions=ONLY_85,
        says="After how many seconds without an event the service completes by itself.",
    ),
)
"""Every member, in the order in which it is shown, exported and named in errors."""

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
"""What an entity of a kind keeps from its start on."""

OF_END = tuple(member for member in MEMBERS if member.kept == "end")
"""What an entity keeps besides once it is completed."""

OF_EVENT = tuple(member for member in MEMBERS if member.kept == "event")
"""What ``started`` and ``completed`` keep besides their timestamps."""

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
"""Members by name, each of the type that its converter gives; one that is absent is not there."""

NO_VALUES: Values = MappingProxyType({})


def kept(where: EntityKind | Literal["end", "event"], values: Values) -> Values:
    """Return those of some values that an entity of a kind keeps, or its end, or an event."""
    names = _KEPT[where]
    return {name: value for name, value in values.items() if name in names} or NO_VALUES


def written(rows: Iterable[Member], values: Values) -> dict[str, Any]:
    """Return the values of some members as they are shown, in the order of their rows."""
    return {
        row.name: values[row.name] if row.writes is None else row.writes(values[row.name])
        for row in rows
        if row.name in values
    }


def fields_of(kind: EntityKind) -> Mapping[str, str]:
    """Return the members of a kind that can be mapped, each under its field's full name."""
    return {
        f"{kind}.{member.mapped}": member.name
        for member in MEMBERS
        if member.mapped and kind in member.kinds
    }
